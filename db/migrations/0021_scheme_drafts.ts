import type { Knex } from 'knex'

/**
 * Who saved a draft last and how many times it was saved, so that nobody overwrites what somebody else has drawn; and
 * the imagined calls that a scheme must pass before it is published. Columns with constant defaults and a new table: no
 * long lock.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table schemes
  add column revision int not null default 1,
  add column draft_saved_by uuid references users on delete set null,
  add column draft_saved_at timestamptz not null default now();

-- Whoever saves it, and by whatever way.
create function count_draft() returns trigger language plpgsql as $$
begin
  new.revision := old.revision + 1;
  new.draft_saved_at := now();
  return new;
end $$;
create trigger count_draft before update of draft on schemes for each row execute function count_draft();

create table scheme_checks (
  id uuid primary key default gen_random_uuid(),
  scheme_id uuid not null references schemes on delete cascade,
  name text not null check (length(name) between 1 and 200),
  scenario jsonb not null,
  expected jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (scheme_id, name)
);

-- Drafts are saved while somebody draws. Calls follow published versions only: they need not be told of each stroke.
drop trigger announce on schemes;
create trigger announce after insert or delete or update of name, published_version on schemes
  for each row execute function announce_change();
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
