import { Badge, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { connectorKinds, type ConnectorKind } from '../../../api/contract/connector-words.ts'
import type { ConnectorItem } from '../../../api/contract/connectors.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, timeOfDay } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll } from '../lib/lookups.ts'
import settings from '../settings/settings.module.css'
import { ConnectorPage } from './connector-page.tsx'
import styles from './integrations.module.css'
import { NewLink } from './new-link.tsx'
import { colours, explainTrouble, kindWord, standing } from './words.ts'

/** Links to foreign systems: those there are, and what can be linked. */
export default function IntegrationsPage() {
  const { t } = useTranslation()
  const [search, setSearch] = useSearchParams()
  const links = useAll<ConnectorItem>('connectors', true, 5000)
  const [making, setMaking] = useState<ConnectorKind | null>(null)
  const open = (id: string | null): void => setSearch(id === null ? {} : { link: id })
  const shown = links.data?.find(({ id }) => id === search.get('link'))
  if (shown) return <ConnectorPage key={shown.id} link={shown} onBack={() => open(null)} />
  return (
    <section>
      <Title order={1} size="h2">
        {t('integrations.title')}
      </Title>
      <Text c="dimmed" maw={620} mb="md">
        {t('integrations.text')}
      </Text>
      {links.isPending && <Skeleton height={120} radius="lg" />}
      {links.isError && !links.data && (
        <Stack align="flex-start">
          <Text>{explain(links.error)}</Text>
          <Button variant="default" onClick={() => inBackground(links.refetch())}>
            {t('common.retry')}
          </Button>
        </Stack>
      )}
      {links.data && (
        <div className="sheet">
          {links.data.length === 0 && (
            <Text c="dimmed" ta="center" p="xl">
              {t('integrations.empty')}
            </Text>
          )}
          {links.data.map((link) => (
            <Item key={link.id} link={link} onOpen={() => open(link.id)} />
          ))}
        </div>
      )}
      <Title order={2} size="h3" mt="xl" mb="sm">
        {t('integrations.available')}
      </Title>
      <div className={styles.kinds}>
        {connectorKinds.map((kind) => (
          <div key={kind} className={`sheet ${styles.kind}`}>
            <Text fw={620}>{kindWord(t, kind, 'name')}</Text>
            <Text c="dimmed" fz="sm" style={{ flex: 1 }}>
              {kindWord(t, kind, 'about')}
            </Text>
            <Button
              variant="light"
              leftSection={<IconPlugConnected size={16} />}
              onClick={() => setMaking(kind)}
              data-testid={`connect-${kind}`}
            >
              {t('integrations.connect')}
            </Button>
          </div>
        ))}
      </div>
      {making && (
        <NewLink
          kind={making}
          onClose={() => setMaking(null)}
          onMade={(id) => {
            setMaking(null)
            open(id)
          }}
        />
      )}
    </section>
  )
}

function Item({ link, onOpen }: { link: ConnectorItem; onOpen: () => void }) {
  const { t } = useTranslation()
  const { kind, counts, lastOkAt, trouble, troubleDetail } = link
  const now = standing(link)
  return (
    <div className={styles.item} data-testid="connectors-row">
      <div style={{ minWidth: 0 }}>
        <Group gap="sm">
          <button type="button" className={settings.open} onClick={onOpen}>
            {link.name}
          </button>
          <Badge color={colours[now]} variant="light" tt="none">
            {t(`integrations.state.${now}`)}
          </Badge>
        </Group>
        <Text fz="sm" c="dimmed">
          {kindWord(t, link.kind, 'name')} · {t('integrations.counts', counts)}
          {lastOkAt !== null &&
            ` · ${t('integrations.lastOk', { at: `${dayOf(lastOkAt)}, ${timeOfDay(lastOkAt)}` })}`}
        </Text>
        {trouble !== null && (
          <Text fz="sm">{explainTrouble(t, kind, trouble, troubleDetail, link.state === 'needsLogin')}</Text>
        )}
      </div>
      {counts.failed > 0 && (
        <Badge color="rust" variant="light" tt="none">
          {t('integrations.failedCount', { count: counts.failed })}
        </Badge>
      )}
    </div>
  )
}
