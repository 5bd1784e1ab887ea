import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { finishRestores } from '../backup/finish.ts'
import { backupBeforeUpgrade } from '../backup/upgrade.ts'
import type { Config } from '../config.ts'
import { startPostgres } from '../db/embedded.ts'
import { ensureAdmin } from '../db/first-admin.ts'
import { migrateJobs } from '../db/jobs.ts'
import { openSealing } from '../db/sealed.ts'
import { connect, migrate, waitForDatabase } from '../db/knex.ts'
import type { Ending } from '../host/ending.ts'
import { claimDataDir, readInstance, type Instance } from '../host/instance.ts'
import { keepRunning } from '../host/keep.ts'
import { productVersion } from '../host/project-root.ts'
import type { StepPrinter } from '../host/steps.ts'
import { openTls, type TlsKeeper } from '../host/tls/keeper.ts'
import { firstPasswordIn } from '../host/welcome.ts'
import { followMedia, type MediaFollower } from '../media/follow.ts'
import { createMedia, type Media } from '../media/media.ts'
import { ensureSounds } from '../media/sounds.ts'
import type { AsteriskHome } from '../pbx/provision/home.ts'
import { ensureAsterisk, type Progress } from '../pbx/provision/install.ts'
import { watchDisk, type DiskWatch } from '../recordings/disk.ts'
import { openLog, type LogLine } from '../upkeep/log.ts'
import { openPublicAddress, type PublicAddress } from '../upkeep/nat-address.ts'

/** Tells the person who starts it how far it is. */
export type Say = StepPrinter

/** Remembers how to end what was started. */
export type Aside = Pick<Ending, 'push'>

/** What every process stands on, whatever its roles. */
export interface Ground {
  readonly config: Config
  readonly log: Logger
  readonly lines: () => LogLine[]
  /** What it starts is ended by it, in reverse. */
  readonly aside: Aside
  readonly say: Say
  readonly instance: Instance
  readonly version: string
  readonly db: Knex
  readonly databaseUrl: string
  /** Asterisk and the media tools. */
  readonly home: AsteriskHome
  /** Of the first admin, where this start has made one. */
  readonly firstLogin: Awaited<ReturnType<typeof ensureAdmin>>
  readonly publicAddress: PublicAddress
  readonly keeper: TlsKeeper
  readonly media: Media
  readonly following: MediaFollower
  readonly disk: DiskWatch
  readonly recordingsDir: string
  /** In which Asterisk writes. */
  readonly asteriskDir: string
  /** Asterisk's own console, once this process keeps one. */
  readonly running: { asterisk?: { cli(command: string): Promise<string> } }
}

/**
 * Prepares database, folders, sounds and certificate.
 * @throws SetupError saying what to do
 */
export async function layGround(config: Config, aside: Aside, say: Say): Promise<Ground> {
  const { dataDir } = config
  const { log, lines } = openLog(config.logLevel)
  await mkdir(dataDir, { recursive: true })
  // Several processes with a role each share it; one that does everything has it alone.
  if (config.roles === null) await claimDataDir(dataDir)
  const version = await productVersion()

  say(4, 'Starting the database')
  const databaseUrl = config.databaseUrl ?? (await embeddedDatabase(dataDir, aside, log))
  const db = connect(databaseUrl, log)
  aside.push('connections to the database', () => db.destroy())
  await waitForDatabase(db)
  const isPrepared = config.roles === null ? async () => {} : await takeTurn(databaseUrl, log)
  const instance = await readInstance(dataDir)
  await backupBeforeUpgrade({ db, databaseUrl, dataDir, version, say: (text, part) => say(4, text, part) })
  await migrate(db)
  await migrateJobs(databaseUrl, log)
  await finishRestores(db, dataDir)
  await openSealing(db, dataDir, config.secretKey)

  const home = await ensureAsterisk({
    runtimeDir: dataDir,
    log,
    progress: (text, fraction) => say(5, text, fraction),
    ...(config.asteriskHome ? { asteriskHome: config.asteriskHome } : {})
  })
  say(5, `Asterisk ${home.version} is there`)
  const prepared: Progress = (text, fraction) => say(6, text, fraction)
  await ensureSounds({ home, dataDir, log, progress: prepared })
  const firstLogin = await ensureAdmin(db, config.adminPassword, firstPasswordIn(dataDir))
  if (config.demo) {
    const { loadDemo } = await import('../db/demo/index.ts')
    await loadDemo(db, {
      nowMs: Date.now(),
      sipPort: config.demoSipPort,
      home,
      dataDir,
      log,
      progress: prepared
    })
  }
  prepared(config.demo ? 'Voice prompts and the demo company are there' : 'Voice prompts are there')

  await isPrepared()

  const publicAddress = await openPublicAddress({ db, environment: config.sip.externalAddress, log })
  aside.push('the public address', () => publicAddress.stop())
  const names = [
    config.http.publicUrl && new URL(config.http.publicUrl).hostname,
    publicAddress.current()?.name
  ]
  const keeper = await openTls({ dir: path.join(dataDir, 'tls'), files: config.tls.files, told: names, log })
  aside.push('the certificate', () => keeper.stop())

  const recordingsDir = path.join(dataDir, 'recordings')
  await mkdir(recordingsDir, { recursive: true })
  const asteriskDir = path.join(dataDir, 'pbx')
  const running: Ground['running'] = {}
  const media = createMedia({
    home,
    dataDir,
    asteriskDir,
    reloadMusic: () => running.asterisk?.cli('moh reload') ?? null,
    log
  })
  // Its music is told to Asterisk by whoever keeps that.
  const told = config.keepsAsterisk ? media : { ...media, setMusic: () => Promise.resolve() }
  const following = await followMedia({ db, databaseUrl, media: told, log })
  aside.push('sounds', () => following.stop())
  const disk = watchDisk({ dir: recordingsDir, log })
  aside.push('the watch of the disk', () => disk.stop())
  return {
    ...{ config, log, lines, aside, say, instance, version, db, databaseUrl, home, firstLogin },
    ...{ publicAddress, keeper, media, following, disk, recordingsDir, asteriskDir, running }
  }
}

/** Any number; the same in each version. */
const preparing = 7_264_173

/** Processes that start together prepare one after the other; the first does the work. @returns what lets the next one */
async function takeTurn(databaseUrl: string, log: Logger): Promise<() => Promise<void>> {
  // The lock goes with its connection, also when this process is killed.
  const own = connect(databaseUrl, log, 1)
  await own.raw('select pg_advisory_lock(?)', [preparing])
  return () => own.destroy()
}

/** Longer than it is given to write everything down. */
const stopMs = 25_000

/** PostgreSQL of our own, in DATA_DIR. */
async function embeddedDatabase(dataDir: string, aside: Aside, log: Logger): Promise<string> {
  const options = { dir: path.join(dataDir, 'postgres'), log }
  // While it is away calls go on, and their tape waits in the spool.
  const postgres = await keepRunning('PostgreSQL', () => startPostgres(options), log)
  aside.push('PostgreSQL', () => postgres.stop(), stopMs)
  return postgres.current.url
}
