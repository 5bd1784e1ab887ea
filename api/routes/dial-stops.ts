import { z } from 'zod'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { page } from '../contract/common.ts'
import { dialStop, type DialStop } from '../contract/guard.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'

const sorts: Sorts = { at: { column: 's.at', type: 'time' } }
const byId = { column: 's.id', type: 'uuid' } as const

/** People whose dialling was stopped because it looked like theft. */
export const dialStopRoutes = ({ db, dialling }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/dial-stops',
    summary: 'List whose dialling is, or was, stopped, the latest first',
    query: listQuery(sorts, '-at', { active: z.enum(['true', 'false']).optional() }),
    answer: page(dialStop),
    async handle({ query }) {
      const rows = db('dial_stops as s')
        .join('users as u', 'u.id', 's.user_id')
        .leftJoin('users as lifter', 'lifter.id', 's.lifted_by')
        .select('s.*', { user_name: 'u.name', lifted_by_name: 'lifter.name' })
      if (query.active === 'true') void rows.whereNull('s.lifted_at')
      if (query.active === 'false') void rows.whereNotNull('s.lifted_at')
      const found = await listPage(db, rows, query, sorts, byId)
      const shown = (row: Row): DialStop =>
        itemOf(dialStop, row, { liftedBy: row['lifted_by_name'] as string | null })
      return { items: found.rows.map(shown), nextCursor: found.nextCursor }
    }
  }),
  endpoint({
    route: 'DELETE /api/dial-stops/:id',
    summary: 'Let somebody dial again; the row stays in the list',
    async handle(context) {
      await db.transaction(async (trx) => {
        const [row] = await trx('dial_stops')
          .where({ id: context.id })
          .whereNull('lifted_at')
          .update({ lifted_at: trx.fn.now(), lifted_by: context.who.userId })
          .returning<{ user_id: string; reason: string }[]>(['user_id', 'reason'])
        if (!row) throw new ApiError('not_found')
        await audit(trx, context, {
          ...{ action: 'dial_stop.lift', entity: 'user', entityId: row.user_id },
          data: { reason: row.reason }
        })
      })
      await dialling.policy.reload()
    }
  })
]
