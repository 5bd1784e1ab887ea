import type { Knex } from 'knex'

/**
 * What carriers differ in: how they are signed in to, how they name the number called, and how many calls they carry.
 * Columns with constant defaults only, so no row is rewritten.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table trunks drop constraint trunks_transport_check;
alter table trunks
  add constraint trunks_transport_check check (transport in ('udp','tcp','tls')),
  -- The list of carriers that it was filled in from; only shown.
  add preset text,
  add media_encryption text not null default 'off' check (media_encryption in ('off','optional','required')),
  -- Each of these stands for the user name, the host, or nothing where it is null.
  add auth_username text,
  add from_user text,
  add from_domain text,
  add contact_user text,
  add outbound_proxy text,
  add expiry_seconds int not null default 300 check (expiry_seconds between 60 and 86400),
  -- Asked by OPTIONS whether it answers.
  add is_checked boolean not null default false,
  -- Calls at once; null leaves it to the carrier. How many go out is a rule of the dialling policy.
  add max_in int check (max_in >= 0),
  add max_calls int check (max_calls >= 1),
  -- Where the number called stands, the surest first, and digits of the carrier's own before it.
  add number_headers text[] not null default '{ruri}',
  add number_strip text not null default '';
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
