import type { Knex } from 'knex'

/** Links to foreign systems (CRMs, analytics): one set of tables for all kinds. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table connectors (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  name text not null check (length(name) between 1 and 100),
  is_active boolean not null default true,
  -- 'new': the other side has not been joined yet; 'needsLogin': it takes our keys no more.
  state text not null default 'new' check (state in ('new','ready','needsLogin')),
  settings jsonb not null default '{}',
  -- Sealed as one (db/secrets.ts): keys, tokens, the token of the address for incoming events.
  secrets text not null,
  -- SHA-256 of that token: by it a foreign event finds its connector.
  hook_hash text not null unique,
  -- What stops it as a whole, as a code; null while it works.
  trouble text,
  trouble_detail text,
  failures int not null default 0,
  paused_until timestamptz,
  last_ok_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index connectors_name on connectors (kind, lower(name));
-- Only what decides who gets jobs: its state changes with every exchange.
create trigger announce after insert or delete or update of is_active, state, settings on connectors
  for each row execute function announce_change();

-- The outbox: one row for each call that a connector has to bring over, written with the call's tape.
create table connector_jobs (
  id uuid primary key default gen_random_uuid(),
  connector_id uuid not null references connectors on delete cascade,
  call_id uuid not null,
  -- The tape's last row that matters, and the one up to which the other side knows the call.
  wanted_seq int not null default 0,
  done_seq int not null default 0,
  state text not null default 'pending' check (state in ('pending','done','failed')),
  -- What the other side knows of the call.
  memory jsonb not null default '{}',
  -- A step that was begun and whose answer is not known: it may have been done.
  asked text,
  attempts int not null default 0,
  next_attempt_at timestamptz not null default now(),
  leased_until timestamptz,
  last_error text,
  last_error_code text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (connector_id, call_id)
);
create index connector_jobs_due on connector_jobs (connector_id, next_attempt_at) where state = 'pending';
create index connector_jobs_failed on connector_jobs (connector_id, updated_at desc) where state = 'failed';

-- What was said to the other side and by it; secrets are hidden before it gets here.
create table connector_exchanges (
  id uuid primary key default gen_random_uuid(),
  connector_id uuid not null references connectors on delete cascade,
  call_id uuid,
  direction text not null check (direction in ('out','in')),
  method text not null,
  request jsonb,
  status int,
  response text,
  error text,
  took_ms int,
  at timestamptz not null default now()
);
create index connector_exchanges_log on connector_exchanges (connector_id, at desc, id desc);
create index connector_exchanges_call on connector_exchanges (call_id) where call_id is not null;

-- Our things and theirs.
create table connector_links (
  connector_id uuid not null references connectors on delete cascade,
  our_kind text not null check (our_kind in ('call','contact','deal')),
  our_id uuid not null,
  foreign_kind text not null,
  foreign_id text not null,
  created_at timestamptz not null default now(),
  primary key (connector_id, our_kind, our_id, foreign_kind)
);
create index connector_links_foreign on connector_links (connector_id, foreign_kind, foreign_id);

-- Foreign events that were taken, each once: they may come again.
create table connector_events (
  connector_id uuid not null references connectors on delete cascade,
  key text not null,
  -- A call that the event asked for, while it is being placed.
  is_placing boolean not null default false,
  user_id uuid,
  call_id uuid,
  at timestamptz not null default now(),
  primary key (connector_id, key)
);
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
