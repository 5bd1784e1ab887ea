import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { isPhone } from '../../crm/clients.ts'
import { prepared } from '../../db/prepared.ts'
import type { LiveCall, LiveClient } from '../contract/live.ts'
import { liveClient } from '../contract/live.ts'
import { isDatabaseAway } from '../errors.ts'
import type { Audience } from './events.ts'

/** What is known of the clients of the calls in progress. */
export interface Clients {
  /** Asks for the client of a call, and tells of what was found. Returns at once; nothing ever waits for it. */
  ask(call: LiveCall): void
  forget(callId: string): void
  /** All that is known now, as far as this user may see it. */
  seenBy(who: { userId: string; isLead: boolean }): LiveClient[]
}

/** A burst of calls shall not stand in the way of what people ask the database for: the rest goes without. */
const askedAtOnce = 50

/**
 * @param tell sends what was found to an audience
 */
export function createClients(
  { db, log }: { db: Knex; log: Logger },
  tell: (audience: Audience, client: LiveClient) => void
): Clients {
  const known = new Map<string, LiveClient>()
  /** Calls whose client is wanted; by the last question, so that an older answer cannot replace a newer one. */
  const wanted = new Map<string, symbol>()
  let asking = 0

  async function find(callId: string, phone: string, question: symbol): Promise<void> {
    asking += 1
    try {
      const client = await findClient(db, callId, phone)
      if (wanted.get(callId) !== question) return
      const before = known.get(callId)
      if (before && JSON.stringify(before) === JSON.stringify(client)) return
      known.set(callId, client)
      announce(client)
    } finally {
      asking -= 1
    }
  }

  function announce(client: LiveClient): void {
    const shown = forStrangers(client)
    if (shown === client) {
      tell('panel', client)
      return
    }
    tell('leads', client)
    tell('operators', shown)
    // Whose deal it is sees it; the last event counts.
    if (client.deal?.responsible) tell(`user:${client.deal.responsible.id}`, client)
  }

  return {
    ask({ id, caller, direction }) {
      const phone = caller.number
      if (direction === 'internal' || !isPhone(phone) || asking >= askedAtOnce) return
      const question = Symbol(id)
      wanted.set(id, question)
      find(id, phone, question).catch((error: unknown) => {
        if (!isDatabaseAway(error)) log.warn({ err: error, callId: id }, 'A caller could not be looked up')
      })
    },
    forget(callId) {
      wanted.delete(callId)
      known.delete(callId)
    },
    seenBy: ({ userId, isLead }) =>
      [...known.values()].map((client) =>
        isLead || client.deal?.responsible?.id === userId ? client : forStrangers(client)
      )
  }
}

/** By the rule of the lists of deals: operators see their own and nobody's. The same object when nothing is hidden. */
export function forStrangers(client: LiveClient): LiveClient {
  const { deal } = client
  if (!deal?.known || !deal.responsible) return client
  return { ...client, deal: { ...deal, known: null } }
}

/** One question, each part of it by an index, so that it takes milliseconds among millions of calls. */
export async function findClient(db: Knex, callId: string, phone: string): Promise<LiveClient> {
  const values = { callId, phone }
  const [row] = await prepared<{ client: Record<string, unknown> }>(db, 'live-client', question, values)
  return liveClient.parse({ callId, ...row?.client })
}

const question = `
with who as materialized (
  select c.id, c.name, c.company, c.owner_id, left(nullif(btrim(c.note), ''), 500) as note
  from contact_phones p join contacts c on c.id = p.contact_id where p.e164 = :phone
), phones as materialized (
  select p.e164 from who join contact_phones p on p.contact_id = who.id union select :phone
), calls_before as materialized (
  select c.* from phones cross join lateral (
    select started_at, direction, outcome, operator_name from calls
    where caller_number = phones.e164 and id <> :callId and direction <> 'internal'
    order by started_at desc limit 1000
  ) c
), contacted as (
  (select 'call' as kind, started_at as at, direction, outcome, operator_name as "with"
    from calls_before order by started_at desc limit 1)
  union all
  (select kind, created_at, null, null, null from inquiries
    where phone in (select e164 from phones) and kind <> 'call' order by created_at desc limit 1)
  union all
  (select kind, created_at, null, null, null from inquiries
    where contact_id = (select id from who) and kind <> 'call' order by created_at desc limit 1)
), deal as (
  select d.id, d.title, s.name as stage, d.amount, d.currency, d.responsible_id
  from deals d join pipeline_stages s on s.id = d.stage_id and s.kind = 'open'
  where d.contact_id = (select id from who) order by d.created_at desc, d.id desc limit 1
)
select jsonb_build_object(
  'contact', (select jsonb_build_object('id', id, 'name', name, 'company', company) from who),
  'owner', (select jsonb_build_object('id', u.id, 'name', u.name) from who join users u on u.id = who.owner_id),
  'note', (select note from who),
  'calls', (select least(count(*), 1000) from calls_before),
  'lastContact', (select jsonb_build_object('kind', kind, 'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'direction', direction, 'outcome', outcome, 'with', "with") from contacted order by at desc limit 1),
  'deal', (select jsonb_build_object(
    'responsible', (select jsonb_build_object('id', u.id, 'name', u.name) from users u where u.id = deal.responsible_id),
    'known', jsonb_build_object('id', id, 'title', title, 'stage', stage, 'amount', amount, 'currency', currency)
  ) from deal)
) as client`
