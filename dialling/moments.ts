import type { Knex } from 'knex'
import { missedOwner } from '../crm/tasks/missed-owner.ts'
import { makeTask, settleTasks } from '../crm/tasks/tasks.ts'
import type { Moments } from '../pbx/call/moments.ts'
import { bindCall, closeAttempt } from './attempts.ts'
import { orderCallback, settleCallbacks } from './callbacks.ts'
import { attemptOf, type Told } from './core/attempt.ts'
import type { CallbackSettings } from './core/settings.ts'
import type { InboxRow } from './inbox.ts'

/** What the journal says of a call, as far as it matters here. */
interface CallRow {
  id: string
  direction: string
  started_at: Date
  ended_at: Date | null
  outcome: string | null
  caller_number: string | null
  caller_name: string | null
  contact_id: string | null
  contact_name: string | null
  group_name: string | null
  number_id: string | null
  source_id: string | null
  site_id: string | null
  clean_talk_seconds: number | null
  is_spam: boolean
  tags: string[]
}

interface Place {
  trx: Knex
  row: InboxRow
  call: CallRow
  settings: CallbackSettings
}

/** Works out what a moment of the tape means for callbacks, lists and tasks. Repeating it changes nothing. */
export async function workOut(trx: Knex, row: InboxRow, settings: CallbackSettings): Promise<void> {
  const call = await trx('calls').where({ id: row.call_id }).first<CallRow | undefined>()
  if (!call) throw new Error(`No journal row of ${row.call_id}`)
  const place: Place = { trx, row, call, settings }
  switch (row.type) {
    case 'call.initiated':
      return placed(place)
    case 'call.ended':
      return ended(place)
    case 'call.missed':
      return missed(place)
    case 'call.callback_promised':
      return promised(place)
    case 'call.voicemail':
      return voicemail(place)
    case 'call.dial_refused':
      return refused(place)
  }
}

const dataOf = <T extends keyof Moments>({ row }: Place, _type: T): Moments[T] =>
  row.data as unknown as Moments[T]

async function placed(place: Place): Promise<void> {
  const orderId = dataOf(place, 'call.initiated').order?.orderId
  if (orderId) await bindCall(place.trx, orderId, place.call.id, place.call.started_at.getTime())
}

async function ended(place: Place): Promise<void> {
  const { trx, row, call, settings } = place
  const endedMs = row.at.getTime()
  const tape = await trx('call_events')
    .where({ call_id: call.id })
    .orderBy('seq')
    .select<Told[]>('type', 'data')
  const begun = tape.find(({ type }) => type === 'call.initiated')?.data as
    Moments['call.initiated'] | undefined
  const orderId = begun?.order?.orderId
  if (orderId) {
    const attemptId = await bindCall(trx, orderId, call.id, call.started_at.getTime())
    if (attemptId !== null) await closeAttempt(trx, attemptId, attemptOf(tape), settings, endedMs)
  }
  const phone = call.caller_number
  const hasTalked = call.outcome === 'answered' && (call.clean_talk_seconds ?? 0) >= settings.minTalkSeconds
  if (phone === null || !hasTalked) return
  const talk = { beganMs: call.started_at.getTime(), endedMs, callId: call.id }
  await settleTasks(trx, phone, talk)
  await settleCallbacks(trx, phone, talk)
}

/** Outcomes of an incoming call that leave the client without an answer. */
const unanswered = new Set(['missed', 'abandoned', 'busy', 'failed'])

async function missed(place: Place): Promise<void> {
  const { trx, row, call, settings } = place
  const { outcome, reason } = dataOf(place, 'call.missed')
  const phone = call.caller_number
  if (call.direction !== 'in' || phone === null || !unanswered.has(outcome)) return
  if (reason === 'callback_promised') return
  if (await isSpam(trx, call, phone)) return
  // A callback that the caller was promised in this call, or a talk since then, leaves nothing to do.
  if (await trx('callbacks').where({ parent_call_id: call.id }).first<unknown>('id')) return
  if (await hasTalkedSince(trx, call, phone)) return
  const who = await responsible(place)
  const missedMs = row.at.getTime()
  if (settings.autoCallback.isOn && (await mayCallBack(place, phone, missedMs))) {
    await orderCallback(trx, {
      phone,
      kind: 'missed',
      name: call.contact_name ?? call.caller_name,
      notBeforeMs: missedMs + settings.autoCallback.delaySeconds * 1000,
      siteId: call.site_id,
      sourceId: call.source_id,
      numberId: call.number_id,
      parentCallId: call.id,
      contactId: call.contact_id,
      groupId: who.groupId,
      createdAtMs: missedMs
    })
    return
  }
  await makeTask(trx, {
    kind: 'call_back',
    title: call.contact_name ?? call.caller_name ?? phone,
    assigneeId: who.assigneeId,
    groupId: who.groupId,
    phone,
    callId: call.id,
    contactId: call.contact_id,
    callbackId: null,
    dueAtMs: missedMs + settings.missedTaskMinutes * 60_000,
    note: null,
    createdBy: null,
    createdAtMs: missedMs
  })
}

