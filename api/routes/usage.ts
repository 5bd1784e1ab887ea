import { audit } from '../audit.ts'
import { restored, usage } from '../contract/usage.ts'
import { usageThings } from '../contract/settings-words.ts'
import { findRow } from '../crud.ts'
import { access } from '../access.ts'
import { restoreDeleted } from '../deleted.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { restorable, tableOf } from '../usage-tables.ts'
import { usageOf } from '../usage-store.ts'

/** What uses a thing, asked before it is deleted; and the way back for what nothing used. */
export const usageRoutes = ({ db }: ApiDeps): Endpoint[] => [
  ...usageThings.map((things) =>
    endpoint({
      route: `GET /api/${things}/:id/usage`,
      summary: `What uses it: ${things.replaceAll('-', ' ')} that schemes or routing need are not deleted`,
      answer: usage,
      handle: async ({ id }) => usageOf(db, things, await findRow(db, tableOf(things), id))
    })
  ),
  endpoint({
    route: 'POST /api/deleted/:id/restore',
    summary: 'Bring back what was deleted in the last ten minutes, where nothing had used it',
    answer: restored,
    handle: (context) =>
      db.transaction(async (trx) => {
        const kept = await restoreDeleted(trx, context.id)
        if (!kept) throw new ApiError('not_undoable')
        const mayDelete: readonly string[] = access[`DELETE /api/${kept.things}/:id`]
        if (!mayDelete.includes(context.who.role)) throw new ApiError('forbidden')
        const thing =
          kept.things === 'companies' ? 'company' : (restorable[kept.things]?.thing ?? kept.things)
        await audit(trx, context, {
          action: `${thing}.undo`,
          entity: thing,
          entityId: context.id,
          data: { name: kept.row['name'] ?? kept.row['e164'] ?? kept.row['code'] ?? null }
        })
        return { things: kept.things, id: context.id }
      })
  })
]
