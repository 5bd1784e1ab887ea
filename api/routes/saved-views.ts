import type { Knex } from 'knex'
import { z } from 'zod'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import {
  savedView,
  savedViewCreate,
  savedViewPage,
  savedViewPatch,
  type SavedView
} from '../contract/journal.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, itemOf, type Row } from '../rows.ts'

const sorts: Sorts = {
  name: { column: 'saved_views.name', type: 'text' },
  createdAt: { column: 'saved_views.created_at', type: 'time' }
}

/** Views of the journal and of reports that people keep: their own, and what colleagues share. */
export const savedViewRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/saved-views',
    summary: 'List own and shared views, of one page or of all',
    query: listQuery(sorts, 'name', { page: z.string().max(100).optional() }),
    answer: savedViewPage,
    async handle(context) {
      const { query, who } = context
      const views = visible(db, context)
      if (typeof query['page'] === 'string') views.where('saved_views.page', query['page'])
      const { rows, nextCursor } = await listPage(db, views, query, sorts, {
        column: 'saved_views.id',
        type: 'uuid'
      })
      return { items: rows.map((row) => item(row, who.userId)), nextCursor }
    }
  }),
  endpoint({
    route: 'POST /api/saved-views',
    summary: 'Keep a view of a page under a name',
    body: savedViewCreate,
    answer: savedView,
    status: 201,
    async handle(context) {
      const { body, who } = context
      mayShare(context, body.isShared)
      const id = await db.transaction(async (trx) => {
        const [row] = await trx('saved_views')
          .insert({ ...columnsOf(body), user_id: who.userId })
          .returning<{ id: string }[]>('id')
        if (!row) throw new Error('No row came back from saved_views')
        await audit(trx, context, {
          ...{ action: 'savedView.create', entity: 'savedView', entityId: row.id },
          change: { before: null, after: body }
        })
        return row.id
      })
      return one(db, context, id)
    }
  }),
  endpoint({
    route: 'GET /api/saved-views/:id',
    summary: 'Get a view',
    answer: savedView,
    handle: (context) => one(db, context, context.id)
  }),
  endpoint({
    route: 'PATCH /api/saved-views/:id',
    summary: 'Rename, share or replace an own view',
    body: savedViewPatch,
    answer: savedView,
    async handle(context) {
      const { body, id } = context
      await refuseOthers(db, context)
      mayShare(context, body.isShared ?? false)
      await db.transaction(async (trx) => {
        const before = await toldOf(trx, context)
        await trx('saved_views')
          .where({ id })
          .update({ ...columnsOf(body), updated_at: trx.fn.now() })
        await audit(trx, context, {
          action: 'savedView.change',
          entity: 'savedView',
          entityId: id,
          data: { fields: Object.keys(body) },
          change: { before, after: { ...before, ...body } }
        })
      })
      return one(db, context, id)
    }
  }),
  endpoint({
    route: 'DELETE /api/saved-views/:id',
    summary: 'Delete an own view',
    async handle(context) {
      await refuseOthers(db, context)
      await db.transaction(async (trx) => {
        const before = await toldOf(trx, context)
        await trx('saved_views').where({ id: context.id }).delete()
        await audit(trx, context, {
          action: 'savedView.delete',
          entity: 'savedView',
          entityId: context.id,
          change: { before, after: null }
        })
      })
    }
  })
]

function visible(db: Knex, { who }: Pick<Context, 'who'>): Knex.QueryBuilder {
  return db('saved_views')
    .join('users', 'users.id', 'saved_views.user_id')
    .where((either) => {
      either.where('saved_views.user_id', who.userId).orWhere('saved_views.is_shared', true)
    })
    .select('saved_views.*', 'users.name as user_name')
}

const item = (row: Row, userId: string): SavedView =>
  itemOf(savedView, row, { isOwn: row['user_id'] === userId })

async function one(db: Knex, context: Context, id: string): Promise<SavedView> {
  const row = (await visible(db, context).where('saved_views.id', id).first()) as Row | undefined
  if (!row) throw new ApiError('not_found')
  return item(row, context.who.userId)
}

/** For the audit. */
async function toldOf(trx: Knex, context: Context) {
  const { name, page, query, isShared } = await one(trx, context, context.id)
  return { name, page, query, isShared }
}

/** Whoever may not see a view learns nothing of it; whoever sees somebody else's may not change it, save admins. */
async function refuseOthers(db: Knex, context: Context): Promise<void> {
  const { isOwn } = await one(db, context, context.id)
  if (!isOwn && context.who.role !== 'admin') {
    throw new ApiError('forbidden', { detail: 'Only whoever made a view, or an admin, may change it.' })
  }
}

function mayShare({ who }: Pick<Context, 'who'>, isShared: boolean): void {
  if (isShared && who.role === 'operator') {
    throw new ApiError('forbidden', { detail: 'Operators keep views for themselves.' })
  }
}
