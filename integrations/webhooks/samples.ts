import type { Knex } from 'knex'
import { webhookEvents } from '../../pbx/call/moments.ts'
import { crmEvents } from '../../crm/events.ts'
import type { Payload } from './core/payload.ts'
import { samplePayload } from './core/sample.ts'
import { operatorIdOf } from './core/variables.ts'
import { journalOf, payloadOf } from './outbox.ts'

/** A payload to show a template with. */
export interface Sample {
  payload: Payload
  /** False: made up, because no such thing has happened lately. */
  isReal: boolean
  operator: { login: string; extension: string | null } | null
}

/** So many calls are looked through for moments. */
const lookBack = 50

/** The last payload of every event that a webhook may have. */
export async function readSamples(db: Knex): Promise<Sample[]> {
  const { rows } = await db.raw<{
    rows: { callId: string; seq: number; at: Date; type: string; data: Record<string, unknown> }[]
  }>(
    `select distinct on (e.type) e.call_id as "callId", e.seq, e.at, e.type, e.data
     from (select id from calls where ended_at is not null and call_type <> 'test'
           order by started_at desc, id desc limit ?) c
     join call_events e on e.call_id = c.id and e.type = any (?)
     order by e.type, e.at desc`,
    [lookBack, [...webhookEvents]]
  )
  const journal = await journalOf(
    db,
    rows.map(({ callId }) => callId)
  )
  const real = new Map(
    rows.map((row) => {
      const { callId, seq, type, data } = row
      const tape = {
        callId,
        seq,
        type,
        data,
        atMs: row.at.getTime(),
        from: null,
        to: 'ended' as const,
        effects: []
      }
      const call = row.type === 'call.initiated' ? undefined : journal.get(row.callId)
      return [row.type, payloadOf(tape, call)] as const
    })
  )
  const ids = [...real.values()].flatMap((payload) => operatorIdOf(payload) ?? [])
  const users = await db<{ id: string; login: string; extension: string | null }>('users')
    .select('id', 'login', 'extension')
    .whereIn('id', ids)
  return [...webhookEvents, ...crmEvents].map((event) => {
    const payload = real.get(event)
    const user = payload && users.find(({ id }) => id === operatorIdOf(payload))
    return {
      payload: payload ?? samplePayload(event),
      isReal: payload !== undefined,
      operator: user ? { login: user.login, extension: user.extension } : null
    }
  })
}
