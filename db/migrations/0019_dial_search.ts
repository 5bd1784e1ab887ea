import type { Knex } from 'knex'

/**
 * Indexes by which the dial pad finds clients while somebody types: by part of a name, company or number. As in
 * migration 0011 they need `pg_trgm`; a database that lacks it reads through its contacts. New indexes only.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
do $$
begin
  if exists (select from pg_extension where extname = 'pg_trgm') then
    create index contacts_parts on contacts using gin (translate(lower(name || ' ' || coalesce(company, '')),
      'абвгдеёжзийклмнопрстуфхцчшщъыьэюя', 'abvgdeejziyklmnoprstufhcqwwxyxeua') gin_trgm_ops);
    create index contact_phones_parts on contact_phones using gin (e164 gin_trgm_ops);
  end if;
end $$;
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
