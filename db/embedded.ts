import { randomBytes } from 'node:crypto'
import { chmod, chown, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import { endLiving, livingForeign, spawnDetached } from '../host/detached.ts'
import type { Living } from '../host/detached.ts'
import { withLock } from '../host/lock.ts'
import { commandLineOf, endPid, pidAlive, run } from '../host/process.ts'
import { SetupError, codeOf, messageOf } from '../host/setup-error.ts'
import { shortFolderFor } from '../host/short-path.ts'
import { cloneDatabase, createDatabase, dropDatabase, urlOfDatabase } from './databases.ts'
import { findPlace, ownFolder } from './embedded-place.ts'
import type { PostgresPlace } from './embedded-place.ts'

export type PostgresOptions = {
  /** Folder of this database server; made when missing. */
  dir: string
  /** Also listen on this port of 127.0.0.1; without it only on a unix socket. */
  port?: number
  /** More of the server's environment. */
  env?: Readonly<Record<string, string>>
  /** How many clients it serves at once; without it 100, plenty for one Ringtrace. */
  maxConnections?: number
  log: Logger
}

export type RunningPostgres = {
  readonly pid: number
  /** True when a server that outlived an earlier controller was taken over. */
  readonly adopted: boolean
  /** Where `ringtrace`, the product's own database, is. */
  readonly url: string
  /** Settles when the server has ended, for whatever reason; never rejects. */
  readonly exited: Promise<number | null>
  /** The URL of another database of this server. */
  urlOf(name: string): string
  createDatabase(name: string): Promise<string>
  cloneDatabase(template: string, name: string): Promise<string>
  dropDatabase(name: string): Promise<void>
  /** Ends the server, cutting off its clients; safe to repeat. */
  stop(): Promise<void>
}

type Server = Living & { adopted: boolean }

const ownDatabase = 'ringtrace'
const readyTimeoutMs = 60_000
const stopGraceMs = 20_000
/** Part of the socket's name only, unless a port is asked for. */
const socketPort = 5432

const settings: Record<string, string> = {
  shared_buffers: '128MB',
  synchronous_commit: 'on',
  jit: 'off',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  // Tables of a new installation grow from nothing: plans made for empty ones are made anew soon.
  autovacuum_naptime: '15s',
  huge_pages: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  unix_socket_permissions: '0700'
}

/**
 * Starts the PostgreSQL that came with `npm ci`, or adopts the one that still serves `dir`. Like Asterisk it runs in a
 * session of its own: `kill -9` of this process, or Ctrl-C in its terminal, does not end it.
 * @throws SetupError saying what to do
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const found = await findPlace(resolve(options.dir), (text) => options.log.info(text))
  const place = { ...found, ...(options.env && { env: options.env }) }
  await mkdir(place.dir, { recursive: true })
  return withLock(join(place.dir, 'start.lock'), async () => startIn(place, options))
}

async function startIn(
  place: PostgresPlace,
  { port, maxConnections, log }: PostgresOptions
): Promise<RunningPostgres> {
  const data = join(place.dir, 'data')
  const password = await ensurePassword(place.dir)
  await ensureCluster(place, data, password, log)
  await ownFolder(join(place.dir, 'run'), place.runAs)
  const socketDir = await shortFolderFor(join(place.dir, 'run'), '.s.PGSQL.65535')
  const args = serverArguments(data, socketDir, { port, maxConnections })
  const adminUrl = `postgres://postgres:${password}@localhost:${port ?? socketPort}/postgres?host=${encodeURIComponent(socketDir)}`

  const server = (await adopt(data, args, log)) ?? (await launch(place, data, args))
  const { pid, exited } = await waitReady(adminUrl, place, data, args, server)
  log.info({ postgresPid: pid, adopted: server.adopted }, 'PostgreSQL is running')
  const url = await createDatabase(adminUrl, ownDatabase)
  let stopping: Promise<void> | undefined
  const end = async (): Promise<void> => {
    // SIGINT is PostgreSQL's fast shutdown: clients are cut off, everything is written.
    const clean = await endLiving({ pid, exited }, stopGraceMs, 'SIGINT')
    if (!clean) log.warn({ postgresPid: pid }, 'PostgreSQL was killed; it repairs itself on start')
  }
  return {
    pid,
    adopted: server.adopted,
    url,
    exited,
    urlOf: (name) => urlOfDatabase(adminUrl, name),
    createDatabase: async (name) => createDatabase(adminUrl, name),
    cloneDatabase: async (template, name) => cloneDatabase(adminUrl, template, name),
    dropDatabase: async (name) => dropDatabase(adminUrl, name),
    stop: async () => (stopping ??= end())
  }
}

function serverArguments(
  data: string,
  socketDir: string,
  { port, maxConnections = 100 }: { port: number | undefined; maxConnections: number | undefined }
): string[] {
  const all = {
    ...settings,
    max_connections: String(maxConnections),
    unix_socket_directories: socketDir,
    listen_addresses: port === undefined ? '' : '127.0.0.1',
    port: String(port ?? socketPort)
  }
  return ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** Made once; a folder without the file belongs to nobody yet. */
async function ensurePassword(dir: string): Promise<string> {
  const file = join(dir, 'password')
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  const password = randomBytes(24).toString('hex')
  await writeFile(`${file}.partial`, password, { mode: 0o600 })
  await rename(`${file}.partial`, file)
  return password
}

/** Runs initdb beside the final folder and renames: a killed initdb leaves nothing that looks like a database. */
async function ensureCluster(
  place: PostgresPlace,
  data: string,
  password: string,
  log: Logger
): Promise<void> {
  try {
    await readFile(join(data, 'PG_VERSION'))
    return
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw unreadable(data, error)
  }
  const partial = `${data}.partial`
  const passwordFile = join(place.dir, 'initdb-password')
  await rm(partial, { recursive: true, force: true })
  await ownFolder(partial, place.runAs)
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (place.runAs !== undefined) await chown(passwordFile, place.runAs.uid, place.runAs.gid)
  const args = [
    '-D',
    partial,
    '-U',
    'postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8'
  ]
  // The builtin provider sorts and folds case the same on every machine, whatever locales it has.
  args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions')
  const programs = join(place.programs, 'bin')
  for (const name of ['initdb', 'postgres']) await ensureExecutable(join(programs, name))
  const { code, stdout, stderr } = await run(join(programs, 'initdb'), args, { ...identity(place), cwd: '/' })
  await rm(passwordFile, { force: true })
  if (code !== 0) {
    throw new SetupError(
      `The database could not be made in ${data} (${(stderr || stdout).trim().slice(-400)})`,
      'Free disk space or set DATA_DIR to another folder, or set DATABASE_URL to a PostgreSQL of your own.'
    )
  }
  await rename(partial, data)
  log.info({ data }, 'Made a database')
}

/** npm's packing can lose the mode of a program; a read-only installation must not be touched when it is right. */
async function ensureExecutable(file: string): Promise<void> {
  if (((await lstat(file)).mode & 0o111) !== 0o111) await chmod(file, 0o755)
}

function identity({ runAs, env: more }: PostgresPlace): {
  uid?: number
  gid?: number
  env: NodeJS.ProcessEnv
} {
  // Nothing of the caller's PG* variables or locale may leak into the server.
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...more }
  return runAs === undefined ? { env } : { uid: runAs.uid, gid: runAs.gid, env }
}

