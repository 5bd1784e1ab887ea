import type { Knex } from 'knex'
import { z } from 'zod'
import { changeTask, repeatDay, type TaskChange, type TaskRow } from '../../crm/tasks/change.ts'
import { tell } from '../../crm/tasks/notices.ts'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { id, isoTime, page } from '../contract/common.ts'
import { task, taskCounts, taskCreate, taskKind, taskPatch, taskState } from '../contract/tasks.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, whereFound, type Row } from '../rows.ts'
import { checkLinks, seeTasks, seenTask, taskItems, taskPlaces } from '../task-rows.ts'
import { onDeskOf, whereDue } from './visible.ts'

const sorts: Sorts = {
  dueAt: { column: 'due_at', type: 'time', nullsAs: 'infinity' },
  doneAt: { column: 'done_at', type: 'time', nullsAs: '-infinity' },
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
  /** Due from this moment on, and none without a time: with `dueBefore` a stretch of the calendar. */
  dueFrom: isoTime.optional(),
  state: taskState.optional(),
  kind: taskKind.optional(),
  /** `none`: those that nobody has. */
  assigneeId: z.union([id, z.literal('none')]).optional(),
  groupId: id.optional(),
  callId: id.optional(),
  contactId: id.optional(),
  dealId: id.optional(),
  inquiryId: id.optional(),
  projectId: id.optional(),
  search: z.string().max(100).optional()
}
const same = ['state', 'kind', 'groupId', 'callId', 'contactId', 'dealId', 'inquiryId', 'projectId'] as const

/** What people owe to clients and to each other. Operators see their own, and what nobody has yet in their groups. */
export function taskRoutes({ db, dialling }: ApiDeps): Endpoint[] {
  const one = async (row: Row, who: Parameters<typeof taskItems>[2]) => {
    const [item] = await taskItems(db, [row], who)
    if (!item) throw new ApiError('not_found')
    return item
  }

  return [
    endpoint({
      route: 'GET /api/tasks',
      summary: 'List tasks',
      query: listQuery(sorts, 'dueAt', filters),
      answer: page(task),
      async handle({ query, who }) {
        const rows = db('tasks').select('*')
        seeTasks(db, rows, who)
        if (query.mine === 'true') rows.where('assignee_id', who.userId)
        if (query.atDesk === 'true') onDeskOf(db, rows, who.userId, taskPlaces)
        if (query.dueFrom !== undefined) rows.where('due_at', '>=', query.dueFrom)
        if (query.dueBefore !== undefined) whereDue(rows, 'due_at', query.dueBefore)
        if (query.open === 'true' || query.overdue === 'true') rows.where('state', 'open')
        if (query.overdue === 'true') rows.where('due_at', '<', db.fn.now())
        if (query.assigneeId === 'none') rows.whereNull('assignee_id')
        else if (query.assigneeId !== undefined) rows.where('assignee_id', query.assigneeId)
        for (const name of same) {
          const value = query[name]
          if (value !== undefined) rows.where(columnsOf({ [name]: value }))
        }
        const { search } = query
        if (search !== undefined) whereFound(rows, search, { names: ['title', 'note'], phones: ['phone'] })
        const found = await listPage(db, rows, query, sorts)
        return { items: await taskItems(db, found.rows, who), nextCursor: found.nextCursor }
      }
    }),
    endpoint({
      route: 'GET /api/tasks/counts',
      summary: 'How many tasks are at the desk of whoever asks, and how many of them are late',
      answer: taskCounts,
      async handle({ who }) {
        const rows = db('tasks').where({ state: 'open' })
        onDeskOf(db, rows, who.userId, taskPlaces)
        const [found] = await rows.select<{ mine: number; overdue: number }[]>(
          db.raw('count(*)::int as mine'),
          db.raw('count(*) filter (where due_at < now())::int as overdue')
        )
        return found ?? { mine: 0, overdue: 0 }
      }
    }),
    endpoint({
      route: 'POST /api/tasks',
      summary: 'Make a task',
      body: taskCreate,
      answer: task,
      status: 201,
      async handle(context) {
        const { body, who } = context
        const { phone, ...rest } = body
        const e164 = phone === null ? null : dialling.policy.explain({ number: phone, byUserId: null }).number
        if (phone !== null && e164 === null) throw new ApiError('bad_number')
        await checkLinks(db, who, body)
        refuseEndless(body.repeat, body.dueAt)
        const row = await db.transaction(async (trx) => {
          const columns: TaskChange = columnsOf(rest)
          const [made] = await trx<TaskRow>('tasks')
            .insert({
              ...columns,
              ...(await repeatDay(trx, { due_at: null, repeat: null }, columns)),
              ...(body.contactId === null && { contact_id: await clientOf(trx, body) }),
              phone: e164,
              created_by: who.userId
            } as object)
            .returning('*')
          if (!made) throw new Error('No task came back')
          await tellAssignee(trx, made, null, who.userId)
          await audit(trx, context, { action: 'task.create', entity: 'task', entityId: made.id })
          return made
        })
        context.res.set('Location', `/api/tasks/${row.id}`)
        return one({ ...row }, who)
      }
    }),
    endpoint({
      route: 'GET /api/tasks/:id',
      summary: 'Get a task',
      answer: task,
      handle: async ({ id: taskId, who }) => one(await seenTask(db, taskId, who), who)
    }),
    endpoint({
      route: 'PATCH /api/tasks/:id',
      summary: 'Change a task: done, taken, given on, put off. A repeated one that is done makes the next',
      body: taskPatch,
      answer: task,
      async handle(context) {
        const { body, who } = context
        await checkLinks(db, who, {
          dealId: body.dealId ?? null,
          inquiryId: body.inquiryId ?? null,
          projectId: body.projectId ?? null
        })
        const row = await db.transaction(async (trx) => {
          const before = await seenTask<Row & TaskRow>(trx, context.id, who, true)
          const due = body.dueAt === undefined ? before.due_at : body.dueAt
          refuseEndless(body.repeat === undefined ? before.repeat : body.repeat, due)
          const after = await changeTask(trx, before, columnsOf(body), {
            userId: who.userId,
            nowMs: Date.now()
          })
          await tellAssignee(trx, after, before.assignee_id, who.userId)
          await audit(trx, context, {
            action: 'task.change',
            entity: 'task',
            entityId: context.id,
            data: { fields: Object.keys(body) }
          })
          return after
        })
        return one({ ...row }, who)
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

/** A task that repeats needs a time to count from. */
function refuseEndless(repeat: string | null, due: Date | string | null): void {
  if (repeat !== null && due === null)
    throw new ApiError('invalid', { errors: [{ path: 'dueAt', message: 'is needed' }] })
}

/** The client of the deal or the inquiry that a task is made for. */
async function clientOf(
  trx: Knex,
  { dealId, inquiryId }: { dealId: string | null; inquiryId: string | null }
): Promise<string | null> {
  const [table, of] = dealId !== null ? (['deals', dealId] as const) : (['inquiries', inquiryId] as const)
  if (of === null) return null
  const row = await trx(table)
    .where({ id: of })
    .first<{ contact_id: string | null } | undefined>('contact_id')
  return row?.contact_id ?? null
}

/** Whoever is given a task by somebody else is told. */
async function tellAssignee(trx: Knex, row: TaskRow, before: string | null, by: string): Promise<void> {
  const { assignee_id: userId, state } = row
  if (userId === null || userId === before || userId === by || state !== 'open') return
  await tell(
    trx,
    { userId, kind: 'task_given', taskId: row.id, title: row.title, dueAt: row.due_at },
    Date.now()
  )
}
