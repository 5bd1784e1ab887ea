import { ActionIcon, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconPlayerPlayFilled, IconPlayerStopFilled } from '@tabler/icons-react'
import { createColumnHelper, type DisplayColumnDef } from '@tanstack/react-table'
import type { TFunction } from 'i18next'
import type { JournalCall } from '../../../api/contract/calls.ts'
import { OutcomeBadge } from '../call/outcome-badge.tsx'
import { clock, dayOf, exactTime, formatPhone, isToday, regionName } from '../lib/format.ts'
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

const helper = createColumnHelper<JournalCall>()

declare module '@tanstack/react-table' {
  // The names of the type parameters are the library's.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface ColumnMeta<TData, TValue> {
    width?: string
    isRight?: boolean
    /** The server's name of this sort. */
    sort?: 'startedAt' | 'waitSeconds' | 'talkSeconds'
  }
}

/** The journal's columns. */
export function journalColumns(
  t: TFunction<'ui'>,
  actions: RowActions
): DisplayColumnDef<JournalCall, unknown>[] {
  return [
    helper.display({
      id: 'startedAt',
      header: t('journal.time'),
      meta: { width: '96px', sort: 'startedAt' },
      cell: ({ row: { original: call } }) => (
        <>
          <span className={`num ${styles.two}`}>{exactTime(call.startedAt)}</span>
          <span className={styles.sub}>
            {isToday(call.startedAt) ? t('journal.today') : dayOf(call.startedAt)}
          </span>
        </>
      )
    }),
    helper.display({
      id: 'outcome',
      header: t('journal.outcome'),
      meta: { width: '128px' },
      cell: ({ row: { original: call } }) => <OutcomeBadge outcome={call.outcome} />
    }),
    helper.display({
      id: 'caller',
      header: t('journal.caller'),
      meta: { width: '19%' },
      cell: ({ row: { original: call } }) => {
        const number = formatPhone(call.callerNumber) || t('call.hiddenNumber')
        const name = call.contact?.name ?? call.callerName
        return (
          <>
            <b className={`cut ${styles.two} ${styles.who}`} style={{ fontWeight: 600 }}>
              <span className="cut">{name ?? <span className="num">{number}</span>}</span>
              <CallNumber number={call.callerNumber} name={name} />
            </b>
            <span className={`cut ${styles.two} ${styles.sub}`}>
              {[name ? number : null, regionName(call.callerRegion)].filter(Boolean).join(' · ') || ' '}
            </span>
          </>
        )
      }
    }),
    helper.display({
      id: 'source',
      header: t('call.source'),
      meta: { width: '22%' },
      cell: ({ row: { original: call } }) => (
        <>
          <span className={`cut ${styles.two}`}>{call.source?.name ?? '–'}</span>
          <span className={`cut ${styles.two} ${styles.sub}`}>
            {[call.campaign, call.keyword && `«${call.keyword}»`].filter(Boolean).join(' → ') ||
              [formatPhone(call.dialedNumber), call.number?.label].filter(Boolean).join(' · ')}
          </span>
        </>
      )
    }),
    helper.display({
      id: 'operator',
      header: t('journal.operator'),
      meta: { width: '16%' },
      cell: ({ row: { original: call } }) => (
        <>
          <span className={`cut ${styles.two}`}>{call.operator?.name ?? '–'}</span>
          <span className={`cut ${styles.two} ${styles.sub}`}>
            {call.groupName ?? call.scheme?.name ?? ''}
          </span>
        </>
      )
    }),
    helper.display({
      id: 'waitSeconds',
      header: t('journal.wait'),
      meta: { width: '84px', isRight: true, sort: 'waitSeconds' },
      cell: ({ row: { original: call } }) => <span className="num">{clock(call.waitSeconds)}</span>
    }),
    helper.display({
      id: 'talkSeconds',
      header: t('journal.talk'),
      meta: { width: '88px', isRight: true, sort: 'talkSeconds' },
      cell: ({ row: { original: call } }) => (
        <span className="num">{call.talkSeconds ? clock(call.talkSeconds) : '–'}</span>
      )
    }),
    helper.display({
      id: 'rating',
      header: t('journal.rating'),
      meta: { width: '74px', isRight: true },
      cell: ({ row: { original: call } }) =>
        call.rating ? <span className={`num ${styles.stars}`}>{call.rating} ★</span> : ''
    }),
    helper.display({
      id: 'recording',
      header: '',
      meta: { width: '62px', isRight: true },
      cell: ({ row: { original: call } }) => <RecordingCell call={call} actions={actions} t={t} />
    })
  ]
}
