import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { removeAll, removePartials } from './files.ts'
import type { Folders } from './files.ts'

/** Setting: days to keep audio; absent or null keeps it for ever. */
export const retentionSetting = 'recordings.retentionDays'
const batch = 500
const hourMs = 3_600_000

/**
 * Deletes audio older than the setting allows. Rows stay, with the state `deleted`: that there was a recording is part
 * of the journal.
 * @returns how many recordings were deleted
 */
export async function expire(options: Folders & { db: Knex; log: Logger }): Promise<number> {
  const { db, dir, log } = options
  await removePartials(dir, 6 * hourMs)
  const days = await retentionDays(db)
  if (days === null) return 0
  let deleted = 0
  for (;;) {
    const rows = await db<{ id: string; file: string; state: string; created_at: Date }>('recordings')
      .select('id', 'file')
      .whereIn('state', ['ready', 'failed'])
      .whereRaw(`created_at < now() - ? * interval '1 day'`, [days])
      .orderBy('created_at')
      .limit(batch)
    if (rows.length === 0) break
    await removeRows(options, rows)
    deleted += rows.length
  }
  if (deleted > 0) log.info({ deleted, days }, 'recordings past their time were deleted')
  return deleted
}

/** Deletes the audio of these recordings, files first. */
export async function removeNamed(options: Folders & { db: Knex }, ids: readonly string[]): Promise<void> {
  await removeRows(options, await options.db<Kept>('recordings').select('id', 'file').whereIn('id', ids))
}

interface Kept {
  id: string
  file: string
}

/** Files first, so that a row never claims less than the disk holds. */
export async function removeRows(options: Folders & { db: Knex }, rows: readonly Kept[]): Promise<void> {
  for (const { file } of rows) await removeAll(options, file)
  const ids = rows.map(({ id }) => id)
  await options.db.transaction(async (trx) => {
    await trx('recordings').whereIn('id', ids).update({ state: 'deleted', bytes: null })
    // Retention is a rule of the house and no moment of the call, so it is not on the tape.
    await trx('calls').whereIn('recording_id', ids).update({ recording_state: 'deleted' })
  })
}

async function retentionDays(db: Knex): Promise<number | null> {
  const row = await db<{ key: string; value: unknown }>('settings').where('key', retentionSetting).first()
  const days = row?.value
  return typeof days === 'number' && Number.isFinite(days) && days >= 1 ? days : null
}
