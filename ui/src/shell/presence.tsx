import { Button, type ButtonProps, type ElementProps } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { lazy, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Part } from '../lib/part.tsx'
import type { Presence } from '../../../api/contract/common.ts'
import { clock, secondsSince } from '../lib/format.ts'
import { useNow } from '../lib/use-now.ts'
import { useBoard } from '../live/use-live.tsx'
import { useMe } from '../session/session.ts'
import styles from './shell.module.css'

const PresenceMenu = lazy(() => import('./presence-menu.tsx'))

export const presenceTone: Record<Presence, 'good' | 'wait' | 'bad' | 'off'> = {
  available: 'good',
  busy: 'bad',
  wrapUp: 'wait',
  away: 'wait',
  offline: 'off'
}

/** Presence of the signed-in user as the feed knows it; before the feed, as it was at sign-in. */
export function useOwnPresence(): Presence {
  const me = useMe()
  return useBoard().operators[me.id]?.presence ?? me.presence
}

/** The button that says whether this operator takes calls. */
export function PresenceButton(props: ButtonProps & ElementProps<'button', keyof ButtonProps>) {
  const { t } = useTranslation()
  const me = useMe()
  const state = useBoard().operators[me.id]
  const now = useNow()
  const shown = useOwnPresence()
  // How long a break or the notes have lasted is theirs to watch; of the rest the time says nothing.
  const hasTimer = state !== undefined && (shown === 'away' || shown === 'wrapUp')
  return (
    <Button
      variant="default"
      size="xs"
      h={32}
      // Its clock is read; the telephone's state beside it has a dot too, and gives way.
      style={{ flexShrink: 0 }}
      leftSection={<i className={styles.dot} data-tone={presenceTone[shown]} />}
      rightSection={<IconChevronDown size={14} />}
      data-key="status"
      data-testid="presence"
      data-presence={shown}
      {...props}
    >
      {t(`presence.${shown}`)}
      {hasTimer && <span className="num">&nbsp;{clock(secondsSince(state.since, now))}</span>}
    </Button>
  )
}

/** The button at once; its menu as soon as it has come. Who pressed before that gets it open. */
export function PresenceChoice() {
  const [isWanted, setWanted] = useState(false)
  return (
    <Part fallback={<PresenceButton onClick={() => setWanted(true)} />}>
      <PresenceMenu isOpenAtFirst={isWanted} />
    </Part>
  )
}
