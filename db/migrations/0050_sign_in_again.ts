import type { Knex } from 'knex'

/** When somebody last showed their password, and the browsers that each of them has signed in from. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const tables = `
-- Sessions from before count as not verified: what asks for the password again asks them.
alter table sessions add verified_at timestamptz;
alter table sessions alter verified_at set default now();

-- A browser has one token; everybody who signs in there has a row of their own.
create table known_devices (
  token_hash text not null,
  user_id uuid not null references users on delete cascade,
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  primary key (token_hash, user_id)
);
create index known_devices_user on known_devices (user_id);
`
