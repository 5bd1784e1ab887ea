import type { Knex } from 'knex'
import { companyZone } from './notices.ts'
import { dayOfMonth, nextDue, type Repeat } from './repeat.ts'
import { stopTimersOf } from './times.ts'

export interface TaskRow {
  id: string
  kind: string
  title: string
  assignee_id: string | null
  group_id: string | null
  phone: string | null
  call_id: string | null
  contact_id: string | null
  deal_id: string | null
  inquiry_id: string | null
  project_id: string | null
  due_at: Date | null
  state: 'open' | 'done' | 'cancelled'
  result: string | null
  note: string | null
  planned_minutes: number | null
  repeat: Repeat | null
  repeat_day: number | null
  repeat_of: string | null
  remind_minutes: number | null
  created_by: string | null
}

/** Columns of a task that a change may bring. */
export type TaskChange = Partial<Record<keyof TaskRow | 'is_started', unknown>>

/**
 * Changes a task in the caller's transaction. Done: timers stop, and a repeated one makes the next. Open again: the next
 * one goes, unless somebody has touched it. Put off: whoever was reminded is reminded again.
 * @param row as it is, locked
 */
export async function changeTask(
  trx: Knex,
  row: TaskRow,
  change: TaskChange,
  by: { userId: string; nowMs: number }
): Promise<TaskRow> {
  const to = change.state ?? row.state
  const isClosing = row.state === 'open' && to !== 'open'
  const isReopening = row.state !== 'open' && to === 'open'
  const isMoved = 'due_at' in change || 'remind_minutes' in change
  const [after] = await trx<TaskRow>('tasks')
    .where({ id: row.id })
    .update({
      ...change,
      ...(await repeatDay(trx, row, change)),
      ...(isMoved && { reminded_at: null }),
      ...(isClosing && { done_at: trx.fn.now(), done_by: by.userId }),
      ...(isReopening && { done_at: null, done_by: null, result: change.result ?? null }),
      updated_at: trx.fn.now()
    } as object)
    .returning('*')
  if (!after) throw new Error('A locked task is gone')
  if (isClosing) await stopTimersOf(trx, row.id)
  if (isClosing && to === 'done') await makeNext(trx, after, by.nowMs)
  if (isReopening) await dropNext(trx, row.id)
  return after
}

/** The day of the month is what somebody has chosen, not what a shorter month has made of it. */
export async function repeatDay(
  trx: Knex,
  row: Pick<TaskRow, 'due_at' | 'repeat'>,
  change: TaskChange
): Promise<{ repeat_day: number | null } | null> {
  if (!('due_at' in change) && !('repeat' in change)) return null
  const repeat = 'repeat' in change ? change.repeat : row.repeat
  const due = 'due_at' in change ? change.due_at : row.due_at
  if (repeat !== 'monthly' || !due) return { repeat_day: null }
  const atMs = due instanceof Date ? due.getTime() : Date.parse(due as string)
  return { repeat_day: dayOfMonth(atMs, await companyZone(trx)) }
}

async function makeNext(trx: Knex, row: TaskRow, nowMs: number): Promise<void> {
  if (row.repeat === null || row.due_at === null) return
  const { repeat, repeat_day: day } = row
  const dueMs = nextDue({ dueMs: row.due_at.getTime(), repeat, day }, nowMs, await companyZone(trx))
  const { kind, title, assignee_id, group_id, phone, contact_id, deal_id, inquiry_id, project_id } = row
  const { note, planned_minutes, repeat_day, remind_minutes, created_by } = row
  await trx('tasks').insert({
    ...{ kind, title, assignee_id, group_id, phone, contact_id, deal_id, inquiry_id, project_id, note },
    ...{ planned_minutes, repeat, repeat_day, remind_minutes, created_by },
    due_at: new Date(dueMs),
    repeat_of: row.id
  })
}

const dropNext = (trx: Knex, id: string): Promise<number> =>
  trx('tasks')
    .where({ repeat_of: id, state: 'open', is_started: false })
    .whereRaw('updated_at = created_at')
    .whereNotExists(trx('task_times').whereRaw('task_times.task_id = tasks.id').select(trx.raw('1')))
    .delete()
