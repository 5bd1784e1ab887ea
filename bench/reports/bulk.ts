import pg from 'pg'
import type { RunningPostgres } from '../../db/embedded.ts'

/** What makes filling quick and may lose everything when the machine stops: for data that can be made again. */
const hasty = [
  `wal_level = 'minimal'`,
  `max_wal_senders = 0`,
  `fsync = off`,
  `full_page_writes = off`,
  `maintenance_work_mem = '1GB'`,
  `autovacuum = off`
]

export async function beHasty(url: string): Promise<void> {
  const client = await connected(url)
  for (const setting of hasty) await client.query(`alter system set ${setting}`)
  await client.end()
}

/** As the product runs it, from the next start on. */
export async function beUsual(url: string): Promise<void> {
  const client = await connected(url)
  await client.query('alter system reset all')
  await client.query('checkpoint')
  await client.end()
}

/** A session without triggers: nothing is announced, nothing checked. */
export async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  // Told once more when the server stops; whoever waits for an answer is told anyway.
  client.on('error', () => undefined)
  await client.connect()
  await client.query(`set session_replication_role = 'replica'`)
  await client.query(`set synchronous_commit = off`)
  await client.query(`set work_mem = '512MB'`)
  return client
}

/** The table without its indexes and its key, filled in one transaction with no log of it, and indexed again. */
export async function fill(
  client: pg.Client,
  table: string,
  steps: readonly { sql: string; given?: readonly unknown[] }[],
  note: (what: string) => void
): Promise<void> {
  const { rows: indexes } = await client.query<{ name: string; definition: string; key: string | null }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition,
       (select conname from pg_constraint c where c.conindid = i.indexrelid and c.contype = 'p'
          and not exists (select from pg_constraint f where f.contype = 'f' and f.confrelid = i.indrelid)) as key
     from pg_index i where i.indrelid = $1::regclass
       and (not i.indisprimary or not exists (select from pg_constraint f where f.contype = 'f' and f.confrelid = i.indrelid))`,
    [table]
  )
  const { rows: keys } = await client.query<{ name: string; definition: string }>(
    `select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
     where conrelid = $1::regclass and contype = 'p' and conname = any($2)`,
    [table, indexes.flatMap(({ key }) => key ?? [])]
  )
  await client.query('begin')
  // Emptied in this transaction, so that what it writes needs no log.
  await client.query(`truncate ${table} cascade`)
  for (const { name } of keys) await client.query(`alter table ${table} drop constraint "${name}"`)
  for (const { name, key } of indexes) if (key === null) await client.query(`drop index ${name}`)
  for (const { sql, given } of steps) await client.query(sql, given ? [...given] : [])
  note(`${table}: rows`)
  for (const { name, definition } of keys)
    await client.query(`alter table ${table} add constraint "${name}" ${definition}`)
  for (const { definition, key, name } of indexes) {
    if (key !== null) continue
    await client.query(definition)
    note(name)
  }
  await client.query('commit')
}

/** Several statements of the same form at once, on connections of their own. */
export async function inLanes<T>(
  postgres: RunningPostgres,
  lanes: number,
  work: readonly T[],
  run: (client: pg.Client, one: T) => Promise<unknown>
): Promise<void> {
  const left = [...work]
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      const client = await connected(postgres.url)
      for (let one = left.shift(); one !== undefined; one = left.shift()) await run(client, one)
      await client.end()
    })
  )
}
