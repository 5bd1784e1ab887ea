import type { Knex } from 'knex'

/** Links by which a screen on the wall shows the supervisor's figures without anybody signed in. A new table only. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table tv_links (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  -- Only a hash is kept: the link is shown once, when it is made.
  token_hash text not null unique,
  locale text not null default 'ru' check (locale in ('ru','en')),
  last_used_at timestamptz,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now()
);
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
