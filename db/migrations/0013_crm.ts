import type { Knex } from 'knex'

/**
 * What became of each call, form and callback in the CRM. `crm_inbox` takes them by triggers, in the transaction that
 * wrote them (a live tape, a replayed spool and calls found later in CEL alike); `crm/inbox.ts` works them out afterwards.
 * It only grows and shrinks, so that no tape ever waits for whoever works it out.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables)
  await knex.raw(triggers)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const tables = `
-- The deal that an accepted inquiry became, or joined.
alter table inquiries add column deal_id uuid references deals on delete set null;
create index inquiries_deal on inquiries (deal_id) where deal_id is not null;
create index inquiries_email on inquiries (lower(email), created_at desc) where email is not null;

-- Each call, form and callback of a client, once: in an inquiry, or in a deal that was open when it came. The events of
-- an accepted inquiry are in its deal too.
create table activities (
  subject_id uuid primary key,
  subject text not null check (subject in ('call','form','callback')),
  at timestamptz not null,
  contact_id uuid references contacts on delete set null,
  inquiry_id uuid references inquiries on delete cascade,
  deal_id uuid references deals on delete set null
);
create index activities_inquiry on activities (inquiry_id, at) where inquiry_id is not null;
create index activities_deal on activities (deal_id, at) where deal_id is not null;

create table crm_inbox (
  id bigint generated always as identity primary key,
  subject text not null check (subject in ('call','form','callback')),
  subject_id uuid not null,
  attempts int not null default 0,
  next_at timestamptz not null default now(),
  error text
);
create index crm_inbox_due on crm_inbox (next_at);
`

const triggers = `
create function queue_crm() returns trigger language plpgsql as $$
begin
  insert into crm_inbox (subject, subject_id) values (tg_argv[0], new.id);
  perform pg_notify('ringtrace_crm', '');
  return null;
end $$;
-- The demo's past calls come with inquiries and deals of their own.
create trigger queue_crm_late after insert on calls for each row
  when (new.ended_at is not null and new.direction <> 'internal' and not new.is_demo) execute function queue_crm('call');
create trigger queue_crm_ended after update on calls for each row
  when (new.ended_at is not null and new.direction <> 'internal'
    and (old.ended_at is null or old.is_spam is distinct from new.is_spam)) execute function queue_crm('call');
-- No spam after all: neither were the later calls that were taken for it.
create function queue_crm_again() returns trigger language plpgsql as $$
begin
  insert into crm_inbox (subject, subject_id)
    select 'call', c.id from calls c
    where c.caller_number = new.caller_number and c.id <> new.id and c.direction = 'in' and c.ended_at is not null
      and not c.is_demo and c.started_at > now() - interval '30 days'
      and not exists (select from activities a where a.subject_id = c.id)
    order by c.started_at;
  return null;
end $$;
-- By its name it comes after the trigger above.
create trigger queue_crm_unspam after update on calls for each row
  when (old.is_spam and not new.is_spam and new.caller_number is not null) execute function queue_crm_again();
create trigger queue_crm after insert on form_submissions for each row execute function queue_crm('form');
create trigger queue_crm after insert on callbacks for each row
  when (new.kind = 'form') execute function queue_crm('callback');
`
