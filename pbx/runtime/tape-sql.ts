import type { Knex } from 'knex'
import { fenceStatement } from '../../db/fence.ts'
import { prepared } from '../../db/prepared.ts'
import type { JournalRow, LegRow } from '../call/journal.ts'
import type { TapeRow } from '../call/effects.ts'

/** A group of steps written in one transaction. Plain JSON: it is also what the spool keeps. */
export interface TapeBatch {
  rows: TapeRow[]
  /** The latest journal row of each call that changed. */
  calls: JournalRow[]
  legs: LegRow[]
  /** The latest state of each open call; null when it ended. */
  snapshots: { callId: string; seq: number; state: unknown }[]
  recordings: RecordingStart[]
}

/** A leg or message whose audio lies on disk from now on and must become a playable file. */
export interface RecordingStart {
  recordingId: string
  callId: string
  leg: string
  kind: 'talk' | 'voicemail' | 'fallback'
}

export interface Fence {
  node: string
  owner: string
  epoch: number
}

/** Another controller owns this node now: nothing of ours may be written any more. */
export class FencedError extends Error {
  override name = 'FencedError'
}

const callColumns = [
  'id',
  'pbx_unique_id',
  'direction',
  'call_type',
  'started_at',
  'answered_at',
  'ended_at',
  'outcome',
  'reason',
  'hangup_by',
  'q850_cause',
  'wait_seconds',
  'talk_seconds',
  'clean_talk_seconds',
  'total_seconds',
  'caller_number',
  'caller_name',
  'caller_region',
  'caller_country',
  'dialed_number',
  'destination_number',
  'number_id',
  'source_id',
  'source_name',
  'inquiry_channel',
  'medium',
  'campaign',
  'keyword',
  'site_id',
  'trunk_id',
  'operator_id',
  'operator_name',
  'first_operator_id',
  'group_name',
  'scheme_id',
  'scheme_name',
  'scheme_version',
  'steps',
  'pressed',
  'contact_id',
  'contact_name',
  'rating',
  'wrap_up_code',
  'tags',
  'note',
  'is_spam',
  'is_vip',
  'recording_id',
  'recording_state',
  'recording_seconds',
  'hold_seconds',
  'wrapup_seconds',
  'is_transferred',
  'order_id',
  'ordered_by',
  'parent_call_id',
  'visit_id',
  'visitor_id',
  'pool_id',
  'pool_name',
  'attribution',
  'attribution_model',
  'attribution_confidence',
  'utm',
  'click_ids',
  'ga_client_id',
  'ym_client_id',
  'landing_url',
  'page_url',
  'referrer',
  'device'
] as const

const legColumns = [
  'call_id',
  'leg',
  'user_id',
  'user_name',
  'started_at',
  'ringing_at',
  'answered_at',
  'ended_at',
  'result',
  'q850_cause',
  'recording_id',
  'kind',
  'purpose',
  'recorded_seconds'
] as const

const list = (columns: readonly string[], prefix = ''): string =>
  columns.map((name) => prefix + name).join(', ')
const overwrite = (columns: readonly string[], keys: readonly string[]): string =>
  columns
    .filter((name) => !keys.includes(name))
    .map((name) => `${name} = excluded.${name}`)
    .join(', ')

/**
 * One statement for the whole batch: a round trip costs more than any of its parts. Every part can be repeated,
 * since the spool may replay a batch that was half acknowledged. The lease row is locked and checked in the same
 * statement, so that a controller that was overtaken cannot write.
 */
const statement = `
with fence as (
  ${fenceStatement}
), tape as (
  insert into call_events (call_id, seq, at, type, from_phase, to_phase, data, effects)
  select r."callId", r.seq, to_timestamp(r."atMs" / 1000.0), r.type, r."from", r."to", r.data, r.effects
  from jsonb_to_recordset(?::jsonb) as r("callId" uuid, seq int, "atMs" double precision, type text, "from" text, "to" text, data jsonb, effects jsonb)
  where exists (select from fence)
  on conflict do nothing
), journal as (
  insert into calls (${list(callColumns)})
  select ${list(callColumns, 'r.')} from jsonb_populate_recordset(null::calls, ?::jsonb) r
  where exists (select from fence)
  on conflict (id) do update set ${overwrite(callColumns, ['id'])}
), legs as (
  insert into call_legs (${list(legColumns)})
  select ${list(legColumns, 'r.')} from jsonb_populate_recordset(null::call_legs, ?::jsonb) r
  where exists (select from fence)
  on conflict (call_id, leg) do update set ${overwrite(legColumns, ['call_id', 'leg'])}
), given as materialized (
  select * from jsonb_to_recordset(?::jsonb) as r("callId" uuid, seq int, state jsonb)
), kept as (
  insert into call_snapshots (call_id, node, seq, state)
  select r."callId", ?, r.seq, r.state from given r
  where r.state is not null and r.state <> 'null'::jsonb and exists (select from fence)
  on conflict (call_id) do update set node = excluded.node, seq = excluded.seq, state = excluded.state, updated_at = now()
), closed as (
  delete from call_snapshots s using given r
  where s.call_id = r."callId" and (r.state is null or r.state = 'null'::jsonb) and exists (select from fence)
)
select count(*)::int as held from fence`

/**
 * Writes a batch inside `trx`.
 * @throws FencedError when the lease is no longer ours; database errors as they come
 */
export async function writeBatch(trx: Knex.Transaction, fence: Fence, batch: TapeBatch): Promise<void> {
  const [fenced] = await prepared<{ held: number }>(trx, 'tape', statement, [
    fence.node,
    fence.owner,
    fence.epoch,
    JSON.stringify(batch.rows),
    JSON.stringify(batch.calls),
    JSON.stringify(batch.legs),
    JSON.stringify(batch.snapshots),
    fence.node
  ])
  if (fenced?.held !== 1) throw new FencedError(`Node ${fence.node} belongs to another controller now`)
}
