import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Knex } from 'knex'
import pino from 'pino'
import { startPostgres } from '../../db/embedded.ts'
import type { RunningPostgres } from '../../db/embedded.ts'
import { migrateJobs } from '../../db/jobs.ts'
import { connect, migrate } from '../../db/knex.ts'

export const silent = pino({ level: process.env['TEST_LOG'] ?? 'silent' })

/** A PostgreSQL of this test file alone, so that it may be stopped and started. */
export interface TestPostgres {
  readonly url: string
  readonly db: Knex
  /** Takes the server away … */
  goAway(): Promise<void>
  /** … and brings it back with its data, at the same address. */
  comeBack(): Promise<void>
  end(): Promise<void>
}

/** Starts a server with migrated tables on a free port. Takes a few seconds. */
export async function ownPostgres(port: number): Promise<TestPostgres> {
  const dir = await mkdtemp(path.join(tmpdir(), 'rt-out-'))
  // PostgreSQL runs as another user when the tests run as root.
  await chmod(dir, 0o755)
  let server: RunningPostgres = await startPostgres({ dir, port, log: silent })
  const { url } = server
  const db = connect(url, silent)
  await migrate(db)
  await migrateJobs(url, silent)
  return {
    url,
    db,
    goAway: () => server.stop(),
    async comeBack() {
      server = await startPostgres({ dir, port, log: silent })
    },
    async end() {
      await db.destroy()
      await server.stop()
      await rm(dir, { recursive: true, force: true })
    }
  }
}
