import type { Knex } from 'knex'

/**
 * Lists of callers: spam, VIP, and those that the company names itself; and short calls that nobody wants to be
 * reminded of. New tables; the index serves suggestions, which look at a few days.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table caller_lists (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 100),
  kind text not null check (kind in ('spam','vip','own')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index caller_lists_kind on caller_lists (kind) where kind <> 'own';
create unique index caller_lists_name on caller_lists (lower(name)) where kind = 'own';
insert into caller_lists (name, kind) values ('Spam', 'spam'), ('VIP', 'vip');

create table caller_list_entries (
  id uuid primary key default gen_random_uuid(),
  list_id uuid not null references caller_lists on delete cascade,
  -- A whole number, or the beginning of numbers; both with their plus.
  phone text not null check (phone ~ '^[+][0-9]{1,18}$'),
  is_prefix boolean not null default false,
  note text,
  created_by uuid references users on delete set null,
  call_id uuid,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (list_id, phone, is_prefix)
);
create index caller_list_entries_phone on caller_list_entries (phone);
create index caller_list_entries_list on caller_list_entries (list_id, created_at desc, id desc);

-- Numbers that were suggested as spam and are none.
create table caller_suggestions_hidden (
  phone text primary key,
  hidden_by uuid references users on delete set null,
  hidden_at timestamptz not null default now()
);

create trigger announce after insert or update or delete on caller_lists for each row execute function announce_change();
create trigger announce after insert or update or delete on caller_list_entries
  for each row execute function announce_change();
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
