import type { Knex } from 'knex'

/** Which key sealed the file of a recording; null: the file is as the encoder made it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table recordings add column sealed_by text')
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
