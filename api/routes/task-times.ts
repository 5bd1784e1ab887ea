import type { Knex } from 'knex'
import { spentOn, startTimer, stopTimer } from '../../crm/tasks/times.ts'
import { audit } from '../audit.ts'
import { task, taskTime, taskTimeCreate, taskTimes, timer, timerWish } from '../contract/tasks.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'
import { seenTask, taskItems } from '../task-rows.ts'

/** Time that people spend on tasks: measured by their one timer, or typed. */
export const taskTimeRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/me/timer',
    summary: 'The timer that runs for whoever asks',
    answer: timer,
    async handle({ who }) {
      const row = await db('task_times as s')
        .join('tasks as t', 't.id', 's.task_id')
        .where({ 's.user_id': who.userId })
        .whereNull('s.seconds')
        .first<{ id: string; title: string; started_at: Date } | undefined>('t.id', 't.title', 's.started_at')
      return {
        timer: row ? { taskId: row.id, title: row.title, startedAt: row.started_at.toISOString() } : null
      }
    }
  }),
  endpoint({
    route: 'PUT /api/tasks/:id/timer',
    summary: 'Start the own timer for a task, or stop it; one that runs for another task stops',
    body: timerWish,
    answer: task,
    async handle(context) {
      const { id, who, body } = context
      await db.transaction(async (trx) => {
        const row = await seenTask(trx, id, who, true)
        if (body.isRunning && row['state'] !== 'open') throw new ApiError('task_closed')
        if (body.isRunning) await startTimer(trx, who.userId, id)
        else await stopTimer(trx, who.userId)
        await audit(trx, context, {
          action: body.isRunning ? 'task.timer.start' : 'task.timer.stop',
          entity: 'task',
          entityId: id
        })
      })
      const [item] = await taskItems(db, [await seenTask(db, id, who)], who)
      if (!item) throw new ApiError('not_found')
      return item
    }
  }),
  endpoint({
    route: 'GET /api/tasks/:id/times',
    summary: 'Time spent on a task, the newest first',
    answer: taskTimes,
    async handle({ id, who }) {
      await seenTask(db, id, who)
      const query = timesQuery(db).where('s.task_id', id).orderBy('s.started_at', 'desc').limit(200)
      const rows = (await query) as Row[]
      return {
        items: rows.map(timeItem),
        spentSeconds: (await spentOn(db, [id])).get(id) ?? 0
      }
    }
  }),
  endpoint({
    route: 'POST /api/tasks/:id/times',
    summary: 'Write down time that was spent on a task',
    body: taskTimeCreate,
    answer: taskTime,
    status: 201,
    async handle(context) {
      const { id, who, body } = context
      return db.transaction(async (trx) => {
        await seenTask(trx, id, who)
        const [made] = await trx('task_times')
          .insert({ task_id: id, user_id: who.userId, seconds: body.minutes * 60, note: body.note })
          .returning<{ id: string }[]>('id')
        await audit(trx, context, {
          ...{ action: 'task.time.add', entity: 'task', entityId: id },
          data: { minutes: body.minutes }
        })
        return timeItem((await timesQuery(trx).where('s.id', made?.id).first()) as Row)
      })
    }
  }),
  endpoint({
    route: 'DELETE /api/task-times/:id',
    summary: 'Take back time that was written down: the own, or any as a supervisor',
    async handle(context) {
      const { id, who } = context
      await db.transaction(async (trx) => {
        const row = await trx('task_times').where({ id }).forUpdate().first<Row | undefined>()
        if (!row || (who.role === 'operator' && row['user_id'] !== who.userId))
          throw new ApiError('not_found')
        await trx('task_times').where({ id }).delete()
        await audit(trx, context, {
          ...{ action: 'task.time.remove', entity: 'task', entityId: String(row['task_id']) },
          data: { seconds: row['seconds'] }
        })
      })
    }
  })
]

const timesQuery = (db: Knex): Knex.QueryBuilder =>
  db('task_times as s')
    .leftJoin('users as u', 'u.id', 's.user_id')
    .select('s.id', 's.task_id', 's.started_at', 's.seconds', 's.note', 's.user_id', { user_name: 'u.name' })

const timeItem = (row: Row) =>
  itemOf(taskTime, row, {
    user: typeof row['user_id'] === 'string' ? { id: row['user_id'], name: String(row['user_name']) } : null
  })
