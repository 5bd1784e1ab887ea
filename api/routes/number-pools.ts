import type { Knex } from 'knex'
import { coverage, numbersFor } from '../../tracking/pool-load.ts'
import { advicePool } from '../../tracking/store/advice.ts'
import { occupancyOf, poolStatesOf } from '../../tracking/store/occupancy.ts'
import {
  adviceQuery,
  numberPool,
  numberPoolCreate,
  numberPoolPatch,
  poolAdvice,
  poolOccupancy,
  poolRule,
  poolStates
} from '../contract/track.ts'
import { id } from '../contract/common.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, itemOf, type Row } from '../rows.ts'

/** Pools of tracking numbers: which visits they serve, and what their measured load asks for. */
export const numberPoolRoutes = ({ db }: ApiDeps): Endpoint[] => [
  ...crud(db, {
    things: 'number-pools',
    table: 'number_pools',
    thing: 'number pool',
    item: numberPool,
    create: numberPoolCreate,
    patch: numberPoolPatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'name',
    filters: { siteId: id.optional() },
    filter(query, { siteId }) {
      if (typeof siteId === 'string') query.where('site_id', siteId)
    },
    async read(reader, rows) {
      const ids = rows.map((row) => String(row['id']))
      const [members, short] = await Promise.all([
        reader('numbers')
          .whereIn('pool_id', ids)
          .orderBy('e164')
          .select<{ id: string; pool_id: string }[]>('id', 'pool_id'),
        reader('pool_coverage')
          .whereIn('pool_id', ids)
          .whereNotNull('short_since')
          .select<{ pool_id: string; short_since: Date }[]>('pool_id', 'short_since')
      ])
      const sinceOf = new Map(short.map((one) => [one.pool_id, one.short_since.toISOString()]))
      return rows.map((row) =>
        itemOf(numberPool, row, {
          wantedCoverage: Number(row['wanted_coverage']),
          // A kind that was never set means everything.
          rule: poolRule.parse(row['rule']),
          isShort: sinceOf.has(String(row['id'])),
          shortSince: sinceOf.get(String(row['id'])) ?? null,
          numberIds: members.filter((member) => member.pool_id === row['id']).map((member) => member.id)
        })
      )
    },
    columns: ({ numberIds: _members, rule, ...rest }) =>
      Promise.resolve({ ...columnsOf(rest), ...(rule && { rule: JSON.stringify(rule) }) }),
    async saved(trx, poolId, { numberIds }) {
      if (numberIds) await saveMembers(trx, poolId, [...new Set(numberIds)])
      await refuseOverflowMember(trx, poolId)
    }
  }),
  endpoint({
    route: 'GET /api/number-pools/:id/advice',
    summary: 'How many numbers the pool needs, by its measured visits',
    query: adviceQuery,
    answer: poolAdvice,
    async handle({ id: poolId, query }) {
      const advice = await advicePool(db, poolId, query.days)
      const pool = await db('number_pools')
        .where({ id: poolId })
        .first<{ wanted_coverage: string } | undefined>('wanted_coverage')
      if (!advice || !pool) throw new ApiError('not_found')
      const wantedCoverage = Number(pool.wanted_coverage)
      const worst = Math.min(advice.coverage, advice.measured.coverage ?? 1)
      const { erlangs, numbers } = advice
      const needed = numbersFor(erlangs, wantedCoverage)
      const most = Math.min(500, Math.max(numbers, needed, numbersFor(erlangs, 0.99)) + 3)
      const curve = Array.from({ length: most + 1 }, (_, count) => coverage(erlangs, count))
      return {
        ...advice,
        curve,
        needed,
        wantedCoverage,
        isShort: advice.measured.visits > 0 && worst < wantedCoverage
      }
    }
  }),
  endpoint({
    route: 'GET /api/number-pools/:id/occupancy',
    summary: 'Who holds each number of a pool now, and which are in quarantine',
    answer: poolOccupancy,
    async handle({ id: poolId }) {
      const numbers = await occupancyOf(db, poolId)
      if (!numbers) throw new ApiError('not_found')
      return { numbers }
    }
  }),
  endpoint({
    route: 'GET /api/pool-states',
    summary: 'How every pool does: numbers now, coverage lately, and calls without a visit',
    answer: poolStates,
    handle: async () => ({ items: await poolStatesOf(db) })
  })
]

/** @throws ApiError unknown_reference, number_in_pool */
async function saveMembers(trx: Knex.Transaction, poolId: string, numberIds: string[]): Promise<void> {
  const rows: Row[] = await trx('numbers as n')
    .leftJoin('number_pools as p', 'p.id', 'n.pool_id')
    .whereIn('n.id', numberIds)
    .forUpdate('n')
    .select('n.id', 'n.e164', 'n.pool_id', 'p.name')
  if (rows.length < numberIds.length) {
    throw new ApiError('unknown_reference', { errors: [{ path: 'numberIds', message: 'does not exist' }] })
  }
  const taken = rows.find((row) => row['pool_id'] !== null && row['pool_id'] !== poolId)
  if (taken) {
    throw new ApiError('number_in_pool', {
      detail: `${String(taken['e164'])} is in the pool “${String(taken['name'])}”: take it out there first.`
    })
  }
  await trx('numbers').where({ pool_id: poolId }).whereNotIn('id', numberIds).update({ pool_id: null })
  await trx('numbers').whereIn('id', numberIds).update({ pool_id: poolId })
}

/** A number that many see at once cannot be lent to one. */
async function refuseOverflowMember(trx: Knex.Transaction, poolId: string): Promise<void> {
  const clash = await trx('number_pools as p')
    .join('numbers as n', 'n.id', 'p.overflow_number_id')
    .whereNotNull('n.pool_id')
    .where((either) => {
      either.where('p.id', poolId).orWhere('n.pool_id', poolId)
    })
    .first<Row | undefined>('n.e164')
  if (!clash) return
  throw new ApiError('number_in_pool', {
    detail: `${String(clash['e164'])} is shown when a pool is exhausted, and cannot be lent to single visitors too.`
  })
}
