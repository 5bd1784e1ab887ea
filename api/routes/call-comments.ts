import type { Knex } from 'knex'
import { audit } from '../audit.ts'
import {
  callComment,
  callComments,
  commentCreate,
  commentPatch,
  type CallComment
} from '../contract/journal.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, itemOf, type Row } from '../rows.ts'

/** What people say of a call, as a whole or at a moment of its recording. */
export const callCommentRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/calls/:id/comments',
    summary: 'List comments of a call: those at a moment in its order, then those of the whole call',
    answer: callComments,
    async handle({ id }) {
      await findRow(db, 'calls', id)
      const query = comments(db).where('c.call_id', id)
      const rows: Row[] = await query.orderByRaw('c.at_seconds nulls last, c.created_at, c.id')
      return { items: rows.map(item) }
    }
  }),
  endpoint({
    route: 'POST /api/calls/:id/comments',
    summary: 'Comment on a call, or on a moment of its recording',
    body: commentCreate,
    answer: callComment,
    status: 201,
    async handle(context) {
      const { body, who } = context
      await findRow(db, 'calls', context.id)
      const commentId = await db.transaction(async (trx) => {
        const [row] = await trx('call_comments')
          .insert({ ...columnsOf(body), call_id: context.id, user_id: who.userId })
          .returning<{ id: string }[]>('id')
        if (!row) throw new Error('No row came back from call_comments')
        await note(trx, context, 'callComment.create', context.id, row.id)
        return row.id
      })
      return one(db, commentId)
    }
  }),
  endpoint({
    route: 'PATCH /api/call-comments/:id',
    summary: 'Change the text of an own comment',
    body: commentPatch,
    answer: callComment,
    async handle(context) {
      const row = await ownRow(db, context)
      await db.transaction(async (trx) => {
        await trx('call_comments')
          .where({ id: context.id })
          .update({ text: context.body.text, updated_at: trx.fn.now() })
        await note(trx, context, 'callComment.change', String(row['call_id']), context.id)
      })
      return one(db, context.id)
    }
  }),
  endpoint({
    route: 'DELETE /api/call-comments/:id',
    summary: 'Delete an own comment; admins any',
    async handle(context) {
      const row = await ownRow(db, context)
      await db.transaction(async (trx) => {
        await trx('call_comments').where({ id: context.id }).delete()
        await note(trx, context, 'callComment.delete', String(row['call_id']), context.id)
      })
    }
  })
]

const comments = (db: Knex): Knex.QueryBuilder =>
  db('call_comments as c').leftJoin('users as u', 'u.id', 'c.user_id').select('c.*', 'u.name as user_name')

function item(row: Row): CallComment {
  const userId = row['user_id']
  return itemOf(callComment, row, {
    atSeconds: row['at_seconds'] === null ? null : Number(row['at_seconds']),
    user: typeof userId === 'string' ? { id: userId, name: String(row['user_name']) } : null
  })
}

async function one(db: Knex, id: string): Promise<CallComment> {
  const row = (await comments(db).where('c.id', id).first()) as Row | undefined
  if (!row) throw new ApiError('not_found')
  return item(row)
}

async function ownRow(db: Knex, { id, who }: Context): Promise<Row> {
  const row = await findRow(db, 'call_comments', id)
  if (row['user_id'] !== who.userId && who.role !== 'admin') {
    throw new ApiError('forbidden', { detail: 'Only whoever wrote a comment, or an admin, may change it.' })
  }
  return row
}

const note = (trx: Knex, context: Context, action: string, callId: string, commentId: string) =>
  audit(trx, context, { action, entity: 'call', entityId: callId, data: { commentId } })
