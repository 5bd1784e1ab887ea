import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import type pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import type { Manifest, TableOf } from './archive.ts'

/**
 * Tables that belong to the running installation, not to its data: see README.md. Those of knex are made anew by
 * migrating.
 */
const leftOut = ['migrations', 'migrations_lock', 'sessions', 'node_leases', 'jobs']

/** Every table of ours with its columns, but for those that are left out and for columns that compute themselves. */
export async function tablesOf(db: pg.ClientBase): Promise<Omit<TableOf, 'rows'>[]> {
  const { rows } = await db.query<{ name: string; columns: string[] }>(
    `select c.relname as name,
       array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = '') as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> all($1)
     group by c.relname order by c.relname`,
    [leftOut]
  )
  return rows
}

/** Where each counter of the tables stands. */
export async function sequencesOf(db: pg.ClientBase): Promise<Manifest['sequences']> {
  const { rows } = await db.query<{ name: string }>(
    `select s.relname as name from pg_class s
     join pg_depend d on d.objid = s.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
     join pg_class t on t.oid = d.refobjid
     where s.relkind = 'S' and s.relnamespace = 'public'::regnamespace and t.relname <> all($1)
     order by s.relname`,
    [leftOut]
  )
  const found: Manifest['sequences'] = []
  for (const { name } of rows) {
    const { rows: states } = await db.query<{ last: string; isCalled: boolean }>(
      `select last_value::text as last, is_called as "isCalled" from public.${quoted(name)}`
    )
    found.push(...states.map((state) => ({ name, ...state })))
  }
  return found
}

/** The rows of a table as COPY writes them. `count` is right once all has been read. */
export function readTable(
  db: pg.ClientBase,
  { name, columns }: Omit<TableOf, 'rows'>
): { chunks: AsyncIterable<Buffer>; count: () => number } {
  const stream = db.query(copyTo(`copy public.${quoted(name)} (${listed(columns)}) to stdout`))
  return { chunks: stream as AsyncIterable<Buffer>, count: () => stream.rowCount }
}

/** Puts rows into a table. @returns how many */
export async function writeTable(
  db: pg.ClientBase,
  { name, columns }: Omit<TableOf, 'rows'>,
  chunks: AsyncIterable<Buffer>
): Promise<number> {
  const stream = db.query(copyFrom(`copy public.${quoted(name)} (${listed(columns)}) from stdin`))
  await pipeline(Readable.from(chunks), stream)
  return stream.rowCount ?? 0
}

/** Empties everything and lets rows come in any order; `restoreRules` puts the rules back and checks all rows by them. */
export async function suspendRules(
  db: pg.ClientBase,
  tables: readonly string[]
): Promise<() => Promise<void>> {
  const { rows: keys } = await db.query<{ table: string; name: string; definition: string }>(
    `select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`
  )
  for (const { table, name } of keys) await db.query(`alter table ${table} drop constraint ${quoted(name)}`)
  await db.query(`truncate ${tables.map((name) => `public.${quoted(name)}`).join(', ')}`)
  // Triggers would add rows of their own: what they added once is in the archive.
  for (const name of tables) await db.query(`alter table public.${quoted(name)} disable trigger user`)
  return async () => {
    for (const name of tables) await db.query(`alter table public.${quoted(name)} enable trigger user`)
    for (const { table, name, definition } of keys)
      await db.query(`alter table ${table} add constraint ${quoted(name)} ${definition}`)
  }
}

export async function setSequences(db: pg.ClientBase, sequences: Manifest['sequences']): Promise<void> {
  for (const { name, last, isCalled } of sequences)
    await db.query('select setval($1::regclass, $2::bigint, $3)', [`public.${quoted(name)}`, last, isCalled])
}

/** Removes all that migrations have made, the job queue too; it is made anew at the next start. */
export async function removeEverything(db: pg.ClientBase): Promise<void> {
  await db.query('drop schema if exists graphile_worker cascade')
  // The schema itself may belong to somebody else; and what an extension brought stays with it.
  await db.query(`
do $$
declare command text;
begin
  for command in
    select format('drop %s if exists public.%I cascade',
      case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end, relname)
    from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
      and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
    -- A sequence that belongs to a column goes with its table, and not before it.
    order by relkind = 'S'
  loop execute command; end loop;
  for command in
    select format('drop routine if exists %s cascade', p.oid::regprocedure) from pg_proc p
    where pronamespace = 'public'::regnamespace
      and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  loop execute command; end loop;
  for command in
    select format('drop type if exists public.%I cascade', typname) from pg_type t
    where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')
      and not exists (select 1 from pg_depend d where d.objid = t.oid and d.deptype = 'e')
  loop execute command; end loop;
end $$`)
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const listed = (columns: readonly string[]): string => columns.map(quoted).join(', ')
