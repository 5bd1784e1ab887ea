import { createHash } from 'node:crypto'
import type { Knex } from 'knex'
import { z } from 'zod'

const key = 'updates'
/** More would be read by nobody, and the row shall stay small. */
const mostFresh = 60

/** What this installation knows of its versions. Points of the change log are known by their digests. */
const stored = z.object({
  version: z.string(),
  previousVersion: z.string().nullable(),
  updatedAt: z.string().nullable(),
  known: z.array(z.string()),
  fresh: z.array(z.string()),
  seenBy: z.array(z.string())
})
type Stored = z.infer<typeof stored>

/** What came with the last update. */
export interface Update {
  version: string
  /** The version that ran here before; null where this is the first. */
  previousVersion: string | null
  updatedAt: string | null
  /** Points of the change log that the version before did not have, newest first. */
  fresh: string[]
  seenBy: string[]
}

/** The points of a change log, newest first, each on one line. */
export function pointsOf(changeLog: string): string[] {
  return changeLog
    .split(/^#.*$/m)
    .flatMap((part) => part.split(/^- /m).slice(1))
    .map((point) => point.trim().replace(/\s*\n\s*/g, ' '))
}

/**
 * Compares the version that starts now with the one that ran here last. By the points of the change log rather than by the
 * number alone: who follows the sources gets news under the same number.
 * @param before null at the very first start, which is no update
 */
export function updateOf(
  before: Stored | null,
  now: { version: string; changeLog: string; at: string }
): Stored {
  const points = pointsOf(now.changeLog)
  const known = points.map(digest)
  const { version } = now
  if (!before) return { version, previousVersion: null, updatedAt: null, known, fresh: [], seenBy: [] }
  const old = new Set(before.known)
  const fresh = points.filter((point) => !old.has(digest(point))).slice(0, mostFresh)
  // Back to an earlier version, or only started again: what was told stays told.
  if (fresh.length === 0) return { ...before, version, known }
  return { version, previousVersion: before.version, updatedAt: now.at, known, fresh, seenBy: [] }
}

/** Notes which version starts, once per start. */
export async function noteStart(
  db: Knex,
  now: { version: string; changeLog: string; at: string }
): Promise<void> {
  await db.transaction(async (trx) => {
    const before = await read(trx, true)
    const next = updateOf(before, now)
    if (JSON.stringify(next) !== JSON.stringify(before)) await write(trx, next)
  })
}

/** Null before the first start was noted. */
export const readUpdate = (db: Knex): Promise<Update | null> => read(db, false)

/** Somebody has read what is new. */
export async function markSeen(db: Knex, userId: string): Promise<void> {
  await db.transaction(async (trx) => {
    const now = await read(trx, true)
    if (now && !now.seenBy.includes(userId)) await write(trx, { ...now, seenBy: [...now.seenBy, userId] })
  })
}

async function read(db: Knex, isForUpdate: boolean): Promise<Stored | null> {
  const query = db('settings').where({ key })
  if (isForUpdate) void query.forUpdate()
  const row = await query.first<{ value: unknown } | undefined>('value')
  const found = stored.safeParse(row?.value)
  return found.success ? found.data : null
}

async function write(trx: Knex, value: Stored): Promise<void> {
  await trx('settings')
    .insert({ key, value: JSON.stringify(value), updated_at: trx.fn.now() })
    .onConflict('key')
    .merge()
}

const digest = (point: string): string => createHash('sha256').update(point).digest('base64url').slice(0, 12)
