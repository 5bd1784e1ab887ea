import path from 'node:path'
import { pino } from 'pino'
import { startPostgres } from '../db/embedded.ts'
import { connect, migrationNames, waitForDatabase } from '../db/knex.ts'
import { claimDataDir } from '../host/instance.ts'
import { productVersion } from '../host/project-root.ts'
import { SetupError } from '../host/setup-error.ts'
import type { Config } from '../config.ts'
import { makeBackup } from './make.ts'
import { restoreBackup } from './restore.ts'
import { describe, placeFor, shelfOf } from './shelf.ts'

type Say = (text: string) => void
const log = pino({ level: 'silent' })

/** `npm run backup`: an archive of the installation in DATA_DIR, whether it runs or not. */
export async function backupCommand(
  config: Config,
  wish: { withRecordings: boolean; out?: string },
  say: Say
): Promise<string> {
  return withDatabase(config, async (databaseUrl) => {
    const db = connect(databaseUrl, log, 1)
    try {
      await waitForDatabase(db)
      if (!(await db.schema.hasTable('migrations')))
        throw new SetupError(
          `There is nothing in ${config.dataDir} yet`,
          'Set DATA_DIR to the installation you mean.'
        )
      const [last] = await db('migrations').max<{ name: string }[]>('name as name')
      if (!(await migrationNames()).includes(last?.name ?? ''))
        throw new SetupError(
          'The database is newer than this copy of Ringtrace',
          'Run the backup from the newer copy.'
        )
    } finally {
      await db.destroy()
    }
    const file =
      wish.out === undefined ? placeFor(shelfOf(config.dataDir), Date.now()).file : path.resolve(wish.out)
    let toldTenths = 0
    const made = await makeBackup({
      databaseUrl,
      file,
      dataDir: config.dataDir,
      withRecordings: wish.withRecordings,
      version: await productVersion(),
      progress(done, total) {
        const tenths = Math.floor((done / total) * 10)
        if (tenths > toldTenths) say(`${(toldTenths = tenths) * 10} %`)
      }
    })
    if (wish.out === undefined) await describe(file, made, 'command')
    say(`The backup is in ${file} (${megabytes(made.bytes)}, ${made.rows} rows, ${made.files} files).`)
    say(`Its fingerprint is ${made.fingerprint}`)
    say(
      wish.withRecordings
        ? 'It holds the recordings.'
        : 'It holds no recordings: add --with-recordings to take them in.'
    )
    return file
  })
}

/** `npm run restore`: only while nothing else works on the installation. */
export async function restoreCommand(
  config: Config,
  wish: { file: string; replace: boolean; fingerprint?: string },
  say: Say
): Promise<void> {
  await claimDataDir(config.dataDir)
  await withDatabase(config, async (databaseUrl) => {
    const db = connect(databaseUrl, log, 2)
    try {
      await waitForDatabase(db)
      const file = path.resolve(wish.file)
      const done = await restoreBackup({ db, dataDir: config.dataDir, ...wish, file, say })
      say(`Restored: ${done.rows} rows and ${done.files} files, as they were at ${done.head.createdAt}.`)
      if (!done.head.withRecordings)
        say('The archive holds no recordings: those that are not there stay silent.')
      say('Start Ringtrace with "npm start". Everybody signs in again, with the password they had then.')
    } finally {
      await db.destroy()
    }
  })
}

/** The database of the configuration; an embedded one that does not run yet runs for this long. */
async function withDatabase<T>(config: Config, work: (databaseUrl: string) => Promise<T>): Promise<T> {
  if (config.databaseUrl !== undefined) return work(config.databaseUrl)
  const postgres = await startPostgres({ dir: path.join(config.dataDir, 'postgres'), log })
  try {
    return await work(postgres.url)
  } finally {
    if (!postgres.adopted) await postgres.stop()
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
