import type { Knex } from 'knex'
import type { CallVisit, Source } from '../../pbx/call/types.ts'
import type { EarlierCall, Holding, Who } from '../attribution/who.ts'
import type { CallFacts } from './replay.ts'

/** Which calls: days of the company, both counted. */
export interface Period {
  readonly from: string
  readonly to: string
  readonly timeZone: string
  readonly siteId: string | null
}

/** A call that tracking may attribute, with what a moment of its tape would have to tell again. */
export interface TrackedCall extends Omit<CallFacts, 'leases'> {
  /** As PostgreSQL writes it. */
  readonly at: string
  readonly poolId: string | null
  readonly poolName: string | null
  readonly hasTape: boolean
  /** The source of the number itself. */
  readonly numberSource: Source | null
  readonly knownSource: Source | null
}

interface CallRow {
  id: string
  at: string
  at_ms: number
  number_id: string
  caller_number: string | null
  role: 'member' | 'overflow' | 'static'
  redial_seconds: number
  visit_id: string | null
  rule: string | null
  attribution_model: string | null
  confidence: number | null
  pool_id: string | null
  pool_name: string | null
  has_tape: boolean
  number_source: Source | null
  known_source: Source | null
}

const ms = (column: string): string => `cast(extract(epoch from ${column}) * 1000 as float8)`
const ofPeriod = `c.direction = 'in' and c.ended_at is not null and c.number_id is not null
  and c.started_at >= cast(cast(:from as date) as timestamp) at time zone :timeZone
  and c.started_at < cast(cast(:to as date) + 1 as timestamp) at time zone :timeZone
  and (cast(:siteId as uuid) is null or c.site_id = cast(:siteId as uuid))
  and (c.pool_id is not null or c.number_id in (select id from numbers where pool_id is not null
    union select overflow_number_id from number_pools where overflow_number_id is not null))`

/** How many calls the period has. */
export async function countCalls(db: Knex, period: Period): Promise<number> {
  const { rows } = await db.raw<{ rows: { count: number }[] }>(
    `select cast(count(*) as int) as count from calls c where ${ofPeriod}`,
    { ...period }
  )
  return rows[0]?.count ?? 0
}

/** The next calls of the period, in order of time. */
export async function readCalls(
  db: Knex,
  period: Period,
  after: { at: string; id: string } | null,
  limit: number
): Promise<TrackedCall[]> {
  const { rows } = await db.raw<{ rows: CallRow[] }>(
    `select c.id, cast(c.started_at as text) as at, ${ms('c.started_at')} as at_ms, c.number_id, c.caller_number,
       case when o.mode is null then 'member' when o.mode = 'static' then 'static' else 'overflow' end as role,
       coalesce(s.redial_seconds, 0) as redial_seconds, c.visit_id, c.attribution ->> 'rule' as rule,
       c.attribution_model, cast(c.attribution_confidence as float8) as confidence,
       coalesce(c.pool_id, o.id, m.id) as pool_id, coalesce(c.pool_name, o.name, m.name) as pool_name,
       exists (select from call_events e where e.call_id = c.id) as has_tape,
       case when ns.id is not null then jsonb_build_object('id', ns.id, 'name', ns.name, 'inquiryChannel', ns.inquiry_channel,
         'medium', ns.medium, 'campaign', ns.campaign, 'keyword', ns.keyword) end as number_source,
       case when c.source_name is not null then jsonb_build_object('id', c.source_id, 'name', c.source_name,
         'inquiryChannel', coalesce(c.inquiry_channel, 'unknown'), 'medium', c.medium, 'campaign', c.campaign,
         'keyword', c.keyword) end as known_source
     from calls c
       left join numbers n on n.id = c.number_id
       left join sources ns on ns.id = n.source_id
       left join lateral (select * from number_pools p where p.overflow_number_id = c.number_id and p.is_active limit 1) o on true
       left join number_pools m on m.id = coalesce(c.pool_id, n.pool_id)
       left join sites s on s.id = coalesce(o.site_id, m.site_id)
     where ${ofPeriod} and (c.started_at, c.id) > (cast(:after as timestamptz), cast(:id as uuid))
     order by c.started_at, c.id limit :limit`,
    {
      ...period,
      after: after?.at ?? '-infinity',
      id: after?.id ?? '00000000-0000-0000-0000-000000000000',
      limit
    }
  )
  return rows.map((row) => ({
    id: row.id,
    at: row.at,
    atMs: row.at_ms,
    numberId: row.number_id,
    caller: row.caller_number,
    role: row.role,
    redialMs: row.redial_seconds * 1000,
    known: {
      visitId: row.visit_id,
      rule: row.rule,
      model: row.attribution_model,
      confidence: row.confidence
    },
    poolId: row.pool_id,
    poolName: row.pool_name,
    hasTape: row.has_tape,
    numberSource: row.number_source,
    knownSource: row.known_source
  }))
}

/** After this long a holding weighs nothing; none lasts longer than the other. */
const forgetHours = 1
const longestHours = 48

