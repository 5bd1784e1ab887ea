import type { Knex } from 'knex'

/** The first four come of calls by themselves. */
export const taskKinds = [
  'call_back',
  'voicemail',
  'callback_failed',
  'follow_up',
  'call',
  'meeting',
  'mail',
  'other'
] as const
export type TaskKind = (typeof taskKinds)[number]

export interface NewTask {
  kind: TaskKind
  title: string
  assigneeId: string | null
  groupId: string | null
  phone: string | null
  callId: string | null
  contactId: string | null
  callbackId: string | null
  dueAtMs: number | null
  note: string | null
  createdBy: string | null
  createdAtMs: number
  dealId?: string | null
  inquiryId?: string | null
  remindMinutes?: number | null
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

/**
 * Makes a task in the caller's transaction. Ids of users, groups and contacts that are gone count as none. A client's
 * open `call_back` is one task: another miss raises its count and brings the newest call, the deadline stays. A voicemail
 * and a failed callback have one task each, however often this runs.
 * @returns the task's id; null when it was there already
 */
export async function makeTask(trx: Knex, task: NewTask): Promise<string | null> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    `insert into tasks (kind, title, assignee_id, group_id, phone, call_id, contact_id, callback_id, due_at, note, created_by, created_at,
       deal_id, inquiry_id, remind_minutes)
     values (:kind, :title, (select id from users where id = cast(:assignee as uuid) and is_active),
       (select id from groups where id = cast(:group as uuid)), :phone, cast(:call as uuid),
       (select id from contacts where id = cast(:contact as uuid)),
       (select id from callbacks where id = cast(:callback as uuid)),
       cast(:due as timestamptz), :note, (select id from users where id = cast(:by as uuid)), cast(:at as timestamptz),
       (select id from deals where id = cast(:deal as uuid)), (select id from inquiries where id = cast(:inquiry as uuid)),
       cast(:remind as int))
     on conflict do nothing returning id`,
    {
      kind: task.kind,
      title: task.title.slice(0, 300),
      assignee: task.assigneeId,
      group: task.groupId,
      phone: task.phone,
      call: task.callId,
      contact: task.contactId,
      callback: task.callbackId,
      due: iso(task.dueAtMs),
      note: task.note,
      by: task.createdBy,
      at: iso(task.createdAtMs),
      deal: task.dealId ?? null,
      inquiry: task.inquiryId ?? null,
      remind: task.remindMinutes ?? null
    }
  )
  if (rows[0]) return rows[0].id
  if (task.kind === 'call_back' && task.phone !== null) {
    await trx('tasks')
      .where({ kind: 'call_back', state: 'open', phone: task.phone })
      .update({ calls: trx.raw('calls + 1'), call_id: task.callId, updated_at: trx.fn.now() })
  }
  return null
}

/**
 * A talk with a client settles what was owed to them before it began: calls back, messages, failed callbacks.
 * @returns how many tasks were closed
 */
export function settleTasks(
  trx: Knex,
  phone: string,
  talk: { beganMs: number; endedMs: number }
): Promise<number> {
  return trx('tasks')
    .where({ phone, state: 'open' })
    .whereIn('kind', ['call_back', 'voicemail', 'callback_failed'])
    .where('created_at', '<=', new Date(talk.beganMs))
    .update({ state: 'done', result: 'returned', done_at: new Date(talk.endedMs), updated_at: trx.fn.now() })
}
