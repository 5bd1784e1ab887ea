import { Drawer, Group, SegmentedControl, Skeleton, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Trunk, TrunkEvent, TrunkLive } from '../../../api/contract/trunks.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { TrunkTrace } from '../trace/trunk-trace.tsx'
import { troubleOf, whenOf } from './troubles.ts'
import { TrunkForm } from './trunk-form.tsx'
import { TrunkState } from './trunk-state.tsx'
import styles from './trunks.module.css'

interface Props {
  /** Null makes a new one. */
  trunk: Trunk | null
  live: TrunkLive | undefined
  onClose: () => void
  onMade: (trunk: Trunk) => void
}

type View = 'settings' | 'test' | 'history'

/** One trunk: its settings, a test, and what has happened to it. */
export function TrunkDrawer({ trunk, live, onClose, onMade }: Props) {
  const { t } = useTranslation()
  const [view, setView] = useState<View>('settings')
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={680}
      title={
        <Group gap="sm">
          <Text fw={620}>{trunk?.name ?? t('trunks.newTitle')}</Text>
          {trunk && <TrunkState state={trunk.isActive ? (live?.state ?? trunk.state) : 'inactive'} />}
        </Group>
      }
      closeButtonProps={{ 'aria-label': t('common.close') }}
      data-testid="trunk-drawer"
    >
      {trunk && (
        <SegmentedControl
          mb="md"
          aria-label={trunk.name}
          value={view}
          onChange={setView}
          data={[
            { value: 'settings', label: t('trunks.drawer.settings') },
            { value: 'test', label: t('trunks.drawer.test') },
            { value: 'history', label: t('trunks.drawer.history') }
          ]}
          data-testid="trunk-view"
        />
      )}
      {view === 'settings' && (
        <TrunkForm
          trunk={trunk}
          onCancel={onClose}
          onSaved={(saved) => (trunk ? onClose() : onMade(saved))}
        />
      )}
      {view === 'test' && trunk && <TrunkTrace trunkId={trunk.id} />}
      {view === 'history' && trunk && <History trunkId={trunk.id} />}
    </Drawer>
  )
}

function History({ trunkId }: { trunkId: string }) {
  const { t } = useTranslation()
  const history = useQuery({
    queryKey: ['trunk-history', trunkId],
    queryFn: () => api<{ items: TrunkEvent[] }>('GET', `/api/trunks/${trunkId}/history`),
    refetchInterval: 5000
  })
  if (history.isPending) return <Skeleton height={180} />
  if (history.isError) return <Text role="alert">{explain(history.error)}</Text>
  const { items } = history.data
  return (
    <>
      <Text size="sm" c="dimmed" mb="xs">
        {t(items.length === 0 ? 'trunks.historyEmpty' : 'trunks.historyText')}
      </Text>
      <ol className={styles.history} data-testid="trunk-history">
        {items.map((event, index) => (
          <li key={`${event.at} ${index}`}>
            <span className={`${styles.when ?? ''} num`}>{whenOf(event.at)}</span>
            {event.about === null ? (
              <span>{t('trunks.became', { state: t(`trunkState.${event.state}`) })}</span>
            ) : (
              <span>
                {t(`trunks.trouble.${troubleOf(event)}`, { code: event.code })}{' '}
                <span className={styles.when}>{t(`trunks.advice.${troubleOf(event)}`)}</span>
              </span>
            )}
          </li>
        ))}
      </ol>
    </>
  )
}
