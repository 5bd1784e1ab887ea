/**
 * A believable company as SQL. Everything about the n-th call or visit follows from n by hashing, so that tables that
 * belong together agree without being joined, and the same sizes make the same database. `r(n, what)` is a uniform
 * number of 0…1, `pick(n, what, count)` a whole one below `count`.
 */

export interface Size {
  calls: number
  visits: number
  /** Days up to yesterday. */
  days: number
}

export const sites = 5
export const operators = 50
export const numbers = 200
/** Of the numbers: lent to visits, the same count for each site; one more for each site is the overflow. */
export const lentPerSite = 28
export const paths = 500
/** People who phone: 3 of 10 calls are of somebody new. */
export const clientsOf = ({ calls }: Size): number => Math.max(10, Math.round(calls * 0.3))
export const visitorsOf = (size: Size): number =>
  clientsOf(size) + Math.max(10, Math.round(size.visits * 0.34))

export const helpers = `
create schema bench;
create function bench.r(n bigint, what int) returns float8 language sql immutable parallel safe as $$
  select ((hashint8extended(n, what) >> 11) & 9007199254740991)::float8 / 9007199254740992 $$;
create function bench.pick(n bigint, what int, count int) returns int language sql immutable parallel safe as $$
  select floor(bench.r(n, what) * count)::int $$;
-- The second half of an id: the variant, and 62 bits by chance.
create function bench.half(n bigint, what int) returns text language sql immutable parallel safe as $$
  select to_hex((hashint8extended(n, what) & 4611686018427387903) | (-9223372036854775808)) $$;
-- In order of time, as the product's own ids are.
create function bench.id(what int, n bigint, at timestamptz) returns uuid language sql stable parallel safe as $$
  select ('0' || to_hex((((extract(epoch from at) * 1000)::bigint << 16) | 28672) | (n & 4095)) || bench.half(n, what))::uuid $$;
-- In no order, as those that browsers make are.
create function bench.visitor(n bigint) returns uuid language sql immutable parallel safe as $$
  select (to_hex((hashint8extended(n, 101) & -61441) | (-9223372036854759424)) || bench.half(n, 102))::uuid $$;
create function bench.phone(n bigint) returns text language sql immutable parallel safe as $$
  select '+79' || lpad((n * 7919 % 1000000000)::text, 9, '0') $$;
-- Most of a day lies between eight and nine in the evening.
create function bench.moment(begins timestamptz, f float8) returns timestamptz language sql stable parallel safe as $$
  select begins + interval '1 second' * case when f < 0.06 then f / 0.06 * 28800
    when f < 0.94 then 28800 + (f - 0.06) / 0.88 * 46800 else 75600 + (f - 0.94) / 0.06 * 10800 end $$;
create function bench.path_of(n bigint) returns int language sql immutable parallel safe as $$
  select case when bench.r(n, 11) < 0.22 then 1 else 2 + floor(bench.r(n, 12) ^ 2.2 * ${paths - 1})::int end $$;
`

