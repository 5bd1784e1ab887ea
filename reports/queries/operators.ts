import type { Knex } from 'knex'
import type { Period } from './period.ts'
import type { OperatorLoad } from './types.ts'

interface LoadRow {
  user_id: string
  available: number
  busy: number
  wrap_up: number
  away: number
  rings: number
  missed_rings: number
  out_calls: number
}

/** How the time of each operator went, by user. */
export async function readLoads(db: Knex, { from, to }: Period): Promise<Map<string, OperatorLoad>> {
  const { rows } = await db.raw<{ rows: LoadRow[] }>(
    `select user_id, cast(sum(available_seconds) as float8) as available, cast(sum(busy_seconds) as float8) as busy,
       cast(sum(wrap_up_seconds) as float8) as wrap_up, cast(sum(away_seconds) as float8) as away,
       cast(sum(rings) as float8) as rings, cast(sum(missed_rings) as float8) as missed_rings,
       cast(sum(out_calls) as float8) as out_calls
     from report_shifts where day between ? and ? group by user_id`,
    [from, to]
  )
  return new Map(rows.map((row) => [row.user_id, loadOf(row)]))
}

function loadOf({ available, busy, wrap_up: wrapUp, away, ...row }: LoadRow): OperatorLoad {
  const onDuty = available + busy + wrapUp
  return {
    availableSeconds: available,
    busySeconds: busy,
    wrapUpSeconds: wrapUp,
    awaySeconds: away,
    occupancy: onDuty === 0 ? null : (busy + wrapUp) / onDuty,
    rings: row.rings,
    missedRings: row.missed_rings,
    outCalls: row.out_calls
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export async function operatorNames(db: Knex, ids: readonly string[]): Promise<Map<string, string>> {
  const known = ids.filter((id) => uuid.test(id))
  if (known.length === 0) return new Map()
  const rows = await db('users').whereIn('id', known).select<{ id: string; name: string }[]>('id', 'name')
  return new Map(rows.map(({ id, name }) => [id, name]))
}
