import type { Knex } from 'knex'

/**
 * The text by which contacts are found, with its letters folded for the index kept beside it: folding hundreds of texts
 * while somebody types took longer than finding them. What many rows bring is written in one statement.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(triggers)
  await knex.raw(fill)
  await knex.raw(parts)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const triggers = `
alter table contacts add column search_folded text not null default '';

-- As migration 0011 says: Latin letters for the index only.
create function contact_search_folded(text) returns text language sql immutable strict parallel safe as $$
  select translate($1, 'абвгдежзийклмнопрстуфхцчшщъыьэюя', 'abvgdejziyklmnoprstufhcqwwxyxeua')
$$;
create function contact_search_text(name text, company text, phones text, emails text, custom jsonb) returns text
language sql stable as $$
  select ' ' || replace(lower(concat_ws(' ', name, company, phones, emails,
    (select string_agg(value, ' ') from jsonb_each_text(custom)))), 'ё', 'е')
$$;

drop trigger contacts_2_search on contacts;
create or replace function fill_contact_search() returns trigger language plpgsql as $$
begin
  -- Numbers and mails of a new one come later, and then write it again.
  if tg_op = 'INSERT' then
    new.search := contact_search_text(new.name, new.company, null, null, new.custom);
  else
    new.search := contact_search_text(new.name, new.company,
      (select string_agg(e164, ' ' order by e164) from contact_phones where contact_id = new.id),
      (select string_agg(email, ' ' order by email) from contact_emails where contact_id = new.id), new.custom);
  end if;
  new.search_folded := contact_search_folded(new.search);
  return new;
end $$;
create trigger contacts_2_search before insert or update of name, company, company_id, custom on contacts
  for each row execute function fill_contact_search();

create function write_contact_search(ids uuid[]) returns void language sql as $$
  with told as (
    select c.id, contact_search_text(c.name, c.company, p.all_of, e.all_of, c.custom) as text
    from contacts c
    left join (select contact_id, string_agg(e164, ' ' order by e164) as all_of
      from contact_phones where contact_id = any(ids) group by 1) p on p.contact_id = c.id
    left join (select contact_id, string_agg(email, ' ' order by email) as all_of
      from contact_emails where contact_id = any(ids) group by 1) e on e.contact_id = c.id
    where c.id = any(ids)
  )
  update contacts c set search = told.text, search_folded = contact_search_folded(told.text)
  from told where told.id = c.id and c.search <> told.text
$$;
create or replace function refresh_contact_search() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    perform write_contact_search(array(select distinct contact_id from old_rows));
  end if;
  if tg_op <> 'DELETE' then
    perform write_contact_search(array(select distinct contact_id from new_rows));
  end if;
  return null;
end $$;
`

const fill = `
drop index if exists contacts_search;
update contacts set search_folded = contact_search_folded(search);
`

const parts = `
do $$
begin
  if exists (select from pg_extension where extname = 'pg_trgm') then
    create index contacts_search on contacts using gin (search_folded gin_trgm_ops);
  end if;
end $$;
`
