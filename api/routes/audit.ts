import type { Knex } from 'knex'
import { stringify } from 'csv-stringify/sync'
import { z } from 'zod'
import { audit } from '../audit.ts'
import { auditKindNames, auditKinds, type AuditKind } from '../audit-kinds.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { auditEntry } from '../contract/access.ts'
import { id, isoTime, page } from '../contract/common.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { itemOf, type Row } from '../rows.ts'

const sorts: Sorts = { at: { column: 'audit.at', type: 'time' } }
const filters = {
  userId: id.optional(),
  kind: z.enum(auditKindNames).optional(),
  action: z.string().max(100).optional(),
  entity: z.string().max(100).optional(),
  entityId: z.string().max(100).optional(),
  from: isoTime.optional(),
  to: isoTime.optional()
}
type Filters = z.output<z.ZodObject<typeof filters>>
const mostRows = 50_000

/** Who did what. */
export const auditRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/audit',
    summary: 'List what was done, by whom and from where',
    query: listQuery(sorts, '-at', filters),
    answer: page(auditEntry),
    async handle({ query }) {
      const rows = found(db, query)
      const listed = await listPage(db, rows, query, sorts, { column: 'audit.id', type: 'bigint' })
      return { items: listed.rows.map(item), nextCursor: listed.nextCursor }
    }
  }),
  endpoint({
    route: 'GET /api/audit/export',
    summary: `What was done, as CSV: the newest ${mostRows} of what the filters find`,
    query: z.object(filters),
    raw: 'text/csv',
    async handle(context) {
      const { query, res } = context
      const rows = (await found(db, query).orderBy('audit.id', 'desc').limit(mostRows)) as Row[]
      await audit(db, context, { action: 'audit.export', data: { rows: rows.length, ...query } })
      const lines = rows.map((row) => {
        const { at, userName, action, entity, entityId, ip, data } = item(row)
        return [at, userName ?? '', action, entity ?? '', entityId ?? '', ip ?? '', JSON.stringify(data)]
      })
      const head = ['at', 'user', 'action', 'entity', 'entity id', 'address', 'data']
      res.set('Content-Type', 'text/csv; charset=utf-8').attachment('audit.csv')
      // What begins like a formula is none; Excel knows UTF-8 by its mark.
      res.send(stringify([head, ...lines], { escape_formulas: true, bom: true }))
    }
  })
]

function found(db: Knex, query: Filters): Knex.QueryBuilder {
  const rows = db('audit').leftJoin('users', 'users.id', 'audit.user_id')
  rows.select('audit.*', 'users.name as user_name')
  if (query.userId !== undefined) rows.where('audit.user_id', query.userId)
  if (query.kind !== undefined) whereKind(rows, query.kind)
  if (query.action !== undefined) rows.where('audit.action', query.action)
  if (query.entity !== undefined) rows.where('audit.entity', query.entity)
  if (query.entityId !== undefined) rows.where('audit.entity_id', query.entityId)
  if (query.from !== undefined) rows.where('audit.at', '>=', query.from)
  if (query.to !== undefined) rows.where('audit.at', '<', query.to)
  return rows
}

function whereKind(rows: Knex.QueryBuilder, kind: AuditKind): void {
  rows.whereRaw('audit.action like any (cast(? as text[]))', [[...auditKinds[kind]]])
}

const item = (row: Row) => itemOf(auditEntry, row, { id: String(row['id']) })
