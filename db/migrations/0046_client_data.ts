import type { Knex } from 'knex'

/**
 * Imports of clients and deals row by row, so that they go on after a restart and can be undone; that somebody's data was
 * erased, without the data.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const tables = `
create table client_imports (
  id uuid primary key default gen_random_uuid(),
  things text not null check (things in ('contacts','deals')),
  file_name text,
  file_hash text not null,
  -- How the file was read: { format, encoding, separator }.
  dialect jsonb not null,
  headings text[] not null,
  -- The field of each column, null where it is left out; empty until somebody has said so.
  columns jsonb,
  duplicates text not null default 'update' check (duplicates in ('update','skip','make')),
  owner_id uuid references users on delete set null,
  state text not null default 'read' check (state in ('read','running','stopped','done','undoing','undone')),
  total int not null,
  created int not null default 0,
  updated int not null default 0,
  skipped int not null default 0,
  refused int not null default 0,
  -- What an undo has taken away, and what it has left because it has been used since.
  undo jsonb,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz
);
create index client_imports_list on client_imports (created_at desc, id desc);
create table client_import_rows (
  import_id uuid not null references client_imports on delete cascade,
  line int not null,
  cells text[] not null,
  -- Null: still to be taken.
  state text check (state in ('created','updated','skipped','refused')),
  problem jsonb,
  contact_id uuid,
  -- Made for this row: the deal, the company, the contact.
  deal_id uuid,
  company_id uuid,
  is_contact_new boolean not null default false,
  -- What the row has changed of a contact or a deal: { contact: { field: [before, after] }, deal: …, phones, emails, tags }.
  change jsonb,
  primary key (import_id, line)
);
create index client_import_rows_open on client_import_rows (import_id, line) where state is null;

-- Whose data was erased: nothing in it tells who that was.
create table erasures (
  id uuid primary key default gen_random_uuid(),
  counts jsonb not null,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now()
);
`
