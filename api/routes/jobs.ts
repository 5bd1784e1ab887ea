import type { Knex } from 'knex'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { job, jobPage } from '../contract/jobs.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'

const sorts: Sorts = { createdAt: { column: 'created_at', type: 'time' } }

const item = (row: Row) =>
  itemOf(job, row, {
    fileName: row['state'] === 'done' ? (row['file_name'] as string | null) : null,
    fileBytes: row['file_bytes'] === null ? null : Number(row['file_bytes'])
  })

/** Background work: everybody sees their own, admins all of it. */
export const jobRoutes = ({ db, jobs }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/jobs',
    summary: 'List background work, the newest first',
    query: listQuery(sorts, '-createdAt', {}),
    answer: jobPage,
    async handle(context) {
      const query = own(db, context)
      const { rows, nextCursor } = await listPage(db, query.select('*'), context.query, sorts)
      return { items: rows.map(item), nextCursor }
    }
  }),
  endpoint({
    route: 'GET /api/jobs/:id',
    summary: 'Get background work with its progress',
    answer: job,
    handle: async (context) => item(await ownRow(db, context))
  }),
  endpoint({
    route: 'POST /api/jobs/:id/cancel',
    summary: 'Cancel background work; what has ended stays as it is',
    answer: job,
    async handle(context) {
      const row = await ownRow(db, context)
      const isCancelled = await jobs?.cancel(context.id)
      if (isCancelled)
        await audit(db, context, {
          action: 'job.cancel',
          entity: 'job',
          entityId: context.id,
          data: { kind: row['kind'] }
        })
      return item(await ownRow(db, context))
    }
  }),
  endpoint({
    route: 'GET /api/jobs/:id/file',
    summary: 'Fetch the file that background work has made',
    raw: 'application/octet-stream',
    async handle(context) {
      const row = await ownRow(db, context)
      const file = await jobs?.fileOf(context.id)
      if (!file) throw new ApiError('not_found')
      await audit(db, context, {
        action: 'job.download',
        entity: 'job',
        entityId: context.id,
        data: { kind: row['kind'], file: file.name }
      })
      const { res } = context
      res.set('Content-Type', file.contentType)
      res.attachment(file.name)
      await new Promise<void>((resolve, reject) => {
        // DATA_DIR may be a folder like `.runtime`.
        const options = { dotfiles: 'allow' as const, cacheControl: false }
        res.sendFile(file.path, options, (error?: Error) => {
          if (!error || res.headersSent) resolve()
          else reject(new ApiError('not_found', { cause: error }))
        })
      })
    }
  })
]

function own(db: Knex, { who }: Pick<Context, 'who'>): Knex.QueryBuilder {
  const query = db('jobs')
  if (who.role !== 'admin') query.where('created_by', who.userId)
  return query
}

async function ownRow(db: Knex, context: Context): Promise<Row> {
  const row = (await own(db, context).where({ id: context.id }).first()) as Row | undefined
  if (!row) throw new ApiError('not_found')
  return row
}
