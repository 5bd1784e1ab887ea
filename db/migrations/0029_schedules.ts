import type { Knex } from 'knex'

/** Schedules that schemes share: hours of the week, days with hours of their own, and what somebody says for now. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table schedules (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 100),
  -- Null: that of the company.
  time_zone text,
  hours jsonb not null,
  days jsonb not null default '[]',
  override jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index schedules_name on schedules (lower(name));
create trigger announce after insert or update or delete on schedules for each row execute function announce_change();
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
