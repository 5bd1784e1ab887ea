import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { clock, secondsSince } from '../lib/format.ts'
import { parkedCalls, queuedCalls, type Board } from '../live/board.ts'
import styles from './live.module.css'

interface Figure {
  id: string
  label: string
  count: number
  /** Longest wait, seconds; null when nobody waits. */
  longest: number | null
}

function useFigures(board: Board, now: number): Figure[] {
  const { t } = useTranslation()
  const longest = (since: (string | undefined)[]): number | null => {
    const waits = since.flatMap((each) => (each ? [secondsSince(each, now)] : []))
    return waits.length === 0 ? null : Math.max(...waits)
  }
  const parked = parkedCalls(board)
  const queued = queuedCalls(board)
  const named = Object.values(board.queues)
  const calls = Object.values(board.calls)
  const ringing = calls.filter((call) => call.phase === 'ringing')
  const queues: Figure[] = named.map((queue) => ({
    id: queue.queueId,
    label: queue.name ?? t('block.queue'),
    count: queue.waiting.length,
    longest: longest([queue.longestSince ?? undefined])
  }))
  return [
    {
      id: 'ringing',
      label: t('phase.ringing'),
      count: ringing.length,
      longest: longest(ringing.map((call) => call.startedAt))
    },
    ...(queues.length > 0
      ? queues
      : [
          {
            id: 'queued',
            label: t('live.queued'),
            count: queued.length,
            longest: longest(queued.map((call) => call.queue?.since))
          }
        ]),
    {
      id: 'parked',
      label: t('phase.parked'),
      count: parked.length,
      longest: longest(parked.map((call) => call.parked?.since))
    },
    {
      id: 'talking',
      label: t('phase.talking'),
      count: calls.filter((call) => call.phase === 'talking').length,
      longest: null
    }
  ]
}

/** Who waits, and how long at worst: seconds of silence of a client count double on a supervisor's screen. */
export function Waiting({ board, now }: { board: Board; now: number }) {
  const { t } = useTranslation()
  return (
    <div className={styles.figures} role="status">
      {useFigures(board, now).map(({ id, label, count, longest }) => (
        <div
          key={id}
          className={`sheet ${styles.figure}`}
          data-testid="live-figure"
          data-figure={id}
          data-tone={
            longest !== null && longest >= 120 ? 'bad' : longest !== null && longest >= 45 ? 'wait' : ''
          }
        >
          <span className="eyebrow cut">{label}</span>
          <span className={`num ${styles.count}`}>{count}</span>
          <Text fz="sm" c="dimmed" className="num" h={18}>
            {longest === null ? '' : t('live.longest', { time: clock(longest) })}
          </Text>
        </div>
      ))}
    </div>
  )
}
