import { wrapUpCode, wrapUpCodeCreate, wrapUpCodePatch } from '../contract/operators.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { itemOf } from '../rows.ts'
import { codeOrderRoute } from './code-order.ts'

/** How talks may have ended, in the company's own words and in the order of their keys. */
export const wrapUpCodeRoutes = (deps: ApiDeps) => [
  codeOrderRoute(deps, 'wrap-up-codes'),
  ...crud(deps.db, {
    things: 'wrap-up-codes',
    table: 'wrap_up_codes',
    thing: 'wrap-up code',
    item: wrapUpCode,
    create: wrapUpCodeCreate,
    patch: wrapUpCodePatch,
    sorts: { position: { column: 'position', type: 'int' }, code: { column: 'code', type: 'text' } },
    firstSort: 'position',
    read: (_db, rows) => Promise.resolve(rows.map((row) => itemOf(wrapUpCode, row)))
  })
]
