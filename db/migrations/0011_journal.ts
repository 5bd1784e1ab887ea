import type { Knex } from 'knex'

/**
 * Indexes by which the journal stays quick with millions of calls. Every version of a call writes into every index
 * that it fits, so most of these hold only what their filter looks for, and nothing until the call has ended.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
-- Filters name numbers by id; what was dialled is found by search.
drop index if exists calls_dialed;
-- With the id behind the moment a page after any place is read from one of these alone, in order: as short among ten
-- million calls as among a thousand. Those without a value are found in the order of time.
drop index calls_operator, calls_source, calls_outcome, calls_pool;
create index calls_operator on calls (operator_id, started_at desc, id desc) where operator_id is not null;
create index calls_source on calls (source_id, started_at desc, id desc) where source_id is not null;
create index calls_outcome on calls (outcome, started_at desc, id desc) where outcome is not null;
create index calls_pool on calls (pool_id, started_at desc, id desc) where pool_id is not null;
create index calls_number on calls (number_id, started_at desc, id desc) where number_id is not null;
create index calls_site on calls (site_id, started_at desc, id desc) where site_id is not null;
-- Whatever stands in a tagged link may be longer than an index takes.
-- Few calls are of no source, so those are found by it as well.
create index calls_source_name on calls (left(source_name, 200), started_at desc, id desc);
create index calls_campaign on calls (left(campaign, 200), started_at desc, id desc) where campaign is not null;
create index calls_keyword on calls (left(keyword, 200), started_at desc, id desc) where keyword is not null;
create index calls_landing on calls (landing_key(landing_url), started_at desc, id desc) where landing_url is not null;
-- One client has few calls: they are sorted in no time.
create index calls_contact on calls (contact_id, started_at desc) where contact_id is not null;
create index calls_open on calls (started_at desc) where ended_at is null;
create index calls_unreturned on calls (started_at desc) where direction = 'in' and returned_at is null
  and outcome in ('missed','abandoned','busy','failed','voicemail');
create index calls_spam on calls (started_at desc) where is_spam;
create index calls_tags on calls using gin (tags) where tags <> '{}';
create index calls_talk on calls (talk_seconds, id) where talk_seconds is not null;
create index calls_wait on calls (wait_seconds, id) where wait_seconds is not null;
create index calls_total on calls (total_seconds, id) where total_seconds is not null;
-- How long calls take depends on how they end: among the longest there is none that was abandoned.
create index calls_outcome_talk on calls (outcome, talk_seconds, id) where talk_seconds is not null;
create index calls_outcome_wait on calls (outcome, wait_seconds, id) where wait_seconds is not null;
create index calls_outcome_total on calls (outcome, total_seconds, id) where total_seconds is not null;
create index calls_rating on calls (rating, id) where rating is not null;
create index calls_nth on calls (call_number, id) where call_number is not null;
create index call_comments_user on call_comments (user_id) where user_id is not null;
`)
  await knex.raw(parts)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

/**
 * Search by part of a number or name. PostgreSQL brings `pg_trgm` along, but a database of somebody else may lack it
 * or not let us have it: then search reads through the calls of the period.
 */
const parts = `
do $$
begin
  begin
    create extension if not exists pg_trgm;
  exception when others then
    raise notice 'pg_trgm is not to be had (%): search in the journal goes without an index', sqlerrm;
  end;
  if exists (select from pg_extension where extname = 'pg_trgm') then
    -- Where the database's locale is C, as in ours, pg_trgm takes only Latin letters for letters. Which letter stands for
    -- which does not matter: what is found is compared in full.
    create index calls_parts on calls using gin (translate(lower(
      coalesce(caller_number, '') || ' ' || coalesce(dialed_number, '') || ' ' ||
      coalesce(contact_name, '') || ' ' || coalesce(caller_name, '')
    ), 'абвгдеёжзийклмнопрстуфхцчшщъыьэюя', 'abvgdeejziyklmnoprstufhcqwwxyxeua') gin_trgm_ops) where ended_at is not null;
  end if;
end $$;
`
