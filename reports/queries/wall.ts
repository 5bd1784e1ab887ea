import type { Knex } from 'knex'
import { readCompany } from './company.ts'
import { runReport } from './reports.ts'
import type { Report } from './types.ts'

/** What a wall shows of today beside what happens this second. */
export interface WallFigures {
  calls: number
  answered: number
  missed: number
  /** Callers who hung up before anybody answered. */
  abandoned: number
  /** Means, seconds; null where nothing was answered. */
  waitSeconds: number | null
  talkSeconds: number | null
  /** Share of calls that were answered within `withinSeconds`; null while there was none. */
  serviceLevel: number | null
  withinSeconds: number
  bySource: { source: string; answered: number; missed: number }[]
  /** Until when everything is counted. */
  countedAt: string
}

const mostSources = 12

/**
 * Today's figures, out of the same sums as the reports of today. Only the service level, for which no sum has the limit,
 * looks at the calls of the day.
 */
export async function wallFigures(db: Knex, withinSeconds: number, nowMs: number): Promise<WallFigures> {
  const { timeZone } = await readCompany(db)
  // A date as ISO writes it, in the company's own day.
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(nowMs)
  const query = { from: today, to: today, model: 'lastNonDirect', compare: 'none', by: 'source' } as const
  const [report, level] = await Promise.all([
    runReport(db, 'sources', { ...query, siteIds: [] }, mostSources) as Promise<Report>,
    readLevel(db, today, timeZone, withinSeconds)
  ])
  const { calls, answered, missed, waitSeconds, talkSeconds } = report.total
  return {
    ...{ calls, answered, missed, waitSeconds, talkSeconds, withinSeconds },
    abandoned: level.abandoned,
    serviceLevel: level.offered === 0 ? null : level.inTime / level.offered,
    bySource: report.rows.map(({ key, values }) => ({
      source: key,
      answered: values.answered,
      missed: values.missed
    })),
    countedAt: report.countedAt
  }
}

interface Level {
  offered: number
  inTime: number
  abandoned: number
}

async function readLevel(db: Knex, day: string, timeZone: string, withinSeconds: number): Promise<Level> {
  const { rows } = await db.raw<{ rows: Level[] }>(
    `select count(*)::int as offered,
       (count(*) filter (where outcome = 'answered' and wait_seconds <= :withinSeconds))::int as "inTime",
       (count(*) filter (where outcome = 'abandoned'))::int as abandoned
     from calls
     where direction = 'in' and not is_spam and ended_at is not null and outcome <> 'blocked'
       and started_at >= cast(:day as timestamp) at time zone :timeZone
       and started_at < (cast(:day as timestamp) + interval '1 day') at time zone :timeZone`,
    { day, timeZone, withinSeconds }
  )
  return rows[0] ?? { offered: 0, inTime: 0, abandoned: 0 }
}
