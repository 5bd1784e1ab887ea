import type { Knex } from 'knex'

/** A timer that was forgotten counts for as long at most. */
const longestSeconds = 12 * 3600
const elapsed = `least(${longestSeconds}, greatest(0, extract(epoch from now() - started_at)))::int`

/** Stops a person's timer, if one runs. @returns the task that it ran for */
export async function stopTimer(trx: Knex, userId: string): Promise<string | null> {
  const rows = await trx('task_times')
    .where({ user_id: userId })
    .whereNull('seconds')
    .update({ seconds: trx.raw(elapsed) })
    .returning<{ task_id: string }[]>('task_id')
  return rows[0]?.task_id ?? null
}

/** Starts a person's timer for a task; one that runs for another is stopped first. The task counts as begun. */
export async function startTimer(trx: Knex, userId: string, taskId: string): Promise<void> {
  // Two presses at once: the second waits for the first.
  await trx('users').where({ id: userId }).forUpdate().first('id')
  await stopTimer(trx, userId)
  await trx('task_times').insert({ task_id: taskId, user_id: userId })
  await trx('tasks').where({ id: taskId }).update({ is_started: true })
}

/** Ends all timers of a task that is done. */
export const stopTimersOf = (trx: Knex, taskId: string): Promise<number> =>
  trx('task_times')
    .where({ task_id: taskId })
    .whereNull('seconds')
    .update({ seconds: trx.raw(elapsed) })

/** Seconds spent by task, running timers included. */
export async function spentOn(db: Knex, taskIds: readonly string[]): Promise<Map<string, number>> {
  if (taskIds.length === 0) return new Map()
  const rows = await db('task_times')
    .whereIn('task_id', [...taskIds])
    .groupBy('task_id')
    .select<{ task_id: string; spent: number }[]>(
      'task_id',
      db.raw(`sum(coalesce(seconds, ${elapsed}))::int as spent`)
    )
  return new Map(rows.map(({ task_id, spent }) => [task_id, spent]))
}

/** Seconds spent on all tasks of projects, by their id. */
export async function spentBy(db: Knex, projectIds: readonly string[]): Promise<Map<string, number>> {
  if (projectIds.length === 0) return new Map()
  const rows = await db('task_times as s')
    .join('tasks as t', 't.id', 's.task_id')
    .whereIn('t.project_id', [...projectIds])
    .groupBy('t.project_id')
    .select<{ id: string; spent: number }[]>(
      { id: 't.project_id' },
      db.raw(`sum(coalesce(seconds, ${elapsed}))::int as spent`)
    )
  return new Map(rows.map(({ id, spent }) => [id, spent]))
}
