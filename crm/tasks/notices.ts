import type { Knex } from 'knex'
import { addJob } from '../../db/jobs.ts'
import { quietUntil } from './quiet.ts'

/** With the queue's pauses: a mail server may be away for three hours. */
const attempts = 10
const usualZone = 'Europe/Moscow'

export interface NewNotice {
  userId: string
  kind: 'task_due' | 'task_given'
  taskId: string
  title: string
  dueAt: Date | null
}

/** The zone by whose clock hours and repeats count. */
export async function companyZone(db: Knex): Promise<string> {
  const row = await db('settings')
    .where({ key: 'company.timeZone' })
    .first<{ value: unknown } | undefined>('value')
  return typeof row?.value === 'string' ? row.value : usualZone
}

/**
 * Tells a person of something, in the transaction of what happened: in the panel at once, and by mail to whoever wishes
 * so. In quiet hours nothing pops up, and the letter waits for their end.
 */
export async function tell(trx: Knex, notice: NewNotice, nowMs: number): Promise<void> {
  const wishes = await trx('reminder_settings')
    .where({ user_id: notice.userId })
    .first<{ mail: string | null; quiet_from: number | null; quiet_to: number | null } | undefined>()
  const { quiet_from: from = null, quiet_to: to = null } = wishes ?? {}
  const hours = from === null || to === null ? null : { from, to }
  const until = quietUntil(nowMs, hours, await companyZone(trx))
  const [made] = await trx('notices')
    .insert({
      ...{ user_id: notice.userId, kind: notice.kind, task_id: notice.taskId, title: notice.title },
      ...{ due_at: notice.dueAt, is_quiet: until !== null, at: new Date(nowMs) }
    })
    .returning<{ id: string }[]>('id')
  if (!made || !wishes?.mail) return
  const runAfterMs = until === null ? 0 : until - nowMs
  await addJob(trx, 'tasks.mail', { id: made.id }, { runAfterMs, maxAttempts: attempts })
}
