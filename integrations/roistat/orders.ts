import type { Knex } from 'knex'
import { markerOf, words } from './words.ts'
import type { RoistatSettings } from './settings.ts'

/** What Roistat calls an order: an inquiry with the deal that was made of it, or a deal that somebody began by hand. */
interface OrderRow {
  id: string
  name: string
  created_at: Date
  state: keyof (typeof words)['ru']['states'] | null
  stage_id: string | null
  amount: string | null
  cost: string | null
  currency: string | null
  contact_id: string | null
  manager_id: string | null
  inquiry_channel: string | null
  source: string | null
  medium: string | null
  campaign: string | null
  keyword: string | null
  lost_reason: string | null
  roistat: string | null
}

/**
 * An inquiry keeps its id when a deal is made of it, so that the answer to a lead names the same order for ever. A deal
 * that took in further inquiries has the id of the one that it was made of.
 */
const orders = `
  select i.id, i.id as inquiry_id, d.id as deal_id, i.created_at,
    greatest(i.updated_at, coalesce(d.updated_at, i.updated_at)) as changed_at
  from inquiries i left join deals d on d.id = i.deal_id and d.inquiry_id = i.id
  where not i.is_demo
  union all
  select d.id, null, d.id, d.created_at, d.updated_at
  from deals d left join inquiries i on i.id = d.inquiry_id and i.deal_id = d.id
  where i.id is null and not d.is_demo`

/** Visits that Roistat knows, of what led to an order: what it told us with its own lead, else its cookie. */
const visitOf = `
  select coalesce(nullif(f.fields->>'roistat', ''), v.cookies->>'roistat_visit') as visit
  from activities a
    left join form_submissions f on a.subject = 'form' and f.id = a.subject_id
    left join callbacks b on a.subject = 'callback' and b.id = a.subject_id
    left join calls c on a.subject = 'call' and c.id = a.subject_id
    left join visits v on v.id = coalesce(f.visit_id, b.visit_id, c.visit_id)
  where (a.inquiry_id = o.inquiry_id or a.deal_id = o.deal_id)
    and coalesce(nullif(f.fields->>'roistat', ''), v.cookies->>'roistat_visit') is not null
  order by a.at limit 1`

export type What = 'orders' | 'clients'

/** What was changed after a moment: all ids, in an order that does not change. */
async function changedIds(trx: Knex, what: What, since: Date): Promise<string[]> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    what === 'orders'
      ? `select id from (${orders}) o where changed_at > ? order by created_at, id`
      : `select id from contacts where not is_demo and updated_at > ? order by created_at, id`,
    [since]
  )
  return rows.map(({ id }) => id)
}

/**
 * One page of what was changed since a moment. The first page fixes what all others hold, and how many there are.
 * @returns ids of the page, and the count of all
 */
export async function pageOf(
  db: Knex,
  of: { connectorId: string; what: What; since: Date; nowMs: number },
  { offset, limit }: { offset: number; limit: number }
): Promise<{ ids: string[]; total: number }> {
  const own = { connector_id: of.connectorId, what: of.what, since: of.since }
  return db.transaction(async (trx) => {
    if (offset > 0) {
      const kept = await trx('roistat_exports')
        .where(own)
        .first<{ ids: string[]; total: number } | undefined>(
          trx.raw('ids[?:?] as ids', [offset + 1, offset + limit]),
          trx.raw('cardinality(ids) as total')
        )
      if (kept) return kept
    }
    const ids = await changedIds(trx, of.what, of.since)
    // What was read to its end, or left in the middle, a day ago.
    await trx('roistat_exports')
      .where({ connector_id: of.connectorId, what: of.what })
      .where('made_at', '<', new Date(of.nowMs - 86_400_000))
      .delete()
    await trx('roistat_exports')
      .insert({ ...own, made_at: new Date(of.nowMs), ids })
      .onConflict(['connector_id', 'what', 'since'])
      .merge(['made_at', 'ids'])
    return { ids: ids.slice(offset, offset + limit), total: ids.length }
  })
}

