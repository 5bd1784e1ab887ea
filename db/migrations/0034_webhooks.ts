import type { Knex } from 'knex'

/**
 * Webhooks: which calls they want, messages for handlers of other systems, secrets that end, and every attempt with its
 * request and answer. The new unique index is built over the log of deliveries, which holds 30 days: seconds, while
 * nothing is written to it. Everything else touches no rows.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table webhooks
  add column filter jsonb,
  -- Messages in another system's words; null for our own format.
  add column template jsonb,
  -- What such a receiver asks for; shown to nobody.
  add column token text not null default '',
  -- Until then the second secret signs too; null for until the next rotation.
  add column old_secret_until timestamptz,
  -- Who is written to when the webhook is switched off.
  add column notice_to text[] not null default '{}';

-- Which message of a template this is: several may stand for one moment.
alter table webhook_deliveries add column part smallint not null default 0;
alter table webhook_deliveries drop constraint webhook_deliveries_webhook_id_call_id_seq_key;
create unique index webhook_deliveries_once on webhook_deliveries (webhook_id, call_id, seq, part);

create table webhook_attempts (
  id bigint generated always as identity primary key,
  delivery_id uuid not null references webhook_deliveries on delete cascade,
  at timestamptz not null default now(),
  took_ms int not null,
  method text not null,
  url text not null,
  request_headers jsonb not null,
  -- Null: the payload of the delivery as it stands.
  request_body text,
  status int,
  error text,
  response_headers jsonb,
  response_body text
);
create index webhook_attempts_delivery on webhook_attempts (delivery_id, id);
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