/** The client has talked with us since, whoever called whom. */
const hasTalkedSince = async (trx: Knex, call: CallRow, phone: string): Promise<boolean> =>
  Boolean(
    await trx('calls')
      .where({ caller_number: phone, outcome: 'answered' })
      .where('started_at', '>', call.started_at)
      .first<unknown>('id')
  )

async function isSpam(trx: Knex, call: CallRow, phone: string): Promise<boolean> {
  if (call.is_spam || call.tags.includes('spam')) return true
  if (await trx('spam_marks').where({ kind: 'phone', value: phone }).first<unknown>('id')) return true
  return Boolean(await trx('calls').where({ caller_number: phone, is_spam: true }).first<unknown>('id'))
}

/** Nobody is called back more often than the rule says, nor against their wish. */
async function mayCallBack({ trx, settings }: Place, phone: string, nowMs: number): Promise<boolean> {
  if (await trx('do_not_call').where({ phone }).first<unknown>('id')) return false
  const [row] = await trx('callbacks')
    .where({ phone, kind: 'missed' })
    .where('created_at', '>', new Date(nowMs - 86_400_000))
    .count<{ n: string }[]>('* as n')
  return Number(row?.n) < settings.autoCallback.maxPerDay
}

/** Whose the client is, by the rule of the desk; and the group that was tried. */
async function responsible({
  trx,
  call
}: Place): Promise<{ assigneeId: string | null; groupId: string | null }> {
  const group = call.group_name
    ? await trx('groups').where({ name: call.group_name }).first<{ id: string } | undefined>('id')
    : undefined
  const assigneeId = await missedOwner(trx, { id: call.id, contactId: call.contact_id })
  return { assigneeId, groupId: group?.id ?? null }
}

async function promised(place: Place): Promise<void> {
  const { trx, row, call } = place
  const { phone, atMs, groupId, queue } = dataOf(place, 'call.callback_promised')
  if (!/^\+[1-9]\d{3,14}$/.test(phone) || (await hasTalkedSince(trx, call, phone))) return
  const who = groupId === null ? await responsible(place) : null
  await orderCallback(trx, {
    phone,
    kind: queue ? 'queue' : 'scheme',
    name: call.contact_name ?? call.caller_name,
    atMs,
    siteId: call.site_id,
    sourceId: call.source_id,
    numberId: call.number_id,
    parentCallId: call.id,
    contactId: call.contact_id,
    groupId: groupId ?? who?.groupId ?? null,
    queue,
    createdAtMs: row.at.getTime()
  })
}

async function voicemail(place: Place): Promise<void> {
  const { trx, row, call, settings } = place
  const { task } = dataOf(place, 'call.voicemail')
  // A scheme may say that nobody needs to listen.
  if (task === null) return
  const who = await responsible(place)
  await makeTask(trx, {
    kind: 'voicemail',
    title: call.contact_name ?? call.caller_name ?? call.caller_number ?? call.id,
    assigneeId: who.assigneeId,
    groupId: task?.groupId ?? who.groupId,
    phone: call.caller_number,
    callId: call.id,
    contactId: call.contact_id,
    callbackId: null,
    dueAtMs: row.at.getTime() + settings.voicemailTaskMinutes * 60_000,
    note: null,
    createdBy: null,
    createdAtMs: row.at.getTime()
  })
}

/** A dial that the policy refused stands in the audit, whoever wished it. */
async function refused(place: Place): Promise<void> {
  const { trx, row, call } = place
  const { number, reason, byUserId } = dataOf(place, 'call.dial_refused')
  await trx('audit').insert({
    at: row.at,
    user_id: byUserId,
    action: 'dial.refused',
    entity: 'call',
    entity_id: call.id,
    data: JSON.stringify({ number, reason })
  })
}
