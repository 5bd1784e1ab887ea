import type { Knex } from 'knex'

/** Each group rings in the browser with a tone of its own, so that operators hear which calls are coming. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table groups add column ring_tone text not null default 'classic'
  check (ring_tone in ('classic','soft','bright','low','urgent'));
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
