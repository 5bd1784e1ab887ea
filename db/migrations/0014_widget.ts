import type { Knex } from 'knex'

/**
 * What rides on the snippet (callback widget, capture of forms) and how well pools cover their visits. New columns with
 * constant defaults and a new table only.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table sites
  -- What the callback widget looks like and asks: see api/contract/widget.ts. Empty: as usual, and switched off.
  add column widget jsonb not null default '{}',
  -- Which forms of the pages are sent along: none, those marked with data-vpbx-form, or all.
  add column form_capture text not null default 'off' check (form_capture in ('off','marked','all'));

-- How much of its visits a pool served lately. Not in number_pools: each look would announce a change of settings.
create table pool_coverage (
  pool_id uuid primary key references number_pools on delete cascade,
  checked_at timestamptz not null,
  hour_visits int not null,
  hour_coverage numeric,
  day_visits int not null,
  day_coverage numeric,
  -- Set when the coverage falls below what is wanted, cleared when it recovers.
  short_since timestamptz
);`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