/** What people set up: sites, operators, numbers, sources, pools; and by which paths visits come. */
export const setUp = `
insert into sites (id, name, domain, number_groups, visits_per_address)
  select bench.visitor(-n), 'Shop ' || n, 'shop' || n || '.example',
    '[{"name":"main","replaces":["+74951112233"]}]', 1000000 from generate_series(1, ${sites}) n;
insert into users (id, login, name, role)
  select bench.visitor(-100 - n), 'operator' || n, 'Operator ' || n, 'operator' from generate_series(1, ${operators}) n;
insert into sources (id, name, inquiry_channel, medium, campaign)
  select bench.visitor(-200 - n), 'Offline ' || n, (array['offline','recommendation','social','paid'])[1 + n % 4],
    'offline', 'plan ' || (n % 7) from generate_series(1, 40) n;
insert into number_pools (id, name, site_id)
  select bench.visitor(-300 - n), 'Pool ' || n, bench.visitor(-n) from generate_series(1, ${sites}) n;
insert into numbers (id, e164, label, pool_id, site_id, source_id)
  select bench.visitor(-400 - n), '+7495' || (1000000 + n), 'Line ' || n,
    case when n <= ${sites * lentPerSite} then bench.visitor(-300 - (1 + n % ${sites})) end,
    bench.visitor(-(1 + n % ${sites})),
    case when n > ${sites * (lentPerSite + 1)} then bench.visitor(-200 - (1 + n % 40)) end
  from generate_series(1, ${numbers}) n;
update number_pools p set overflow_number_id = bench.visitor(-400 - (${sites * lentPerSite} + s.n))
  from generate_series(1, ${sites}) s(n) where p.id = bench.visitor(-300 - (1 + (${sites * lentPerSite} + s.n) % ${sites}));
create table bench.paths as
  select n as path, case when n = 1 then 'direct' when n <= 30 then 'organic' when n <= 60 then 'referral'
      when n <= 90 then 'social' when n <= 110 then 'email' else 'paid' end as inquiry_channel,
    case when n = 1 then '(direct)' when n <= 90 then (array['google','yandex','bing','blog.example','vk.com'])[1 + n % 5]
      else (array['yandex','google','vk','mail'])[1 + n % 4] end as source,
    case when n = 1 then '(none)' when n <= 30 then 'organic' when n <= 60 then 'referral' when n <= 90 then 'social'
      when n <= 110 then 'email' else 'cpc' end as medium,
    case when n <= 60 then '' else 'campaign ' || (n / 12) end as campaign,
    case when n <= 30 then '' when n > 110 then 'keyword ' || n else '' end as keyword
  from generate_series(1, ${paths}) n;
insert into report_paths (inquiry_channel, source, medium, campaign, keyword)
  select distinct inquiry_channel, source, medium, campaign, keyword from bench.paths
  union select inquiry_channel, name, medium, campaign, '' from sources;
alter table bench.paths add column id int, add column touch jsonb;
update bench.paths p set id = r.id, touch = jsonb_build_object('inquiryChannel', p.inquiry_channel, 'source', p.source,
    'medium', p.medium, 'campaign', nullif(p.campaign, ''), 'keyword', nullif(p.keyword, ''), 'content', null,
    'utm', '{}'::jsonb, 'clickIds', '{}'::jsonb)
  from report_paths r where (r.inquiry_channel, r.source, r.medium, r.campaign, r.keyword) =
    (p.inquiry_channel, p.source, p.medium, p.campaign, p.keyword);
`

/** How much happens on each day: fewer at weekends, more from year to year. Place numbers begin with 0. */
export const daysOf = ({ calls, visits, days }: Size): string => `
create table bench.days as
with w as (
  select d::date as day, (1 + 0.5 * (d::date - (current_date - ${days})) / ${days}.0)
    * case when extract(isodow from d) < 6 then 1 else 0.55 end
    * (1 + 0.1 * sin((d::date - date '2020-01-01') / 58.0)) as weight
  from generate_series(current_date - ${days}, current_date - 1, interval '1 day') d
), s as (
  select day, sum(weight) over (order by day) / sum(weight) over () as until,
    (sum(weight) over (order by day) - weight) / sum(weight) over () as since from w
)
select day, day::timestamp at time zone 'Europe/Moscow' as begins,
  round(since * ${calls})::bigint as first_call, round(until * ${calls})::bigint - round(since * ${calls})::bigint as calls,
  round(since * ${visits})::bigint as first_visit, round(until * ${visits})::bigint - round(since * ${visits})::bigint as visits
from s`

/**
 * The facts of each call from which all else follows. `v`: the place within the day of the visit that led to it. A
 * client's visitor has the client's number.
 */
