import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { prepared } from '../db/prepared.ts'
import type { TapeRow } from '../pbx/call/effects.ts'
import { diallingChannel } from './callbacks.ts'

/** A moment as the inbox keeps it. */
export interface InboxRow {
  call_id: string
  seq: number
  at: Date
  type: string
  data: Record<string, unknown>
}

const wanted = new Set([
  'call.callback_promised',
  'call.voicemail',
  'call.missed',
  'call.dial_refused',
  'call.ended'
])

const isWanted = ({ type, data }: TapeRow): boolean =>
  wanted.has(type) ||
  (type === 'call.initiated' && Boolean((data['order'] as { orderId?: unknown } | undefined)?.orderId))

/**
 * Copies the moments that matter here, in the tape's own transaction. One statement at most, which no content of a row
 * can fail; a replayed spool adds nothing. Most calls leave nothing: the end of an incoming one matters only when it was
 * a talk with a client to whom something is owed. What is still being worked out looks for later talks by itself.
 */
export async function takeMoments(trx: Knex, rows: readonly TapeRow[]): Promise<void> {
  const chosen = rows.filter(isWanted)
  if (chosen.length === 0) return
  const moments = JSON.stringify(
    chosen.map(({ callId, seq, atMs, type, data }) => ({ callId, seq, atMs, type, data }))
  )
  await prepared(trx, 'inbox-take', takeText, { moments, channel: diallingChannel })
}

const takeText = `
with added as (
  insert into tape_inbox (call_id, seq, at, type, data)
  select r."callId", r.seq, to_timestamp(r."atMs" / 1000.0), r.type, r.data
  from jsonb_to_recordset(cast(:moments as jsonb)) as r("callId" uuid, seq int, "atMs" double precision, type text, data jsonb)
  left join calls c on c.id = r."callId"
  where r.type <> 'call.ended' or c.direction is distinct from 'in' or (c.outcome = 'answered' and (
    exists (select 1 from tasks t where t.phone = c.caller_number and t.state = 'open') or
    exists (select 1 from callbacks b where b.phone = c.caller_number and b.state in ('waiting','calling','retry'))))
  on conflict do nothing returning 1
)
select pg_notify(:channel, 'inbox') where exists (select from added)`

/** How many moments one transaction works out. */
const batchSize = 50
/** So long a moment that was worked out is remembered: a spool that is older is replayed by a person. */
const keptDays = 7

/**
 * Works out every moment that is due, oldest first, each once: it is marked in the transaction of what it led to. One
 * that fails is tried again later, with growing pauses, and holds up nobody else.
 * @returns how many were worked out
 * @throws when the database is away; nothing is lost then
 */
export async function drainInbox(
  db: Knex,
  handle: (trx: Knex, row: InboxRow) => Promise<void>,
  log: Logger
): Promise<number> {
  let total = 0
  for (;;) {
    const done = await drainSome(db, handle, log)
    total += done
    if (done < batchSize) return total
  }
}

function drainSome(
  db: Knex,
  handle: (trx: Knex, row: InboxRow) => Promise<void>,
  log: Logger
): Promise<number> {
  return db.transaction(async (trx) => {
    const rows = await trx('tape_inbox')
      .whereNull('done_at')
      .where('next_at', '<=', trx.fn.now())
      .orderBy(['at', 'call_id', 'seq'])
      .limit(batchSize)
      .forUpdate()
      .skipLocked()
      .select<(InboxRow & { attempts: number })[]>('call_id', 'seq', 'at', 'type', 'data', 'attempts')
    for (const row of rows) {
      const own = { call_id: row.call_id, seq: row.seq }
      try {
        // A savepoint of its own: what fails leaves nothing behind and harms no neighbour.
        await trx.transaction(async (inner) => {
          await handle(inner, row)
          await inner('tape_inbox').where(own).update({ done_at: inner.fn.now(), error: null })
        })
      } catch (error) {
        log.error(
          { err: error, ...own, type: row.type },
          'A moment could not be worked out; it is tried again'
        )
        const pauseSeconds = Math.min(2 ** row.attempts, 3600)
        await trx('tape_inbox')
          .where(own)
          .update({
            attempts: row.attempts + 1,
            error: String(error).slice(0, 500),
            next_at: trx.raw("now() + ? * interval '1 second'", [pauseSeconds])
          })
      }
    }
    return rows.length
  })
}

/** Forgets what was worked out long ago. */
export async function purgeInbox(db: Knex): Promise<void> {
  await db('tape_inbox')
    .where('done_at', '<', db.raw("now() - ? * interval '1 day'", [keptDays]))
    .delete()
}
