import type { Knex } from 'knex'
import type { CrmEvent } from '../../crm/events.ts'
import { webhookEvents } from '../../pbx/call/moments.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import { matches } from './core/filter.ts'
import { isNeeded } from './core/message.ts'
import type { Payload } from './core/payload.ts'
import { readSubscriptions, type Subscription } from './subscriptions.ts'
import { storable } from './storable.ts'

/** Standard Webhooks asks for payloads under 20 kB. */
export const maxPayloadBytes = 20_000

/** Sent with each webhook id whose deliveries were added, when their transaction commits. */
export const deliveriesChannel = 'ringtrace_webhooks'

/** A scheme that is tried out is no news to anybody. */
const isTest = (row: TapeRow, call: JournalRow | undefined): boolean =>
  (row.type === 'call.initiated' ? row.data['callType'] : call?.['callType']) === 'test'

const offered: ReadonlySet<string> = new Set(webhookEvents)

/** A call's journal row as it stands in this transaction, keys in camelCase. */
type JournalRow = Record<string, unknown>

/**
 * Writes the deliveries that these tape rows mean, in the tape's own transaction: a delivery exists if and only if its
 * tape row does, and only for webhooks whose filter wants it. Repeating it (a replayed spool) adds nothing. Costs no
 * query when no webhook wants these moments.
 *
 * Every moment but `call.initiated` carries the journal row as `data.call`, so write the journal before calling this.
 * @param known what active webhooks want; undefined while that is unknown, which means ask
 */
export async function enqueueDeliveries(
  trx: Knex,
  rows: readonly TapeRow[],
  known: readonly Subscription[] | undefined
): Promise<void> {
  const moments = rows.filter(({ type }) => offered.has(type))
  if (moments.length === 0) return
  const subscriptions = known ?? (await readSubscriptions(trx))
  const chosen = moments.filter(({ type }) => subscriptions.some(({ events }) => events.has(type)))
  if (chosen.length === 0) return
  const journal = await journalOf(
    trx,
    chosen.filter(({ type }) => type !== 'call.initiated').map(({ callId }) => callId)
  )
  const entries: unknown[] = []
  for (const row of chosen) {
    if (isTest(row, journal.get(row.callId))) continue
    const call = row.type === 'call.initiated' ? undefined : journal.get(row.callId)
    const wanting = subscriptions.filter(
      ({ events, filter }) =>
        events.has(row.type) && matches(filter, { type: row.type, data: row.data, call })
    )
    if (wanting.length === 0) continue
    const payload = payloadOf(row, call)
    const targets = wanting.flatMap((each) => partsFor(each, payload).map((part) => ({ id: each.id, part })))
    if (targets.length === 0) continue
    entries.push({
      type: row.type,
      call_id: row.callId,
      seq: row.seq,
      payload,
      webhook_ids: targets.map(({ id }) => id),
      parts: targets.map(({ part }) => part)
    })
  }
  if (entries.length === 0) return
  // The key lock keeps a webhook from being deleted between this row and the check of its foreign key, which would
  // fail the tape's transaction.
  await trx.raw(
    `with added as (
       insert into webhook_deliveries (webhook_id, event_type, call_id, seq, part, payload)
       select w.id, e.type, e.call_id, e.seq, t.part, e.payload
       from jsonb_to_recordset(?::jsonb) as e
         (type text, call_id uuid, seq int, payload jsonb, webhook_ids uuid[], parts int[])
       cross join unnest(e.webhook_ids, e.parts) as t (webhook_id, part)
       join webhooks w on w.id = t.webhook_id and w.is_active and e.type = any (w.events)
       order by e.call_id, e.seq, t.part
       for key share of w
       on conflict (webhook_id, call_id, seq, part) do nothing
       returning webhook_id
     )
     select pg_notify(?, webhook_id::text) from (select distinct webhook_id from added) as to_wake`,
    [JSON.stringify(entries), deliveriesChannel]
  )
}

