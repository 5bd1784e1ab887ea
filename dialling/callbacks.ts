import type { Knex } from 'knex'
import { makeTask } from '../crm/tasks/tasks.ts'
import type { QueueRequest } from '../ivr/block.ts'

export const callbackKinds = ['form', 'missed', 'queue', 'scheme', 'manual', 'api'] as const
export type CallbackKind = (typeof callbackKinds)[number]
export const callbackStates = ['waiting', 'calling', 'retry', 'done', 'failed', 'cancelled'] as const
export type CallbackState = (typeof callbackStates)[number]

/** A callback that somebody wants. Everything but phone and kind may be unknown. */
export interface WantedCallback {
  /** E.164. */
  phone: string
  kind: CallbackKind
  name?: string | null
  note?: string | null
  /** When the client wishes it; null: as soon as possible. */
  atMs?: number | null
  /** Not before this moment, for a wish without a time. */
  notBeforeMs?: number | null
  siteId?: string | null
  sourceId?: string | null
  /** The number of ours to show. */
  numberId?: string | null
  visitId?: string | null
  inquiryId?: string | null
  parentCallId?: string | null
  contactId?: string | null
  groupId?: string | null
  userId?: string | null
  queue?: QueueRequest | null
  createdBy?: string | null
  createdAtMs?: number
}

/** Listeners of this channel look at what is due. */
export const diallingChannel = 'ringtrace_dialling'

/**
 * Orders a callback in the caller's transaction. A client has one open callback: a repeated wish joins it, fills in what
 * it did not know, and moves it to the earlier of the two times. References that do not exist (any more) count as none.
 * @returns `isNew` false when it joined one that was open
 */
export async function orderCallback(
  trx: Knex,
  wanted: WantedCallback
): Promise<{ id: string; isNew: boolean }> {
  const createdAtMs = wanted.createdAtMs ?? Date.now()
  const nextMs = wanted.atMs ?? wanted.notBeforeMs ?? createdAtMs
  const iso = (ms: number | null | undefined): string | null =>
    ms === null || ms === undefined ? null : new Date(ms).toISOString()
  const { rows } = await trx.raw<{ rows: { id: string; is_new: boolean }[] }>(
    `insert into callbacks as c (phone, kind, name, note, at, site_id, source_id, number_id, visit_id, inquiry_id, parent_call_id,
       contact_id, group_id, user_id, queue, created_by, created_at, next_attempt_at)
     values (:phone, :kind, :name, :note, cast(:at as timestamptz),
       (select id from sites where id = cast(:site as uuid)), (select id from sources where id = cast(:source as uuid)),
       (select id from numbers where id = cast(:number as uuid)), cast(:visit as uuid), cast(:inquiry as uuid), cast(:parent as uuid),
       coalesce((select id from contacts where id = cast(:contact as uuid)), (select contact_id from contact_phones where e164 = :phone)),
       (select id from groups where id = cast(:group as uuid)), (select id from users where id = cast(:user as uuid)),
       cast(:queue as jsonb), (select id from users where id = cast(:by as uuid)), cast(:created as timestamptz), cast(:next as timestamptz))
     on conflict (phone) where state in ('waiting','calling','retry') do update set
       requests = c.requests + 1,
       name = coalesce(c.name, excluded.name),
       note = coalesce(c.note, excluded.note),
       site_id = coalesce(c.site_id, excluded.site_id),
       source_id = coalesce(c.source_id, excluded.source_id),
       number_id = coalesce(c.number_id, excluded.number_id),
       visit_id = coalesce(c.visit_id, excluded.visit_id),
       inquiry_id = coalesce(c.inquiry_id, excluded.inquiry_id),
       parent_call_id = coalesce(c.parent_call_id, excluded.parent_call_id),
       contact_id = coalesce(c.contact_id, excluded.contact_id),
       group_id = coalesce(c.group_id, excluded.group_id),
       user_id = coalesce(c.user_id, excluded.user_id),
       queue = coalesce(c.queue, excluded.queue),
       next_attempt_at = case when c.state = 'calling' then c.next_attempt_at else least(c.next_attempt_at, excluded.next_attempt_at) end,
       updated_at = now()
     returning id, (xmax = 0) as is_new`,
    {
      phone: wanted.phone,
      kind: wanted.kind,
      name: wanted.name ?? null,
      note: wanted.note ?? null,
      at: iso(wanted.atMs),
      site: wanted.siteId ?? null,
      source: wanted.sourceId ?? null,
      number: wanted.numberId ?? null,
      visit: wanted.visitId ?? null,
      inquiry: wanted.inquiryId ?? null,
      parent: wanted.parentCallId ?? null,
      contact: wanted.contactId ?? null,
      group: wanted.groupId ?? null,
      user: wanted.userId ?? null,
      queue: wanted.queue ? JSON.stringify(wanted.queue) : null,
      by: wanted.createdBy ?? null,
      created: iso(createdAtMs),
      next: iso(nextMs)
    }
  )
  const row = rows[0]
  if (!row) throw new Error('No callback came back')
  await wakeRunner(trx)
  return { id: row.id, isNew: row.is_new }
}

/** Tells whoever places calls that something may be due, when the transaction commits. */
export async function wakeRunner(trx: Knex): Promise<void> {
  await trx.raw('select pg_notify(?, ?)', [diallingChannel, 'due'])
}

/** A callback as its table has it. */
export interface CallbackRow {
  id: string
  phone: string
  name: string | null
  at: Date | null
  kind: CallbackKind
  site_id: string | null
  source_id: string | null
  number_id: string | null
  parent_call_id: string | null
  contact_id: string | null
  group_id: string | null
  user_id: string | null
  state: CallbackState
  attempts: number
  short_tries: number
  next_attempt_at: Date | null
  queue: QueueRequest | null
  created_by: string | null
  created_at: Date
}

/** A callback that came to nothing is a person's now. */
export async function giveToPerson(
  trx: Knex,
  callback: CallbackRow,
  why: string,
  nowMs: number,
  dueInMinutes: number
): Promise<void> {
  const owner = callback.contact_id
    ? await trx('contacts')
        .where({ id: callback.contact_id })
        .first<{ owner_id: string | null } | undefined>('owner_id')
    : undefined
  await makeTask(trx, {
    kind: 'callback_failed',
    title: callback.name ?? callback.phone,
    assigneeId: callback.user_id ?? owner?.owner_id ?? null,
    groupId: callback.group_id,
    phone: callback.phone,
    callId: callback.parent_call_id,
    contactId: callback.contact_id,
    callbackId: callback.id,
    dueAtMs: nowMs + dueInMinutes * 60_000,
    note: why,
    createdBy: null,
    createdAtMs: nowMs
  })
}

/**
 * A talk with a client settles the callbacks that were open when it began. One that is being placed right now is left:
 * its own attempt closes it.
 */
export function settleCallbacks(
  trx: Knex,
  phone: string,
  talk: { beganMs: number; endedMs: number; callId: string }
): Promise<number> {
  return trx('callbacks')
    .where({ phone })
    .whereIn('state', ['waiting', 'retry'])
    .where('created_at', '<=', new Date(talk.beganMs))
    .update({
      state: 'done',
      last_result: 'returned',
      last_reason: null,
      call_id: talk.callId,
      next_attempt_at: null,
      done_at: new Date(talk.endedMs),
      updated_at: trx.fn.now()
    })
}
