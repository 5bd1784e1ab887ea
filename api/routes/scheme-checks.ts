import { z } from 'zod'
import { schemeCheck, schemeCheckCreate, schemeCheckPatch } from '../contract/schemes.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import type { Endpoint } from '../endpoint.ts'
import { itemOf } from '../rows.ts'

/** Imagined calls that a scheme must pass before it is published. */
export const checkRoutes = ({ db }: ApiDeps): Endpoint[] =>
  crud(db, {
    things: 'scheme-checks',
    table: 'scheme_checks',
    thing: 'scheme check',
    item: schemeCheck,
    create: schemeCheckCreate,
    patch: schemeCheckPatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'name',
    filters: { schemeId: z.uuid().optional() },
    filter(query, { schemeId }) {
      if (schemeId !== undefined) query.where({ scheme_id: schemeId })
    },
    read: (_db, rows) => Promise.resolve(rows.map((row) => itemOf(schemeCheck, row))),
    columns: ({ name, scenario, expected, ...rest }) =>
      Promise.resolve({
        ...('schemeId' in rest && { scheme_id: rest.schemeId }),
        ...(name !== undefined && { name }),
        ...(scenario !== undefined && { scenario: JSON.stringify(scenario) }),
        ...(expected !== undefined && { expected: JSON.stringify(expected) })
      })
  })
