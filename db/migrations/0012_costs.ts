import type { Knex } from 'knex'

/** What imports of costs tell of themselves, what they replaced, and how the connectors fare. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table cost_imports
  -- SHA-256 of the file: the same one twice is most likely a mistake.
  add column file_hash text,
  add column from_day date,
  add column to_day date,
  -- [{ currency, amount }]
  add column totals jsonb not null default '[]',
  -- What the costs have in common, for people: a source, a campaign.
  add column label text,
  -- How many costs of before it put aside.
  add column replaced int not null default 0,
  add column undone_by uuid references users on delete set null;
create index cost_imports_list on cost_imports (created_at desc, id desc);
create index cost_imports_hash on cost_imports (file_hash) where file_hash is not null;
-- All that a connector brings is one import, so that it replaces only its own.
create unique index cost_imports_connector on cost_imports (origin) where origin not in ('csv', 'hand');

-- Costs that an import put aside; undoing it brings them back.
create table costs_replaced (
  import_id uuid not null references cost_imports on delete cascade,
  -- The import that the cost had come with: it cannot be undone before this one.
  of_import_id uuid references cost_imports on delete cascade,
  cost jsonb not null
);
create index on costs_replaced (import_id);
create index on costs_replaced (of_import_id) where of_import_id is not null;

create index costs_list on costs (day desc, id desc);
create index costs_currency on costs (currency, day);

alter table currency_rates
  add column id uuid not null unique default gen_random_uuid(),
  add column created_at timestamptz not null default now(),
  add column updated_at timestamptz not null default now();

create table cost_connectors (
  name text primary key,
  last_run_at timestamptz,
  last_success_at timestamptz,
  -- Of the last run; null when it went well.
  last_error text
);
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
