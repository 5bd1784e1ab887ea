import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { JobSchedule, JobTasks } from '../db/jobs.ts'
import type { JobKind } from '../jobs/jobs.ts'
import { makeBackup } from './make.ts'
import { lastDueMs, readBackupSettings } from './settings.ts'
import {
  describe,
  fileOfKept,
  listKept,
  placeFor,
  prune,
  removeHalves,
  removeKept,
  shelfOf
} from './shelf.ts'
import type { Kept, OrderedBy } from './shelf.ts'

export const backupKind = 'backup.make'

export interface BackupParams {
  withRecordings: boolean
  by: OrderedBy
}

/** Backups of a running installation. */
export interface Backups {
  /** Where they lie. */
  readonly dir: string
  list(): Promise<Kept[]>
  /** Absolute; null when it is gone. */
  fileOf(id: string): Promise<string | null>
  remove(id: string): Promise<boolean>
  /** The work itself, for `createJobs`. */
  readonly kind: JobKind<BackupParams>
  readonly tasks: JobTasks
  readonly schedules: readonly JobSchedule[]
}

/**
 * @param zone the company's time zone, in which the hour of the schedule is meant
 * @param order orders background work; asked late, because it is made of kinds like this one
 */
export function createBackups(options: {
  db: Knex
  databaseUrl: string
  dataDir: string
  version: string
  zone: (db: Knex) => Promise<string>
  order: (
    trx: Knex,
    wanted: { kind: string; params: Record<string, unknown>; userId: string | null }
  ) => Promise<unknown>
  log: Logger
  now?: () => number
}): Backups {
  const { db, databaseUrl, dataDir, version, now = Date.now } = options
  const log = options.log.child({ part: 'backups' })
  const dir = shelfOf(dataDir)

  /** Orders the daily backup once it is due, also when the machine was off at its hour. */
  async function tick(): Promise<void> {
    const settings = await readBackupSettings(db)
    if (!settings.isOn) return
    const dueMs = lastDueMs(now(), settings.hour, await options.zone(db))
    const isMade = (await listKept(dir)).some(
      ({ by, createdAt }) => by === 'schedule' && Date.parse(createdAt) >= dueMs
    )
    if (isMade) return
    await db.transaction(async (trx) => {
      // One that is on its way, or failed, is not ordered again every hour.
      const ordered: unknown = await trx('jobs')
        .where({ kind: backupKind })
        .whereRaw(`params ->> 'by' = 'schedule'`)
        .where('created_at', '>=', new Date(dueMs))
        .first('id')
      if (ordered !== undefined) return
      const params: BackupParams = { withRecordings: settings.withRecordings, by: 'schedule' }
      await options.order(trx, { kind: backupKind, params: { ...params }, userId: null })
    })
  }

  return {
    dir,
    list: () => listKept(dir),
    fileOf: (id) => fileOfKept(dir, id),
    remove: (id) => removeKept(dir, id),
    kind: {
      kind: backupKind,
      async run(job) {
        // Backups run one after the other, so a half that lies here is of a process that died.
        await removeHalves(dir)
        const { withRecordings, by } = job.params
        const { file } = placeFor(dir, now())
        const made = await makeBackup({
          ...{ databaseUrl, dataDir, file, withRecordings, version },
          progress: (done, total) => job.progress(done, total)
        })
        const kept = await describe(file, made, by)
        if (by === 'schedule') await prune(dir, (await readBackupSettings(db)).keep, by)
        log.info({ file, bytes: kept.bytes }, 'A backup was made')
        return { backupId: kept.id, name: kept.name, bytes: kept.bytes }
      }
    },
    tasks: { 'backup.tick': () => tick() },
    schedules: [{ task: 'backup.tick', match: '4 * * * *' }]
  }
}