export const callCores = (size: Size): string => `
create table bench.calls as
select n, bench.id(103, n, at) as id, at, client, is_tracked, is_in, line, 1 + line % ${sites} as site, path, first_visit + v as k,
  case when not is_tracked then null else bench.id(104, first_visit + v, visit_at) end as visit_id,
  case when u < 0.72 then 'answered' when u < 0.80 then 'missed' when u < 0.92 then 'abandoned' when u < 0.95 then 'busy'
    when u < 0.97 then 'voicemail' when u < 0.98 then 'failed' when is_in then 'blocked' else 'missed' end as outcome,
  bench.r(n, 5) < 0.015 as is_spam, 1 + floor(-12 * ln(1 - bench.r(n, 6)))::int as wait,
  1 + floor(-150 * ln(1 - bench.r(n, 7)))::int as talk
from (
  select d.first_visit, n, v, client, is_tracked, is_in, visit_at, bench.r(n, 4) as u,
    bench.path_of(d.first_visit + v) as path,
    -- A number's site is one more than the rest of its place by the count of sites.
    case when is_tracked then bench.pick(client, 21, ${sites}) + ${sites} * (1 + bench.pick(n, 60, ${lentPerSite - 1}))
      else ${sites * (lentPerSite + 1)} + 1 + bench.pick(n, 61, ${numbers - sites * (lentPerSite + 1)}) end as line,
    case when is_tracked then least(visit_at + make_interval(secs => 20 - 180 * ln(1 - bench.r(n, 9))),
        d.begins + interval '1 day - 1 second')
      else bench.moment(d.begins, (n - d.first_call + 0.5::float8) / d.calls) end as at
  from bench.days d cross join lateral (
    select n, (n - d.first_call) * d.visits / d.calls as v, floor(bench.r(n, 2) ^ 1.3 * ${clientsOf(size)})::bigint as client,
      bench.r(n, 3) < 0.88 as is_in, bench.r(n, 1) < 0.6 and bench.r(n, 3) < 0.88 and d.visits > d.calls as is_tracked
    from generate_series(d.first_call, d.first_call + d.calls - 1) n offset 0
  ) c cross join lateral (select bench.moment(d.begins, (v + 0.5::float8) / d.visits) as visit_at offset 0) m
  offset 0
) c`

/**
 * Flags by the usual rules of the project, call by call of each client; and who was called back. The product's own code
 * does the same for some days afterwards, and finds nothing to change: see \`check.ts\`.
 */
export const flags = `
create function bench.flag() returns table (n bigint, is_first boolean, number int, is_unique boolean, is_repeat boolean,
  is_target boolean, returned_at timestamptz, returned_id uuid) language plpgsql as $$
declare c record; client bigint := -1; seen int; last_at timestamptz; target_at timestamptz;
begin
  for c in select b.n, b.client, b.at, b.outcome, b.talk, b.is_in and not b.is_spam and b.outcome <> 'blocked' as counted,
      -- The next talk: microseconds, which call, how long the client waited in it.
      case when b.outcome <> 'answered' and b.is_in then min(case when b.outcome = 'answered'
        then array[(extract(epoch from b.at) * 1000000)::bigint, b.n, b.wait] end) over w end as next_talk
    from bench.calls b
    window w as (partition by b.client order by b.at, b.id rows between 1 following and unbounded following)
    order by b.client, b.at, b.id
  loop
    if c.client <> client then client := c.client; seen := 0; last_at := null; target_at := null; end if;
    n := c.n; is_first := false; number := null; is_unique := false; is_repeat := false; is_target := false;
    returned_at := null; returned_id := null;
    if c.counted then
      seen := seen + 1; number := seen; is_first := seen = 1;
      is_unique := last_at is null or c.at - last_at > interval '30 days';
      is_repeat := target_at is not null and c.at - target_at <= interval '30 days';
      is_target := not is_repeat and c.outcome = 'answered' and c.talk >= 30;
      last_at := c.at;
      if is_target then target_at := c.at; end if;
      if c.next_talk is not null then
        returned_at := timestamptz 'epoch' + interval '1 microsecond' * c.next_talk[1] + make_interval(secs => c.next_talk[3]);
        returned_id := bench.id(103, c.next_talk[2], timestamptz 'epoch' + interval '1 microsecond' * c.next_talk[1]);
      end if;
    end if;
    return next;
  end loop;
end $$;
create table bench.flags as select * from bench.flag();
`

export const fillVisitors = (size: Size): string => `
insert into visitors (id, site_id, created_at, seen_at, touch, touch_at, contact_id)
select v.id, bench.visitor(-(1 + bench.pick(n, 21, ${sites}))), at, at, p.touch, at, null
from (
  select n, bench.visitor(n) as id, current_date - interval '1 day' * ${size.days} * bench.r(n, 22) as at
  from generate_series(0, ${visitorsOf(size) - 1}) n offset 0
) v join bench.paths p on p.path = bench.path_of(n) order by v.id`

/**
 * Who a visit is of: of the client who phoned after it, if somebody did; of one of those who phone at other times; else
 * of somebody who never does.
 */
