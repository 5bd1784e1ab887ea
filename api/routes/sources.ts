import { source, sourceCreate, sourcePatch } from '../contract/config.ts'
import { inquiryChannel } from '../contract/common.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { itemOf, whereFound } from '../rows.ts'
import { z } from 'zod'

/** Where calls come from: an advertisement, a listing, a banner. */
export const sourceRoutes = ({ db }: ApiDeps) =>
  crud(db, {
    things: 'sources',
    thing: 'source',
    item: source,
    create: sourceCreate,
    patch: sourcePatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'name',
    filters: { inquiryChannel: inquiryChannel.optional(), search: z.string().max(100).optional() },
    filter(query, { inquiryChannel, search }) {
      if (typeof inquiryChannel === 'string') query.where('inquiry_channel', inquiryChannel)
      if (typeof search === 'string') {
        whereFound(query, search, { names: ['name', 'medium', 'campaign', 'keyword'], phones: [] })
      }
    },
    read: (_db, rows) => Promise.resolve(rows.map((row) => itemOf(source, row)))
  })
