import { z } from 'zod'
import { addDoNotCall } from '../../dialling/do-not-call.ts'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { page } from '../contract/common.ts'
import { doNotCall, doNotCallCreate } from '../contract/dialling.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, likePart, phoneDigits } from '../rows.ts'

const sorts: Sorts = { createdAt: { column: 'created_at', type: 'time' } }

/** Clients who wish no calls: lists and callbacks leave them alone, a click warns. */
export const doNotCallRoutes = ({ db, dialling }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/do-not-call',
    summary: 'List numbers of clients who wish no calls',
    query: listQuery(sorts, '-createdAt', { search: z.string().max(100).optional() }),
    answer: page(doNotCall),
    async handle({ query }) {
      const rows = db('do_not_call').select('*')
      const digits = query.search === undefined ? '' : phoneDigits(query.search.trim())
      if (digits !== '') rows.whereLike('phone', likePart(digits))
      const found = await listPage(db, rows, query, sorts)
      return { items: found.rows.map((row) => itemOf(doNotCall, row)), nextCursor: found.nextCursor }
    }
  }),
  endpoint({
    route: 'POST /api/do-not-call',
    summary: 'Note that a client wishes no calls; what is planned for them is called off',
    body: doNotCallCreate,
    answer: doNotCall,
    status: 201,
    async handle(context) {
      const { phone, reason, callId } = context.body
      const { number, isEmergency } = dialling.policy.explain({ number: phone, byUserId: null })
      if (number === null || isEmergency) throw new ApiError('bad_number')
      const doNotCallId = await db.transaction(async (trx) => {
        const made = await addDoNotCall(trx, { phone: number, reason, callId, createdBy: context.who.userId })
        await audit(trx, context, { action: 'do_not_call.add', entity: 'do_not_call', entityId: made })
        return made
      })
      await dialling.policy.reload()
      return itemOf(doNotCall, await findRow(db, 'do_not_call', doNotCallId))
    }
  }),
  endpoint({
    route: 'DELETE /api/do-not-call/:id',
    summary: 'Let a client be called again',
    async handle(context) {
      await db.transaction(async (trx) => {
        const gone = await trx('do_not_call').where({ id: context.id }).delete()
        if (gone === 0) throw new ApiError('not_found')
        await audit(trx, context, {
          action: 'do_not_call.remove',
          entity: 'do_not_call',
          entityId: context.id
        })
      })
      await dialling.policy.reload()
    }
  })
]
