import type { Knex } from 'knex'

/**
 * Call tracking: what the snippet sends (visitors, visits, touchpoints), the numbers lent to visits (pools, slots,
 * leases) and what of it a call carries. Only additions: columns with constant defaults and new tables, so no lock
 * is held for long.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(sites)
  await knex.raw(visits)
  await knex.raw(pools)
  await knex.raw(calls)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const sites = `
alter table sites
  -- Names the site in its pages; public, no secret.
  add column key text not null unique default replace(gen_random_uuid()::text, '-', ''),
  -- Further origins whose pages may report visits: a shop on another domain, a staging host.
  add column allowed_origins text[] not null default '{}',
  -- Subdomains count as foreign sites.
  add column is_isolated boolean not null default false,
  add column consent text not null default 'notNeeded' check (consent in ('notNeeded','required')),
  add column attribution_days int not null default 30 check (attribution_days between 1 and 730),
  add column attribution_model text not null default 'lastNonDirect'
    check (attribution_model in ('first','last','lastNonDirect','linear','position','timeDecay')),
  add column linger_seconds int not null default 180 check (linger_seconds between 10 and 86400),
  add column quarantine_seconds int not null default 1200 check (quarantine_seconds between 0 and 604800),
  -- A page that nobody touches gives its number back after this long.
  add column idle_seconds int not null default 1800 check (idle_seconds between 60 and 86400),
  add column redial_seconds int not null default 86400 check (redial_seconds between 0 and 2592000),
  -- New visits of one address within an hour that get numbers of their own.
  add column visits_per_address int not null default 100 check (visits_per_address between 1 and 1000000),
  -- [{ name, replaces: [E.164] }]: the numbers written in the pages, by what they are for.
  add column number_groups jsonb not null default '[]';
`

const visits = `
create table visitors (
  id uuid primary key,
  site_id uuid not null references sites on delete cascade,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  -- The source that stands for the visitor now, and since when.
  touch jsonb not null,
  touch_at timestamptz not null default now(),
  contact_id uuid references contacts on delete set null,
  -- What the visitor said of themselves: { name, email, phone }.
  identity jsonb not null default '{}',
  ga_client_id text,
  ym_client_id text
);
create index on visitors (contact_id) where contact_id is not null;

create table visits (
  id uuid primary key,
  visitor_id uuid not null references visitors on delete cascade,
  site_id uuid not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  left_at timestamptz,
  -- The visitor's clock at the last sign that was taken, ms: an older sign is a replay.
  beat_ms bigint not null default 0,
  landing_url text not null,
  page_url text not null,
  page_title text,
  page_count int not null default 1,
  -- [{ at, url }], the first fifty.
  pages jsonb not null default '[]',
  referrer text,
  -- Of this arrival itself; the source that stands is in the touchpoint.
  rule text not null check (rule in ('campaign','organic','referral','direct')),
  inquiry_channel text not null,
  source text not null,
  medium text not null,
  campaign text,
  keyword text,
  content text,
  utm jsonb not null default '{}',
  click_ids jsonb not null default '{}',
  zone text,
  language text,
  device text,
  screen text,
  user_agent text,
  ip inet,
  ga_client_id text,
  ym_client_id text,
  cookies jsonb not null default '{}'
);
create index visits_visitor on visits (visitor_id, started_at desc);
create index visits_site on visits (site_id, started_at desc);

-- Kept longer than visits, and by contact once the visitor is known: what attribution models look at.
create table touchpoints (
  id bigint generated always as identity primary key,
  visitor_id uuid not null,
  visit_id uuid not null,
  site_id uuid not null,
  at timestamptz not null default now(),
  is_direct boolean not null,
  inquiry_channel text not null,
  source text not null,
  medium text not null,
  campaign text,
  keyword text
);
create index touchpoints_visitor on touchpoints (visitor_id, at);

create table visit_events (
  id bigint generated always as identity primary key,
  visit_id uuid not null,
  visitor_id uuid not null,
  site_id uuid not null,
  at timestamptz not null default now(),
  name text not null,
  data jsonb not null default '{}'
);
create index on visit_events (visit_id, at);

create table form_submissions (
  id uuid primary key default gen_random_uuid(),
  site_id uuid not null references sites on delete cascade,
  visit_id uuid,
  visitor_id uuid,
  at timestamptz not null default now(),
  form_name text,
  name text,
  phone text,
  email text,
  message text,
  fields jsonb not null default '{}',
  page_url text
);
create index on form_submissions (site_id, at desc);
`

const pools = `
create table number_pools (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  site_id uuid not null references sites on delete cascade,
  group_name text not null default 'main',
  mode text not null default 'dynamic' check (mode in ('dynamic','static')),
  -- { channels, sources, campaigns, zones, pages }: see tracking/pools.ts.
  rule jsonb not null default '{}',
  overflow_number_id uuid references numbers on delete set null,
  -- Advice is raised when the measured coverage falls below.
  wanted_coverage numeric not null default 0.95 check (wanted_coverage > 0 and wanted_coverage < 1),
  is_active boolean not null default true,
  is_demo boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create trigger announce after insert or update or delete on number_pools for each row execute function announce_change();

alter table numbers add column pool_id uuid references number_pools on delete set null;
create index on numbers (pool_id) where pool_id is not null;

-- Who holds a number of a pool now: one row per number, so that a lease is one statement on one row.
create table number_slots (
  number_id uuid primary key references numbers on delete cascade,
  pool_id uuid not null,
  e164 text not null,
  visitor_id uuid,
  visit_id uuid,
  lease_id uuid,
  held_until timestamptz not null default '-infinity',
  touched_at timestamptz not null default '-infinity'
);
create index number_slots_free on number_slots (pool_id, held_until);
-- A visitor holds at most one number of a pool, in however many tabs.
create unique index number_slots_visitor on number_slots (pool_id, visitor_id);
create index number_slots_visit on number_slots (visit_id);

-- Slots follow the numbers, whoever changes those.
create function follow_number() returns trigger language plpgsql as $$
begin
  if new.pool_id is null or not new.is_active then
    delete from number_slots where number_id = new.id;
  else
    insert into number_slots (number_id, pool_id, e164) values (new.id, new.pool_id, new.e164)
    on conflict (number_id) do update set
      pool_id = excluded.pool_id,
      e164 = excluded.e164,
      -- In another pool the number begins anew; whoever saw it there is in number_leases.
      visitor_id = case when number_slots.pool_id = excluded.pool_id then number_slots.visitor_id end,
      visit_id = case when number_slots.pool_id = excluded.pool_id then number_slots.visit_id end;
  end if;
  return null;
end $$;
create trigger follow after insert or update of pool_id, is_active, e164 on numbers
  for each row execute function follow_number();

-- Every hold there was: the raw facts of attribution. An overflow number is noted too, to measure the pool.
create table number_leases (
  id uuid primary key,
  kind text not null default 'lease' check (kind in ('lease','overflow')),
  number_id uuid not null,
  pool_id uuid not null,
  site_id uuid not null,
  visit_id uuid not null,
  visitor_id uuid not null,
  -- It was taken from quarantine: the last holder may still call.
  is_stolen boolean not null default false,
  from_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  until_at timestamptz not null
);
create index number_leases_number on number_leases (number_id, from_at desc);
create index number_leases_visit on number_leases (visit_id);
create index number_leases_pool on number_leases (pool_id, from_at);
create index number_leases_until on number_leases (until_at);
`

const calls = `
alter table calls
  add column visit_id uuid,
  add column visitor_id uuid,
  add column pool_id uuid,
  add column pool_name text,
  -- { rule, candidates: [{ visitId, visitorId, share }] }
  add column attribution jsonb,
  add column attribution_model text,
  add column attribution_confidence numeric,
  add column utm jsonb,
  add column click_ids jsonb,
  add column ga_client_id text,
  add column ym_client_id text,
  add column landing_url text,
  add column page_url text,
  add column referrer text,
  add column device text;
create index calls_visit on calls (visit_id) where visit_id is not null;
create index calls_visitor on calls (visitor_id, started_at desc) where visitor_id is not null;
create index calls_pool on calls (pool_id, started_at desc) where pool_id is not null;
`
