import type { Knex } from 'knex'

/**
 * Tasks with reminders, repeats and time spent; projects; notices of people; documents made of templates. Tasks of calls
 * stay in the same table: there is one list of what people owe.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables)
  await knex.raw(triggers)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const tables = `
create table projects (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 300),
  note text,
  owner_id uuid references users on delete set null,
  deal_id uuid references deals on delete set null,
  due_on date,
  state text not null default 'open' check (state in ('open','done')),
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index projects_list on projects (created_at desc, id desc);
create index projects_deal on projects (deal_id) where deal_id is not null;
create table project_members (
  project_id uuid not null references projects on delete cascade,
  user_id uuid not null references users on delete cascade,
  primary key (project_id, user_id)
);
create index project_members_user on project_members (user_id);

alter table tasks drop constraint tasks_kind_check;
alter table tasks
  add constraint tasks_kind_check check (kind in
    ('call_back','voicemail','callback_failed','follow_up','call','meeting','mail','other')),
  add column deal_id uuid references deals on delete set null,
  add column inquiry_id uuid references inquiries on delete set null,
  add column project_id uuid references projects on delete set null,
  -- Somebody has begun with it.
  add column is_started boolean not null default false,
  -- How long it is meant to take: its height in the calendar.
  add column planned_minutes int check (planned_minutes between 5 and 1440),
  add column repeat text check (repeat in ('daily','workdays','weekly','monthly')),
  -- The day of the month on which a monthly one was meant to be, for months that have no such day.
  add column repeat_day int check (repeat_day between 1 and 31),
  -- The one before it in a row of repeats.
  add column repeat_of uuid references tasks on delete set null,
  add column remind_minutes int check (remind_minutes between 0 and 20160),
  -- Once it is set, nobody is reminded again, until the task is put off.
  add column reminded_at timestamptz;
create index tasks_remind on tasks (due_at) where state = 'open' and remind_minutes is not null and reminded_at is null;
create index tasks_due on tasks (due_at) where due_at is not null;
create index tasks_done on tasks (done_at desc) where state = 'done';
create index tasks_deal on tasks (deal_id) where deal_id is not null;
create index tasks_inquiry on tasks (inquiry_id) where inquiry_id is not null;
create index tasks_project on tasks (project_id) where project_id is not null;
create index tasks_repeat_of on tasks (repeat_of) where repeat_of is not null;

create table task_times (
  id uuid primary key default gen_random_uuid(),
  task_id uuid not null references tasks on delete cascade,
  user_id uuid references users on delete set null,
  started_at timestamptz not null default now(),
  -- Null while the timer runs.
  seconds int check (seconds between 0 and 864000),
  note text,
  created_at timestamptz not null default now()
);
create index task_times_task on task_times (task_id);
create unique index task_times_one_timer on task_times (user_id) where seconds is null;

create table notices (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users on delete cascade,
  kind text not null check (kind in ('task_due','task_given')),
  task_id uuid references tasks on delete cascade,
  title text not null,
  -- When what it tells of is due.
  due_at timestamptz,
  -- It came in quiet hours: in the list, but it pops up nowhere.
  is_quiet boolean not null default false,
  at timestamptz not null default now(),
  read_at timestamptz
);
create index notices_user on notices (user_id, at desc);
create table reminder_settings (
  user_id uuid primary key references users on delete cascade,
  mail text,
  -- Minutes since midnight in the company's zone; over midnight where the first is the later one.
  quiet_from int check (quiet_from between 0 and 1439),
  quiet_to int check (quiet_to between 0 and 1439),
  check ((quiet_from is null) = (quiet_to is null))
);

create table document_templates (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  file_name text not null,
  content bytea not null,
  bytes int not null,
  fields text[] not null,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create table documents (
  id uuid primary key default gen_random_uuid(),
  deal_id uuid not null references deals on delete cascade,
  template_id uuid references document_templates on delete set null,
  file_name text not null,
  content bytea not null,
  bytes int not null,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  -- Taken away: it can be put back for a while.
  deleted_at timestamptz
);
create index documents_deal on documents (deal_id, created_at desc);
`

const triggers = `
create function tell_notice() returns trigger language plpgsql as $$
begin
  perform pg_notify('ringtrace_notices', new.user_id::text);
  return null;
end $$;
create trigger tell_notice after insert on notices for each row execute function tell_notice();
`
