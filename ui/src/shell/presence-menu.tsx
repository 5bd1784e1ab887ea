import '../styles/menus.ts'
import { Menu } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Me } from '../../../api/contract/config.ts'
import type { PauseReason } from '../../../api/contract/operators.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { all } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import { useBoard } from '../live/use-live.tsx'
import { useMe } from '../session/session.ts'
import { PresenceButton, presenceTone, useOwnPresence } from './presence.tsx'
import styles from './shell.module.css'

type Choosable = 'available' | 'away' | 'offline'

interface Choice {
  presence: Choosable
  reason?: string
}

/** Reasons to be away, as the company has set them up. */
function useReasons() {
  return useQuery({
    queryKey: ['all', 'pause-reasons'],
    queryFn: () => all<PauseReason>('/api/pause-reasons'),
    staleTime: 300_000
  })
}

/** Whether this operator takes calls, and why not. Busy and wrap-up are the system's words, not choices. */
export default function PresenceMenu({ isOpenAtFirst }: { isOpenAtFirst: boolean }) {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const me = useMe()
  const shown = useOwnPresence()
  const state = useBoard().operators[me.id]
  const reasons = (useReasons().data ?? [])
    .filter((each) => each.isActive)
    .sort((a, b) => a.position - b.position)
  const chosen = state?.chosen ?? shown
  const reason = state?.reason ?? me.presenceReason
  const choose = useMutation({
    mutationFn: (choice: Choice) => api('PUT', '/api/me/presence', choice),
    onSuccess: (_, { presence, reason: why }) =>
      client.setQueryData<Me | null>(['me'], (old) =>
        old ? { ...old, presence, presenceReason: why ?? null } : old
      ),
    onError: (error) => toast('rust', explain(error))
  })
  const item = (presence: Choice['presence'], label: string, why?: string) => (
    <Menu.Item
      key={why ?? presence}
      leftSection={<i className={styles.dot} data-tone={presenceTone[presence]} />}
      rightSection={
        chosen === presence && (why === undefined || why === reason) ? <IconCheck size={15} /> : null
      }
      onClick={() => choose.mutate({ presence, ...(why !== undefined && { reason: why }) })}
      data-testid={why === undefined ? `presence-${presence}` : `presence-away-${why}`}
    >
      {label}
    </Menu.Item>
  )
  return (
    <Menu position="bottom-end" shadow="md" width={240} defaultOpened={isOpenAtFirst}>
      <Menu.Target>
        <PresenceButton />
      </Menu.Target>
      <Menu.Dropdown>
        {item('available', t('presence.available'))}
        {reasons.length === 0 ? (
          item('away', t('presence.away'))
        ) : (
          <>
            <Menu.Label>{t('pause.title')}</Menu.Label>
            {reasons.map((each) =>
              item('away', i18n.language === 'ru' ? each.nameRu : each.nameEn, each.code)
            )}
            <Menu.Divider />
          </>
        )}
        {item('offline', t('presence.offline'))}
      </Menu.Dropdown>
    </Menu>
  )
}
