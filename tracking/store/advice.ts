import type { Knex } from 'knex'
import { advise, type PoolAdvice } from '../pool-load.ts'

export interface MeasuredAdvice extends PoolAdvice {
  measured: { days: number; visits: number; overflowed: number; stolen: number; coverage: number | null }
}

interface HourRow {
  visits: number
  overflowed: number
  stolen: number
  hold_seconds: string | null
}

/** What a pool's measured visits ask of it. Null for a pool that is not there. */
export async function advicePool(db: Knex, poolId: string, days: number): Promise<MeasuredAdvice | null> {
  const pool = await db('number_pools').where({ id: poolId }).first<{ id: string } | undefined>('id')
  if (!pool) return null
  const slots = await db('number_slots').where({ pool_id: poolId }).count<{ count: number }[]>('* as count')
  // A visitor who comes back to a held number needs no other: each visit counts once, in the hour of its first hold.
  const { rows } = await db.raw<{ rows: HourRow[] }>(
    `with firsts as (
       select visit_id, min(from_at) as at, bool_and(kind = 'overflow') as is_overflow, bool_or(is_stolen) as is_stolen,
         sum(extract(epoch from until_at - from_at)) filter (where kind = 'lease') as hold
       from number_leases
       where pool_id = ? and from_at > now() - make_interval(days => ?)
       group by visit_id
     )
     select count(*) as visits, count(*) filter (where is_overflow) as overflowed,
       count(*) filter (where is_stolen) as stolen, sum(hold) as hold_seconds
     from firsts group by date_trunc('hour', at)`,
    [poolId, days]
  )
  const sum = (of: (row: HourRow) => number): number => rows.reduce((total, row) => total + of(row), 0)
  const visits = sum((row) => Number(row.visits))
  const overflowed = sum((row) => Number(row.overflowed))
  const held = visits - overflowed
  const holdMinutes = held === 0 ? 0 : sum((row) => Number(row.hold_seconds ?? 0)) / held / 60
  const busiest = Math.max(0, ...rows.map((row) => Number(row.visits)))
  return {
    ...advise(Number(slots[0]?.count ?? 0), busiest, holdMinutes),
    measured: {
      days,
      visits,
      overflowed,
      stolen: sum((row) => Number(row.stolen)),
      coverage: visits === 0 ? null : held / visits
    }
  }
}
