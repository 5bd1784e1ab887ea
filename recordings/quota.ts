import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { removeRows } from './expire.ts'
import type { Folders } from './files.ts'

/** Setting: bytes that finished recordings may take; absent or null: as much as the disk holds. */
export const quotaSetting = 'recordings.quotaBytes'
const batch = 500

export interface RecordingSpace {
  quotaBytes: number | null
  usedBytes: number
  recordings: number
}

/** What the audio that is kept takes of what it may take. */
export async function readSpace(db: Knex): Promise<RecordingSpace> {
  const row = await db<{ key: string; value: unknown }>('settings').where('key', quotaSetting).first()
  const kept = await db('recordings')
    .whereNotNull('bytes')
    .first<{ bytes: string; count: string }>(db.raw('coalesce(sum(bytes), 0) as bytes, count(*) as count'))
  const quota = row?.value
  return {
    quotaBytes: typeof quota === 'number' && quota > 0 ? quota : null,
    usedBytes: Number(kept.bytes),
    recordings: Number(kept.count)
  }
}

/** Null takes the bound away. */
export async function saveQuota(trx: Knex, bytes: number | null): Promise<void> {
  if (bytes === null) await trx('settings').where({ key: quotaSetting }).delete()
  else
    await trx('settings')
      .insert({ key: quotaSetting, value: JSON.stringify(bytes), updated_at: trx.fn.now() })
      .onConflict('key')
      .merge()
}

/**
 * Deletes the oldest audio until what is left fits, so that the disk never decides which talks are kept. Recordings in
 * the making are left alone.
 * @returns how many recordings were deleted
 */
export async function keepWithin(options: Folders & { db: Knex; log: Logger }): Promise<number> {
  const { db, log } = options
  const { quotaBytes, usedBytes } = await readSpace(db)
  if (quotaBytes === null) return 0
  let excess = usedBytes - quotaBytes
  let deleted = 0
  while (excess > 0) {
    const oldest = await db<{
      id: string
      file: string
      bytes: string | number
      state: string
      created_at: Date
    }>('recordings')
      .select('id', 'file', 'bytes')
      .where('state', 'ready')
      .whereNotNull('bytes')
      .orderBy('created_at')
      .limit(batch)
    const going = oldest.filter(({ bytes }) => {
      const isWanted = excess > 0
      if (isWanted) excess -= Number(bytes)
      return isWanted
    })
    if (going.length === 0) break
    await removeRows(options, going)
    deleted += going.length
  }
  if (deleted > 0) log.warn({ deleted, quotaBytes }, 'recordings over the space set for them were deleted')
  return deleted
}
