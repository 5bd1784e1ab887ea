import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { codeOf } from '../host/setup-error.ts'
import { finishedFile, rawThere, sealedEnding } from './files.ts'
import type { Folders } from './files.ts'
import { keyId, openSealed, sealFile, sealOf } from './sealed-file.ts'

/** What the keys of recordings are derived for (`db/secrets.ts`). */
export const sealingPurpose = 'recordings'
/** Setting: whether finished recordings are encrypted on the disk; absent: not. */
export const sealingSetting = 'recordings.isSealed'
const batch = 200

/** Recordings whose audio is there, by how it lies on the disk. */
export interface SealingState {
  isOn: boolean
  sealed: number
  plain: number
  /** Sealed with a key that is not here: they do not play until it is brought back. */
  locked: number
}

/** @param keys the first seals, and all open */
export async function readSealing(db: Knex, keys: readonly Buffer[]): Promise<SealingState> {
  const known = keys.map(keyId)
  const { rows } = await db.raw<{ rows: [{ sealed: string; plain: string; locked: string }] }>(
    `select count(*) filter (where sealed_by = any(:known)) as sealed,
            count(*) filter (where sealed_by is null) as plain,
            count(*) filter (where sealed_by <> all(:known)) as locked
     from recordings where state = 'ready'`,
    { known }
  )
  const [{ sealed, plain, locked }] = rows
  return { isOn: await isOn(db), sealed: Number(sealed), plain: Number(plain), locked: Number(locked) }
}

/** From now on; what lies there in clear is sealed by `sealWaiting`, and what is sealed stays so. */
export async function saveSealing(trx: Knex, value: boolean): Promise<void> {
  await trx('settings')
    .insert({ key: sealingSetting, value: JSON.stringify(value), updated_at: trx.fn.now() })
    .onConflict('key')
    .merge()
}

/** The key to seal with; null where recordings are to lie in clear. */
export async function sealsNow(db: Knex, keys: readonly Buffer[]): Promise<Buffer | null> {
  const [key] = keys
  return key !== undefined && (await isOn(db)) ? key : null
}

async function isOn(db: Knex): Promise<boolean> {
  const row = await db<{ key: string; value: unknown }>('settings').where('key', sealingSetting).first()
  return row?.value === true
}

/** Puts a playable file in its place, sealed. @returns which key sealed it */
export async function sealFinished(key: Buffer, from: string, dir: string, name: string): Promise<string> {
  await sealFile(key, from, finishedFile(dir, name), name)
  return keyId(key)
}

interface Sealing extends Folders {
  db: Knex
  keys: readonly Buffer[]
}

/** Raw files that stay beside a recording lie no more in clear than the recording itself. */
export async function sealRaw(options: Sealing, name: string): Promise<void> {
  const key = await sealsNow(options.db, options.keys)
  if (key === null) return
  for (const file of await rawThere(options, name)) {
    await sealFile(key, file, file + sealedEnding, path.basename(file))
    await rm(file)
  }
}

interface Waiting {
  id: string
  file: string
}

/**
 * Seals what lies in clear, and what an earlier key has sealed, so that the earlier key can be thrown away. Does nothing
 * while sealing is off.
 * @returns how many recordings were sealed
 */
export async function sealWaiting(options: Sealing & { log: Logger }): Promise<number> {
  const { db, keys, log } = options
  const key = await sealsNow(db, keys)
  if (key === null) return 0
  let sealed = 0
  let last = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const rows = await db<{ id: string; file: string; state: string; sealed_by: string | null }>('recordings')
      .select('id', 'file')
      .whereIn('state', ['ready', 'failed'])
      // A lost key is nothing to seal with anew; failed ones have raw files only.
      .whereRaw(`(state = 'failed' or sealed_by is null or sealed_by = any(?))`, [keys.slice(1).map(keyId)])
      .where('id', '>', last)
      .orderBy('id')
      .limit(batch)
    for (const row of rows) if (await sealOne(options, key, row)) sealed += 1
    last = rows.at(-1)?.id ?? last
    if (rows.length < batch) break
  }
  if (sealed > 0) log.info({ sealed }, 'recordings that lay in clear were sealed')
  return sealed
}

async function sealOne(options: Sealing & { log: Logger }, key: Buffer, row: Waiting): Promise<boolean> {
  const { db, dir, log } = options
  await sealRaw(options, row.file)
  const file = finishedFile(dir, row.file)
  try {
    // Several recordings of the demo share one file.
    if ((await sealOf(file)) !== keyId(key)) {
      const isSealed = await sealAnew(options, key, file, row.file)
      if (!isSealed) {
        log.error({ recordingId: row.id }, 'a sealed recording cannot be opened to seal it with the new key')
        return false
      }
    }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    return false
  }
  const changed = await db('recordings')
    .where({ id: row.id, state: 'ready' })
    .update({ sealed_by: keyId(key) })
  if (changed > 0) return true
  // It was deleted in the meantime, and sealing has brought its file back.
  const isUsed: unknown = await db('recordings').where({ file: row.file, state: 'ready' }).first('id')
  if (isUsed === undefined) await rm(file, { force: true })
  return false
}

/** Seals a file that lies in clear, or one of an earlier key. False where that one does not open. */
async function sealAnew(options: Sealing, key: Buffer, file: string, name: string): Promise<boolean> {
  const before = await openSealed(options.keys, file, name)
  if (before === null) await sealFile(key, file, file, name)
  else if (typeof before === 'string') return false
  else await sealFile(key, before, file, name)
  return true
}
