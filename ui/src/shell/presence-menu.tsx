import { Button, Menu } from '@mantine/core'
import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Presence } from '../../../api/contract/common.ts'
import type { Me } from '../../../api/contract/config.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { useBoard } from '../live/use-live.tsx'
import { useMe } from '../session/session.ts'
import styles from './shell.module.css'
import { toast } from '../lib/toast.tsx'

const choices = ['available', 'away', 'offline'] as const

export const presenceTone: Record<Presence, 'good' | 'wait' | 'bad' | 'off'> = {
  available: 'good',
  busy: 'bad',
  wrapUp: 'wait',
  away: 'wait',
  offline: 'off'
}

/** Whether this operator takes calls. Busy and wrap-up are the system's words, not choices. */
export function PresenceMenu() {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const live = useBoard().operators[me.id]
  const shown = live?.presence ?? me.presence
  const choose = useMutation({
    mutationFn: (presence: (typeof choices)[number]) => api('PUT', '/api/me/presence', { presence }),
    onSuccess: (_, presence) =>
      client.setQueryData<Me | null>(['me'], (old) => (old ? { ...old, presence } : old)),
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <Menu position="bottom-end" shadow="md" width={230}>
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          h={32}
          leftSection={<i className={styles.dot} data-tone={presenceTone[shown]} />}
          rightSection={<IconChevronDown size={14} />}
          data-testid="presence"
          data-presence={shown}
        >
          {t(`presence.${shown}`)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map((choice) => (
          <Menu.Item
            key={choice}
            leftSection={<i className={styles.dot} data-tone={presenceTone[choice]} />}
            rightSection={shown === choice ? <IconCheck size={15} /> : null}
            onClick={() => choose.mutate(choice)}
            data-testid={`presence-${choice}`}
          >
            {t(`presence.${choice}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
