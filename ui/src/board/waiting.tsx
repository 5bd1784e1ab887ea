import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { clock, secondsSince } from '../lib/format.ts'
import { parkedCalls, queuedCalls, type Board } from '../live/board.ts'
import type { WallSettings } from '../../../api/contract/wall.ts'
import styles from './live.module.css'
import { queueTone, waitTone, type Tone } from './tones.ts'

interface Figure {
  id: string
  label: string
  count: number
  /** Longest wait, seconds; null when nobody waits. */
  longest: number | null
}

/** What waits, how long, and whether that is too long. */
export function useFigures(board: Board, now: number, limits: WallSettings): (Figure & { tone: Tone })[] {
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
  const figures: Figure[] = [
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
  return figures.map((figure) => {
    const { id, count, longest } = figure
    const isQueue = id !== 'ringing' && id !== 'parked' && id !== 'talking'
    return { ...figure, tone: isQueue ? queueTone(count, longest, limits) : waitTone(longest, limits) }
  })
}

/** Who waits, and how long at worst: seconds of silence of a client count double on a supervisor's screen. */
export function Waiting({ board, now, limits }: { board: Board; now: number; limits: WallSettings }) {
  const { t } = useTranslation()
  return (
    <div className={styles.figures} role="status">
      {useFigures(board, now, limits).map(({ id, label, count, longest, tone }) => (
        <div
          key={id}
          className={`sheet ${styles.figure}`}
          data-testid="live-figure"
          data-figure={id}
          data-tone={tone}
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
