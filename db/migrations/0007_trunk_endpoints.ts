import type { Knex } from 'knex'

/**
 * A trunk's name in Asterisk, which nobody can guess. A telephone that answers a call with 302 may write down any kind of
 * channel that Asterisk shall dial instead; knowing a trunk's name it could dial through it, past the dialling policy.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table trunks add column sip_endpoint text not null unique default 'trunk-' || replace(gen_random_uuid()::text, '-', '');
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
