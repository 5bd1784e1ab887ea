import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { drain, mostTries } from './drain.ts'
import { createPathIds } from './paths.ts'
import { factVersion, readFactSettings, writeFactState, type FactSettings } from './settings.ts'
import { countVisits, dayIn, markPeriod, sumDay } from './sums.ts'

/** Keeps flags, credits and sums equal to what happened, a second or two behind. */
export interface Facts {
  /** Begins to follow. Never throws for a database that is away: it tries again. */
  start(): void
  stop(): Promise<void>
  /** Works out all that is there now, at once: for tests, and whoever loads data. */
  settle(): Promise<void>
}

/** How often it looks for work. The tape tells nobody: a notice in each commit would cost more than this. */
const lookMs = 1000
/** Entries worked out in one transaction. */
const batchSize = 500
/** Batches before the sums get their turn. */
const mostBatches = 20
/** Today is summed up again after this, and after so many times of what it took. */
const todayMs = 2000
const visitsMs = 60_000
const restFactor = 30

/**
 * @param orderRebuild orders the visible job that makes all facts anew, in the transaction given: for a database that has
 *   calls but no facts, and when the company moves to another time zone or currency
 */
export function createFacts(options: {
  db: Knex
  log: Logger
  orderRebuild?: (trx: Knex, wish: { onlySums: boolean }) => Promise<unknown>
  now?: () => number
}): Facts {
  const { db, log, now = Date.now } = options
  const deps = { db, log, paths: createPathIds(db) }
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let isStopped = false
  let isAway = false
  let hasBegun = false
  let todayAfterMs = 0
  let visitsAfterMs = 0

  /** After a start, and whenever the company's settings have changed what sums mean. */
  async function adopt(settings: FactSettings): Promise<void> {
    const { state, timeZone, rules } = settings
    const { currency } = rules
    const isCurrent =
      state?.version === factVersion && state.timeZone === timeZone && state.currency === currency
    if (isCurrent) return
    const onlySums = state?.version === factVersion
    await db.transaction(async (trx) => {
      await writeFactState(trx, { version: factVersion, timeZone, currency, visitsUntil: null })
      if (options.orderRebuild && (onlySums || (await hasHistory(trx)))) {
        log.info({ onlySums }, 'The facts of reports are made anew')
        await options.orderRebuild(trx, { onlySums })
      }
      // They go out of date at once, whoever works them out.
      if (onlySums) await markPeriod(trx, timeZone, { from: null, to: null })
    })
  }

  async function drainSome(isAll: boolean): Promise<void> {
    for (let i = 0; (isAll || i < mostBatches) && !isStopped; i += 1) {
      const count = await drain(deps, batchSize, { waits: isAll })
      if (count === null || count < batchSize) return
    }
  }

  /** The newest first: people look at those. */
  async function sumSome(timeZone: string, isAll: boolean): Promise<void> {
    const days = await db('report_dirty_days')
      .orderBy('day', 'desc')
      .limit(isAll ? 100_000 : 5)
      .select<{ day: string }[]>(db.raw('cast(day as text) as day'))
    const today = dayIn(timeZone, now())
    for (const { day } of days) {
      if (isStopped) return
      if (day === today && !isAll && now() < todayAfterMs) continue
      const startedMs = performance.now()
      if (!(await sumDay(deps, day, { waits: isAll }))) return
      const tookMs = performance.now() - startedMs
      if (day === today) todayAfterMs = now() + Math.max(todayMs - lookMs, restFactor * tookMs)
    }
  }

  /** Today's visits each minute; a day that is over once more, and then for good. */
  async function countSome({ timeZone, state }: FactSettings): Promise<void> {
    if (!state || now() < visitsAfterMs) return
    const today = dayIn(timeZone, now())
    const startedMs = performance.now()
    // A visit that began a moment before midnight may be written a moment after it.
    const yesterday = dayIn(timeZone, now() - 600_000)
    for (const day of daysFrom(state.visitsUntil ?? yesterday, today)) {
      if (isStopped) return
      await countVisits(db, day)
    }
    if (state.visitsUntil !== yesterday) await writeFactState(db, { ...state, visitsUntil: yesterday })
    visitsAfterMs = now() + Math.max(visitsMs, 3 * restFactor * (performance.now() - startedMs))
  }

  async function round(isAll: boolean): Promise<void> {
    if (!hasBegun) {
      // What could not be worked out before may be possible with this version.
      await db('fact_queue').where('tries', '>=', mostTries).update({ tries: 0 })
      hasBegun = true
    }
    const settings = await readFactSettings(db)
    await adopt(settings)
    await drainSome(isAll)
    await sumSome(settings.timeZone, isAll)
    if (isAll) visitsAfterMs = 0
    await countSome(isAll ? await readFactSettings(db) : settings)
  }

  function next(): void {
    if (isStopped) return
    timer = setTimeout(() => {
      running = round(false)
        .then(() => {
          if (isAway) log.info('The facts of reports are being followed again')
          isAway = false
        })
        .catch((error: unknown) => {
          if (!isAway) log.warn({ err: error }, 'The facts of reports cannot be worked out; trying again')
          isAway = true
        })
        .finally(next)
    }, lookMs)
  }

  return {
    start: next,
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await running
    },
    settle: () => round(true)
  }
}

async function hasHistory(trx: Knex): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: { has: boolean }[] }>(
    `select exists (select from calls where ended_at is not null and is_target is null and direction = 'in'
         and not exists (select from fact_queue)) or exists (select from visits)
       or exists (select from inquiries) or exists (select from deals) as has`
  )
  return rows[0]?.has === true
}

/** Days from one to another, both given. */
function daysFrom(from: string, to: string): string[] {
  const days: string[] = []
  for (let ms = Date.parse(from); ms <= Date.parse(to) && days.length < 4000; ms += 86_400_000)
    days.push(new Date(ms).toISOString().slice(0, 10))
  return days
}
