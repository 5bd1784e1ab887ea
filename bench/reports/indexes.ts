import type { Knex } from 'knex'
import { pino } from 'pino'
import type { RunningPostgres } from '../../db/embedded.ts'
import { connect, migrate } from '../../db/knex.ts'

/**
 * Gives a database that was made by earlier sources the indexes and functions of these, when a migration was changed
 * before it was ever released. Tells what it does: with millions of rows an index takes minutes.
 */
export async function followSources(db: Knex, postgres: RunningPostgres): Promise<void> {
  const name = 'fresh_for_bench'
  await postgres.dropDatabase(name)
  const fresh = connect(await postgres.createDatabase(name), pino({ level: 'warn' }), 1)
  try {
    await migrate(fresh)
    for (const [, definition] of await functionsOf(fresh)) await db.raw(escaped(definition))
    const [had, wanted] = [await indexesOf(db), await indexesOf(fresh)]
    for (const [index, definition] of had) {
      if (wanted.get(index) === definition) continue
      console.log(`without ${index}`)
      await db.raw('drop index if exists ??', [index])
    }
    for (const [index, definition] of wanted) {
      if (had.get(index) === definition) continue
      console.log(definition)
      await db.raw(escaped(definition))
    }
    await db.raw('analyze calls')
  } finally {
    await fresh.destroy()
    await postgres.dropDatabase(name)
  }
}

/** What stands for itself must not look like a place for a value. */
const escaped = (text: string): string => text.replaceAll('?', '\\?')

async function indexesOf(db: Knex): Promise<Map<string, string>> {
  const { rows } = await db.raw<{ rows: { indexname: string; indexdef: string }[] }>(
    `select indexname, indexdef from pg_indexes i where schemaname = 'public' and not exists (
       select from pg_constraint c where c.conindid = format('%I.%I', schemaname, indexname)::regclass)`
  )
  return new Map(rows.map(({ indexname, indexdef }) => [indexname, indexdef]))
}

async function functionsOf(db: Knex): Promise<Map<string, string>> {
  const { rows } = await db.raw<{ rows: { name: string; definition: string }[] }>(
    `select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as definition
     from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
       and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`
  )
  return new Map(rows.map(({ name, definition }) => [name, definition]))
}
