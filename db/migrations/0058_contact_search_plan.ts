import type { Knex } from 'knex'

/**
 * The text of one contact, as each new caller brings one, is written by a statement that the server plans once for a
 * connection: as a function in SQL it was planned anew at every call.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
drop function write_contact_search(uuid[]);
create function write_contact_search(ids uuid[]) returns void language plpgsql as $$
declare
  one uuid := ids[1];
begin
  if cardinality(ids) = 1 then
    -- By a value and not by a list: only such a plan does not depend on how many there are, and is kept.
    update contacts c set search = told.text, search_folded = contact_search_folded(told.text)
    from (
      select contact_search_text(t.name, t.company,
        (select string_agg(e164, ' ' order by e164) from contact_phones where contact_id = one),
        (select string_agg(email, ' ' order by email) from contact_emails where contact_id = one), t.custom) as text
      from contacts t where t.id = one
    ) told
    where c.id = one and c.search <> told.text;
    return;
  end if;
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
  from told where told.id = c.id and c.search <> told.text;
end $$;
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
