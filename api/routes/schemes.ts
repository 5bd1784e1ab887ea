import type { Scheme } from '../../ivr/scheme.ts'
import { scheme, schemeCreate, schemePatch } from '../contract/config.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import type { Endpoint } from '../endpoint.ts'
import { itemOf } from '../rows.ts'
import { checkRoutes } from './scheme-checks.ts'
import { schemeFileRoutes } from './scheme-files.ts'
import { problemsOf, knownThings, refuseStale, savers } from './scheme-state.ts'
import { schemePassedRoutes } from './scheme-passed.ts'
import { schemeTestRoutes } from './scheme-test.ts'
import { schemeVersionRoutes } from './scheme-versions.ts'

/** Routing schemes: one draft to work on, and numbered published versions that calls follow. */
export const schemeRoutes = (deps: ApiDeps): Endpoint[] => [
  ...crud(deps.db, {
    things: 'schemes',
    thing: 'scheme',
    item: scheme,
    create: schemeCreate,
    patch: schemePatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'name',
    async read(reader, rows) {
      const known = await knownThings(reader)
      const savedBy = await savers(reader, rows)
      return rows.map((row) =>
        itemOf(scheme, row, {
          problems: problemsOf(row['draft'] as Scheme, known),
          savedBy: savedBy.get(String(row['id'])) ?? null,
          savedAt: (row['draft_saved_at'] as Date).toISOString()
        })
      )
    },
    // The database counts the revisions.
    columns: ({ name, draft }) =>
      Promise.resolve({
        ...(name !== undefined && { name }),
        ...(draft !== undefined && { draft: JSON.stringify(draft) })
      }),
    async saved(trx, id, { draft, revision }, { who }, before) {
      if (draft === undefined) return
      if (before) await refuseStale(trx, before, revision)
      await trx('schemes').where({ id }).update({ draft_saved_by: who.userId })
    }
  }),
  ...schemeVersionRoutes(deps),
  ...schemeFileRoutes(deps),
  ...schemeTestRoutes(deps),
  ...schemePassedRoutes(deps),
  ...checkRoutes(deps)
]
