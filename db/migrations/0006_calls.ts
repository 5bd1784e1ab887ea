import type { Knex } from 'knex'

/**
 * Calls of many parties: what they fulfil, and what each leg was in them for. New columns with constant defaults do
 * not rewrite the tables.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table calls add column order_id text, add column ordered_by uuid, add column parent_call_id uuid;
create index calls_order on calls (order_id) where order_id is not null;
create index calls_parent on calls (parent_call_id) where parent_call_id is not null;
alter table call_legs add column kind text not null default 'operator', add column purpose text not null default 'scheme',
  add column recorded_seconds int;
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
