import fs from 'node:fs/promises'
import type { Logger } from 'pino'
import { cloneDatabase, createDatabase, dropDatabase } from '../../db/databases.ts'
import { startPostgres, type RunningPostgres } from '../../db/embedded.ts'
import { migrateJobs } from '../../db/jobs.ts'
import { connect, migrate } from '../../db/knex.ts'

/** A PostgreSQL for many tests, each with databases of its own. */
export type DatabaseServer = Pick<RunningPostgres, 'createDatabase' | 'cloneDatabase' | 'dropDatabase'>

/** The migrated, empty database that tests get copies of. */
export const template = 'template_of_tests'

/** Where the server of the whole run is, when `npm test` has started one. */
export const serverVariable = 'TEST_DATABASE_SERVER'

/** Starts a PostgreSQL in `dir`, and migrates the template. The server outlives this process unless it is stopped. */
export async function startServer(dir: string, log: Logger): Promise<RunningPostgres> {
  // Ringtraces, rigs and edges of several areas at once.
  const postgres = await startPostgres({ dir, log, maxConnections: 400 })
  const url = await postgres.createDatabase(template)
  const db = connect(url, log)
  try {
    // What tests write need not outlive the machine: no test takes its current away.
    await db.raw('alter system set fsync = off')
    await db.raw('alter system set full_page_writes = off')
    await db.raw('select pg_reload_conf()')
    await migrate(db)
    await migrateJobs(url, log)
  } catch (error) {
    await postgres.stop()
    await fs.rm(dir, { recursive: true, force: true })
    throw error
  } finally {
    await db.destroy()
  }
  return postgres
}

/** The server at `url`, any database of it. */
export const serverAt = (url: string): DatabaseServer => ({
  createDatabase: (name) => createDatabase(url, name),
  cloneDatabase: (source, name) => cloneDatabase(url, source, name),
  dropDatabase: (name) => dropDatabase(url, name)
})
