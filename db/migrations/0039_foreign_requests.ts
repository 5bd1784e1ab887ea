import type { Knex } from 'knex'

/**
 * Requests that a foreign system has taken (a form, a chat, a lead of its own) are kept beside those of our sites, and
 * become inquiries by the same way. Their path is what that system says; their id there is taken once.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table form_submissions alter column site_id drop not null;
alter table form_submissions
  -- By what they came: inquiryChannel, source, medium, campaign, keyword. Null: the visit tells.
  add column path jsonb,
  add column connector_id uuid references connectors on delete set null,
  add column foreign_id text check (length(foreign_id) between 1 and 200);
create unique index form_submissions_foreign on form_submissions (connector_id, foreign_id) where connector_id is not null;
-- A visit by the id that Roistat has given it.
create index visits_roistat on visits ((cookies->>'roistat_visit'), started_at desc) where cookies->>'roistat_visit' is not null;

-- What Roistat is reading, page by page: which orders and clients, and how many, must not change in between.
create table roistat_exports (
  connector_id uuid not null references connectors on delete cascade,
  what text not null check (what in ('orders','clients')),
  since timestamptz not null,
  made_at timestamptz not null default now(),
  ids uuid[] not null,
  primary key (connector_id, what, since)
);
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