/** Leases of the calls' numbers that could still matter at the call, by call. */
export async function readLeases(db: Knex, calls: readonly TrackedCall[]): Promise<Map<string, Holding[]>> {
  const { rows } = await db.raw<{ rows: (Holding & { id: string })[] }>(
    `select w.id, l.visit_id as "visitId", l.visitor_id as "visitorId", ${ms('l.from_at')} as "fromMs",
       ${ms('l.seen_at')} as "seenMs", ${ms('l.until_at')} as "untilMs"
     from jsonb_to_recordset(cast(? as jsonb)) as w(id uuid, "numberId" uuid, at timestamptz)
     join number_leases l on l.number_id = w."numberId" and l.kind = 'lease' and l.from_at <= w.at
       and l.from_at > w.at - interval '${longestHours} hours' and l.until_at > w.at - interval '${forgetHours} hours'
     order by l.from_at`,
    [JSON.stringify(calls.map(({ id, numberId, at }) => ({ id, numberId, at })))]
  )
  const byCall = new Map<string, Holding[]>()
  for (const { id, ...lease } of rows) byCall.set(id, [...(byCall.get(id) ?? []), lease])
  return byCall
}

/** The last call that was attributed before the period, of the callers given, by call. */
export async function readEarlier(
  db: Knex,
  period: Period,
  calls: readonly TrackedCall[]
): Promise<Map<string, EarlierCall>> {
  const wanted = calls.map(({ id, numberId, caller, at, redialMs }) => ({
    id,
    numberId,
    caller,
    at,
    redialMs
  }))
  const { rows } = await db.raw<{ rows: (EarlierCall & { id: string })[] }>(
    `select w.id, e.visit_id as "visitId", e.visitor_id as "visitorId", ${ms('e.started_at')} as "atMs",
       cast(coalesce(e.attribution_confidence, 0) as float8) as confidence
     from jsonb_to_recordset(cast(:wanted as jsonb)) as w(id uuid, "numberId" uuid, caller text, at timestamptz, "redialMs" float8)
     cross join lateral (select * from calls c where c.caller_number = w.caller and c.number_id = w."numberId"
       and c.visit_id is not null and c.visitor_id is not null
       and c.started_at < cast(cast(:from as date) as timestamp) at time zone :timeZone
       and c.started_at >= w.at - make_interval(secs => w."redialMs" / 1000)
       order by c.started_at desc limit 1) e`,
    { from: period.from, timeZone: period.timeZone, wanted: JSON.stringify(wanted) }
  )
  return new Map(rows.map(({ id, ...call }) => [id, call]))
}

interface VisitRow {
  id: string
  landing_url: string
  page_url: string
  referrer: string | null
  ga_client_id: string | null
  ym_client_id: string | null
  device: string | null
  utm: Record<string, string>
  click_ids: Record<string, string>
  source: Source
}

/** What calls shall tell of the visits that were found for them, by call; a visit that is gone is missing. */
export async function readVisits(
  db: Knex,
  found: readonly { call: TrackedCall; who: Who; model: string }[]
): Promise<Map<string, { visit: CallVisit; source: Source | null }>> {
  const wanted = found.map(({ call, who }) => ({ id: call.id, visitId: who.visitId, at: call.at }))
  const { rows } = await db.raw<{ rows: VisitRow[] }>(
    `select w.id, v.landing_url, v.referrer, v.ga_client_id, v.ym_client_id, v.device,
       coalesce((select p ->> 'url' from jsonb_array_elements(v.pages) p
         where cast(p ->> 'at' as timestamptz) <= w.at order by cast(p ->> 'at' as timestamptz) desc limit 1), v.landing_url) as page_url,
       coalesce(t.utm, v.utm) as utm, coalesce(t.click_ids, v.click_ids) as click_ids,
       jsonb_build_object('id', l.id, 'name', coalesce(l.name, t.source, v.source),
         'inquiryChannel', coalesce(t.inquiry_channel, v.inquiry_channel), 'medium', coalesce(t.medium, v.medium),
         'campaign', case when t.id is null then v.campaign else t.campaign end,
         'keyword', case when t.id is null then v.keyword else t.keyword end) as source
     from jsonb_to_recordset(cast(? as jsonb)) as w(id uuid, "visitId" uuid, at timestamptz)
     join visits v on v.id = w."visitId"
     left join sites s on s.id = v.site_id
     -- The source that stood for the visitor then: direct only if there was no other in the window.
     left join lateral (select p.*, o.utm, o.click_ids from touchpoints p left join visits o on o.id = p.visit_id
       where p.visitor_id = v.visitor_id and not p.is_direct and p.at <= w.at
         and p.at >= w.at - make_interval(hours => 24 * coalesce(s.attribution_days, 30))
       order by p.at desc, p.id desc limit 1) t on true
     left join sources l on lower(l.name) = lower(coalesce(t.source, v.source))`,
    [JSON.stringify(wanted)]
  )
  const byCall = new Map(rows.map((row) => [row.id, row]))
  const answers = new Map<string, { visit: CallVisit; source: Source | null }>()
  for (const { call, who, model } of found) {
    const row = byCall.get(call.id)
    if (who.visitId !== null && !row) continue
    answers.set(call.id, {
      visit: {
        visitId: who.visitId,
        visitorId: who.visitorId,
        poolId: call.poolId,
        poolName: call.poolName,
        rule: who.rule,
        model,
        confidence: Number(who.confidence.toFixed(4)),
        candidates: who.candidates.map((one) => ({ ...one, share: Number(one.share.toFixed(4)) })),
        landingUrl: row?.landing_url ?? null,
        pageUrl: row?.page_url ?? null,
        referrer: row?.referrer ?? null,
        utm: row?.utm ?? {},
        clickIds: row?.click_ids ?? {},
        gaClientId: row?.ga_client_id ?? null,
        ymClientId: row?.ym_client_id ?? null,
        device: row?.device ?? null
      },
      // Of no visit: the number's own, unless the call had that already.
      source: row?.source ?? (call.known.visitId === null ? call.knownSource : call.numberSource)
    })
  }
  return answers
}
