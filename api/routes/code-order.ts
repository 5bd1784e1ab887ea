import { audit } from '../audit.ts'
import { codeOrder, codeOrderChange } from '../contract/operators.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'

const tables = { 'pause-reasons': 'pause_reasons', 'wrap-up-codes': 'wrap_up_codes' } as const
const entities = { 'pause-reasons': 'pause reason', 'wrap-up-codes': 'wrap-up code' } as const

/** The order in which codes are offered, as a whole: places are counted from nothing. */
export const codeOrderRoute = ({ db }: ApiDeps, things: keyof typeof tables): Endpoint =>
  endpoint({
    route: `PUT /api/${things}/order`,
    summary: `In which order ${things.replaceAll('-', ' ')} are offered; those left out come after`,
    body: codeOrderChange,
    answer: codeOrder,
    handle: (context) =>
      db.transaction(async (trx) => {
        const { ids, fromIds } = context.body
        const table = tables[things]
        const now = await trx(table).orderBy(['position', 'id']).forUpdate().pluck<string[]>('id')
        if (!ids.every((id) => now.includes(id)))
          throw new ApiError('unknown_reference', { errors: [{ path: 'ids', message: 'does not exist' }] })
        if (fromIds && fromIds.join() !== now.join())
          throw new ApiError('changed_meanwhile', { current: { item: { ids: now } } })
        const order = [...new Set([...ids, ...now])]
        await trx.raw(
          `update ?? as t set position = o.n - 1, updated_at = now()
           from unnest(cast(? as uuid[])) with ordinality as o(id, n)
           where t.id = o.id and t.position <> o.n - 1`,
          [table, order]
        )
        await audit(trx, context, { action: `${entities[things]}.order`, entity: entities[things] })
        return { ids: order }
      })
  })
