import type { Knex } from 'knex'

/** What went from one contact to another: rows by their key, and whole rows where the contact is part of the key. */
export interface Moved {
  keys: Record<string, string[]>
  rows: Record<string, { whole: object[]; fresh: object[] }>
  /** Of the one that stays, by a number of the other: they stay when the two are taken apart. */
  kept: string[]
  /** Inquiries that a talk with the other has answered: what stood in `first_response_at` before, and since. */
  answered?: { id: string; before: string | null; after: string }[]
}

interface Link {
  table: string
  column: string
  /** Columns of the primary key. */
  key: string[]
}

/** Calls name their contact without a foreign key, so that no contact ever stands in a call's way. */
const unlinked: Link = { table: 'calls', column: 'contact_id', key: ['id'] }
const notSame = 'contact_not_same'
const nameOf = ({ table, column }: Link): string => `${table}.${column}`

/** Every column of every table that names a contact: what is added later moves too. */
async function linksOf(trx: Knex): Promise<Link[]> {
  const { rows } = await trx.raw<{ rows: Link[] }>(
    `select t.relname as "table", a.attname as "column",
       (select array_agg(k.attname::text order by k.attnum) from pg_constraint p
         join pg_attribute k on k.attrelid = p.conrelid and k.attnum = any(p.conkey)
         where p.conrelid = c.conrelid and p.contype = 'p') as key
     from pg_constraint c join pg_class t on t.oid = c.conrelid
     join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
     where c.contype = 'f' and c.confrelid = 'contacts'::regclass order by 1, 2`
  )
  return [...rows, unlinked]
}

/** Every table and column that names a contact, calls included. */
export const namingContacts = async (trx: Knex): Promise<{ table: string; column: string }[]> =>
  (await linksOf(trx)).map(({ table, column }) => ({ table, column }))

/** Moves everything that names a contact to another one; gives what is needed to move it back. */
export async function moveLinks(trx: Knex, from: string, to: string): Promise<Moved> {
  const moved: Moved = { keys: {}, rows: {}, kept: await keptOf(trx, from, to) }
  for (const link of await linksOf(trx)) {
    const { table, column, key } = link
    const [only] = key
    if (key.length === 1 && only !== undefined && only !== column) {
      const rows = await trx(table)
        .where({ [column]: from })
        .update({ [column]: to })
        .returning<Record<string, unknown>[]>(only)
      moved.keys[nameOf(link)] = rows.map((row) => String(row[only])).toSorted()
      continue
    }
    const { rows } = await trx.raw<{ rows: { row: object }[] }>(
      'select to_jsonb(t) as row from ?? t where ?? = ? order by 1',
      [table, column, from]
    )
    const whole = rows.map(({ row }) => row)
    moved.rows[nameOf(link)] = { whole, fresh: table === notSame ? [] : await copy(trx, link, whole, to) }
  }
  return moved
}

async function keptOf(trx: Knex, from: string, to: string): Promise<string[]> {
  const theirs = '(select e164 from contact_phones where contact_id = :from)'
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    `select id from calls where contact_id = :to and caller_number in ${theirs}
     union select id from inquiries where contact_id = :to and phone in ${theirs}
     union select id from tasks where contact_id = :to and phone in ${theirs}
     union select id from callbacks where contact_id = :to and phone in ${theirs}
     union select a.subject_id from activities a where a.contact_id = :to and exists (
       select from calls c where c.id = a.subject_id and c.caller_number in ${theirs}
       union all select from form_submissions f where f.id = a.subject_id and f.phone in ${theirs}
       union all select from callbacks k where k.id = a.subject_id and k.phone in ${theirs})`,
    { from, to }
  )
  return rows.map(({ id }) => id)
}

/** The same rows of another contact; those that it has already are left. */
async function copy(trx: Knex, { table, column }: Link, rows: object[], to: string): Promise<object[]> {
  const fresh: object[] = []
  for (const row of rows) {
    const { rows: made } = await trx.raw<{ rows: { row: object }[] }>(
      `insert into ?? as t select * from jsonb_populate_record(cast(null as ??), cast(? as jsonb))
       on conflict do nothing returning to_jsonb(t) as row`,
      [table, table, JSON.stringify({ ...row, [column]: to })]
    )
    if (made[0]) fresh.push(made[0].row)
  }
  return fresh
}

/** Moves back what still is where it was moved to. */
export async function moveBack(
  trx: Knex,
  moved: Moved,
  { from, to }: { from: string; to: string }
): Promise<void> {
  for (const link of await linksOf(trx)) {
    const { table, column, key } = link
    const keys = moved.keys[nameOf(link)] ?? []
    const [only] = key
    if (keys.length > 0 && only !== undefined)
      await trx(table)
        .whereIn(only, keys)
        .where({ [column]: from })
        .update({ [column]: to })
    const { whole, fresh } = moved.rows[nameOf(link)] ?? { whole: [], fresh: [] }
    for (const row of fresh)
      await trx.raw('delete from ?? t where ?? = ? and to_jsonb(t) @> cast(? as jsonb)', [
        table,
        column,
        from,
        JSON.stringify(row)
      ])
    if (table === notSame) await putPairs(trx, whole)
    else
      for (const row of whole)
        await trx.raw(
          `insert into ?? select * from jsonb_populate_record(cast(null as ??), cast(? as jsonb)) on conflict do nothing`,
          [table, table, JSON.stringify(row)]
        )
  }
}

/** Pairs of which both are still there. */
async function putPairs(trx: Knex, pairs: readonly object[]): Promise<void> {
  for (const pair of pairs)
    await trx.raw(
      `insert into contact_not_same select p.* from jsonb_populate_record(cast(null as contact_not_same), cast(? as jsonb)) p
       join contacts x on x.id = p.a join contacts y on y.id = p.b on conflict do nothing`,
      [JSON.stringify(pair)]
    )
}
