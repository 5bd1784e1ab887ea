import type { Knex } from 'knex'
import { pauseReason, pauseReasonCreate, pauseReasonPatch, type PresenceWish } from '../contract/operators.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../problems.ts'
import { itemOf } from '../rows.ts'
import { codeOrderRoute } from './code-order.ts'

/** Why somebody may be away, in the order in which they are offered. */
export const pauseReasonRoutes = (deps: ApiDeps) => [
  codeOrderRoute(deps, 'pause-reasons'),
  ...crud(deps.db, {
    things: 'pause-reasons',
    table: 'pause_reasons',
    thing: 'pause reason',
    item: pauseReason,
    create: pauseReasonCreate,
    patch: pauseReasonPatch,
    sorts: {
      position: { column: 'position', type: 'int' },
      code: { column: 'code', type: 'text' }
    },
    firstSort: 'position',
    read: (_db, rows) => Promise.resolve(rows.map((row) => itemOf(pauseReason, row)))
  })
]

/**
 * The reason that a wish for presence is written down with: the one named, or the first of the list for those who name
 * none. Null for anything but being away, and where the company keeps no list.
 * @throws ApiError invalid when there is no such reason
 */
export async function pauseReasonFor(
  db: Knex,
  { presence, reason }: Pick<PresenceWish, 'presence' | 'reason'>
): Promise<string | null> {
  if (presence !== 'away') return null
  const query = db('pause_reasons').where({ is_active: true }).orderBy(['position', 'id'])
  if (typeof reason === 'string') void query.where({ code: reason })
  const found = await query.first<{ code: string } | undefined>('code')
  if (!found && typeof reason === 'string') {
    throw new ApiError('invalid', { errors: [{ path: 'reason', message: 'is not a pause reason in use' }] })
  }
  return found?.code ?? null
}
