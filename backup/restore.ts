import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rm, stat, statfs, writeFile } from 'node:fs/promises'
import type { Knex } from 'knex'
import type pg from 'pg'
import { migrate, migrationNames } from '../db/knex.ts'
import { SetupError, codeOf } from '../host/setup-error.ts'
import type { Head } from './archive.ts'
import { auditAction, finishRestores, noteOf, stagingFolder } from './finish.ts'
import { removeEverything, setSequences, suspendRules, tablesOf, writeTable } from './tables.ts'
import { ArchiveError } from './tar.ts'
import { unpack, type Unpacked } from './unpack.ts'

export interface RestoreOptions {
  db: Knex
  dataDir: string
  file: string
  /** What is there goes. Without it only an empty installation takes an archive. */
  replace: boolean
  /** Of the archive that is meant, as it was told when it was made. */
  fingerprint?: string
  /** What goes on, in words, and how much of it is done if that is known. */
  say?: (text: string) => void
}

export interface Restored {
  head: Head
  rows: number
  files: number
}

/**
 * Brings an installation to the state of an archive, wholly or not at all. The archive is read and checked to its end
 * before anything is changed; the database then changes in one transaction, and the files follow it, at the next start
 * if need be. Nothing else may work on the installation meanwhile.
 * @throws SetupError when the archive or the target is refused; nothing is changed then
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { db, dataDir, file, say = () => undefined } = options
  await finishRestores(db, dataDir)
  await refuseBusy(db)
  if (!options.replace) await refuseFull(db)
  await checkRoom(file, dataDir)
  const id = randomUUID()
  const staging = stagingFolder(dataDir, id)
  let isChanged = false
  try {
    say('Reading and checking the archive')
    const unpacked = await unpack(file, staging, await migrationNames())
    if (options.fingerprint !== undefined && unpacked.fingerprint !== options.fingerprint.toLowerCase())
      throw new ArchiveError('it is another one than you mean: its fingerprint differs')
    // From here on a crash is put right at the next start.
    await writeFile(noteOf(staging), id, { mode: 0o600 })
    await db.transaction(async (trx) => load(trx, unpacked, id, say))
    isChanged = true
    say('Putting the files into place')
    await finishRestores(db, dataDir)
    const { head, tables, members } = unpacked.manifest
    return {
      head,
      rows: tables.reduce((sum, { rows }) => sum + rows, 0),
      files: members.filter(({ name }) => !name.startsWith('database/')).length - 1
    }
  } catch (error) {
    if (!isChanged) await rm(staging, { recursive: true, force: true })
    if (error instanceof ArchiveError) throw refusal(file, error)
    throw error
  }
}

async function load(
  trx: Knex.Transaction,
  unpacked: Unpacked,
  id: string,
  say: (text: string) => void
): Promise<void> {
  const { head, tables, sequences } = unpacked.manifest
  // knex knows no COPY; its driver's connection does.
  const client = trx.client as unknown as { acquireConnection(): Promise<pg.Client> }
  const connection = await client.acquireConnection()
  say('Making the tables')
  await removeEverything(connection)
  await migrate(trx, head.schema)
  const known = new Map((await tablesOf(connection)).map((table) => [table.name, new Set(table.columns)]))
  for (const { name, columns } of tables) {
    const there = known.get(name)
    if (!there || columns.some((column) => !there.has(column)))
      throw new ArchiveError(`it names the table “${name}” otherwise than its version had it`)
  }
  const restoreRules = await suspendRules(connection, [...known.keys()])
  for (const table of tables) {
    say(`Loading ${table.name} (${table.rows} rows)`)
    const rows = await writeTable(connection, table, readAll(unpacked.partsOf(table.name)))
    if (rows !== table.rows)
      throw new ArchiveError(`${table.name} has ${rows} rows in it instead of ${table.rows}`)
  }
  await setSequences(connection, sequences)
  say('Checking that everything fits together')
  await restoreRules()
  await migrate(trx)
  await trx('audit').insert({
    action: auditAction,
    entity: 'backup',
    entity_id: id,
    data: JSON.stringify({ madeAt: head.createdAt, version: head.version, schema: head.schema })
  })
}

async function* readAll(files: readonly string[]): AsyncGenerator<Buffer> {
  for (const file of files) yield* createReadStream(file) as AsyncIterable<Buffer>
}

/** @throws SetupError while a controller holds a lease in this database */
async function refuseBusy(db: Knex): Promise<void> {
  if (!(await db.schema.hasTable('node_leases'))) return
  const lease: unknown = await db('node_leases').where('expires_at', '>', db.fn.now()).first('node')
  if (lease !== undefined)
    throw new SetupError(
      'A Ringtrace works with this database',
      'Stop it first (it lets go of the database within half a minute), then restore again.'
    )
}

/** @throws SetupError when there is something that would be lost */
async function refuseFull(db: Knex): Promise<void> {
  const found: string[] = []
  for (const table of ['users', 'calls', 'contacts', 'numbers', 'schemes']) {
    if (!(await db.schema.hasTable(table))) continue
    const [row] = await db(table).count<{ count: string }[]>('* as count')
    // The first start makes the account of the first admin.
    const count = Number(row?.count ?? 0)
    if (count > (table === 'users' ? 1 : 0)) found.push(`${count} ${table}`)
  }
  if (found.length > 0)
    throw new SetupError(
      `The installation is not empty: it has ${found.join(', ')}`,
      'Restore into an empty one, or add --replace to remove all of that and put the archive in its place.'
    )
}

/** Unpacked, an archive takes several times its size for a while. */
async function checkRoom(file: string, dataDir: string): Promise<void> {
  const size = await stat(file).then(
    (found) => (found.isFile() ? found.size : null),
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return null
      throw error
    }
  )
  if (size === null)
    throw new SetupError(`There is no file ${file}`, 'Give the path of an archive that a backup made.')
  await mkdir(dataDir, { recursive: true })
  const { bavail, bsize } = await statfs(dataDir)
  if (bavail * bsize < size * 3)
    throw new SetupError(
      `${dataDir} has too little room: ${Math.ceil((size * 3) / 1e9)} GB are needed to unpack the archive`,
      'Free some space, or set DATA_DIR to a folder on a larger disk.'
    )
}

const refusal = (file: string, error: ArchiveError): SetupError =>
  new SetupError(
    `${file} cannot be restored: ${error.message}`,
    'Nothing was changed. Take another archive.',
    {
      cause: error
    }
  )
