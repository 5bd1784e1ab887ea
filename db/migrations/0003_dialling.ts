import type { Knex } from 'knex'

/**
 * Calls that we start: callbacks, dialling lists, whom not to call, and tasks of people. All tables are new.
 *
 * `tape_inbox` takes moments in the tape's own transaction; what they mean for callbacks and tasks is worked out
 * afterwards, exactly once, so that nothing here can fail the tape.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const tables = `
create table callbacks (
  id uuid primary key default gen_random_uuid(),
  phone text not null check (phone ~ '^\\+[1-9][0-9]{3,14}$'),
  name text,
  note text,
  -- When the client wishes it; null: as soon as possible.
  at timestamptz,
  kind text not null check (kind in ('form','missed','queue','scheme','manual','api')),
  site_id uuid references sites on delete set null,
  source_id uuid references sources on delete set null,
  number_id uuid references numbers on delete set null,
  visit_id uuid,
  inquiry_id uuid,
  parent_call_id uuid,
  contact_id uuid references contacts on delete set null,
  group_id uuid references groups on delete set null,
  user_id uuid references users on delete set null,
  state text not null default 'waiting' check (state in ('waiting','calling','retry','done','failed','cancelled')),
  -- Attempts that came to the client, and those that did not.
  attempts int not null default 0,
  short_tries int not null default 0,
  next_attempt_at timestamptz,
  last_result text,
  last_reason text,
  -- The attempt under way.
  attempt_id uuid,
  call_id uuid,
  -- The place in a queue that the client kept.
  queue jsonb,
  -- How often it was asked for while it was open.
  requests int not null default 1,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  done_at timestamptz
);
-- One open callback per client: a repeated wish joins it.
create unique index callbacks_open on callbacks (phone) where state in ('waiting','calling','retry');
create index callbacks_due on callbacks (next_attempt_at) where state in ('waiting','retry');
create index callbacks_phone on callbacks (phone, created_at desc);
create index callbacks_list on callbacks (created_at desc, id desc);

create table dial_lists (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  group_id uuid references groups on delete set null,
  user_id uuid references users on delete set null,
  number_id uuid references numbers on delete set null,
  -- Null: those of the company.
  hours jsonb,
  state text not null default 'draft' check (state in ('draft','running','paused','done')),
  max_attempts int not null default 3,
  pause_minutes int not null default 120,
  ring_seconds int not null default 30,
  is_recorded boolean not null default true,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create table dial_list_entries (
  id uuid primary key default gen_random_uuid(),
  list_id uuid not null references dial_lists on delete cascade,
  position int not null,
  phone text not null check (phone ~ '^\\+[1-9][0-9]{3,14}$'),
  name text,
  note text,
  state text not null default 'waiting' check (state in ('waiting','calling','retry','done','failed','stopped')),
  attempts int not null default 0,
  short_tries int not null default 0,
  next_attempt_at timestamptz,
  last_result text,
  last_reason text,
  attempt_id uuid,
  call_id uuid,
  updated_at timestamptz not null default now(),
  unique (list_id, phone)
);
create index dial_list_entries_due on dial_list_entries (list_id, next_attempt_at, position) where state in ('waiting','retry');
create index dial_list_entries_order on dial_list_entries (list_id, position);
create index dial_list_entries_phone on dial_list_entries (phone) where state in ('waiting','retry');

-- Each try of a callback or an entry: made before the call is placed, closed once by what the tape tells.
create table dial_attempts (
  id uuid primary key,
  callback_id uuid references callbacks on delete cascade,
  entry_id uuid references dial_list_entries on delete cascade,
  node text not null,
  epoch bigint not null,
  call_id uuid unique,
  at timestamptz not null default now(),
  ended_at timestamptz,
  result text,
  reason text,
  operator_id uuid,
  check ((callback_id is null) <> (entry_id is null))
);
create index dial_attempts_open on dial_attempts (node, epoch) where result is null;
create index dial_attempts_callback on dial_attempts (callback_id, at);
create index dial_attempts_entry on dial_attempts (entry_id, at);

create table do_not_call (
  id uuid primary key default gen_random_uuid(),
  phone text not null unique check (phone ~ '^\\+[1-9][0-9]{3,14}$'),
  reason text,
  call_id uuid,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now()
);

create table tasks (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('call_back','voicemail','callback_failed','follow_up')),
  title text not null check (length(title) between 1 and 300),
  assignee_id uuid references users on delete set null,
  group_id uuid references groups on delete set null,
  phone text,
  call_id uuid,
  contact_id uuid references contacts on delete set null,
  callback_id uuid references callbacks on delete set null,
  due_at timestamptz,
  state text not null default 'open' check (state in ('open','done','cancelled')),
  -- How it ended, where nobody said so: 'returned' by a later talk.
  result text,
  -- How many calls it stands for: repeated misses of one client are one task.
  calls int not null default 1,
  note text,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  done_at timestamptz,
  done_by uuid references users on delete set null
);
create index tasks_open on tasks (assignee_id, due_at) where state = 'open';
create unique index tasks_one_call_back on tasks (phone) where state = 'open' and kind = 'call_back' and phone is not null;
create unique index tasks_one_voicemail on tasks (call_id) where kind = 'voicemail';
create unique index tasks_one_failed on tasks (callback_id) where kind = 'callback_failed';
create index tasks_phone on tasks (phone) where state = 'open';
create index tasks_list on tasks (created_at desc, id desc);

create table tape_inbox (
  call_id uuid not null,
  seq int not null,
  at timestamptz not null,
  type text not null,
  data jsonb not null,
  attempts int not null default 0,
  next_at timestamptz not null default now(),
  error text,
  -- Kept for a while, so that a replayed spool is not worked out twice.
  done_at timestamptz,
  primary key (call_id, seq)
);
create index tape_inbox_due on tape_inbox (next_at) where done_at is null;
create index tape_inbox_done on tape_inbox (done_at) where done_at is not null;

create trigger announce after insert or update or delete on do_not_call for each row execute function announce_change();
`