export const fillVisits = (size: Size): string => `
insert into visits (id, visitor_id, site_id, started_at, seen_at, left_at, beat_ms, landing_url, page_url, page_title,
  page_count, pages, referrer, rule, inquiry_channel, source, medium, campaign, keyword, device, language, zone)
select bench.id(104, k, at), bench.visitor(visitor), bench.visitor(-(1 + bench.pick(visitor, 21, ${sites}))), at,
  at + make_interval(secs => 10 + bench.pick(k, 31, 400)), at + make_interval(secs => 10 + bench.pick(k, 31, 400)),
  1000, url, url, null, 1 + bench.pick(k, 32, 4), '[]', null,
  case p.inquiry_channel when 'direct' then 'direct' when 'organic' then 'organic' when 'referral' then 'referral' else 'campaign' end,
  p.inquiry_channel, p.source, p.medium, nullif(p.campaign, ''), nullif(p.keyword, ''),
  (array['desktop','mobile','mobile','tablet'])[1 + bench.pick(k, 33, 4)], 'ru', 'Europe/Moscow'
from (
  select v.*, bench.path_of(k) as path,
    'https://shop' || (1 + bench.pick(visitor, 21, ${sites})) || '.example/p' || bench.pick(k, 34, 40) as url
  from (
    select d.first_visit + v as k, bench.moment(d.begins, (v + 0.5::float8) / d.visits) as at,
      case when n < d.first_call + d.calls and (n - d.first_call) * d.visits / greatest(d.calls, 1) = v and bench.r(n, 1) < 0.6 and bench.r(n, 3) < 0.88
          then floor(bench.r(n, 2) ^ 1.3 * ${clientsOf(size)})::bigint
        when bench.r(d.first_visit + v, 35) < 0.15 then floor(bench.r(d.first_visit + v, 36) * ${clientsOf(size)})::bigint
        else ${clientsOf(size)} + floor(bench.r(d.first_visit + v, 36) * ${visitorsOf(size) - clientsOf(size)})::bigint end as visitor
    from bench.days d cross join lateral generate_series(0, d.visits - 1) v
      cross join lateral (select d.first_call + (v * d.calls + d.visits - 1) / d.visits as n) c
    offset 0
  ) v offset 0
) v join bench.paths p on p.path = v.path`

/** Of people who have phoned: nothing that is measured reads those of others. */
export const fillTouchpoints = (size: Size): string => `
insert into touchpoints (visitor_id, visit_id, site_id, at, is_direct, inquiry_channel, source, medium, campaign, keyword)
select v.visitor_id, v.id, v.site_id, v.started_at, v.rule = 'direct', v.inquiry_channel, v.source, v.medium, v.campaign, v.keyword
from visits v join (select bench.visitor(n) as id from generate_series(0, ${clientsOf(size) - 1}) n) c on c.id = v.visitor_id`

