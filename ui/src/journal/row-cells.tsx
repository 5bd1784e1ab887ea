import { ActionIcon, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconPlayerPlayFilled, IconPlayerStopFilled } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { memo } from 'react'
import type { JournalCall } from '../../../api/contract/calls.ts'
import { exactTime, dayOf, formatPhone, isToday, regionName } from '../lib/format.ts'
import { CallerMore } from '../lists/caller-more.tsx'
import { CallNumber } from '../operator/click-to-call.tsx'
import styles from './journal.module.css'

export interface RowActions {
  playing: string | null
  play: (id: string | null) => void
}

/** The player's button, or a mark where a recording was lost. */
export function RecordingCell({
  call,
  actions,
  t
}: {
  call: JournalCall
  actions: RowActions
  t: TFunction<'ui'>
}) {
  const { recording } = call
  if (!recording) return null
  const isPlaying = actions.playing === call.id
  if (recording.state === 'missing' || recording.state === 'failed') {
    return (
      <Tooltip label={t(`recording.state.${recording.state}`)}>
        <IconAlertTriangle
          size={17}
          color="var(--rt-lost)"
          role="img"
          aria-label={t(`recording.state.${recording.state}`)}
        />
      </Tooltip>
    )
  }
  if (recording.state !== 'ready' || !recording.url) return <span className={styles.sub}>…</span>
  return (
    <ActionIcon
      variant={isPlaying ? 'filled' : 'light'}
      radius="xl"
      aria-label={t(isPlaying ? 'recording.close' : 'recording.play')}
      onClick={(event) => {
        event.stopPropagation()
        actions.play(isPlaying ? null : call.id)
      }}
      data-testid="row-play"
    >
      {isPlaying ? <IconPlayerStopFilled size={13} /> : <IconPlayerPlayFilled size={13} />}
    </ActionIcon>
  )
}

/** Time above, day below. */
export function MomentCell({ iso, t }: { iso: string; t: TFunction<'ui'> }) {
  return (
    <>
      <span className={`num ${styles.two}`}>{exactTime(iso)}</span>
      <span className={styles.sub}>{isToday(iso) ? t('journal.today') : dayOf(iso)}</span>
    </>
  )
}

/** Two lines, the second one quieter. */
export function TwoLines({ first, second }: { first: string | null | undefined; second: string }) {
  return (
    <>
      <span className={`cut ${styles.two}`}>{first ? first : '–'}</span>
      <span className={`cut ${styles.two} ${styles.sub}`}>{second || ' '}</span>
    </>
  )
}

/** Who called, and from where. */
export const ClientCell = memo(function ClientCell({ call, t }: { call: JournalCall; t: TFunction<'ui'> }) {
  const number = formatPhone(call.callerNumber) || t('call.hiddenNumber')
  const name = call.contact?.name ?? call.callerName
  return (
    <>
      <b className={`cut ${styles.two} ${styles.who}`} style={{ fontWeight: 600 }}>
        {call.isVip && (
          <span className={styles.vip} title={t('flags.vipWhy')} data-testid="vip">
            VIP
          </span>
        )}
        <span className="cut">{name ?? <span className="num">{number}</span>}</span>
        <CallNumber number={call.callerNumber} name={name} />
        {call.direction === 'in' && <CallerMore number={call.callerNumber} callId={call.id} />}
      </b>
      <span className={`cut ${styles.two} ${styles.sub}`}>
        {[name ? number : null, regionName(call.callerRegion)].filter(Boolean).join(' · ') || ' '}
      </span>
    </>
  )
})
