import type { Knex } from 'knex'

/**
 * Rules of automation, what happened and waits to be matched with them, and what each rule did. Calls and ratings come in
 * by triggers, in the transaction that wrote them, and only while some rule waits for them; all else of the CRM is
 * announced. A run is unique by its rule and its event: that makes the effect of an event happen once.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables)
  await knex.raw(triggers)
  await knex.raw(alert)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const tables = `
create table automation_rules (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  is_active boolean not null default false,
  -- Since when it is on: what was due earlier is not made up for.
  active_since timestamptz,
  trigger text not null,
  settings jsonb not null default '{}',
  -- Groups of conditions; each must hold.
  groups jsonb not null default '[]',
  actions jsonb not null default '[]',
  -- At most so many times for one client within so many hours.
  limit_times int not null default 3 check (limit_times between 1 and 50),
  limit_hours int not null default 24 check (limit_hours between 1 and 720),
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index automation_rules_active on automation_rules (trigger) where is_active;

-- What happened, until it was matched with the rules; it only grows and shrinks.
create table automation_events (
  id bigint generated always as identity primary key,
  type text not null,
  -- The same for the same event, however often it is told.
  key text not null,
  subject text not null check (subject in ('inquiry','deal','call','form','task','message')),
  subject_id uuid not null,
  at timestamptz not null,
  data jsonb not null default '{}',
  -- Rules whose actions led here, the first one first.
  chain uuid[] not null default '{}',
  -- Of one rule only: its own time has come.
  rule_id uuid references automation_rules on delete cascade,
  attempts int not null default 0,
  next_at timestamptz not null default now(),
  error text
);
create index automation_events_due on automation_events (next_at);

create table automation_runs (
  id uuid primary key default gen_random_uuid(),
  rule_id uuid not null references automation_rules on delete cascade,
  key text not null,
  type text not null,
  subject text not null,
  subject_id uuid not null,
  contact_id uuid references contacts on delete set null,
  -- Whom the limit counts: the client, else the subject.
  limit_id uuid not null,
  -- Of the event, such as the stage that was entered.
  data jsonb not null default '{}',
  at timestamptz not null,
  chain uuid[] not null default '{}',
  state text not null check (state in ('skipped','stopped','waiting','done','failed')),
  reason text,
  -- Which conditions held, group by group.
  checks jsonb not null default '[]',
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (rule_id, key)
);
create index automation_runs_log on automation_runs (created_at desc, id desc);
create index automation_runs_rule on automation_runs (rule_id, created_at desc);
create index automation_runs_limit on automation_runs (rule_id, limit_id, created_at) where state not in ('skipped','stopped');
create index automation_runs_contact on automation_runs (contact_id) where contact_id is not null;

-- Single actions. They name things and hold templates: what a client is called or can be reached by is read when it is done.
create table automation_steps (
  id uuid primary key default gen_random_uuid(),
  run_id uuid not null references automation_runs on delete cascade,
  position int not null,
  kind text not null,
  action jsonb not null,
  -- 'begun': on its way out; 'unknown': it was on its way when we stopped, and may have gone.
  state text not null default 'pending' check (state in ('pending','begun','done','skipped','failed','unknown')),
  attempts int not null default 0,
  next_at timestamptz not null default now(),
  begun_at timestamptz,
  -- Why it waits, was left out or failed; names and addresses of clients are hidden.
  note text,
  -- What it made, such as a task.
  made_id uuid,
  done_at timestamptz,
  unique (run_id, position)
);
create index automation_steps_due on automation_steps (next_at) where state in ('pending','begun');
create index automation_steps_made on automation_steps (made_id) where made_id is not null;

-- What rules tell people stands among the notices of tasks.
alter table notices drop constraint notices_kind_check;
alter table notices
  add constraint notices_kind_check check (kind in ('task_due','task_given','automation')),
  add column subject text check (subject in ('inquiry','deal','call','contact')),
  add column subject_id uuid;
`

const triggers = `
create function queue_automation() returns trigger language plpgsql as $$
begin
  if exists (select from automation_rules where is_active and trigger = any (string_to_array(tg_argv[1], ','))) then
    insert into automation_events (type, key, subject, subject_id, at)
    values (tg_argv[0], tg_argv[0] || ':' || new.id, 'call', new.id, coalesce(new.ended_at, now()));
    perform pg_notify('ringtrace_automation', '');
  end if;
  return null;
end $$;
create trigger queue_automation_late after insert on calls for each row
  when (new.ended_at is not null and new.direction <> 'internal' and not new.is_demo and new.call_type <> 'test')
  execute function queue_automation('call.ended', 'missedCall,callEnded');
create trigger queue_automation_ended after update on calls for each row
  when (new.ended_at is not null and old.ended_at is null and new.direction <> 'internal' and not new.is_demo
    and new.call_type <> 'test')
  execute function queue_automation('call.ended', 'missedCall,callEnded');
create trigger queue_automation_rated_late after insert on calls for each row
  when (new.rating is not null and not new.is_demo and new.call_type <> 'test')
  execute function queue_automation('call.rated', 'callRated');
create trigger queue_automation_rated after update on calls for each row
  when (new.rating is not null and old.rating is null and not new.is_demo and new.call_type <> 'test')
  execute function queue_automation('call.rated', 'callRated');
`

/** Complaints reach supervisors without anybody having set something up. */
const alert = `
insert into automation_rules (name, is_active, active_since, trigger, settings, actions, limit_times, limit_hours)
values ('Низкая оценка — руководителю', true, now(), 'callRated', '{"rating": 2}',
  '[{"kind": "notify", "to": {"kind": "supervisors"}, "emails": [],
     "text": "Оценка {{rating}}: {{client}}, {{phone}}. Разговор вёл {{operator}}."}]', 5, 24);
-- With it links to refuse further letters are signed.
insert into settings (key, value) values ('unsubscribe',
  jsonb_build_object('key', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')));
`
