import type { Knex } from 'knex'

/**
 * What calls bring: inquiries and deals, what advertising costs, and the facts from which reports are made.
 *
 * Whatever a report counts is announced in `fact_queue` by triggers, in the transaction that changed it; `reports/facts`
 * works it into flags of calls, credits of models and sums of days. New tables and columns with constant defaults only.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(callFacts)
  await knex.raw(crm)
  await knex.raw(credits)
  await knex.raw(sums)
  await knex.raw(costs)
  await knex.raw(work)
  await knex.raw(queue)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const callFacts = `
-- By the project's rules (settings 'reports.rules'), from all calls of the same client; null until worked out.
alter table calls
  add column is_unique boolean,
  add column is_repeat boolean,
  add column is_target boolean,
  -- Of a call that nobody answered: the first talk with the same client after it, in either direction.
  add column returned_at timestamptz,
  add column returned_call_id uuid;

create table call_comments (
  id uuid primary key default gen_random_uuid(),
  call_id uuid not null,
  -- Null: of the call as a whole; else where in which leg's recording.
  leg text,
  at_seconds numeric check (at_seconds >= 0),
  text text not null check (length(text) between 1 and 5000),
  user_id uuid references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index on call_comments (call_id, created_at);
`

const crm = `
create table inquiries (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('call','form','callback','mail','message','manual')),
  state text not null default 'new' check (state in ('new','inWork','accepted','closed','spam')),
  title text not null check (length(title) between 1 and 300),
  -- What it came from; one inquiry for each.
  call_id uuid unique,
  form_id uuid unique,
  callback_id uuid unique,
  visit_id uuid,
  visitor_id uuid,
  site_id uuid references sites on delete set null,
  contact_id uuid references contacts on delete set null,
  phone text,
  name text,
  email text,
  -- Shown and editable apart from what tracking says; filled in from it.
  inquiry_channel text,
  source text,
  medium text,
  campaign text,
  keyword text,
  responsible_id uuid references users on delete set null,
  is_missed boolean not null default false,
  first_response_at timestamptz,
  note text,
  is_demo boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  closed_at timestamptz
);
create index inquiries_list on inquiries (created_at desc, id desc);
create index inquiries_state on inquiries (state, created_at desc);
create index inquiries_contact on inquiries (contact_id, created_at desc) where contact_id is not null;
create index inquiries_phone on inquiries (phone, created_at desc) where phone is not null;

create table pipelines (
  id uuid primary key default gen_random_uuid(),
  name text not null unique check (length(name) between 1 and 200),
  position int not null default 0,
  is_demo boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create table pipeline_stages (
  id uuid primary key default gen_random_uuid(),
  pipeline_id uuid not null references pipelines on delete cascade,
  name text not null check (length(name) between 1 and 200),
  kind text not null default 'open' check (kind in ('open','won','lost')),
  position int not null,
  unique (pipeline_id, name)
);
create unique index pipeline_stages_won on pipeline_stages (pipeline_id) where kind = 'won';
create unique index pipeline_stages_lost on pipeline_stages (pipeline_id) where kind = 'lost';

create table deals (
  id uuid primary key default gen_random_uuid(),
  title text not null check (length(title) between 1 and 300),
  pipeline_id uuid not null references pipelines on delete restrict,
  stage_id uuid not null references pipeline_stages on delete restrict,
  amount numeric(14,2) not null default 0 check (amount >= 0),
  currency text not null default 'RUB' check (currency ~ '^[A-Z]{3}$'),
  contact_id uuid references contacts on delete set null,
  inquiry_id uuid references inquiries on delete set null,
  responsible_id uuid references users on delete set null,
  inquiry_channel text,
  source text,
  medium text,
  campaign text,
  keyword text,
  lost_reason text,
  note text,
  is_demo boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- When it came to its last stage, won or lost.
  closed_at timestamptz
);
create index deals_list on deals (created_at desc, id desc);
create index deals_stage on deals (stage_id, created_at desc);
create index deals_contact on deals (contact_id) where contact_id is not null;
create index deals_inquiry on deals (inquiry_id) where inquiry_id is not null;
create table deal_stage_changes (
  id bigint generated always as identity primary key,
  deal_id uuid not null references deals on delete cascade,
  from_stage_id uuid,
  to_stage_id uuid not null,
  at timestamptz not null default now(),
  by_user_id uuid references users on delete set null
);
create index on deal_stage_changes (deal_id, at);

-- Every installation begins with one pipeline, so that the first deal needs no setting up.
with made as (insert into pipelines (name) values ('Продажи') returning id)
insert into pipeline_stages (pipeline_id, name, kind, position)
  select id, s.name, s.kind, s.position from made, (values
    ('Новая', 'open', 10), ('Переговоры', 'open', 20), ('Счёт', 'open', 30), ('Успешно', 'won', 40), ('Проиграна', 'lost', 50)
  ) as s (name, kind, position);
`

const credits = `
-- Every path that something came by, once. Empty text: not given.
create table report_paths (
  id int generated always as identity primary key,
  inquiry_channel text not null,
  source text not null default '',
  medium text not null default '',
  campaign text not null default '',
  keyword text not null default '',
  unique (inquiry_channel, source, medium, campaign, keyword)
);

-- How each model shares one call, form or callback among the visits before it, in millionths that add up to 1 000 000.
create table credits (
  subject_id uuid not null,
  place smallint not null,
  subject text not null check (subject in ('call','form','callback')),
  -- Of the call, form or callback, not of the visit.
  at timestamptz not null,
  path_id int not null references report_paths,
  first int not null,
  last int not null,
  last_non_direct int not null,
  linear int not null,
  position int not null,
  time_decay int not null,
  primary key (subject_id, place)
);
create index credits_path on credits (path_id, at);
`

const sums = `
-- Sums of a day in the company's time zone. Amounts are millionths, so that shares of models add up exactly.
create table report_sums (
  -- By what: 'source' (path_id), 'hour' (key 0…23), 'operator', 'pool', 'landing', 'region' (key).
  cut text not null check (cut in ('source','hour','operator','pool','landing','region')),
  -- Of 'source' only; '' elsewhere.
  model text not null default '',
  day date not null,
  site_id uuid not null default '00000000-0000-0000-0000-000000000000',
  path_id int not null default 0,
  key text not null default '',
  calls bigint not null default 0,
  first_calls bigint not null default 0,
  unique_calls bigint not null default 0,
  repeat_calls bigint not null default 0,
  answered bigint not null default 0,
  missed bigint not null default 0,
  returned bigint not null default 0,
  return_seconds bigint not null default 0,
  target bigint not null default 0,
  wait_seconds bigint not null default 0,
  talk_seconds bigint not null default 0,
  ratings bigint not null default 0,
  rating_sum bigint not null default 0,
  -- Calls that tracking tied to a visit, and how sure it was of them.
  attributed bigint not null default 0,
  confidence_sum bigint not null default 0,
  inquiries bigint not null default 0,
  deals bigint not null default 0,
  won bigint not null default 0,
  -- Of won deals, in the company's currency.
  revenue numeric not null default 0,
  primary key (cut, model, day, site_id, path_id, key)
);

-- Visits of a day; of today until a minute ago.
create table report_visits (
  cut text not null check (cut in ('source','landing')),
  day date not null,
  site_id uuid not null,
  path_id int not null default 0,
  key text not null default '',
  visits bigint not null,
  new_visitors bigint not null,
  primary key (cut, day, site_id, path_id, key)
);

-- Days whose sums do not yet hold what was counted.
create table report_dirty_days (day date primary key);
`

const costs = `
create table currency_rates (
  day date not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- How much of the company's currency one unit is worth; the last known one goes on.
  rate numeric not null check (rate > 0),
  primary key (currency, day)
);
create table cost_imports (
  id uuid primary key default gen_random_uuid(),
  -- 'csv', or a connector's name.
  origin text not null,
  file_name text,
  rows int not null,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  undone_at timestamptz
);
create table costs (
  id uuid primary key default gen_random_uuid(),
  day date not null,
  site_id uuid references sites on delete set null,
  inquiry_channel text not null default 'paid',
  source text not null check (source <> ''),
  medium text not null default '',
  campaign text not null default '',
  keyword text not null default '',
  amount numeric(14,2) not null check (amount >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  clicks int check (clicks >= 0),
  impressions int check (impressions >= 0),
  note text,
  import_id uuid references cost_imports on delete cascade,
  is_demo boolean not null default false,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index costs_day on costs (day, source);
create index costs_import on costs (import_id) where import_id is not null;
`

const work = `
-- Long work that people asked for and watch: exports, recomputation.
create table jobs (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  params jsonb not null default '{}',
  state text not null default 'waiting' check (state in ('waiting','running','done','failed','cancelled')),
  done int not null default 0,
  -- Null: not known yet.
  total int,
  result jsonb,
  error text,
  -- A file to fetch: its name for people; it lies in DATA_DIR/exports under the job's id.
  file_name text,
  file_type text,
  file_bytes bigint,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz
);
create index jobs_list on jobs (created_at desc, id desc);

create table saved_views (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users on delete cascade,
  -- 'journal', or 'reports/sources' …
  page text not null check (length(page) between 1 and 100),
  name text not null check (length(name) between 1 and 100),
  -- The query of the page's address.
  query text not null check (length(query) <= 8000),
  is_shared boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (user_id, page, name)
);

create table report_mailings (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  report text not null,
  query jsonb not null default '{}',
  format text not null default 'xlsx' check (format in ('csv','xlsx')),
  -- The days that it tells of end with yesterday.
  days int not null default 7 check (days between 1 and 366),
  schedule text not null check (schedule in ('daily','weekly','monthly')),
  -- Of a weekly one 1 (Monday) … 7, of a monthly one 1 … 28.
  on_day int,
  at_hour int not null default 9 check (at_hour between 0 and 23),
  recipients text[] not null,
  locale text not null default 'ru' check (locale in ('ru','en')),
  is_active boolean not null default true,
  next_at timestamptz,
  last_sent_at timestamptz,
  last_error text,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
`

/** `ringtrace.facts` is set by whoever works the facts out: its own writing is no news. */
const queue = `
create table fact_queue (
  id bigint generated always as identity primary key,
  subject text not null,
  subject_id uuid not null
);
create function queue_fact() returns trigger language plpgsql as $$
begin
  if coalesce(current_setting('ringtrace.facts', true), '') <> 'on' then
    insert into fact_queue (subject, subject_id) values (tg_argv[0], coalesce(new.id, old.id));
  end if;
  return null;
end $$;
create trigger queue_fact after insert or update on calls for each row
  when (new.ended_at is not null) execute function queue_fact('call');
create trigger queue_fact_gone after delete on calls for each row execute function queue_fact('call');
create trigger queue_fact after insert or update or delete on form_submissions for each row execute function queue_fact('form');
create trigger queue_fact after insert or delete on callbacks for each row execute function queue_fact('callback');
create trigger queue_fact after insert or update or delete on inquiries for each row execute function queue_fact('inquiry');
create trigger queue_fact after insert or update or delete on deals for each row execute function queue_fact('deal');
`
