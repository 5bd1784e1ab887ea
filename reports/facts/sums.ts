import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { lock, tryLock } from './days.ts'
import { readFactSettings } from './settings.ts'
import { pathsOfDay, sumsOfDay, visitsOfDay } from './sums-sql.ts'

/**
 * Sums a day up again from the facts, and takes its mark away in the same transaction.
 * @param waits false: gives up while somebody else is at it
 * @returns false when it gave up
 */
export async function sumDay(
  deps: { db: Knex; log: Logger },
  day: string,
  { waits }: { waits: boolean }
): Promise<boolean> {
  return deps.db.transaction(async (trx) => {
    if (waits) await lock(trx)
    else if (!(await tryLock(trx))) return false
    const { rules, timeZone } = await readFactSettings(trx)
    const given = { day, timeZone, currency: rules.currency }
    await trx('report_dirty_days').where({ day }).delete()
    await trx.raw(pathsOfDay, { day, timeZone })
    await trx.raw(sumsOfDay, given)
    const missing = await unconverted(trx, { from: day, to: day })
    if (missing.deals > 0)
      deps.log.warn({ day, ...missing }, 'Won deals are in no revenue: a currency has no rate on that day')
    return true
  })
}

/** Counts the visits of a day again. */
export async function countVisits(db: Knex, day: string): Promise<void> {
  await db.transaction(async (trx) => {
    await lock(trx)
    const { timeZone } = await readFactSettings(trx)
    await trx.raw(visitsOfDay, { day, timeZone })
  })
}

/**
 * Won deals of a period whose revenue nobody can tell, because their currency had no rate yet.
 * @param period days of the company, both counted
 */
export async function unconverted(
  db: Knex,
  { from, to }: { from: string; to: string }
): Promise<{ deals: number; currencies: string[] }> {
  const { rules, timeZone } = await readFactSettings(db)
  const { rows } = await db.raw<{ rows: { currency: string; deals: number }[] }>(
    `select d.currency, cast(count(*) as int) as deals
     from deals d join pipeline_stages s on s.id = d.stage_id
     where s.kind = 'won' and d.currency <> :currency
       and d.created_at >= cast(cast(:from as date) as timestamp) at time zone :timeZone
       and d.created_at < cast(cast(:to as date) + 1 as timestamp) at time zone :timeZone
       and not exists (select from currency_rates r where r.currency = d.currency
         and r.day <= cast(d.created_at at time zone :timeZone as date))
     group by d.currency order by d.currency`,
    { from, to, timeZone, currency: rules.currency }
  )
  return {
    deals: rows.reduce((sum, row) => sum + row.deals, 0),
    currencies: rows.map(({ currency }) => currency)
  }
}

/** The company's day of a moment. */
export const dayIn = (timeZone: string, atMs: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(atMs)

/** All days on which anything happened, marked to be summed up again; those of a period, if one is given. */
export async function markPeriod(
  trx: Knex,
  timeZone: string,
  period: { from: string | null; to: string | null }
): Promise<void> {
  await trx.raw(
    `with edges as (
       select min(started_at) as low, max(started_at) as high from calls
       union all select min(created_at), max(created_at) from inquiries
       union all select min(created_at), max(created_at) from deals
     ), days as (
       select cast(generate_series(
         cast(min(low) at time zone :timeZone as date), cast(max(high) at time zone :timeZone as date), '1 day') as date) as day
       from edges
       union select day from report_sums
     )
     insert into report_dirty_days (day) select day from days
     where day between coalesce(cast(:from as date), '-infinity') and coalesce(cast(:to as date), 'infinity')
     on conflict do nothing`,
    { timeZone, ...period }
  )
}
