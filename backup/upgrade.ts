import type { Knex } from 'knex'
import { migrationNames } from '../db/knex.ts'
import { SetupError, messageOf } from '../host/setup-error.ts'
import { makeBackup } from './make.ts'
import { describe, placeFor, prune, removeHalves, shelfOf, type Kept } from './shelf.ts'

/** Newest backups of upgrades that stay. */
const keep = 3

/**
 * Keeps the installation as it is before a newer version changes its tables, so that the way back is `npm run restore`.
 * Nothing is done where the tables are new, or are those of this version.
 * @param say told how far it is, from 0 to 1
 * @throws SetupError when the database was made by a newer version, or the backup cannot be written
 */
export async function backupBeforeUpgrade(options: {
  db: Knex
  databaseUrl: string
  dataDir: string
  version: string
  say: (text: string, fraction: number) => void
  now?: () => number
}): Promise<Kept | null> {
  const { db, databaseUrl, dataDir, version, say, now = Date.now } = options
  const { made, pending } = await migrationsIn(db)
  if (made === 0 || pending === 0) return null
  const dir = shelfOf(dataDir)
  const { file } = placeFor(dir, now())
  try {
    await removeHalves(dir)
    const backup = await makeBackup({
      ...{ databaseUrl, dataDir, file, version, withRecordings: false },
      progress: (done, total) => say('Keeping a backup before the upgrade', total > 0 ? done / total : 0)
    })
    const kept = await describe(file, backup, 'upgrade')
    await prune(dir, keep, 'upgrade')
    return kept
  } catch (error) {
    throw new SetupError(
      `No backup could be made before the upgrade (${messageOf(error)})`,
      `Nothing was changed. See that ${dir} can be written to and has room, then start again.`,
      { cause: error }
    )
  }
}

/** How many migrations of this version the database has, and how many it still needs. */
async function migrationsIn(db: Knex): Promise<{ made: number; pending: number }> {
  const wanted = await migrationNames()
  if (!(await db.schema.hasTable('migrations'))) return { made: 0, pending: wanted.length }
  const made = await db('migrations').pluck<string[]>('name')
  const strange = made.filter((name) => !wanted.includes(name))
  if (strange.length > 0)
    throw new SetupError(
      `The database is newer than this copy of Ringtrace (it has ${strange.join(', ')})`,
      'Start the newer copy, or restore the backup that was made before its upgrade.'
    )
  return { made: made.length, pending: wanted.length - made.length }
}
