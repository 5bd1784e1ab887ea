import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { startPostgres, type RunningPostgres } from '../../db/embedded.ts'
import { connect } from '../../db/knex.ts'
import { serverAt, serverVariable, startServer, template, type DatabaseServer } from './database-server.ts'

const prefix = 'ringtrace-test-pg-'
const log = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' })

let server: Promise<RunningPostgres> | null = null
let count = 0

export interface TestDatabase {
  readonly url: string
  readonly db: Knex
  /** Call it in `after`. */
  drop(): Promise<void>
}

/** A migrated, empty database for one test file: a copy of a template that is migrated once. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { url, drop } = await cloneTemplate()
  const db = connect(url, log)
  return {
    url,
    db,
    drop: async () => {
      await db.destroy()
      await drop()
    }
  }
}

/** The same without a connection of ours. `drop` cuts off whoever is still connected. */
export async function cloneTemplate(): Promise<{ url: string; drop(): Promise<void> }> {
  const postgres = await testServer()
  // Areas of `npm test` share a server.
  const name = `test_${process.pid}_${(count += 1)}`
  const url = await postgres.cloneDatabase(template, name)
  return { url, drop: () => postgres.dropDatabase(name) }
}

/** The PostgreSQL of `npm test`, or one of this mocha run, started by whoever needs it first; that ends with the run. */
export async function testServer(): Promise<DatabaseServer> {
  const shared = process.env[serverVariable]
  if (shared !== undefined) return serverAt(shared)
  server ??= start()
  return server
}

/** Where the PostgreSQL of this mocha run lives. */
const folder = path.join(os.tmpdir(), `${prefix}${process.pid}`)

async function start(): Promise<RunningPostgres> {
  await sweep()
  return startServer(folder, log)
}

/** Ends servers of runs that were killed: they run in sessions of their own and outlive them. */
async function sweep(): Promise<void> {
  for (const name of await fs.readdir(os.tmpdir())) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN
    if (!Number.isInteger(pid) || isAlive(pid)) continue
    const dir = path.join(os.tmpdir(), name)
    // Adopting is the one way to be sure that the process is really that server.
    const left = await startPostgres({ dir, log })
    await left.stop()
    await fs.rm(dir, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Anything but "no such process" means that it lives.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

// Outside every `describe`: runs once, after the last file.
after(async function () {
  this.timeout(30_000)
  if (server === null) return
  await (await server).stop()
  await fs.rm(folder, { recursive: true, force: true })
})
