import type { Knex } from 'knex'
import type { TapeRow } from '../../pbx/call/effects.ts'
import { toldMoments } from './facts.ts'

/** Sent with each connector that got work, when the transaction commits. */
export const connectorsChannel = 'ringtrace_connectors'

/**
 * Writes what these rows mean for connectors, in the tape's own transaction: a call that happened is owed to each active
 * connector. One row stands for one call, however many moments it has; repeating it (a replayed spool) adds nothing.
 */
export async function enqueueCalls(trx: Knex, rows: readonly TapeRow[]): Promise<void> {
  const wanted = new Map<string, number>()
  for (const { type, callId, seq } of rows)
    if (toldMoments.has(type)) wanted.set(callId, Math.max(seq, wanted.get(callId) ?? 0))
  if (wanted.size === 0) return
  const calls = [...wanted].map(([call_id, seq]) => ({ call_id, seq }))
  // The key lock keeps a connector from being deleted before its foreign key is checked: that would fail the tape.
  await trx.raw(
    `with added as (
       insert into connector_jobs as j (connector_id, subject, subject_id, wanted_seq)
       select c.id, 'call', e.call_id, e.seq
       from jsonb_to_recordset(?::jsonb) as e (call_id uuid, seq int)
       join connectors c on c.is_active and c.state <> 'new' and 'call' = any (c.owed)
       order by c.id, e.call_id
       for key share of c
       on conflict (connector_id, subject, subject_id) do update set
         wanted_seq = greatest(j.wanted_seq, excluded.wanted_seq),
         state = case when excluded.wanted_seq > j.wanted_seq then 'pending' else j.state end,
         next_attempt_at = case
           -- What waits after a failure goes on waiting; all else is looked at anew.
           when j.state = 'pending' and j.last_error is not null then j.next_attempt_at
           when excluded.wanted_seq > j.wanted_seq then now() else j.next_attempt_at end,
         updated_at = now()
       returning j.connector_id
     )
     select pg_notify(?, connector_id::text) from (select distinct connector_id from added) as to_wake`,
    [JSON.stringify(calls), connectorsChannel]
  )
}
