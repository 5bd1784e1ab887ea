import { z } from 'zod'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { id, isoTime, page } from '../contract/common.ts'
import { task, taskCreate, taskKind, taskPatch } from '../contract/dialling.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, itemOf, whereFound, type Row } from '../rows.ts'
import { maySee, onDeskOf, seenBy, whereDue } from './visible.ts'

const sorts: Sorts = {
  dueAt: { column: 'due_at', type: 'time', nullsAs: 'infinity' },
  createdAt: { column: 'created_at', type: 'time' }
}
const yes = z.literal('true').optional()
const filters = {
  /** Those of whoever asks. */
  mine: yes,
  /** Those of whoever asks, and what nobody has in their groups. */
  atDesk: yes,
  open: yes,
  /** Open, and their time has passed. */
  overdue: yes,
  /** Due before this moment; those without a time too. */
  dueBefore: isoTime.optional(),
  state: z.enum(['open', 'done', 'cancelled']).optional(),
  kind: taskKind.optional(),
  assigneeId: id.optional(),
  groupId: id.optional(),
  callId: id.optional(),
  contactId: id.optional(),
  search: z.string().max(100).optional()
}
const mine = { user: 'assignee_id', group: 'group_id' }

/** What people owe to clients. Operators see their own, and what nobody has yet in their groups. */
export function taskRoutes({ db, dialling }: ApiDeps): Endpoint[] {
  const itemOfRow = (row: Row) => itemOf(task, row)

  async function find({ id: taskId, who }: Context): Promise<Row> {
    const row = await findRow(db, 'tasks', taskId)
    if (!(await maySee(db, 'tasks', row, who, mine))) throw new ApiError('not_found')
    return row
  }

  return [
    endpoint({
      route: 'GET /api/tasks',
      summary: 'List tasks',
      query: listQuery(sorts, 'dueAt', filters),
      answer: page(task),
      async handle({ query, who }) {
        const rows = db('tasks').select('*')
        seenBy(db, rows, who, mine)
        if (query.mine === 'true') rows.where('assignee_id', who.userId)
        if (query.atDesk === 'true') onDeskOf(db, rows, who.userId, mine)
        if (query.dueBefore !== undefined) whereDue(rows, 'due_at', query.dueBefore)
        if (query.open === 'true' || query.overdue === 'true') rows.where('state', 'open')
        if (query.overdue === 'true') rows.where('due_at', '<', db.fn.now())
        for (const name of ['state', 'kind', 'assigneeId', 'groupId', 'callId', 'contactId'] as const) {
          const value = query[name]
          if (value !== undefined) rows.where(columnsOf({ [name]: value }))
        }
        const { search } = query
        if (search !== undefined) whereFound(rows, search, { names: ['title'], phones: ['phone'] })
        const found = await listPage(db, rows, query, sorts)
        return { items: found.rows.map(itemOfRow), nextCursor: found.nextCursor }
      }
    }),
    endpoint({
      route: 'POST /api/tasks',
      summary: 'Make a task',
      body: taskCreate,
      answer: task,
      status: 201,
      async handle(context) {
        const { phone, ...rest } = context.body
        const e164 = phone === null ? null : dialling.policy.explain({ number: phone, byUserId: null }).number
        if (phone !== null && e164 === null) throw new ApiError('bad_number')
        const row = await db.transaction(async (trx) => {
          const [made] = (await trx('tasks')
            .insert({ ...columnsOf(rest), phone: e164, created_by: context.who.userId })
            .returning('*')) as Row[]
          if (!made) throw new Error('No task came back')
          await audit(trx, context, { action: 'task.create', entity: 'task', entityId: String(made['id']) })
          return made
        })
        context.res.set('Location', `/api/tasks/${String(row['id'])}`)
        return itemOfRow(row)
      }
    }),
    endpoint({
      route: 'GET /api/tasks/:id',
      summary: 'Get a task',
      answer: task,
      handle: async (context) => itemOfRow(await find(context))
    }),
    endpoint({
      route: 'PATCH /api/tasks/:id',
      summary: 'Change a task: done, taken, given on, put off',
      body: taskPatch,
      answer: task,
      async handle(context) {
        const { body, who } = context
        await find(context)
        const row = await db.transaction(async (trx) => {
          const before = await trx('tasks').where({ id: context.id }).forUpdate().first<Row | undefined>()
          if (!before) throw new ApiError('not_found')
          const isClosing = body.state !== undefined && body.state !== 'open' && before['state'] === 'open'
          const isReopening = body.state === 'open' && before['state'] !== 'open'
          const [after] = (await trx('tasks')
            .where({ id: context.id })
            .update({
              ...columnsOf(body),
              ...(isClosing && { done_at: trx.fn.now(), done_by: who.userId }),
              ...(isReopening && { done_at: null, done_by: null, result: body.result ?? null }),
              updated_at: trx.fn.now()
            })
            .returning('*')) as Row[]
          await audit(trx, context, {
            action: 'task.change',
            entity: 'task',
            entityId: context.id,
            data: { fields: Object.keys(body) }
          })
          return after ?? before
        })
        return itemOfRow(row)
      }
    }),
    endpoint({
      route: 'DELETE /api/tasks/:id',
      summary: 'Delete a task',
      async handle(context) {
        await db.transaction(async (trx) => {
          const gone = await trx('tasks').where({ id: context.id }).delete()
          if (gone === 0) throw new ApiError('not_found')
          await audit(trx, context, { action: 'task.delete', entity: 'task', entityId: context.id })
        })
      }
    })
  ]
}
