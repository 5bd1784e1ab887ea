import type { Knex } from 'knex'

/**
 * What keeping the facts up to date needs beside their tables: announcements that say what was before a change, and
 * those of changes further off (a visitor's client, a stage, a rate) that move figures as well.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(paths)
  await knex.raw(queue)
  await knex.raw(announcements)
  await knex.raw(indexes)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const paths = `
-- Keywords may be longer than an index of five texts can hold.
alter table report_paths drop constraint report_paths_inquiry_channel_source_medium_campaign_keyword_key;
create unique index report_paths_key on report_paths (md5(
  inquiry_channel || chr(31) || source || chr(31) || medium || chr(31) || campaign || chr(31) || keyword
));
create index report_paths_source on report_paths (inquiry_channel, left(source, 100));

-- The landing page as reports name it: host and path. The journal filters by it too.
create function landing_key(url text) returns text language sql immutable parallel safe as $$
  select coalesce(left(
    lower(substring(url from '^[A-Za-z][A-Za-z0-9+.-]*://([^/\\?#]*)')) ||
    coalesce(nullif(substring(url from '^[A-Za-z][A-Za-z0-9+.-]*://[^/\\?#]*(/[^\\?#]*)'), ''), '/'), 500), '')
$$;
`

const queue = `
alter table fact_queue
  -- Of a call that had ended before: whose it was. Of a visitor: the contact they belonged to.
  add column old_key text,
  -- When what changed or went had happened before.
  add column old_at timestamptz,
  -- How often working it out has failed; it is left alone after a few times, until the next start.
  add column tries smallint not null default 0;
`

const announcements = `
drop trigger queue_fact on calls;
drop trigger queue_fact_gone on calls;
create function queue_call() returns trigger language plpgsql as $$
begin
  if coalesce(current_setting('ringtrace.facts', true), '') = 'on' then return null; end if;
  if tg_op = 'INSERT' then
    insert into fact_queue (subject, subject_id) values ('call', new.id);
  else
    insert into fact_queue (subject, subject_id, old_key, old_at) values ('call', old.id,
      case when old.ended_at is not null then old.caller_number end,
      case when old.ended_at is not null then old.started_at end);
  end if;
  return null;
end $$;
create trigger queue_fact after insert on calls for each row when (new.ended_at is not null)
  execute function queue_call();
-- A call is written many times; only what a report could show is news.
create trigger queue_fact_changed after update on calls for each row when (
  new.ended_at is not null and (old.ended_at is null or
    (old.direction, old.caller_number, old.started_at, old.answered_at, old.ended_at, old.outcome, old.wait_seconds,
     old.talk_seconds, old.site_id, old.operator_id, old.pool_id, old.visit_id, old.visitor_id, old.inquiry_channel,
     old.source_name, old.medium, old.campaign, old.keyword, old.landing_url, old.caller_region, old.caller_country,
     old.rating, old.is_spam, old.attribution_confidence)
    is distinct from
    (new.direction, new.caller_number, new.started_at, new.answered_at, new.ended_at, new.outcome, new.wait_seconds,
     new.talk_seconds, new.site_id, new.operator_id, new.pool_id, new.visit_id, new.visitor_id, new.inquiry_channel,
     new.source_name, new.medium, new.campaign, new.keyword, new.landing_url, new.caller_region, new.caller_country,
     new.rating, new.is_spam, new.attribution_confidence))
) execute function queue_call();
create trigger queue_fact_gone after delete on calls for each row when (old.ended_at is not null)
  execute function queue_call();

create or replace function queue_fact() returns trigger language plpgsql as $$
begin
  if coalesce(current_setting('ringtrace.facts', true), '') = 'on' then return null; end if;
  if tg_op = 'INSERT' then
    insert into fact_queue (subject, subject_id) values (tg_argv[0], new.id);
  else
    insert into fact_queue (subject, subject_id, old_at) values (tg_argv[0], old.id,
      coalesce(to_jsonb(old) ->> 'created_at', to_jsonb(old) ->> 'at')::timestamptz);
  end if;
  return null;
end $$;

-- Visits of one client on several devices become one history.
create function queue_visitor() returns trigger language plpgsql as $$
begin
  insert into fact_queue (subject, subject_id, old_key) values ('visitor', new.id, old.contact_id::text);
  return null;
end $$;
create trigger queue_fact after update of contact_id on visitors for each row
  when (old.contact_id is distinct from new.contact_id) execute function queue_visitor();

create function queue_stage() returns trigger language plpgsql as $$
begin
  insert into fact_queue (subject, subject_id) select 'deal', id from deals where stage_id = new.id;
  return null;
end $$;
create trigger queue_fact after update of kind on pipeline_stages for each row
  when (old.kind is distinct from new.kind) execute function queue_stage();

-- A rate holds from its day on. A day more: the company's day is not that of UTC.
create function queue_rate() returns trigger language plpgsql as $$
begin
  insert into fact_queue (subject, subject_id) select 'deal', id from deals
    where currency in (old.currency, new.currency) and created_at >= least(old.day, new.day) - 1;
  return null;
end $$;
create trigger queue_fact after insert or update or delete on currency_rates for each row execute function queue_rate();

-- What a site brought goes with the site, as its visits do.
create function drop_report_visits() returns trigger language plpgsql as $$
begin
  delete from report_visits where site_id = old.id;
  return null;
end $$;
create trigger drop_report_visits after delete on sites for each row execute function drop_report_visits();
`

const indexes = `
-- The first talk with a client after a call, and the last before it.
create index calls_talks on calls (caller_number, started_at)
  where outcome = 'answered' and answered_at is not null and ended_at is not null;
create index form_submissions_visitor on form_submissions (visitor_id) where visitor_id is not null;
create index callbacks_visit on callbacks (visit_id) where visit_id is not null;
create index deals_currency on deals (currency, created_at);
`
