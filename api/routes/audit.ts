import { z } from 'zod'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { auditEntry } from '../contract/access.ts'
import { id, isoTime, page } from '../contract/common.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { itemOf } from '../rows.ts'

const sorts: Sorts = { at: { column: 'audit.at', type: 'time' } }

/** Who did what. */
export const auditRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/audit',
    summary: 'List what was done, by whom and from where',
    query: listQuery(sorts, '-at', {
      userId: id.optional(),
      action: z.string().max(100).optional(),
      entity: z.string().max(100).optional(),
      entityId: z.string().max(100).optional(),
      from: isoTime.optional(),
      to: isoTime.optional()
    }),
    answer: page(auditEntry),
    async handle({ query }) {
      const rows = db('audit').leftJoin('users', 'users.id', 'audit.user_id')
      rows.select('audit.*', 'users.name as user_name')
      if (query.userId !== undefined) rows.where('audit.user_id', query.userId)
      if (query.action !== undefined) rows.where('audit.action', query.action)
      if (query.entity !== undefined) rows.where('audit.entity', query.entity)
      if (query.entityId !== undefined) rows.where('audit.entity_id', query.entityId)
      if (query.from !== undefined) rows.where('audit.at', '>=', query.from)
      if (query.to !== undefined) rows.where('audit.at', '<', query.to)
      const found = await listPage(db, rows, query, sorts, { column: 'audit.id', type: 'bigint' })
      return {
        items: found.rows.map((row) => itemOf(auditEntry, row, { id: String(row['id']) })),
        nextCursor: found.nextCursor
      }
    }
  })
]
