import { z } from 'zod'
import { id } from '../contract/common.ts'
import { number, numberCreate, numberPatch } from '../contract/config.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { itemOf, whereFound } from '../rows.ts'

/** `none`: numbers without one. */
const idOrNone = z.union([id, z.literal('none')])

/** Tracking numbers: which trunk brings them, which source they stand for, which scheme answers. */
export const numberRoutes = ({ db }: ApiDeps) =>
  crud(db, {
    things: 'numbers',
    thing: 'number',
    item: number,
    create: numberCreate,
    patch: numberPatch,
    sorts: {
      e164: { column: 'e164', type: 'text' },
      createdAt: { column: 'created_at', type: 'time' }
    },
    firstSort: 'e164',
    filters: {
      sourceId: idOrNone.optional(),
      siteId: idOrNone.optional(),
      schemeId: idOrNone.optional(),
      trunkId: idOrNone.optional(),
      isActive: z.enum(['true', 'false']).optional(),
      search: z.string().max(100).optional()
    },
    filter(query, { sourceId, siteId, schemeId, trunkId, isActive, search }) {
      const links = { source_id: sourceId, site_id: siteId, scheme_id: schemeId, trunk_id: trunkId }
      for (const [column, wanted] of Object.entries(links)) {
        if (typeof wanted === 'string') query.where(column, wanted === 'none' ? null : wanted)
      }
      if (isActive !== undefined) query.where('is_active', isActive === 'true')
      if (typeof search === 'string') {
        whereFound(query, search, { names: ['label'], phones: ['e164'] })
      }
    },
    read: (_db, rows) => Promise.resolve(rows.map((row) => itemOf(number, row)))
  })
