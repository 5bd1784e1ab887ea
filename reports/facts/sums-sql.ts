import { longestText } from '../core/touches.ts'
import { counted } from './flags.ts'

/** Measures of a call itself, besides that it is one. */
const callCounts = [
  'first_calls',
  'unique_calls',
  'repeat_calls',
  'answered',
  'missed',
  'returned',
  'return_seconds',
  'target',
  'wait_seconds',
  'talk_seconds',
  'ratings',
  'rating_sum',
  'attributed',
  'confidence_sum'
]
/** Which measures a row of `report_sums` has, apart from revenue. */
const counts = ['calls', ...callCounts, 'inquiries', 'deals', 'won']

/** Where the day begins and ends for the company. */
const from = `(cast(:day as date))::timestamp at time zone :timeZone`
const to = `(cast(:day as date) + 1)::timestamp at time zone :timeZone`
const nobody = `'00000000-0000-0000-0000-000000000000'`
const hourOf = (at: string): string =>
  `extract(isodow from ${at} at time zone :timeZone) || '-' || extract(hour from ${at} at time zone :timeZone)`
const cut = (column: string): string => `left(coalesce(${column}, ''), ${longestText})`
/** Like `pathOf` of the core. */
const ownPath = (t: string): string => `
  case when coalesce(${t}.inquiry_channel, '') = '' then 'unknown' else ${t}.inquiry_channel end,
  ${['source', 'medium', 'campaign', 'keyword']
    .map(
      (name) =>
        `case when coalesce(${t}.inquiry_channel, '') = '' and coalesce(${t}.source, '') = '' then '' else ${cut(`${t}.${name}`)} end`
    )
    .join(', ')}`

/** Paths that inquiries and deals of the day name themselves. To be there before the day is summed up. */
export const pathsOfDay = `
insert into report_paths (inquiry_channel, source, medium, campaign, keyword)
select ${ownPath('i')} from inquiries i where i.created_at >= ${from} and i.created_at < ${to}
union select ${ownPath('d')} from deals d where d.created_at >= ${from} and d.created_at < ${to}
union select ${ownPath('i')} from deals d join inquiries i on i.id = d.inquiry_id
  where d.created_at >= ${from} and d.created_at < ${to}
on conflict do nothing`

const keyOfPath = (t: string): string =>
  `md5(${['inquiry_channel', 'source', 'medium', 'campaign', 'keyword'].map((name) => `${t}.${name}`).join(` || chr(31) || `)})`

const models = `(values ('first'), ('last'), ('lastNonDirect'), ('linear'), ('position'), ('timeDecay')) as m(model)`
/** One row for each model that gives a share. */
const eachModel = `cross join lateral (values ('first', k.first), ('last', k.last), ('lastNonDirect', k.last_non_direct),
  ('linear', k.linear), ('position', k.position), ('timeDecay', k.time_decay)) as m(model, share)`
const cuts = ['hour', 'operator', 'pool', 'landing', 'region']

/** Sums of whole calls in plain numbers: much faster than in millionths. */
const wholeCalls = `count(*) as calls, ${callCounts.map((name) => `sum(${name}) as ${name}`).join(', ')}`
/** Those in millionths, and nothing of what comes after a call. */
const wholeAsMillionths = (g: string): string =>
  `${['calls', ...callCounts].map((name) => `${g}.${name} * ${name === 'confidence_sum' ? 100 : 1_000_000}`).join(', ')}, 0, 0, 0, 0`
/** Sums of shared calls. Confidence comes in ten thousandths. */
const sharedCalls = `sum(m.share), ${callCounts
  .map((name) =>
    name === 'confidence_sum'
      ? 'sum((c.confidence_sum::bigint * m.share + 5000) / 10000)'
      : name.endsWith('_seconds')
        ? `sum(c.${name}::bigint * m.share)`
        : `sum(c.${name} * m.share)`
  )
  .join(', ')}, 0, 0, 0, 0`

const callsByCut = cuts
  .map(
    (cut) => `select '${cut}', '', g.site_id, 0, g.${cut}, ${wholeAsMillionths('g')}
    from (select site_id, ${cut}, ${wholeCalls} from c group by site_id, ${cut}) g`
  )
  .join('\n  union all ')
const noCalls = ['calls', ...callCounts].map(() => '0').join(', ')
const byCut = (rows: string, columns: string): string =>
  cuts
    .map(
      (cut) =>
        `select '${cut}', '', site_id, 0, ${cut}, ${noCalls}, ${columns} from ${rows} group by site_id, ${cut}`
    )
    .join('\n  union all ')

