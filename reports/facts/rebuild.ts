import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { creditSubjects } from './credits.ts'
import { lock, markDays, markDependents, silence } from './days.ts'
import { flagSlice } from './flags.ts'
import { createPathIds } from './paths.ts'
import { readFactSettings } from './settings.ts'
import { countVisits, markPeriod, sumDay } from './sums.ts'

/** Calls, forms or callbacks that are worked out in one transaction. */
const sliceSize = 1000

export interface RebuildWish {
  /** Days of the company, both counted; null: no bound. */
  readonly from: string | null
  readonly to: string | null
  /** Only what hangs on the company's time zone and currency: sums, not flags and credits. */
  readonly onlySums?: boolean
}

export interface Rebuilt {
  calls: number
  forms: number
  callbacks: number
  days: number
  visitDays: number
}

/**
 * Works flags, credits and sums out again from the raw facts. Harmless to repeat and to break off: every slice is
 * whole, writes only what differs, and goes by turns with what is happening meanwhile.
 * @param progress parts of the work done, and all of them
 */
export async function rebuildAll(
  deps: { db: Knex; log: Logger },
  wish: RebuildWish,
  progress: (done: number, total: number) => Promise<void> = () => Promise.resolve()
): Promise<Rebuilt> {
  const { db } = deps
  const { timeZone } = await readFactSettings(db)
  const bounds = { from: wish.from, to: wish.to, timeZone }
  const subjects = wish.onlySums === true ? [] : (['calls', 'forms', 'callbacks'] as const)
  await db.transaction((trx) => markPeriod(trx, timeZone, wish))
  const sizes = await sizesOf(db, bounds, subjects.length > 0)
  // Visits of a day cost about as much as a slice of calls.
  const total = sizes.subjects + (sizes.days + sizes.visitDays.length) * sliceSize
  const rebuilt: Rebuilt = { calls: 0, forms: 0, callbacks: 0, days: 0, visitDays: 0 }
  let done = 0
  const step = async (size: number): Promise<void> => {
    done += size
    await progress(Math.min(done, total), total)
  }

  const paths = createPathIds(db)
  for (const subject of subjects) {
    let after: Cursor | null = null
    for (;;) {
      const slice: Slice = await db.transaction(async (trx) => {
        await lock(trx)
        await silence(trx)
        return workSlice(trx, paths, subject, bounds, after)
      })
      if (!slice.last) break
      after = slice.last
      rebuilt[subject] += slice.size
      await step(slice.size)
    }
  }
  const marked = await db('report_dirty_days')
    .where((rows) => {
      if (wish.from !== null) rows.where('day', '>=', wish.from)
      if (wish.to !== null) rows.where('day', '<=', wish.to)
    })
    .orderBy('day', 'desc')
    .select<{ day: string }[]>(db.raw('cast(day as text) as day'))
  for (const { day } of marked) {
    await sumDay(deps, day, { waits: true })
    rebuilt.days += 1
    await step(sliceSize)
  }
  for (const day of sizes.visitDays) {
    await countVisits(db, day)
    rebuilt.visitDays += 1
    await step(sliceSize)
  }
  return rebuilt
}

interface Bounds {
  from: string | null
  to: string | null
  timeZone: string
}
interface Cursor {
  at: string
  id: string
}
interface Slice {
  size: number
  last: Cursor | null
}
type SubjectName = 'calls' | 'forms' | 'callbacks'

const tables: Record<SubjectName, { table: string; at: string; only: string }> = {
  calls: { table: 'calls', at: 'started_at', only: `ended_at is not null and direction in ('in','out')` },
  forms: { table: 'form_submissions', at: 'at', only: 'true' },
  callbacks: { table: 'callbacks', at: 'created_at', only: 'true' }
}

const within = (at: string): string =>
  `${at} >= coalesce(cast(cast(:from as date) as timestamp) at time zone :timeZone, '-infinity')
   and ${at} < coalesce(cast(cast(:to as date) + 1 as timestamp) at time zone :timeZone, 'infinity')`

async function workSlice(
  trx: Knex.Transaction,
  paths: ReturnType<typeof createPathIds>,
  name: SubjectName,
  bounds: Bounds,
  after: Cursor | null
): Promise<Slice> {
  const { table, at, only } = tables[name]
  const { rows } = await trx.raw<{ rows: { id: string; at: string }[] }>(
    `select id, cast(${at} as text) as at from ${table}
     where ${only} and ${within(at)} and ${at} >= cast(:after as timestamptz)
       and (${at}, id) > (cast(:after as timestamptz), cast(:id as uuid))
     order by ${at}, id limit ${sliceSize}`,
    { ...bounds, after: after?.at ?? '-infinity', id: after?.id ?? '00000000-0000-0000-0000-000000000000' }
  )
  const last = rows.at(-1)
  if (!last) return { size: 0, last: null }
  const { rules, timeZone } = await readFactSettings(trx)
  const ids = rows.map(({ id }) => id)
  const changed = name === 'calls' ? await flagSlice(trx, rules, ids) : []
  const subjects = { calls: [], forms: [], callbacks: [], [name]: ids }
  const credited = await creditSubjects(trx, paths, subjects)
  // Days of the period are summed up anyway; inquiries and deals of these calls may be of later days.
  await markDays(trx, timeZone, changed)
  await markDependents(trx, timeZone, { subjects: credited, inquiries: [], deals: [] })
  return { size: rows.length, last: { at: last.at, id: last.id } }
}

/** How much there is to do, for the progress. */
async function sizesOf(db: Knex, bounds: Bounds, hasSubjects: boolean) {
  const count = (name: SubjectName): string =>
    `(select count(*) from ${tables[name].table} where ${tables[name].only} and ${within(tables[name].at)})`
  const { rows } = await db.raw<{ rows: { subjects: string; days: string }[] }>(
    `select ${hasSubjects ? `${count('calls')} + ${count('forms')} + ${count('callbacks')}` : '0'} as subjects,
       (select count(*) from report_dirty_days where day between coalesce(cast(:from as date), '-infinity')
         and coalesce(cast(:to as date), 'infinity')) as days`,
    { ...bounds }
  )
  // For each site its first and last visit, by the index.
  const edges = await db.raw<{ rows: { day: string }[] }>(
    `with edges as (
       select (select min(started_at) from visits v where v.site_id = s.id) as low,
         (select max(started_at) from visits v where v.site_id = s.id) as high from sites s
     ), days as (
       select cast(generate_series(cast(min(low) at time zone :timeZone as date),
         cast(max(high) at time zone :timeZone as date), '1 day') as date) as day from edges
       union select day from report_visits
     )
     select cast(day as text) as day from days
     where day between coalesce(cast(:from as date), '-infinity') and coalesce(cast(:to as date), 'infinity')
     order by day desc`,
    { ...bounds }
  )
  return {
    subjects: Number(rows[0]?.subjects ?? 0),
    days: Number(rows[0]?.days ?? 0),
    visitDays: edges.rows.map(({ day }) => day)
  }
}
