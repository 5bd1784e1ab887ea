import type { Knex } from 'knex'
import { missedClients, type MissedClient } from '../contract/desk.ts'
import { missedOutcomes } from '../contract/journal-fields.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'

/** Older ones are in the journal. */
const days = 7
const longest = 50

/** What an operator has missed, and who has called back since. */
export const missedCallRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/me/missed-calls',
    summary:
      'Clients of the last seven days whose calls rang at whoever asks, or who are theirs, and nobody talked with them: who called back and when',
    answer: missedClients,
    handle: ({ who }) => missedOf(db, who.userId)
  })
]

interface MissedRow {
  call_id: string
  at: Date
  outcome: MissedClient['outcome']
  wait_seconds: number | null
  calls: number
  phone: string | null
  name: string | null
  contact_id: string | null
  source_name: string | null
  ring: string | null
  tries: number
  returned_at: Date | null
  returned_call_id: string | null
  returned_direction: 'in' | 'out' | 'internal' | null
  operator_id: string | null
  operator_name: string | null
  unreturned: number
}

/**
 * One line for each client: their last missed call stands for those before it. Calls with a hidden number are a client
 * each. A call that an operator declined or let ring and a colleague answered was not missed.
 */
async function missedOf(db: Knex, userId: string): Promise<{ items: MissedClient[]; unreturned: number }> {
  const outcomes = missedOutcomes.map((word) => `'${word}'`).join(',')
  const { rows } = await db.raw<{ rows: MissedRow[] }>(
    `with wanted as materialized (
       select l.call_id as id, max(l.result) as ring from call_legs l
       where l.user_id = :userId and l.kind = 'operator' and l.purpose in ('scheme', 'consult', 'return')
         and l.started_at > now() - interval '${days} days'
       group by l.call_id
       union all
       select c.id, null from calls c join contacts k on k.id = c.contact_id and k.owner_id = :userId
       where c.direction = 'in' and c.outcome in (${outcomes}) and c.started_at > now() - interval '${days} days'
     ), missed as (
       select c.id, c.started_at, c.outcome, c.wait_seconds, c.caller_number, c.contact_id, c.source_name,
         coalesce(c.contact_name, c.caller_name) as name, c.returned_at, c.returned_call_id, w.ring
       from (select id, max(ring) as ring from wanted group by id) w join calls c on c.id = w.id
       where c.direction = 'in' and c.outcome in (${outcomes}) and not c.is_spam
         and c.started_at > now() - interval '${days} days'
     ), clients as (
       select distinct on (coalesce(caller_number, cast(id as text))) *,
         count(*) over (partition by coalesce(caller_number, cast(id as text))) as calls
       from missed order by coalesce(caller_number, cast(id as text)), started_at desc, id desc
     )
     select m.id as call_id, m.started_at as at, m.outcome, m.wait_seconds, cast(m.calls as int) as calls,
       m.caller_number as phone, coalesce(k.name, m.name) as name, m.contact_id, m.source_name, m.ring,
       cast((select count(*) from calls o where o.caller_number = m.caller_number and o.direction = 'out'
         and o.started_at > m.started_at and o.ended_at is not null and o.outcome <> 'answered') as int) as tries,
       m.returned_at, r.id as returned_call_id, r.direction as returned_direction, r.operator_id, r.operator_name,
       cast(count(*) filter (where m.returned_at is null) over () as int) as unreturned
     from clients m
     left join calls r on r.id = m.returned_call_id
     left join contacts k on k.id = m.contact_id
     order by m.returned_at is not null, m.started_at desc, m.id desc
     limit ${longest}`,
    { userId }
  )
  return { items: rows.map(itemOf), unreturned: rows[0]?.unreturned ?? 0 }
}

function itemOf(row: MissedRow): MissedClient {
  const { returned_at, returned_call_id, returned_direction, operator_id, operator_name } = row
  const isReturned = returned_at !== null && returned_call_id !== null && returned_direction !== null
  return {
    callId: row.call_id,
    at: row.at.toISOString(),
    outcome: row.outcome,
    waitSeconds: row.wait_seconds,
    calls: row.calls,
    phone: row.phone,
    name: row.name,
    contactId: row.contact_id,
    sourceName: row.source_name,
    ring: row.ring,
    tries: row.tries,
    returned: isReturned
      ? {
          at: returned_at.toISOString(),
          callId: returned_call_id,
          direction: returned_direction,
          operator: operator_id === null ? null : { id: operator_id, name: operator_name ?? '' }
        }
      : null
  }
}
