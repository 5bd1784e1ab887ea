import type { Knex } from 'knex'

/**
 * What API tokens may do, and what keeps work on many settings at once safe: changes of many that can be undone, files
 * of settings on their way in, and what was deleted a moment ago. New columns without defaults and new tables only.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table api_tokens
  -- Null: all that the role of its user may, as tokens could before there were scopes.
  add column scopes text[],
  add column expires_at timestamptz,
  add column created_by uuid references users on delete set null;

-- One change of many things; its items hold what each was and has become.
create table bulk_changes (
  id uuid primary key default gen_random_uuid(),
  things text not null,
  change jsonb not null,
  items jsonb not null,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  undone_at timestamptz
);
create index on bulk_changes (created_at desc);

-- Rows of a file that are taken in the background: gone once they are taken.
create table setting_imports (
  id uuid primary key default gen_random_uuid(),
  things text not null,
  rows jsonb not null,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now()
);

-- For minutes, so that a deletion can be taken back.
create table deleted_things (
  id uuid primary key,
  things text not null,
  row jsonb not null,
  parts jsonb not null default '{}',
  deleted_by uuid references users on delete set null,
  deleted_at timestamptz not null default now()
);
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