/** The messages that a webhook gets of this payload: one of our own format, or those of its template. */
function partsFor({ parts }: Subscription, payload: Payload): number[] {
  if (parts === null) return [0]
  return (parts.get(payload.type) ?? []).filter((each) => isNeeded(each, payload)).map(({ part }) => part)
}

/**
 * Writes the deliveries of an event that belongs to no call's tape, in the transaction of what happened. Whoever calls
 * this does so once for each event.
 */
export async function enqueueEvent(
  trx: Knex,
  event: CrmEvent,
  known: readonly Subscription[] | undefined
): Promise<void> {
  const subscriptions = known ?? (await readSubscriptions(trx))
  const wanting = subscriptions.filter(
    ({ events, filter }) => events.has(event.type) && matches(filter, event)
  )
  if (wanting.length === 0) return
  const payload = payloadOfEvent(event)
  const targets = wanting.flatMap((each) =>
    partsFor(each, payload).map((part) => ({ webhook_id: each.id, part }))
  )
  if (targets.length === 0) return
  await trx.raw(
    `with added as (
       insert into webhook_deliveries (webhook_id, event_type, part, payload)
       select w.id, :type, t.part, cast(:payload as jsonb)
       from jsonb_to_recordset(cast(:targets as jsonb)) as t (webhook_id uuid, part int)
       join webhooks w on w.id = t.webhook_id and w.is_active and :type = any (w.events)
       order by t.part
       for key share of w
       returning webhook_id
     )
     select pg_notify(:channel, webhook_id::text) from (select distinct webhook_id from added) as to_wake`,
    {
      type: event.type,
      payload: JSON.stringify(payload),
      targets: JSON.stringify(targets),
      channel: deliveriesChannel
    }
  )
}

/** The payload of such an event, under 20 kB: of a long form the single fields are left out first. */
export function payloadOfEvent({ type, atMs, data }: CrmEvent): Payload {
  const timestamp = new Date(atMs).toISOString()
  const make = (isTruncated: boolean, keep: (key: string, value: unknown) => unknown): Payload =>
    JSON.parse(
      JSON.stringify(
        { type, timestamp, data: isTruncated ? { ...data, isTruncated } : data },
        (key, value: unknown) => keep(key, typeof value === 'string' ? storable(value) : value)
      )
    ) as Payload
  const whole = make(false, (_key, value) => value)
  if (Buffer.byteLength(JSON.stringify(whole)) < maxPayloadBytes) return whole
  return make(true, (key, value) =>
    key === 'fields' ? {} : typeof value === 'string' ? storable(value.slice(0, 300)) : value
  )
}

/** The payload of a tape row, under 20 kB: what does not fit is left out, the journal's steps first. */
export function payloadOf(row: TapeRow, call?: JournalRow): Payload {
  const occurredAt = new Date(row.atMs).toISOString()
  const base = { callId: row.callId, sequence: row.seq, occurredAt }
  const make = (data: Record<string, unknown>): Payload => ({ type: row.type, timestamp: occurredAt, data })
  const candidates = [
    make({ ...row.data, ...base, ...(call === undefined ? {} : { call }) }),
    ...(call === undefined
      ? []
      : [make({ ...row.data, ...base, call: { ...call, steps: [] }, isTruncated: true })]),
    make({ ...row.data, ...base, isTruncated: true }),
    make({ ...base, isTruncated: true })
  ]
  for (const candidate of candidates) {
    const text = JSON.stringify(candidate, (_key, value: unknown) =>
      typeof value === 'string' ? storable(value) : value
    )
    if (Buffer.byteLength(text) < maxPayloadBytes) return JSON.parse(text) as Payload
  }
  throw new Error('a payload of three short fields is over 20 kB')
}

export async function journalOf(trx: Knex, callIds: readonly string[]): Promise<Map<string, JournalRow>> {
  if (callIds.length === 0) return new Map()
  const rows = await trx<Record<string, unknown>>('calls').whereIn('id', [...new Set(callIds)])
  return new Map(
    rows.map((row) => [
      String(row['id']),
      Object.fromEntries(Object.entries(row).map(([key, value]) => [camel(key), value]))
    ])
  )
}

export const camel = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())
