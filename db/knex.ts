import fs from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import knex, { type Knex } from 'knex'
import type { Logger } from 'pino'
import { messageOf, SetupError } from '../host/setup-error.ts'

/** Of the migrations that were made. */
const tableName = 'migrations'
const here = path.dirname(fileURLToPath(import.meta.url))

/**
 * Opens a pool. Lost connections are replaced by themselves; a query while the server is away fails within a few
 * seconds with the driver's error, which the caller must expect.
 */
export function connect(url: string, log: Logger, poolSize = 10): Knex {
  const db = knex({
    client: 'pg',
    connection: { connectionString: url, application_name: 'ringtrace', connectionTimeoutMillis: 3000 },
    pool: { min: 0, max: poolSize, acquireTimeoutMillis: 5000, propagateCreateError: true },
    acquireConnectionTimeout: 5000
  })
  db.on('error', (error: unknown) => log.warn({ err: error }, 'A database connection failed'))
  return db
}

/**
 * Brings the tables up to date. Migrations only go forward.
 * @param upTo the last migration to make; all of them without it
 */
export async function migrate(db: Knex, upTo?: string): Promise<void> {
  const migrationSource = upTo === undefined ? source : { ...source, getMigrations: () => filesUpTo(upTo) }
  await alone(db, async () => {
    await db.migrate.forceFreeMigrationsLock({ tableName })
    await db.migrate.latest({ migrationSource, tableName })
  })
}

/** Any number; the same in each version. */
const migrating = 7_264_172

/**
 * One process at a time. The library's own lock is a row, which outlives a process that is killed: then nobody could
 * start any more. This one ends with its connection.
 */
async function alone(db: Knex, work: () => Promise<void>): Promise<void> {
  const lock = (trx: Knex): Knex.Raw => trx.raw('select pg_advisory_xact_lock(?)', [migrating])
  if (db.isTransaction) {
    await lock(db)
    await work()
  } else
    await db.transaction(async (trx) => {
      await lock(trx)
      await work()
    })
}

/** All migrations of this version, by name, in their order. */
export async function migrationNames(): Promise<string[]> {
  return (await migrationFiles()).map(nameOf)
}

async function migrationFiles(): Promise<string[]> {
  const files = await fs.readdir(path.join(here, 'migrations'))
  return files.filter((file) => /^\d{4}_[\w-]+\.(ts|js)$/.test(file)).toSorted()
}
const nameOf = (file: string): string => file.replace(/\.(ts|js)$/, '')
const filesUpTo = async (last: string): Promise<string[]> =>
  (await migrationFiles()).filter((file) => nameOf(file) <= last)

/** Migrations by name without an ending: the same list from sources (tests) and from the build. */
const source: Knex.MigrationSource<string> = {
  getMigrations: migrationFiles,
  getMigrationName: nameOf,
  getMigration: (file) =>
    import(pathToFileURL(path.join(here, 'migrations', file)).href) as Promise<Knex.Migration>
}

/** @throws SetupError when the database does not answer */
export async function waitForDatabase(db: Knex): Promise<void> {
  try {
    await db.raw('select 1')
  } catch (error) {
    throw new SetupError(
      `The database does not answer: ${messageOf(error)}`,
      'Check DATABASE_URL and that PostgreSQL 14 or newer runs there.',
      { cause: error }
    )
  }
}
