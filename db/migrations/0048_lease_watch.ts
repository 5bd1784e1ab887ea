import type { Knex } from 'knex'

/**
 * A lease is watched by those who wait for it: it counts its renewals, and says where its owner can be spoken to.
 * One row per installation; the lock lasts a moment.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table node_leases
      add column renewals bigint not null default 0,
      add column door text,
      -- Sealed with the installation's key.
      add column door_key text;
  `)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
