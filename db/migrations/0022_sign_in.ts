import type { Knex } from 'knex'

/**
 * Second factors, one-time links, and sessions that can be named; and the ways by which
 * people look into the audit. New tables, and columns that rewrite nothing but the few sessions; the audit,
 * indexed here, grows by deeds of people and not by calls.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
-- The secret is there from the setup on; it counts once its first code was right.
alter table users add totp_secret text, add totp_at timestamptz, add totp_step bigint;
create table recovery_codes (
  user_id uuid not null references users on delete cascade,
  -- Only a hash is kept: they are shown once, when they are made.
  code_hash text not null,
  used_at timestamptz,
  primary key (user_id, code_hash)
);
create table access_links (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users on delete cascade,
  kind text not null check (kind in ('invitation','reset')),
  token_hash text not null unique,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now()
);
create index on access_links (user_id);
alter table sessions add id uuid not null default gen_random_uuid();
create unique index sessions_id on sessions (id);
create index audit_at on audit (at desc, id desc);
create index audit_user on audit (user_id, at desc);
create index audit_entity on audit (entity_id, at desc) where entity_id is not null;
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
