import { z } from 'zod'
import { id } from '../contract/common.ts'
import { number, numberCreate, numberPatch } from '../contract/config.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { itemOf, likePart } from '../rows.ts'

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
      sourceId: id.optional(),
      siteId: id.optional(),
      schemeId: id.optional(),
      trunkId: id.optional(),
      isActive: z.enum(['true', 'false']).optional(),
      search: z.string().max(100).optional()
    },
    filter(query, { sourceId, siteId, schemeId, trunkId, isActive, search }) {
      if (typeof sourceId === 'string') query.where('source_id', sourceId)
      if (typeof siteId === 'string') query.where('site_id', siteId)
      if (typeof schemeId === 'string') query.where('scheme_id', schemeId)
      if (typeof trunkId === 'string') query.where('trunk_id', trunkId)
      if (isActive !== undefined) query.where('is_active', isActive === 'true')
      if (typeof search === 'string') {
        query.where((either) => {
          either.whereLike('e164', likePart(search)).orWhereILike('label', likePart(search))
        })
      }
    },
    read: (_db, rows) => Promise.resolve(rows.map((row) => itemOf(number, row)))
  })