/** Takes over the server of `data` if it runs with the same arguments; ends it if with others. */
async function adopt(data: string, args: readonly string[], log: Logger): Promise<Server | undefined> {
  const file = join(data, 'postmaster.pid')
  let pid: number
  try {
    pid = Number((await readFile(file, 'utf8')).split('\n')[0])
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw unreadable(data, error)
  }
  if (!Number.isInteger(pid) || pid <= 1 || !pidAlive(pid)) return undefined
  const commandLine = commandLineOf(pid)
  if (!commandLine.includes(`-D ${data} `)) {
    // The number was given to another program since; PostgreSQL would take it for a living server.
    await rm(file)
    return undefined
  }
  if (commandLine.endsWith(args.join(' '))) return { ...livingForeign(pid), adopted: true }
  log.warn({ postgresPid: pid }, 'Restarting a PostgreSQL that was left running with other settings')
  await endPid(pid, stopGraceMs, 'SIGINT')
  return undefined
}

async function launch(place: PostgresPlace, data: string, args: readonly string[]): Promise<Server> {
  const living = await spawnDetached({
    file: join(place.programs, 'bin/postgres'),
    args,
    cwd: data,
    logFile: join(place.dir, 'postgres.log'),
    ...identity(place)
  })
  return { ...living, adopted: false }
}

async function waitReady(
  adminUrl: string,
  place: PostgresPlace,
  data: string,
  args: readonly string[],
  first: Server
): Promise<Server> {
  const deadline = Date.now() + readyTimeoutMs
  let server = first
  let problem = ''
  while (Date.now() < deadline) {
    try {
      const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5000 })
      await client.connect()
      await client.end()
      return server
    } catch (error) {
      problem = messageOf(error)
    }
    await delay(30)
    if (pidAlive(server.pid)) continue
    const words = await lastWords(place)
    // Children of a killed server hold its shared memory for a moment.
    if (!/still in use|lock file .* already exists/.test(words)) break
    await delay(300)
    server = await launch(place, data, args)
  }
  if (pidAlive(server.pid)) await endPid(server.pid, stopGraceMs, 'SIGINT')
  throw new SetupError(
    `PostgreSQL did not start (${problem})`,
    `Its last words (${join(place.dir, 'postgres.log')}): ${await lastWords(place)}`
  )
}

async function lastWords(place: PostgresPlace): Promise<string> {
  return (await readFile(join(place.dir, 'postgres.log'), 'utf8')).trim().split('\n').slice(-3).join(' / ')
}

function unreadable(data: string, error: unknown): Error {
  if (codeOf(error) !== 'EACCES') return error instanceof Error ? error : new Error(messageOf(error))
  return new SetupError(
    `The database in ${data} belongs to another user`,
    'Start Ringtrace as the user who made it (root, if it was "sudo npm start"), or set DATA_DIR to another folder.',
    { cause: error }
  )
}
