import type { Knex } from 'knex'

/**
 * Whether the caller was a VIP at the time of the call. Lists of callers are as young as this, so no earlier call has to be
 * looked through; the index holds the few rows that are asked for.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table calls add column is_vip boolean not null default false;
create index calls_vip on calls (started_at desc) where is_vip;
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
