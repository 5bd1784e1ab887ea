import type { Knex } from 'knex'
import { mostTouches } from '../core/touches.ts'
import { models, type Model } from '../../tracking/attribution/models.ts'
import type { inquiryChannels } from '../../tracking/inquiry-channels.ts'

export type StepKind = 'visit' | 'call' | 'form' | 'callback' | 'inquiry' | 'deal' | 'won' | 'lost'

type InquiryChannel = (typeof inquiryChannels)[number]

export interface PathStep {
  at: string
  kind: StepKind
  id: string
  inquiryChannel: InquiryChannel | null
  source: string | null
  medium: string | null
  campaign: string | null
  keyword: string | null
  landingUrl: string | null
  label: string | null
  amount: number | null
  credits: Record<Model, number> | null
}

export interface ConversionPath {
  steps: PathStep[]
  /** A client of so many steps that the oldest are left out. */
  isCut: boolean
}

export interface PathWish {
  contactId?: string | undefined
  visitorId?: string | undefined
  callId?: string | undefined
}

/** Of each kind; more is no way of a client but a machine's. */
const mostOfKind = 300

/** One client, by all that we know them by. */
interface Client {
  visitorIds: string[]
  contactIds: string[]
  phones: string[]
  /** The call asked about. */
  callId: string | null
}

interface StepRow {
  at: Date
  kind: StepKind
  id: string
  inquiry_channel: InquiryChannel | null
  source: string | null
  medium: string | null
  campaign: string | null
  keyword: string | null
  landing_url: string | null
  label: string | null
  amount: number | null
}

/** How a client came to us, in order of time. Null when there is no such contact, visitor or call. */
export async function conversionPathOf(db: Knex, wish: PathWish): Promise<ConversionPath | null> {
  const client = await clientOf(db, wish)
  if (!client) return null
  const { rows } = await db.raw<{ rows: StepRow[] }>(stepsOf, {
    visitors: client.visitorIds,
    contacts: client.contactIds,
    phones: client.phones,
    call: client.callId,
    most: mostOfKind + 1
  } as never)
  const credits = client.callId === null ? null : await creditsOf(db, client.callId)
  const perKind = new Map<StepKind, number>()
  for (const { kind } of rows) perKind.set(kind, (perKind.get(kind) ?? 0) + 1)
  const steps = rows.map((row): PathStep => ({
    at: row.at.toISOString(),
    kind: row.kind,
    id: row.id,
    inquiryChannel: row.inquiry_channel,
    source: row.source,
    medium: row.medium,
    campaign: row.campaign,
    keyword: row.keyword,
    landingUrl: row.landing_url,
    label: row.label,
    amount: row.amount,
    credits: credits?.get(keyOf(row.id, row.at)) ?? null
  }))
  return { steps, isCut: [...perKind.values()].some((count) => count > mostOfKind) }
}

async function clientOf(db: Knex, { contactId, visitorId, callId }: PathWish): Promise<Client | null> {
  const visitorIds = new Set<string>()
  const contactIds = new Set<string>()
  const phones = new Set<string>()
  if (callId !== undefined) {
    const call = await db('calls')
      .where({ id: callId })
      .first<Pick<CallRow, 'visitor_id' | 'contact_id' | 'caller_number'> | undefined>(
        'visitor_id',
        'contact_id',
        'caller_number'
      )
    if (!call) return null
    if (call.visitor_id !== null) visitorIds.add(call.visitor_id)
    if (call.contact_id !== null) contactIds.add(call.contact_id)
    if (call.caller_number !== null) phones.add(call.caller_number)
  }
  if (contactId !== undefined) {
    if (!(await db('contacts').where({ id: contactId }).first('id'))) return null
    contactIds.add(contactId)
  }
  if (visitorId !== undefined) {
    const visitor = await db('visitors')
      .where({ id: visitorId })
      .first<{ contact_id: string | null } | undefined>('contact_id')
    if (!visitor) return null
    visitorIds.add(visitorId)
    if (visitor.contact_id !== null) contactIds.add(visitor.contact_id)
  }
  const ofVisitors = await db('visitors')
    .whereIn('id', [...visitorIds])
    .whereNotNull('contact_id')
    .select<{ contact_id: string }[]>('contact_id')
  for (const { contact_id } of ofVisitors) contactIds.add(contact_id)
  const known = [...contactIds]
  const others = await db('visitors')
    .whereIn('contact_id', known)
    .limit(mostOfKind)
    .select<{ id: string }[]>('id')
  for (const { id } of others) visitorIds.add(id)
  const numbers = await db('contact_phones').whereIn('contact_id', known).select<{ e164: string }[]>('e164')
  for (const { e164 } of numbers) phones.add(e164)
  return { visitorIds: [...visitorIds], contactIds: known, phones: [...phones], callId: callId ?? null }
}

interface CallRow {
  visitor_id: string | null
  contact_id: string | null
  caller_number: string | null
}

