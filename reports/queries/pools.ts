import type { Knex } from 'knex'
import type { Period } from './period.ts'
import type { PoolRow } from './types.ts'

export interface PoolLeases {
  name: string
  leases: number
  visits: number
  overflowed: number
  stolen: number
}

/** Every pool with what its numbers were lent for, by id. */
export async function readLeases(
  db: Knex,
  { from, to }: Period,
  siteIds: readonly string[]
): Promise<Map<string, PoolLeases>> {
  const site = siteIds.length === 0 ? '' : 'where p.site_id = any(cast(:siteIds as uuid[]))'
  const { rows } = await db.raw<{ rows: ({ id: string } & PoolLeases)[] }>(
    `select p.id, p.name, coalesce(l.leases, 0) as leases, coalesce(l.visits, 0) as visits,
       coalesce(l.overflowed, 0) as overflowed, coalesce(l.stolen, 0) as stolen
     from number_pools p left join (
       select pool_id, cast(sum(leases) as float8) as leases, cast(sum(visits) as float8) as visits,
         cast(sum(overflowed) as float8) as overflowed, cast(sum(stolen) as float8) as stolen
       from report_leases where day between :from and :to group by pool_id
     ) l on l.pool_id = p.id ${site} order by p.name`,
    { from, to, siteIds } as never
  )
  return new Map(rows.map(({ id, ...leases }) => [id, leases]))
}

/** Of all pools together, by day. */
export async function readLeaseDays(
  db: Knex,
  { from, to }: Period,
  siteIds: readonly string[]
): Promise<Map<string, Omit<PoolLeases, 'name'>>> {
  const site = siteIds.length === 0 ? '' : 'and site_id = any(cast(:siteIds as uuid[]))'
  const { rows } = await db.raw<{ rows: ({ day: string } & Omit<PoolLeases, 'name'>)[] }>(
    `select to_char(day, 'YYYY-MM-DD') as day, cast(sum(leases) as float8) as leases,
       cast(sum(visits) as float8) as visits, cast(sum(overflowed) as float8) as overflowed,
       cast(sum(stolen) as float8) as stolen
     from report_leases where day between :from and :to ${site} group by 1`,
    { from, to, siteIds } as never
  )
  return new Map(rows.map(({ day, ...leases }) => [day, leases]))
}

/** What is shown of a pool; of none (calls to numbers without a pool) nothing was lent. */
export function poolFigures(
  pool: Omit<PoolLeases, 'name'> | undefined
): Pick<PoolRow, 'leases' | 'overflowed' | 'stolen' | 'coverage'> {
  const { leases, visits, overflowed, stolen } = pool ?? { leases: 0, visits: 0, overflowed: 0, stolen: 0 }
  return { leases, overflowed, stolen, coverage: visits === 0 ? null : (visits - overflowed) / visits }
}
