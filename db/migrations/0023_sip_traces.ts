import type { Knex } from 'knex'

/**
 * The SIP trace: what is to be kept, and what was kept of calls. New tables. `call_id` is no foreign key: messages come
 * before the row of their call.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table trace_switches (
  id uuid primary key default gen_random_uuid(),
  trunk_id uuid unique references trunks on delete cascade,
  call_id uuid unique,
  number text unique,
  until timestamptz not null,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  check (num_nonnulls(trunk_id, call_id, number) = 1)
);
create table sip_messages (
  call_id uuid not null,
  seq int not null,
  at timestamptz not null,
  -- The SIP Call-ID, and the endpoint in Asterisk that it belongs to.
  dialog text not null,
  endpoint text,
  direction text not null check (direction in ('in','out')),
  transport text not null,
  local text not null,
  remote text not null,
  method text not null,
  status int,
  reason text,
  -- Without secrets: they are taken out before anything is kept.
  body text not null,
  primary key (call_id, seq)
);
create index on sip_messages (at);
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
