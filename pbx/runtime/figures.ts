import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Moments } from '../call/moments.ts'
import type { TapeRow } from '../call/effects.ts'
import type { Figures } from './operator-entry.ts'

export interface FiguresKeeper {
  /** A row of a call's tape: a mark or the end of a talk counts at once. */
  onRow(row: TapeRow): void
  /** Reads the journal, and again every minute. */
  start(): Promise<void>
  stop(): void
}

const refreshMs = 60_000
const ratedDays = 30

/**
 * Average marks and today's talk time per operator, kept in memory: no call waits for a query. The journal is the
 * truth; between two looks at it what happens is added.
 */
export function keepFigures(options: {
  db: Knex
  timeZone(): string
  onChange(figures: Figures): void
  log: Logger
}): FiguresKeeper {
  const { db, log } = options
  let marks = new Map<string, { sum: number; count: number }>()
  let talk = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  function tell(): void {
    let [sum, count] = [0, 0]
    for (const one of marks.values()) {
      sum += one.sum
      count += one.count
    }
    options.onChange({
      companyRating: count === 0 ? null : sum / count,
      ratings: new Map([...marks].map(([userId, one]) => [userId, one.sum / one.count])),
      talkSeconds: talk
    })
  }

  async function refresh(): Promise<void> {
    try {
      const [rated, talked] = await Promise.all([readMarks(db), readTalk(db, options.timeZone())])
      ;[marks, talk] = [rated, talked]
      tell()
    } catch (error) {
      log.warn({ err: error }, 'Marks and talk times could not be read; the last ones stand')
    }
    if (isStopped) return
    timer = setTimeout(() => {
      refresh().catch((error: unknown) => log.error({ err: error }, 'Marks and talk times'))
    }, refreshMs)
    timer.unref()
  }

  return {
    onRow({ type, data }) {
      if (type === 'call.rated') {
        const { rating, operatorId } = data as unknown as Moments['call.rated']
        if (rating === null || operatorId === null) return
        const before = marks.get(operatorId) ?? { sum: 0, count: 0 }
        marks.set(operatorId, { sum: before.sum + rating, count: before.count + 1 })
        tell()
      } else if (type === 'call.talk_ended') {
        const { operator, talkSeconds } = data as unknown as Moments['call.talk_ended']
        if (operator.id === null) return
        talk.set(operator.id, (talk.get(operator.id) ?? 0) + talkSeconds)
        tell()
      }
    },
    start: refresh,
    stop() {
      isStopped = true
      clearTimeout(timer)
    }
  }
}

/** By the index `calls_rated`. */
async function readMarks(db: Knex): Promise<Map<string, { sum: number; count: number }>> {
  const { rows } = await db.raw<{ rows: { id: string; sum: string; count: string }[] }>(
    `select operator_id as id, sum(rating) as sum, count(*) as count from calls
     where rating is not null and operator_id is not null and call_type <> 'test' and started_at > now() - make_interval(days => ?)
     group by operator_id`,
    [ratedDays]
  )
  return new Map(rows.map(({ id, sum, count }) => [id, { sum: Number(sum), count: Number(count) }]))
}

/** By the index `calls_started`: the legs of the calls of today. */
async function readTalk(db: Knex, timeZone: string): Promise<Map<string, number>> {
  const { rows } = await db.raw<{ rows: { id: string; seconds: string }[] }>(
    `select l.user_id as id, sum(extract(epoch from l.ended_at - l.answered_at)) as seconds
     from calls c join call_legs l on l.call_id = c.id
     where c.started_at >= date_trunc('day', now() at time zone ?) at time zone ?
       and l.user_id is not null and l.answered_at is not null and l.ended_at is not null
     group by l.user_id`,
    [timeZone, timeZone]
  )
  return new Map(rows.map(({ id, seconds }) => [id, Number(seconds)]))
}
