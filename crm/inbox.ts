import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { lockCrm } from './clients.ts'
import { workOut, type Waiting } from './inquiries/happened.ts'
import type { Announce } from './ports.ts'

/** How much one transaction works out; people who accept an inquiry wait for it. */
const batchSize = 20
const longestPauseSeconds = 3600

interface InboxRow extends Waiting {
  id: string
  attempts: number
}

/**
 * Works out everything that is due, oldest first, each once: it leaves the inbox in the transaction of what it led to.
 * One that fails is tried again later, with growing pauses, and holds up nobody else. However many run this at a time,
 * one works and the others wait.
 * @returns how many were worked out
 * @throws when the database is away; nothing is lost then
 */
export async function drainCrmInbox(db: Knex, announce: Announce, log: Logger): Promise<number> {
  let total = 0
  for (;;) {
    const done = await drainSome(db, announce).catch((error: unknown) => {
      log.debug({ err: error }, 'One of these cannot be worked out: each is tried by itself')
      return drainCarefully(db, announce, log)
    })
    total += done
    if (done < batchSize) return total
  }
}

/** All or nothing. */
function drainSome(db: Knex, announce: Announce): Promise<number> {
  return db.transaction(async (trx) => {
    const rows = await due(trx)
    await workOut(trx, rows, announce)
    await leave(trx, rows)
    return rows.length
  })
}

/** Each with a savepoint of its own: what fails leaves nothing behind and harms no neighbour. */
function drainCarefully(db: Knex, announce: Announce, log: Logger): Promise<number> {
  return db.transaction(async (trx) => {
    const rows = await due(trx)
    for (const row of rows) {
      try {
        await trx.transaction(async (inner) => {
          await workOut(inner, [row], announce)
          await leave(inner, [row])
        })
      } catch (error) {
        const { subject, subject_id } = row
        log.error({ err: error, subject, subject_id }, 'The CRM could not take an event; it is tried again')
        await trx('crm_inbox')
          .where({ id: row.id })
          .update({
            attempts: row.attempts + 1,
            error: String(error).slice(0, 500),
            next_at: trx.raw("now() + ? * interval '1 second'", [
              Math.min(2 ** row.attempts, longestPauseSeconds)
            ])
          })
      }
    }
    return rows.length
  })
}

async function due(trx: Knex): Promise<InboxRow[]> {
  await lockCrm(trx)
  return trx('crm_inbox')
    .where('next_at', '<=', trx.fn.now())
    .orderBy('id')
    .limit(batchSize)
    .forUpdate()
    .skipLocked()
    .select<InboxRow[]>('id', 'subject', 'subject_id', 'attempts')
}

async function leave(trx: Knex, rows: readonly InboxRow[]): Promise<void> {
  if (rows.length === 0) return
  await trx('crm_inbox')
    .whereIn(
      'id',
      rows.map(({ id }) => id)
    )
    .delete()
}
