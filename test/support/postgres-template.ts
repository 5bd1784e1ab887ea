import { execFile } from 'node:child_process'
import fs from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { startPostgres } from '../../db/embedded.ts'
import { migrateJobs } from '../../db/jobs.ts'
import { connect, migrate } from '../../db/knex.ts'

/** The database that tests clone. */
export const templateDatabase = 'template_of_tests'

/**
 * Makes a stopped PostgreSQL with all tables, both in the product's own database and in the one that tests clone. A run
 * of all tests makes one and names it in POSTGRES_TEMPLATE: copying it costs a tenth of making another.
 */
export async function makePostgresTemplate(dir: string): Promise<void> {
  const log = pino({ level: 'silent' })
  const postgres = await startPostgres({ dir, log })
  try {
    for (const url of [postgres.url, await postgres.createDatabase(templateDatabase)]) {
      const db = connect(url, log, 2)
      await migrate(db)
      await db.destroy()
    }
    await migrateJobs(postgres.url, log)
  } finally {
    await postgres.stop()
  }
}

/** Lets a server that is not started yet begin as a copy. @returns false without a template: it is made from nothing */
export async function copyPostgresTemplate(dir: string): Promise<boolean> {
  const template = process.env['POSTGRES_TEMPLATE']
  if (template === undefined) return false
  await fs.mkdir(dir, { recursive: true })
  // With its owner, who may be another user than we are.
  await promisify(execFile)('cp', [
    '-a',
    ...['data', 'password'].map((name) => path.join(template, name)),
    dir
  ])
  return true
}
