import type { Knex } from 'knex'

/**
 * Contacts with mails, tags, custom fields, consents and notes; companies as things of their own; what was merged, so that
 * it can be taken apart again. Telephone numbers stay where they are. Companies are made of the names that contacts have,
 * and mails of what clients wrote into forms; nothing is taken away.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables)
  await knex.raw(triggers)
  await knex.raw(carryOver)
  await knex.raw(parts)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const tables = `
create table companies (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  tax_number text,
  website text,
  phones text[] not null default '{}',
  emails text[] not null default '{}',
  owner_id uuid references users on delete set null,
  note text,
  tags text[] not null default '{}',
  -- Values of custom fields, by the id of the field; so in contacts.
  custom jsonb not null default '{}',
  is_demo boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index companies_name on companies (name, id);
create index companies_same on companies (lower(name));

alter table contacts
  -- "company" beside it is the name of that company, for whoever shows a client without asking for more.
  add column company_id uuid references companies on delete set null,
  add column tags text[] not null default '{}',
  add column custom jsonb not null default '{}',
  -- Everything that a search may name, in small letters: kept by triggers.
  add column search text not null default '';
create index contacts_name on contacts (name, id);
create index contacts_created on contacts (created_at desc, id desc);
create index contacts_company on contacts (company_id) where company_id is not null;
create index contacts_owner on contacts (owner_id) where owner_id is not null;
create index contacts_tags on contacts using gin (tags) where tags <> '{}';
create index contacts_custom on contacts using gin (custom jsonb_path_ops) where custom <> '{}';
create index contacts_same on contacts (lower(name));

-- Several people may share a mail of their company; whoever alone has one is known by it.
create table contact_emails (
  contact_id uuid not null references contacts on delete cascade,
  email text not null check (email = lower(email)),
  primary key (contact_id, email)
);
create index contact_emails_email on contact_emails (email);

create table contact_notes (
  id uuid primary key default gen_random_uuid(),
  contact_id uuid not null references contacts on delete cascade,
  text text not null,
  written_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  edited_at timestamptz
);
create index contact_notes_contact on contact_notes (contact_id, created_at desc);
-- What a note said before each change of it.
create table contact_note_versions (
  id bigint generated always as identity primary key,
  note_id uuid not null references contact_notes on delete cascade,
  text text not null,
  written_by uuid references users on delete set null,
  at timestamptz not null
);
create index on contact_note_versions (note_id, id);

-- Given and withdrawn: the latest of a kind stands.
create table contact_consents (
  id uuid primary key default gen_random_uuid(),
  contact_id uuid not null references contacts on delete cascade,
  kind text not null check (kind in ('processing','marketing','recording')),
  is_given boolean not null,
  origin text not null,
  at timestamptz not null default now(),
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now()
);
create index contact_consents_contact on contact_consents (contact_id, at desc);

create table custom_fields (
  id uuid primary key default gen_random_uuid(),
  things text not null check (things in ('contacts','companies')),
  name text not null,
  kind text not null check (kind in ('text','number','date','choice','flag')),
  choices text[] not null default '{}',
  position int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index custom_fields_name on custom_fields (things, lower(name));

-- The contact that went into another, with all that is needed to take them apart again.
create table contact_merges (
  id uuid primary key default gen_random_uuid(),
  winner_id uuid not null,
  loser_id uuid not null,
  loser jsonb not null,
  -- Fields of the winner that the merge has changed: { field: value }.
  before jsonb not null,
  after jsonb not null,
  -- Keys of the rows that were moved, by table.
  moved jsonb not null,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  undone_at timestamptz
);
create index contact_merges_winner on contact_merges (winner_id, created_at desc);
create index contact_merges_loser on contact_merges (loser_id) where undone_at is null;
-- Pairs of which somebody has said that they are two; the smaller id first.
create table contact_not_same (
  a uuid not null references contacts on delete cascade,
  b uuid not null references contacts on delete cascade,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  primary key (a, b)
);

create index activities_contact on activities (contact_id, at desc) where contact_id is not null;
create index tasks_contact on tasks (contact_id) where contact_id is not null;
create index callbacks_contact on callbacks (contact_id) where contact_id is not null;
create index if not exists form_submissions_visitor on form_submissions (visitor_id) where visitor_id is not null;
`

const triggers = `
-- A company written as a word is the company of that name, made where there is none; chosen by its id, it brings its name.
create function link_company() returns trigger language plpgsql as $$
declare found_id uuid;
begin
  if new.company_id is not null and (tg_op = 'INSERT' or new.company_id is distinct from old.company_id) then
    new.company := (select name from companies where id = new.company_id);
  elsif tg_op = 'UPDATE' and new.company_id is distinct from old.company_id and new.company is not distinct from old.company then
    new.company := null;
  elsif tg_op = 'INSERT' or new.company is distinct from old.company then
    new.company := nullif(btrim(new.company), '');
    new.company_id := null;
    if new.company is not null then
      perform pg_advisory_xact_lock(hashtext('ringtrace.company'), hashtext(lower(new.company)));
      select id into found_id from companies where lower(name) = lower(new.company) order by created_at, id limit 1;
      if found_id is null then
        insert into companies (name, is_demo) values (new.company, new.is_demo) returning id into found_id;
      end if;
      new.company_id := found_id;
    end if;
  end if;
  return new;
end $$;
create trigger contacts_1_company before insert or update of company, company_id on contacts
  for each row execute function link_company();

create function fill_contact_search() returns trigger language plpgsql as $$
begin
  new.search := ' ' || replace(lower(concat_ws(' ', new.name, new.company,
    (select string_agg(e164, ' ' order by e164) from contact_phones where contact_id = new.id),
    (select string_agg(email, ' ' order by email) from contact_emails where contact_id = new.id),
    (select string_agg(value, ' ') from jsonb_each_text(new.custom)))), 'ё', 'е');
  return new;
end $$;
create trigger contacts_2_search before insert or update of name, company, company_id, custom, search on contacts
  for each row execute function fill_contact_search();

create function refresh_contact_search() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    update contacts set search = '' where id in (select contact_id from old_rows);
  end if;
  if tg_op <> 'DELETE' then
    update contacts set search = '' where id in (select contact_id from new_rows);
  end if;
  return null;
end $$;
create trigger search_insert after insert on contact_phones referencing new table as new_rows
  for each statement execute function refresh_contact_search();
create trigger search_update after update on contact_phones referencing old table as old_rows new table as new_rows
  for each statement execute function refresh_contact_search();
create trigger search_delete after delete on contact_phones referencing old table as old_rows
  for each statement execute function refresh_contact_search();
create trigger search_insert after insert on contact_emails referencing new table as new_rows
  for each statement execute function refresh_contact_search();
create trigger search_update after update on contact_emails referencing old table as old_rows new table as new_rows
  for each statement execute function refresh_contact_search();
create trigger search_delete after delete on contact_emails referencing old table as old_rows
  for each statement execute function refresh_contact_search();

create function rename_company() returns trigger language plpgsql as $$
begin
  update contacts set company = new.name where company_id = new.id and company is distinct from new.name;
  return null;
end $$;
create trigger rename_company after update of name on companies for each row
  when (old.name is distinct from new.name) execute function rename_company();
`

/**
 * A name that several contacts have, in whatever letters, is one company; how the oldest wrote it stands. A name of
 * blanks only is none.
 */
const carryOver = `
insert into companies (name, is_demo, created_at)
  select distinct on (lower(btrim(company))) btrim(company), bool_and(is_demo) over (partition by lower(btrim(company))), created_at
  from contacts where btrim(company) <> ''
  order by lower(btrim(company)), created_at, id;
insert into contact_emails (contact_id, email)
  select distinct contact_id, lower(btrim(email)) from inquiries
  where contact_id is not null and email ~ '^\\s*[^@\\s]+@[^@\\s]+\\.[^@\\s]+\\s*$' and length(email) <= 200;
-- The trigger looks for the rest.
update contacts c set company_id = k.id from companies k where lower(k.name) = lower(btrim(c.company));
update contacts set company = null where btrim(company) = '';
update contacts set search = '' where company_id is null;
`

/** As in migration 0011: letters become Latin ones for the index only, and without `pg_trgm` it is read through. */
const parts = `
do $$
begin
  if exists (select from pg_extension where extname = 'pg_trgm') then
    create index contacts_search on contacts using gin (translate(search,
      'абвгдежзийклмнопрстуфхцчшщъыьэюя', 'abvgdejziyklmnoprstufhcqwwxyxeua') gin_trgm_ops);
  end if;
end $$;
`
