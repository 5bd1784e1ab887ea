import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { fenceStatement } from '../../db/fence.ts'
import type { OwnPresence } from '../routing/directory.ts'
import type { Fence } from './tape-sql.ts'

export interface PresenceChange {
  userId: string
  presence: OwnPresence
  reason: string | null
  untilMs: number | null
  atMs: number
  /** Whoever set it for somebody else. */
  byUserId: string | null
}

export interface PresenceStore {
  /** Takes a change; it is written at once, or together with others when the last writing is done. */
  save(change: PresenceChange): void
  /** Writes what waits. Resolves when that was tried; what could not be written waits on. */
  flush(): Promise<void>
  /** As `flush`, for the last time. */
  close(): Promise<void>
}

const retryMs = 2000
/** While the database is away the oldest log rows go first; what an operator is now is never lost. */
const mostKept = 20_000

/**
 * Keeps in the database what operators are (for the next start) and were (for reports). Of a controller that was
 * overtaken nothing is written any more.
 */
export function keepPresence({ db, fence, log }: { db: Knex; fence: Fence; log: Logger }): PresenceStore {
  let waiting: PresenceChange[] = []
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  let isClosed = false

  function writeSoon(afterMs: number): void {
    if (isClosed) return
    timer ??= setTimeout(() => {
      flush().catch((error: unknown) => log.error({ err: error }, 'Presence'))
    }, afterMs)
  }

  async function write(): Promise<void> {
    if (waiting.length === 0) return
    const batch = waiting
    waiting = []
    try {
      await db.transaction(async (trx) => {
        if (await isOurs(trx, fence)) await writeChanges(trx, batch)
      })
    } catch (error) {
      log.warn({ err: error, changes: batch.length }, 'Presence could not be written; trying again')
      waiting = shortened([...batch, ...waiting])
      writeSoon(retryMs)
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(write)
    return writing
  }

  return {
    save(change) {
      waiting.push(change)
      // At once; what comes while that is being written is written together after it.
      writeSoon(0)
    },
    flush,
    async close() {
      isClosed = true
      await flush()
    }
  }
}

/** The newest, and of everybody at least what they are now. */
function shortened(changes: readonly PresenceChange[]): PresenceChange[] {
  if (changes.length <= mostKept) return [...changes]
  const latest = new Set(new Map(changes.map((change) => [change.userId, change])).values())
  return changes.filter((change, index) => index >= changes.length - mostKept || latest.has(change))
}

/** Whether the lease is ours until the transaction ends. */
async function isOurs(trx: Knex.Transaction, { node, owner, epoch }: Fence): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(fenceStatement, [node, owner, epoch])
  return rows.length > 0
}

/** Users who were deleted meanwhile drop out by the join. */
async function writeChanges(trx: Knex.Transaction, batch: readonly PresenceChange[]): Promise<void> {
  const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())
  const rows = JSON.stringify(
    batch.map(({ userId, presence, reason, untilMs, atMs, byUserId }) => ({
      user_id: userId,
      presence,
      reason,
      until: iso(untilMs),
      at: iso(atMs),
      by_user_id: byUserId
    }))
  )
  const changes = `jsonb_to_recordset(cast(? as jsonb))
    as c(user_id uuid, presence text, reason text, until timestamptz, at timestamptz, by_user_id uuid)`
  await trx.raw(
    `insert into presence_log (user_id, at, presence, reason, until, by_user_id)
     select u.id, c.at, c.presence, c.reason, c.until, b.id
     from ${changes} join users u on u.id = c.user_id left join users b on b.id = c.by_user_id order by c.at`,
    [rows]
  )
  await trx.raw(
    `update users u set presence = c.presence, presence_reason = c.reason, presence_until = c.until, presence_at = c.at
     from (select distinct on (user_id) * from ${changes} order by user_id, at desc) c where u.id = c.user_id`,
    [rows]
  )
}
