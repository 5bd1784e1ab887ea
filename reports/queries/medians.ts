import type { Knex } from 'knex'
import type { Period } from './period.ts'

export interface Medians {
  total: number | null
  byDay: Map<string, number>
}

/**
 * The median time in which missed calls were returned. A median cannot be put together of sums, so this one figure
 * comes from the calls themselves: of an index that holds only those that were missed and returned.
 */
export async function readMedians(
  db: Knex,
  timeZone: string,
  { from, to }: Period,
  siteIds: readonly string[]
): Promise<Medians> {
  const site = siteIds.length === 0 ? '' : 'and site_id = any(cast(:siteIds as uuid[]))'
  const { rows } = await db.raw<{ rows: { day: string | null; seconds: number }[] }>(
    `with returned as (
       select to_char(started_at at time zone :timeZone, 'YYYY-MM-DD') as day,
         greatest(0, extract(epoch from returned_at - ended_at)) as seconds
       from calls
       where returned_at is not null and direction = 'in' and not is_spam
         and outcome in ('missed', 'abandoned', 'busy', 'failed', 'voicemail')
         and started_at >= cast(:from as timestamp) at time zone :timeZone
         and started_at < (cast(:to as timestamp) + interval '1 day') at time zone :timeZone ${site}
     )
     select day, percentile_cont(0.5) within group (order by seconds) as seconds
     from returned group by grouping sets ((day), ())`,
    { timeZone, from, to, siteIds } as never
  )
  const total = rows.find(({ day }) => day === null)
  return {
    total: total?.seconds ?? null,
    byDay: new Map(rows.flatMap(({ day, seconds }) => (day === null ? [] : [[day, seconds]])))
  }
}