export const fillCalls = `
insert into calls (id, pbx_unique_id, direction, call_type, started_at, answered_at, ended_at, outcome, hangup_by,
  wait_seconds, talk_seconds, clean_talk_seconds, total_seconds, caller_number, caller_region, caller_country,
  dialed_number, number_id, source_id, source_name, inquiry_channel, medium, campaign, keyword, site_id,
  operator_id, operator_name, first_operator_id, group_name, scheme_name, steps, contact_id, contact_name, rating, tags,
  is_spam, is_first_call, call_number, is_unique, is_repeat, is_target, returned_at, returned_call_id,
  visit_id, visitor_id, pool_id, pool_name, attribution, attribution_model, attribution_confidence, landing_url, page_url, device)
select c.id, c.n::text, case when is_in then 'in' else 'out' end,
  case when not is_in then 'click_to_call' when is_tracked then 'tracking_dynamic' else 'tracking_static' end, at,
  case when has_talk then at + make_interval(secs => wait) end,
  at + make_interval(secs => wait + case when has_talk then talk else 0 end), outcome,
  (array['client','operator'])[1 + bench.pick(n, 51, 2)], wait, case when has_talk then talk else 0 end,
  case when has_talk then talk else 0 end, wait + case when has_talk then talk else 0 end, bench.phone(client), region, 'RU',
  '+7495' || (1000000 + line), bench.visitor(-400 - line), case when is_tracked or not is_in then null else s.id end,
  case when is_tracked then p.source else s.name end, case when is_tracked then p.inquiry_channel else s.inquiry_channel end,
  case when is_tracked then p.medium else s.medium end, case when is_tracked then nullif(p.campaign, '') else s.campaign end,
  case when is_tracked then nullif(p.keyword, '') end, bench.visitor(-site),
  case when has_operator then bench.visitor(-100 - operator) end, case when has_operator then 'Operator ' || operator end,
  case when has_operator then bench.visitor(-100 - operator) end, 'Sales', 'Main',
  case when is_in then jsonb_build_array(jsonb_build_object('step', 1, 'block', 'sales', 'blockType', 'ring', 'label', null,
    'startedAt', at, 'seconds', wait, 'exit', case when has_talk then 'talked' else 'noAnswer' end, 'pressed', null,
    'targets', '[]'::jsonb, 'groupName', 'Sales')) else '[]' end,
  case when client % 10 = 0 then bench.visitor(-1000000 - client) end, case when client % 10 = 0 then 'Client ' || client end,
  case when has_talk and bench.r(n, 52) < 0.2 then 1 + bench.pick(n, 53, 5) end,
  case when bench.r(n, 54) < 0.05 then array[(array['vip','complaint','delivery','warranty'])[1 + bench.pick(n, 55, 4)]] else '{}' end,
  is_spam, is_first, number, is_unique, is_repeat, is_target, returned_at, returned_id,
  visit_id, case when is_tracked then bench.visitor(client) end,
  case when is_tracked then bench.visitor(-300 - site) end, case when is_tracked then 'Pool ' || site end,
  case when is_tracked then '{"rule":"holder","candidates":[]}'::jsonb end, case when is_tracked then 'who/1' end,
  case when is_tracked then round((0.5 + 0.49 * bench.r(n, 56))::numeric, 4) end,
  case when is_tracked then url end, case when is_tracked then url end,
  case when is_tracked then (array['desktop','mobile','mobile','tablet'])[1 + bench.pick(n, 57, 4)] end
from (
  select c.*, f.is_first, f.number, f.is_unique, f.is_repeat, f.is_target, f.returned_at, f.returned_id,
    outcome = 'answered' as has_talk, outcome in ('answered', 'busy', 'missed') as has_operator,
    1 + bench.pick(c.n, 58, ${operators}) as operator,
    (array['Москва','Санкт-Петербург','Московская область','Новосибирск','Екатеринбург','Казань','Нижний Новгород','Самара',
      'Омск','Уфа','Пермь','Краснодар'])[1 + floor(bench.r(client, 59) ^ 2 * 12)::int] as region,
    'https://shop' || site || '.example/p' || bench.pick(c.k, 34, 40) as url
  from bench.calls c join bench.flags f using (n) offset 0
) c join bench.paths p using (path) left join sources s on s.id = bench.visitor(-200 - (1 + line % 40))
order by n`

export const fillLegs = `
insert into call_legs (call_id, leg, user_id, user_name, started_at, ringing_at, answered_at, ended_at, result)
select id, 'operator1', operator_id, operator_name, started_at, started_at, answered_at, ended_at, 'answered'
from calls where outcome = 'answered'`

/**
 * Credits of all models: of tracked calls from the touchpoints of the visitor within thirty days, else of the call's own
 * source. Whole millionths by the largest remainder, as the product rounds.
 */
