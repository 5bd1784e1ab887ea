import type { Knex } from 'knex'

/** Attempts to sign in, counted for all web ports together. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table sign_in_tries (
      -- A hash of what is counted: a login, an address, both, a browser.
      key text primary key,
      count int not null,
      last_at timestamptz not null,
      blocked_until timestamptz not null
    );
    create index sign_in_tries_last_at on sign_in_tries (last_at);
  `)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
