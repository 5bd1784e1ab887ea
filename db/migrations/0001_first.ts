import type { Knex } from 'knex'

/**
 * The first tables. All are new, so no locks on data.
 *
 * Three kinds live here: what admins configure (users … webhooks), what calls write (calls, legs, tape,
 * snapshots, recordings, deliveries) and what the API needs for itself (sessions, tokens, audit).
 * Only the tape writer writes the call tables; the journal (`calls`, `call_legs`) is a projection of
 * `call_events` and can be rebuilt from it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(configuration)
  await knex.raw(callTables)
  await knex.raw(accessTables)
  await knex.raw(changeNotices)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const configuration = `
create table settings (key text primary key, value jsonb not null, updated_at timestamptz not null default now());

create table users (
  id uuid primary key default gen_random_uuid(),
  login text not null unique check (login ~ '^[a-z0-9._-]{2,64}$'),
  name text not null check (length(name) between 1 and 200),
  role text not null check (role in ('admin','supervisor','operator','marketer')),
  password_hash text,
  locale text not null default 'ru' check (locale in ('ru','en')),
  presence text not null default 'offline' check (presence in ('available','away','offline')),
  presence_at timestamptz not null default now(),
  -- How the operator's phone reaches us: the browser, or an ordinary SIP phone (registering, or at a fixed address).
  device text not null default 'browser' check (device in ('browser','sip')),
  sip_address text,
  sip_user text not null unique default 'op-' || replace(gen_random_uuid()::text, '-', ''),
  sip_secret text not null default replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
  is_active boolean not null default true,
  is_demo boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table groups (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  is_demo boolean not null default false,
  created_at timestamptz not null default now()
);
create table group_members (
  group_id uuid not null references groups on delete cascade,
  user_id uuid not null references users on delete cascade,
  position int not null default 0,
  primary key (group_id, user_id)
);

create table trunks (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  kind text not null check (kind in ('address','registration')),
  host text not null,
  port int not null default 5060 check (port between 1 and 65535),
  transport text not null default 'udp' check (transport in ('udp','tcp')),
  username text,
  secret text,
  -- Addresses calls may come from; empty means the host itself.
  match_addresses text[] not null default '{}',
  codecs text[] not null default '{alaw,ulaw}',
  country text not null default 'RU',
  is_active boolean not null default true,
  is_demo boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table sites (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  domain text not null unique,
  is_demo boolean not null default false,
  created_at timestamptz not null default now()
);

create table sources (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  inquiry_channel text not null default 'unknown' check (inquiry_channel in
    ('paid','organic','direct','referral','social','email','messenger','display','affiliate','internal','recommendation','offline','unknown')),
  medium text,
  campaign text,
  keyword text,
  note text,
  is_demo boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table schemes (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  draft jsonb not null,
  published_version int,
  is_demo boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create table scheme_versions (
  scheme_id uuid not null references schemes on delete cascade,
  version int not null,
  body jsonb not null,
  published_at timestamptz not null default now(),
  published_by uuid references users on delete set null,
  primary key (scheme_id, version)
);

create table numbers (
  id uuid primary key default gen_random_uuid(),
  e164 text not null unique check (e164 ~ '^\\+[1-9][0-9]{3,14}$'),
  label text,
  trunk_id uuid references trunks on delete set null,
  source_id uuid references sources on delete set null,
  site_id uuid references sites on delete set null,
  scheme_id uuid references schemes on delete restrict,
  is_active boolean not null default true,
  is_demo boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table contacts (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  company text,
  owner_id uuid references users on delete set null,
  note text,
  is_demo boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create table contact_phones (
  e164 text primary key,
  contact_id uuid not null references contacts on delete cascade
);
create index on contact_phones (contact_id);

create table webhooks (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  url text not null,
  events text[] not null,
  -- The first secret signs; a second one signs too while it is being rotated out.
  secrets text[] not null,
  is_active boolean not null default true,
  failing_since timestamptz,
  disabled_reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
`

const callTables = `
create table node_leases (
  node text primary key,
  owner uuid not null,
  epoch bigint not null,
  expires_at timestamptz not null
);

-- The journal: one row per call, the fields of the call journal that exist without a site visit.
create table calls (
  id uuid primary key,
  pbx_unique_id text not null,
  external_id text,
  direction text not null check (direction in ('in','out','internal')),
  call_type text not null,
  started_at timestamptz not null,
  answered_at timestamptz,
  ended_at timestamptz,
  outcome text check (outcome in ('answered','missed','abandoned','busy','failed','blocked','voicemail')),
  reason text,
  hangup_by text check (hangup_by in ('client','operator','system')),
  sip_code int,
  q850_cause int,
  wait_seconds int,
  talk_seconds int,
  clean_talk_seconds int,
  total_seconds int,
  hold_seconds int not null default 0,
  wrapup_seconds int,
  caller_number text,
  caller_name text,
  caller_region text,
  caller_country text,
  dialed_number text,
  destination_number text,
  number_id uuid,
  source_id uuid,
  source_name text,
  inquiry_channel text,
  medium text,
  campaign text,
  keyword text,
  site_id uuid,
  trunk_id uuid,
  operator_id uuid,
  operator_name text,
  first_operator_id uuid,
  group_name text,
  scheme_id uuid,
  scheme_name text,
  scheme_version int,
  steps jsonb not null default '[]',
  is_transferred boolean not null default false,
  pressed text,
  contact_id uuid,
  contact_name text,
  rating int,
  wrap_up_code text,
  tags text[] not null default '{}',
  note text,
  is_spam boolean not null default false,
  is_first_call boolean,
  call_number int,
  recording_id uuid,
  recording_state text,
  recording_seconds numeric,
  is_demo boolean not null default false
);
create index calls_started on calls (started_at desc, id desc);
create index calls_caller on calls (caller_number, started_at desc);
create index calls_operator on calls (operator_id, started_at desc);
create index calls_source on calls (source_id, started_at desc);
create index calls_outcome on calls (outcome, started_at desc);
create index calls_dialed on calls (dialed_number, started_at desc);

create table call_legs (
  call_id uuid not null,
  leg text not null,
  user_id uuid,
  user_name text,
  started_at timestamptz not null,
  ringing_at timestamptz,
  answered_at timestamptz,
  ended_at timestamptz,
  result text,
  q850_cause int,
  recording_id uuid,
  primary key (call_id, leg)
);
create index on call_legs (user_id, started_at desc);

create table call_events (
  call_id uuid not null,
  seq int not null,
  at timestamptz not null,
  type text not null,
  from_phase text,
  to_phase text,
  data jsonb not null default '{}',
  effects jsonb not null default '[]',
  primary key (call_id, seq)
);

-- The state of each call in progress, so that a restarted controller goes on where the last one stopped.
create table call_snapshots (
  call_id uuid primary key,
  node text not null,
  seq int not null,
  state jsonb not null,
  updated_at timestamptz not null default now()
);

create table recordings (
  id uuid primary key,
  call_id uuid not null,
  leg text not null,
  kind text not null check (kind in ('talk','voicemail','fallback')),
  state text not null check (state in ('recording','processing','ready','missing','failed','deleted')),
  -- Name without folder or ending; the audio lives under DATA_DIR.
  file text not null,
  content_type text,
  channels int,
  seconds numeric,
  bytes bigint,
  error text,
  created_at timestamptz not null default now(),
  ready_at timestamptz
);
create index on recordings (call_id);
create index on recordings (state) where state in ('recording','processing');

create table webhook_deliveries (
  id uuid primary key default gen_random_uuid(),
  webhook_id uuid not null references webhooks on delete cascade,
  event_type text not null,
  call_id uuid,
  seq int,
  payload jsonb not null,
  state text not null default 'pending' check (state in ('pending','delivered','failed')),
  attempts int not null default 0,
  next_attempt_at timestamptz default now(),
  last_status int,
  last_error text,
  last_response text,
  last_attempt_at timestamptz,
  delivered_at timestamptz,
  created_at timestamptz not null default now(),
  unique (webhook_id, call_id, seq)
);
create index webhook_deliveries_due on webhook_deliveries (webhook_id, next_attempt_at) where state = 'pending';
create index webhook_deliveries_log on webhook_deliveries (webhook_id, created_at desc);
`

const accessTables = `
create table sessions (
  token_hash text primary key,
  user_id uuid not null references users on delete cascade,
  csrf_token text not null,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ip text,
  user_agent text
);
create index on sessions (user_id);

create table api_tokens (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  token_hash text not null unique,
  user_id uuid not null references users on delete cascade,
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);

create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  user_id uuid,
  action text not null,
  entity text,
  entity_id text,
  ip text,
  data jsonb not null default '{}'
);

create table idempotency_keys (
  user_id uuid not null,
  key text not null,
  request_hash text not null,
  status int,
  body jsonb,
  created_at timestamptz not null default now(),
  primary key (user_id, key)
);
`

/** Every change of configuration is announced on one channel as `table:id`, so that memory snapshots follow. */
const changeNotices = `
create function announce_change() returns trigger language plpgsql as $$
declare row_id text;
begin
  row_id := coalesce(to_jsonb(coalesce(new, old)) ->> 'id', to_jsonb(coalesce(new, old)) ->> 'group_id',
                     to_jsonb(coalesce(new, old)) ->> 'scheme_id', to_jsonb(coalesce(new, old)) ->> 'contact_id',
                     to_jsonb(coalesce(new, old)) ->> 'key', '');
  perform pg_notify('ringtrace_config', tg_table_name || ':' || row_id);
  return null;
end $$;
create trigger announce after insert or update or delete on settings for each row execute function announce_change();
create trigger announce after insert or update or delete on users for each row execute function announce_change();
create trigger announce after insert or update or delete on groups for each row execute function announce_change();
create trigger announce after insert or update or delete on group_members for each row execute function announce_change();
create trigger announce after insert or update or delete on trunks for each row execute function announce_change();
create trigger announce after insert or update or delete on sites for each row execute function announce_change();
create trigger announce after insert or update or delete on sources for each row execute function announce_change();
create trigger announce after insert or update or delete on schemes for each row execute function announce_change();
create trigger announce after insert or update or delete on numbers for each row execute function announce_change();
create trigger announce after insert or update or delete on contacts for each row execute function announce_change();
create trigger announce after insert or update or delete on contact_phones for each row execute function announce_change();
create trigger announce after insert or update or delete on webhooks for each row execute function announce_change();
`