export const fillCredits = `
insert into credits (subject_id, place, subject, at, path_id, first, last, last_non_direct, linear, position, time_decay)
with t as (
  select c.id, c.started_at, t.at, t.is_direct, p.id as path_id,
    (row_number() over w)::int - 1 as place, (count(*) over (partition by c.id))::int as of,
    max(case when not t.is_direct then t.at end) over (partition by c.id) as non_direct_at, max(t.at) over (partition by c.id) as last_at
  from calls c join touchpoints t on t.visitor_id = c.visitor_id and t.at <= c.started_at and t.at >= c.started_at - interval '720 hours'
    join report_paths p on (p.inquiry_channel, p.source, p.medium, p.campaign, p.keyword) =
      (t.inquiry_channel, t.source, t.medium, coalesce(t.campaign, ''), coalesce(t.keyword, ''))
  where c.started_at >= $1 and c.started_at < $2 and c.direction = 'in' and not c.is_spam and c.outcome <> 'blocked'
    and c.visitor_id is not null
  window w as (partition by c.id order by t.at, t.id)
), weights as (
  select t.*, case when of <= 2 then 1.0 / of when place in (0, of - 1) then 0.4 else 0.2 / (of - 2) end::float8 as by_position,
    power(2, extract(epoch from at - last_at)::float8 / 604800) as decay from t
), parts as (
  select w.*, 1e6 / of as part_linear, 1e6 * by_position as part_position, 1e6 * decay / sum(decay) over (partition by id) as part_decay
  from weights w
), ranked as (
  select p.*,
    row_number() over (partition by id order by round((part_position - floor(part_position))::numeric, 6) desc, place) as rank_position,
    row_number() over (partition by id order by part_decay - floor(part_decay) desc, place) as rank_decay,
    1000000 - sum(floor(part_position)) over (partition by id) as missing_position,
    1000000 - sum(floor(part_decay)) over (partition by id) as missing_decay
  from parts p
)
select id, place, 'call', started_at, path_id, case when place = 0 then 1000000 else 0 end,
  case when place = of - 1 then 1000000 else 0 end,
  case when non_direct_at is null then case when place = of - 1 then 1000000 else 0 end
    when at = non_direct_at and not is_direct then 1000000 else 0 end,
  floor(part_linear)::int + case when place < 1000000 - of * floor(part_linear) then 1 else 0 end,
  floor(part_position)::int + case when rank_position <= missing_position then 1 else 0 end,
  floor(part_decay)::int + case when rank_decay <= missing_decay then 1 else 0 end
from ranked
union all
select c.id, 0, 'call', c.started_at, p.id, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000
from calls c join report_paths p on (p.inquiry_channel, p.source, p.medium, p.campaign, p.keyword) =
  (coalesce(c.inquiry_channel, 'unknown'), coalesce(c.source_name, ''), coalesce(c.medium, ''), coalesce(c.campaign, ''), coalesce(c.keyword, ''))
where c.started_at >= $1 and c.started_at < $2 and c.direction = 'in' and not c.is_spam and c.outcome <> 'blocked'
  and c.visitor_id is null`

/** Clients with a name, inquiries of new clients, deals of some, and what advertising cost. */
export const fillCrm = (size: Size): string => `
insert into contacts (id, name) select bench.visitor(-1000000 - n), 'Client ' || n
  from generate_series(0, ${clientsOf(size) - 1}, 10) n;
insert into contact_phones (e164, contact_id) select bench.phone(n), bench.visitor(-1000000 - n)
  from generate_series(0, ${clientsOf(size) - 1}, 10) n;
insert into inquiries (id, kind, state, title, call_id, visit_id, visitor_id, site_id, phone, inquiry_channel, source, medium,
    campaign, keyword, responsible_id, created_at, updated_at)
  select bench.id(105, n, c.started_at), 'call', 'accepted', 'Call', c.id, c.visit_id, c.visitor_id, c.site_id,
    c.caller_number, c.inquiry_channel, c.source_name, c.medium, c.campaign, c.keyword, c.operator_id, c.started_at, c.started_at
  from bench.calls b join calls c on c.id = b.id
  where c.is_unique and c.direction = 'in' and bench.r(b.n, 71) < 0.25;
insert into deals (title, pipeline_id, stage_id, amount, contact_id, inquiry_id, responsible_id, created_at, updated_at)
  select 'Deal', s.pipeline_id, s.id, round((1000 + 90000 * random())::numeric, 2), null, i.id, i.responsible_id,
    i.created_at + interval '1 hour', i.created_at + interval '1 hour'
  from inquiries i join (select id, pipeline_id, row_number() over (order by position) as place from pipeline_stages) s
    on s.place = 1 + abs(hashtext(i.id::text)) % 5
  where abs(hashtext(i.phone)) % 5 = 0;
insert into costs (day, site_id, source, medium, campaign, amount, currency, clicks)
  select d.day, null, p.source, p.medium, p.campaign, round((200 + 4000 * bench.r(p.path, 81))::numeric, 2), 'RUB', 40
  from bench.days d cross join (select min(path) as path, source, medium, campaign from bench.paths
    where inquiry_channel = 'paid' group by source, medium, campaign) p;
`
