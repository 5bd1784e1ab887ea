import type { Knex } from 'knex'
import type { Logger } from 'pino'

interface Measured {
  pool_id: string
  name: string
  wanted: string
  hour_visits: string
  hour_overflowed: string
  day_visits: string
  day_overflowed: string
  short_since: Date | null
}

/** Fewer visits than these say nothing. */
const leastVisits = { hour: 30, day: 20 }
/** Recovered only when clearly so: a pool at the edge does not ring every ten minutes. */
const recoveryShare = 0.01

/** How well a pool served the visits of the last hour and day, as its coverage is wanted. */
export const isShort = (
  { hour, day }: Record<'hour' | 'day', { visits: number; coverage: number | null }>,
  wanted: number,
  wasShort: boolean
): boolean => {
  const least = wasShort ? Math.min(1, wanted + recoveryShare) : wanted
  const falls = (one: { visits: number; coverage: number | null }, enough: number): boolean =>
    one.coverage !== null && one.visits >= enough && one.coverage < least
  // The last hour alone raises the alarm; it is over when hour and day are well again, or nobody comes any more.
  return falls(hour, leastVisits.hour) || falls(day, leastVisits.day)
}

/** Measures every pool in use, and notes since when one is short of numbers. Told once per fall, in the log. */
export async function checkCoverage(db: Knex, log: Logger): Promise<void> {
  const { rows } = await db.raw<{ rows: Measured[] }>(
    `with firsts as (
       select pool_id, visit_id, min(from_at) as at, bool_and(kind = 'overflow') as is_overflow
       from number_leases where from_at > now() - interval '1 day'
       group by pool_id, visit_id
     )
     select p.id as pool_id, p.name, p.wanted_coverage as wanted, c.short_since,
       count(f.visit_id) filter (where f.at > now() - interval '1 hour') as hour_visits,
       count(f.visit_id) filter (where f.at > now() - interval '1 hour' and f.is_overflow) as hour_overflowed,
       count(f.visit_id) as day_visits, count(f.visit_id) filter (where f.is_overflow) as day_overflowed
     from number_pools p
     left join firsts f on f.pool_id = p.id
     left join pool_coverage c on c.pool_id = p.id
     where p.is_active and p.mode = 'dynamic'
     group by p.id, c.short_since`
  )
  for (const row of rows) {
    const hour = sharesOf(row.hour_visits, row.hour_overflowed)
    const day = sharesOf(row.day_visits, row.day_overflowed)
    const wasShort = row.short_since !== null
    const isNow = isShort({ hour, day }, Number(row.wanted), wasShort)
    await db.raw(
      `insert into pool_coverage (pool_id, checked_at, hour_visits, hour_coverage, day_visits, day_coverage, short_since)
       values (:pool, now(), :hourVisits, :hourCoverage, :dayVisits, :dayCoverage, case when :isNow then now() end)
       on conflict (pool_id) do update set checked_at = now(), hour_visits = excluded.hour_visits,
         hour_coverage = excluded.hour_coverage, day_visits = excluded.day_visits, day_coverage = excluded.day_coverage,
         short_since = case when :isNow then coalesce(pool_coverage.short_since, now()) end`,
      {
        pool: row.pool_id,
        hourVisits: hour.visits,
        hourCoverage: hour.coverage,
        dayVisits: day.visits,
        dayCoverage: day.coverage,
        isNow
      }
    )
    if (isNow && !wasShort) log.warn({ pool: row.name, hour, day }, 'A pool is short of numbers')
    if (!isNow && wasShort) log.info({ pool: row.name }, 'A pool has enough numbers again')
  }
  // What is switched off, or shows one number to all, is short of nothing.
  await db('pool_coverage')
    .whereNotIn(
      'pool_id',
      rows.map((row) => row.pool_id)
    )
    .delete()
}

function sharesOf(visits: string, overflowed: string): { visits: number; coverage: number | null } {
  const count = Number(visits)
  return { visits: count, coverage: count === 0 ? null : 1 - Number(overflowed) / count }
}
