import type { Knex } from 'knex'

/**
 * What the desk remembers of spam, and what deals are made of: lines, payments, several contacts, what they cost, when
 * they are expected. Deals that are there keep the sum that somebody typed.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(desk)
  await knex.raw(deals)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const desk = `
-- A number or a mail of which somebody has said that it is spam.
create table spam_marks (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('phone','email')),
  value text not null,
  reason text,
  inquiry_id uuid references inquiries on delete set null,
  -- The call that was marked in the journal: with its mark this one goes too.
  call_id uuid,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  unique (kind, value)
);
create index spam_marks_list on spam_marks (created_at desc, id desc);
create index spam_marks_call on spam_marks (call_id) where call_id is not null;
-- What came from there since: it waits here, hidden, and is worked out when the mark is taken back.
create table spam_hits (
  subject_id uuid primary key,
  subject text not null,
  mark_id uuid not null references spam_marks on delete cascade,
  at timestamptz not null
);
create index spam_hits_mark on spam_hits (mark_id, at desc);

-- Numbers that calls of the journal have marked until now.
insert into spam_marks (kind, value, call_id, created_at)
  select distinct on (caller_number) 'phone', caller_number, id, started_at from calls
  where is_spam and caller_number is not null and not is_demo order by caller_number, started_at desc;

-- Inquiries that the dispatcher gave to somebody: when, and why to them.
alter table inquiries add column dispatched_at timestamptz, add column dispatch_note jsonb;
create index inquiries_free on inquiries (created_at) where state = 'new' and responsible_id is null;
create index inquiries_load on inquiries (responsible_id) where state in ('new','inWork');
`

const deals = `
alter table deals
  add column cost numeric(14,2) check (cost >= 0),
  -- The sum, and what it costs, are those of the lines; false: somebody typed them.
  add column follows_lines boolean not null default false,
  add column expected_at date;
alter table deals alter column follows_lines set default true;
create index deals_board on deals (stage_id, updated_at desc, id desc);
create index deals_responsible on deals (responsible_id) where responsible_id is not null;

create table deal_lines (
  id uuid primary key default gen_random_uuid(),
  deal_id uuid not null references deals on delete cascade,
  position int not null,
  name text not null check (length(name) between 1 and 300),
  quantity numeric(12,3) not null check (quantity > 0),
  price numeric(14,2) not null check (price >= 0),
  -- In per cent of the price.
  discount numeric(5,2) not null default 0 check (discount between 0 and 100),
  -- Of one piece; null where nobody knows it.
  cost numeric(14,2) check (cost >= 0)
);
create index deal_lines_deal on deal_lines (deal_id, position);

create table deal_payments (
  id uuid primary key default gen_random_uuid(),
  deal_id uuid not null references deals on delete cascade,
  amount numeric(14,2) not null check (amount > 0),
  paid_on date not null,
  note text,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now()
);
create index deal_payments_deal on deal_payments (deal_id, paid_on);

-- Beside the contact that the deal is with.
create table deal_contacts (
  deal_id uuid not null references deals on delete cascade,
  contact_id uuid not null references contacts on delete cascade,
  primary key (deal_id, contact_id)
);
create index deal_contacts_contact on deal_contacts (contact_id);

create table loss_reasons (
  name text primary key check (length(name) between 1 and 200),
  position int not null
);
insert into loss_reasons (name, position) values ('Дорого', 1), ('Выбрали других', 2), ('Передумали', 3),
  ('Не удалось связаться', 4), ('Такого не делаем', 5);

-- How likely deals of a stage are won, in per cent; null: by its place among the others.
alter table pipeline_stages add column probability smallint check (probability between 0 and 100);
`