/** Orders as they stand now, in the order of `ids`; those that are gone are left out. */
export async function readOrders(
  db: Knex,
  ids: readonly string[],
  settings: RoistatSettings
): Promise<Record<string, unknown>[]> {
  const { rows } = await db.raw<{ rows: OrderRow[] }>(
    `select o.id, coalesce(d.title, i.title) as name, o.created_at,
       case when d.id is null then i.state end as state, d.stage_id, d.amount, d.cost, d.currency,
       coalesce(d.contact_id, i.contact_id) as contact_id, coalesce(d.responsible_id, i.responsible_id) as manager_id,
       case when d.id is null then i.inquiry_channel else d.inquiry_channel end as inquiry_channel,
       case when d.id is null then i.source else d.source end as source,
       case when d.id is null then i.medium else d.medium end as medium,
       case when d.id is null then i.campaign else d.campaign end as campaign,
       case when d.id is null then i.keyword else d.keyword end as keyword,
       d.lost_reason, (${visitOf}) as roistat
     from (${orders}) o left join inquiries i on i.id = o.inquiry_id left join deals d on d.id = o.deal_id
     where o.id = any(cast(? as uuid[])) order by array_position(cast(? as uuid[]), o.id)`,
    [[...ids], [...ids]]
  )
  return rows.map((row) => orderOf(row, settings))
}

function orderOf(row: OrderRow, { currency, isMarking }: RoistatSettings): Record<string, unknown> {
  const path = { channel: row.inquiry_channel, source: row.source, campaign: row.campaign, term: row.keyword }
  const isCounted = row.currency === currency
  const fields = {
    inquiryChannel: row.inquiry_channel,
    source: row.source,
    medium: row.medium,
    campaign: row.campaign,
    keyword: row.keyword,
    lostReason: row.lost_reason
  }
  const roistat = row.roistat ?? (isMarking ? markerOf(path) : null)
  return {
    id: row.id,
    name: row.name,
    date_create: String(Math.floor(row.created_at.getTime() / 1000)),
    status: row.stage_id ?? `inquiry-${row.state ?? 'new'}`,
    price: isCounted ? Number(row.amount) : 0,
    cost: isCounted ? Number(row.cost ?? 0) : 0,
    ...(roistat !== null && { roistat }),
    ...(row.contact_id !== null && { client_id: row.contact_id }),
    ...(row.manager_id !== null && { manager_id: row.manager_id }),
    fields: {
      ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)),
      ...(roistat !== null && { roistat })
    }
  }
}

/** Clients with their first number and mail. */
export async function readClients(db: Knex, ids: readonly string[]): Promise<Record<string, unknown>[]> {
  const { rows } = await db.raw<{ rows: Record<string, unknown>[] }>(
    `select c.id, c.name,
       coalesce((select regexp_replace(min(e164), '\\D', '', 'g') from contact_phones p where p.contact_id = c.id), '') as phone,
       coalesce((select min(email) from contact_emails e where e.contact_id = c.id), '') as email, c.company
     from contacts c where c.id = any(cast(? as uuid[])) order by array_position(cast(? as uuid[]), c.id)`,
    [[...ids], [...ids]]
  )
  return rows
}

/** Stages, fields and people, as the other side shows them. */
export async function readScheme(
  db: Knex,
  locale: RoistatSettings['locale']
): Promise<Record<'statuses' | 'fields' | 'managers', Record<string, unknown>[]>> {
  const say = words[locale]
  const stages = await db('pipeline_stages as s')
    .join('pipelines as p', 'p.id', 's.pipeline_id')
    .orderBy([{ column: 'p.position' }, { column: 'p.created_at' }, { column: 's.position' }])
    .select<{ id: string; name: string; pipeline: string }[]>('s.id', 's.name', 'p.name as pipeline')
  const users = await db('users')
    .where({ is_active: true })
    .orderBy('name')
    .select<{ id: string; name: string; extension: string | null }[]>('id', 'name', 'extension')
  return {
    statuses: [
      ...Object.entries(say.states).map(([id, name]) => ({ id: `inquiry-${id}`, name })),
      ...stages.map(({ id, name, pipeline }) => ({ id, name: `${pipeline}: ${name}` }))
    ],
    fields: [
      { id: 'roistat', name: 'roistat' },
      ...Object.entries(say.fields).map(([id, name]) => ({ id, name }))
    ],
    managers: users.map(({ id, name, extension }) => ({ id, name, phone: extension ?? '', email: '' }))
  }
}