/** Inquiries and deals by source: by the credits of what they came from, else by what they say themselves. */
const bySource = (rows: string, columns: (share: string) => string): string => `
  select 'source', m.model, r.site_id, k.path_id, '', ${noCalls}, ${columns('m.share')}
    from ${rows} r join credits k on k.subject_id = r.subject_id ${eachModel} where m.share > 0
    group by m.model, r.site_id, k.path_id
  union all
  select 'source', m.model, r.site_id, p.id, '', ${noCalls}, ${columns('1000000')}
    from ${rows} r cross join ${models}
    join report_paths p on ${keyOfPath('p')} = r.path_key
    where not exists (select from credits k where k.subject_id = r.subject_id)
    group by m.model, r.site_id, p.id`
const inquiryColumns = (share: string): string => `sum(${share}), 0, 0, 0`
const dealColumns = (share: string): string =>
  `0, sum(${share}), sum(won * ${share}), sum(revenue * ${share})`

/**
 * All sums of one day from the facts, compared with those that stand: in one statement, so that it sees one moment.
 * Rows that are right already are not written again.
 */
export const sumsOfDay = `
with c as materialized (
  select c.id, coalesce(c.site_id, ${nobody}) as site_id, ${hourOf('c.started_at')} as hour,
    coalesce(c.operator_id::text, '') as operator, coalesce(c.pool_id::text, '') as pool,
    landing_key(c.landing_url) as landing, coalesce(c.caller_region, c.caller_country, '') as region,
    cast(c.is_first_call as int) as first_calls, cast(c.is_unique as int) as unique_calls,
    cast(c.is_repeat as int) as repeat_calls, cast(c.outcome = 'answered' as int) as answered,
    cast(c.outcome <> 'answered' as int) as missed, cast(c.returned_at is not null as int) as returned,
    cast(coalesce(greatest(0, round(extract(epoch from c.returned_at - c.ended_at))), 0) as int) as return_seconds,
    cast(c.is_target as int) as target, coalesce(c.wait_seconds, 0) as wait_seconds,
    coalesce(c.talk_seconds, 0) as talk_seconds, cast(c.rating is not null as int) as ratings,
    coalesce(c.rating, 0) as rating_sum, cast(c.visit_id is not null as int) as attributed,
    cast(case when c.visit_id is null then 0 else round(coalesce(c.attribution_confidence, 0) * 10000) end as int)
      as confidence_sum
  from calls c
  where ${counted('c')} and c.is_target is not null and c.started_at >= ${from} and c.started_at < ${to}
), i as materialized (
  select coalesce(i.site_id, c.site_id, ${nobody}) as site_id, ${hourOf('coalesce(c.started_at, i.created_at)')} as hour,
    coalesce(i.responsible_id::text, '') as operator, coalesce(c.pool_id::text, '') as pool,
    landing_key(coalesce(c.landing_url, v.landing_url)) as landing,
    coalesce(c.caller_region, c.caller_country, '') as region,
    coalesce(i.call_id, i.form_id, i.callback_id) as subject_id, ${keyOfPath('o')} as path_key
  from inquiries i left join calls c on c.id = i.call_id left join visits v on v.id = i.visit_id
    cross join lateral (select ${ownPath('i')}) as o(inquiry_channel, source, medium, campaign, keyword)
  where i.state <> 'spam' and i.created_at >= ${from} and i.created_at < ${to}
), d as materialized (
  select coalesce(i.site_id, c.site_id, ${nobody}) as site_id, ${hourOf('coalesce(c.started_at, i.created_at, d.created_at)')} as hour,
    coalesce(d.responsible_id::text, '') as operator, coalesce(c.pool_id::text, '') as pool,
    landing_key(coalesce(c.landing_url, v.landing_url)) as landing,
    coalesce(c.caller_region, c.caller_country, '') as region,
    coalesce(i.call_id, i.form_id, i.callback_id) as subject_id, ${keyOfPath('o')} as path_key,
    cast(s.kind = 'won' as int) as won,
    case when s.kind <> 'won' then 0 when d.currency = :currency then d.amount
      else coalesce(d.amount * r.rate, 0) end as revenue
  from deals d join pipeline_stages s on s.id = d.stage_id
    left join inquiries i on i.id = d.inquiry_id left join calls c on c.id = i.call_id
    left join visits v on v.id = i.visit_id
    left join lateral (select rate from currency_rates r where r.currency = d.currency and r.day <= cast(:day as date)
      order by r.day desc limit 1) r on true
    cross join lateral (select ${ownPath('i')} where i.id is not null union all select ${ownPath('d')} where i.id is null)
      as o(inquiry_channel, source, medium, campaign, keyword)
  where d.created_at >= ${from} and d.created_at < ${to}
), parts (cut, model, site_id, path_id, key, ${counts.join(', ')}, revenue) as (
  -- Calls of one touch: every model gives it all.
  select 'source', m.model, g.site_id, g.path_id, '', ${wholeAsMillionths('g')}
    from (select c.site_id, k.path_id, ${wholeCalls} from c join credits k on k.subject_id = c.id
      where k.linear = 1000000 group by c.site_id, k.path_id) g cross join ${models}
  union all
  select 'source', m.model, c.site_id, k.path_id, '', ${sharedCalls}
    from c join credits k on k.subject_id = c.id ${eachModel} where k.linear < 1000000 and m.share > 0
    group by m.model, c.site_id, k.path_id
  union all ${callsByCut}
  union all ${bySource('i', inquiryColumns)}
  union all ${byCut('i', inquiryColumns('1000000'))}
  union all ${bySource('d', dealColumns)}
  union all ${byCut('d', dealColumns('1000000'))}
), fresh as materialized (
  select cut, model, site_id, path_id, key, ${counts.map((name) => `cast(sum(${name}) as bigint) as ${name}`).join(', ')},
    sum(revenue) as revenue
  from parts group by cut, model, site_id, path_id, key
), gone as (
  delete from report_sums s where s.day = cast(:day as date) and not exists (select from fresh f
    where f.cut = s.cut and f.model = s.model and f.site_id = s.site_id and f.path_id = s.path_id and f.key = s.key)
)
insert into report_sums (cut, model, day, site_id, path_id, key, ${counts.join(', ')}, revenue)
select cut, model, cast(:day as date), site_id, path_id, key, ${counts.join(', ')}, revenue from fresh
on conflict (cut, model, day, site_id, path_id, key) do update set
  ${[...counts, 'revenue'].map((name) => `${name} = excluded.${name}`).join(', ')}
where (${[...counts, 'revenue'].map((name) => `report_sums.${name}`).join(', ')})
  is distinct from (${[...counts, 'revenue'].map((name) => `excluded.${name}`).join(', ')})`

