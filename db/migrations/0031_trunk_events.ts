import type { Knex } from 'knex'

/**
 * What has happened to trunks, kept over restarts; and for how long a carrier may be silent. The column has a constant
 * default, so no row is rewritten.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table trunk_events (
  id bigint generated always as identity primary key,
  trunk_id uuid not null references trunks on delete cascade,
  at timestamptz not null,
  state text not null,
  about text check (about in ('registration','call','limit')),
  code int,
  text text
);
create index on trunk_events (trunk_id, at desc, id desc);
alter table trunks
  -- A call out goes on to the next trunk when this one has said nothing at all for so long.
  add silent_seconds int not null default 6 check (silent_seconds between 3 and 32);
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
