import { trunk, trunkCreate, trunkPatch } from '../contract/config.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { itemOf } from '../rows.ts'

/** SIP links to carriers, with their state as Asterisk sees it. Their secrets go in and never come out. */
export const trunkRoutes = ({ db, pbx }: ApiDeps) =>
  crud(db, {
    things: 'trunks',
    thing: 'trunk',
    item: trunk,
    create: trunkCreate,
    patch: trunkPatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'name',
    read: (_db, rows) => {
      const states = pbx.trunkStates()
      return Promise.resolve(
        rows.map((row) =>
          itemOf(trunk, row, {
            hasSecret: row['secret'] !== null,
            state: row['is_active'] === true ? (states.get(String(row['id'])) ?? 'unknown') : 'inactive'
          })
        )
      )
    }
  })