/** Visits of one day, as `report_visits` has them; rows that are right already are not written again. */
export const visitsOfDay = `
with v as materialized (
  select v.site_id, ${cut('v.inquiry_channel')} as inquiry_channel, ${cut('v.source')} as source,
    ${cut('v.medium')} as medium, ${cut('v.campaign')} as campaign, ${cut('v.keyword')} as keyword,
    landing_key(v.landing_url) as landing,
    cast(not exists (select from visits e where e.visitor_id = v.visitor_id and (e.started_at, e.id) < (v.started_at, v.id)) as int) as is_new
  from sites s join visits v on v.site_id = s.id and v.started_at >= ${from} and v.started_at < ${to}
), added as (
  insert into report_paths (inquiry_channel, source, medium, campaign, keyword)
  select distinct inquiry_channel, source, medium, campaign, keyword from v
  on conflict do nothing returning id, inquiry_channel, source, medium, campaign, keyword
), paths as (
  select * from added union select id, inquiry_channel, source, medium, campaign, keyword from report_paths
), fresh as materialized (
  select 'source' as cut, v.site_id, p.id as path_id, '' as key, count(*) as visits, sum(is_new) as new_visitors
    from v join paths p using (inquiry_channel, source, medium, campaign, keyword) group by v.site_id, p.id
  union all
  select 'landing', site_id, 0, landing, count(*), sum(is_new) from v group by site_id, landing
), gone as (
  delete from report_visits r where r.day = cast(:day as date) and not exists (select from fresh f
    where f.cut = r.cut and f.site_id = r.site_id and f.path_id = r.path_id and f.key = r.key)
)
insert into report_visits (cut, day, site_id, path_id, key, visits, new_visitors)
select cut, cast(:day as date), site_id, path_id, key, visits, new_visitors from fresh
on conflict (cut, day, site_id, path_id, key) do update set visits = excluded.visits, new_visitors = excluded.new_visitors
where (report_visits.visits, report_visits.new_visitors) is distinct from (excluded.visits, excluded.new_visitors)`
