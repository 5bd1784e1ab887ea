import type { Knex } from 'knex'
import type { CrmEvent } from '../../crm/events.ts'
import { webhookEvents } from '../../pbx/call/moments.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import { storable } from './deliver.ts'

/** Standard Webhooks asks for payloads under 20 kB. */
export const maxPayloadBytes = 20_000

/** Sent with each webhook id whose deliveries were added, when their transaction commits. */
export const deliveriesChannel = 'ringtrace_webhooks'

/** What a receiver gets. */
export interface Payload {
  type: string
  /** When it happened, ISO 8601. */
  timestamp: string
  data: Record<string, unknown>
}

/** A scheme that is tried out is no news to anybody. */
const isTest = (row: TapeRow, call: JournalRow | undefined): boolean =>
  (row.type === 'call.initiated' ? row.data['callType'] : call?.['callType']) === 'test'

const offered: ReadonlySet<string> = new Set(webhookEvents)

/** A call's journal row as it stands in this transaction, keys in camelCase. */
type JournalRow = Record<string, unknown>

/**
 * Writes the deliveries that these tape rows mean, in the tape's own transaction: a delivery exists if and only if its
 * tape row does. Repeating it (a replayed spool) adds nothing. Costs no query when no webhook wants these moments.
 *
 * Every moment but `call.initiated` carries the journal row as `data.call`, so write the journal before calling this.
 * @param wanted moments that some active webhook subscribes to; undefined while that is unknown, which means ask
 */
export async function enqueueDeliveries(
  trx: Knex,
  rows: readonly TapeRow[],
  wanted: ReadonlySet<string> | undefined
): Promise<void> {
  const chosen = rows.filter(({ type }) => offered.has(type) && (wanted === undefined || wanted.has(type)))
  if (chosen.length === 0) return
  const journal = await journalOf(
    trx,
    chosen.filter(({ type }) => type !== 'call.initiated').map(({ callId }) => callId)
  )
  const told = chosen.filter((row) => !isTest(row, journal.get(row.callId)))
  if (told.length === 0) return
  const entries = told.map((row) => ({
    type: row.type,
    call_id: row.callId,
    seq: row.seq,
    payload: payloadOf(row, row.type === 'call.initiated' ? undefined : journal.get(row.callId))
  }))
  // The key lock keeps a webhook from being deleted between this row and the check of its foreign key, which would
  // fail the tape's transaction.
  await trx.raw(
    `with added as (
       insert into webhook_deliveries (webhook_id, event_type, call_id, seq, payload)
       select w.id, e.type, e.call_id, e.seq, e.payload
       from jsonb_to_recordset(?::jsonb) as e (type text, call_id uuid, seq int, payload jsonb)
       join webhooks w on w.is_active and e.type = any (w.events)
       order by e.call_id, e.seq
       for key share of w
       on conflict (webhook_id, call_id, seq) do nothing
       returning webhook_id
     )
     select pg_notify(?, webhook_id::text) from (select distinct webhook_id from added) as to_wake`,
    [JSON.stringify(entries), deliveriesChannel]
  )
}

/**
 * Writes the deliveries of an event that belongs to no call's tape, in the transaction of what happened. Whoever calls
 * this does so once for each event.
 */
export async function enqueueEvent(
  trx: Knex,
  event: CrmEvent,
  wanted: ReadonlySet<string> | undefined
): Promise<void> {
  if (wanted !== undefined && !wanted.has(event.type)) return
  await trx.raw(
    `with added as (
       insert into webhook_deliveries (webhook_id, event_type, payload)
       select id, :type, cast(:payload as jsonb) from webhooks where is_active and :type = any (events)
       for key share
       returning webhook_id
     )
     select pg_notify(:channel, webhook_id::text) from added`,
    { type: event.type, payload: JSON.stringify(payloadOfEvent(event)), channel: deliveriesChannel }
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
    key === 'fields' ? {} : typeof value === 'string' ? value.slice(0, 300) : value
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

async function journalOf(trx: Knex, callIds: readonly string[]): Promise<Map<string, JournalRow>> {
  if (callIds.length === 0) return new Map()
  const rows = await trx<Record<string, unknown>>('calls').whereIn('id', [...new Set(callIds)])
  return new Map(
    rows.map((row) => [
      String(row['id']),
      Object.fromEntries(Object.entries(row).map(([key, value]) => [camel(key), value]))
    ])
  )
}

const camel = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())