const none = 'null, null, null, null, null, null'
/** The newest of each kind, shown in order of time. Each part goes by an index. */
const stepsOf = `
with mine as (
  select cast(:visitors as uuid[]) as visitors, cast(:contacts as uuid[]) as contacts, cast(:phones as text[]) as phones
), called as (
  select id from calls where caller_number = any((select phones from mine)::text[]) and ended_at is not null
  union select id from calls where visitor_id = any((select visitors from mine)::uuid[]) and ended_at is not null
  union select id from calls where id = :call
), wanted_calls as (
  select c.* from calls c join called using (id) order by c.started_at desc limit :most
), submitted as (
  select * from form_submissions where visitor_id = any((select visitors from mine)::uuid[]) order by at desc limit :most
), owed as (
  select b.* from callbacks b
  where b.phone = any((select phones from mine)::text[])
    or b.visit_id in (select id from visits where visitor_id = any((select visitors from mine)::uuid[]))
  order by b.created_at desc limit :most
), asked as (
  select i.* from inquiries i where i.contact_id = any((select contacts from mine)::uuid[])
    or i.phone = any((select phones from mine)::text[])
    or i.call_id in (select id from wanted_calls) or i.form_id in (select id from submitted)
    or i.callback_id in (select id from owed)
  order by i.created_at desc limit :most
), made as (
  select d.*, s.kind as stage_kind, s.name as stage_name from deals d join pipeline_stages s on s.id = d.stage_id
  where d.contact_id = any((select contacts from mine)::uuid[]) or d.inquiry_id in (select id from asked)
  order by d.created_at desc limit :most
)
select * from (
  (select t.at, 'visit' as kind, t.visit_id as id, t.inquiry_channel, t.source, t.medium, t.campaign, t.keyword,
     v.landing_url, null as label, cast(null as float8) as amount
   from touchpoints t left join visits v on v.id = t.visit_id
   where t.visitor_id = any((select visitors from mine)::uuid[]) order by t.at desc limit :most)
  union all
  select started_at, 'call', id, inquiry_channel, source_name, medium, campaign, keyword, landing_url, outcome, null from wanted_calls
  union all select at, 'form', id, ${none}, form_name, null from submitted
  union all select created_at, 'callback', id, ${none}, state, null from owed
  union all select created_at, 'inquiry', id, inquiry_channel, source, medium, campaign, keyword, null, title, null from asked
  union all select created_at, 'deal', id, inquiry_channel, source, medium, campaign, keyword, null, title, amount::float8 from made
  union all select closed_at, stage_kind, id, ${none}, stage_name, amount::float8 from made
    where stage_kind in ('won', 'lost') and closed_at is not null
) s order by at, case kind when 'visit' then 0 when 'call' then 1 when 'form' then 1 when 'callback' then 2
  when 'inquiry' then 3 when 'deal' then 4 else 5 end, id`

const keyOf = (id: string, at: Date): string => `${id} ${at.getTime()}`

interface CreditRow {
  first: number
  last: number
  last_non_direct: number
  linear: number
  position: number
  time_decay: number
}

/**
 * The credits of a call, by visit and moment: they were given to the same visits in the same order. A call without
 * visits has its credit itself. Nothing, while the facts are a moment behind the visits.
 */
async function creditsOf(db: Knex, callId: string): Promise<Map<string, Record<Model, number>>> {
  const credits = await db('credits').where({ subject_id: callId }).orderBy('place').select<CreditRow[]>()
  const { rows: touches } = await db.raw<{ rows: { id: string; at: Date }[] }>(
    `select * from (
       select t.visit_id as id, t.at, t.id as number
       from calls c left join visitors v on v.id = c.visitor_id left join sites s on s.id = c.site_id
       join touchpoints t on t.visitor_id = any(array(
         select c.visitor_id union select o.id from visitors o where o.contact_id = v.contact_id))
       where c.id = ? and t.at <= c.started_at
         and t.at >= c.started_at - make_interval(hours => 24 * coalesce(s.attribution_days, 30))
       order by t.at desc, t.id desc limit ${mostTouches}
     ) newest order by at, number`,
    [callId]
  )
  const { rows: call } = await db.raw<{ rows: { id: string; at: Date }[] }>(
    'select id, started_at as at from calls where id = ?',
    [callId]
  )
  const holders = touches.length > 0 ? touches : call
  if (holders.length !== credits.length) return new Map()
  return new Map(
    holders.flatMap(({ id, at }, place) => {
      const credit = credits[place]
      return credit ? [[keyOf(id, at), sharesOf(credit)] as const] : []
    })
  )
}

function sharesOf(row: CreditRow): Record<Model, number> {
  const columns: Record<Model, number> = {
    first: row.first,
    last: row.last,
    lastNonDirect: row.last_non_direct,
    linear: row.linear,
    position: row.position,
    timeDecay: row.time_decay
  }
  return Object.fromEntries(models.map((model) => [model, columns[model] / 1e6])) as Record<Model, number>
}
