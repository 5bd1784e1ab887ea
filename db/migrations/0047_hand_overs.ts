import type { Knex } from 'knex'

/** What somebody who leaves has handed over, thing by thing, so that it can be given back. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const tables = `
create table hand_overs (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users on delete cascade,
  -- The one that it took away from work: given back with the rest.
  has_blocked boolean not null default false,
  counts jsonb not null,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  undone_by uuid references users on delete set null,
  undone_at timestamptz
);
create index hand_overs_list on hand_overs (created_at desc, id desc);
create table hand_over_items (
  hand_over_id uuid not null references hand_overs on delete cascade,
  kind text not null check (kind in
    ('contact','company','inquiry','deal','task','project','callback','membership','group')),
  thing_id uuid not null,
  to_id uuid not null,
  -- Of a membership: the new one was no member before. Of a group: the place in it.
  is_added boolean not null default false,
  position int,
  primary key (hand_over_id, kind, thing_id, to_id)
);
`
