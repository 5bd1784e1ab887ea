import { setTimeout as delay } from 'node:timers/promises'
import type { Knex } from 'knex'
import type { Logger } from 'pino'

/** Where work waits for its moment, by PostgreSQL's clock; only what the product itself has put off, nothing that people have. */
const waiting: readonly { table: string; column: string; where?: string }[] = [
  { table: 'graphile_worker._private_jobs', column: 'run_at', where: 'locked_at is null' },
  { table: 'webhook_deliveries', column: 'next_attempt_at', where: "state = 'pending'" },
  { table: 'connector_jobs', column: 'next_attempt_at', where: "state = 'pending'" },
  { table: 'messages', column: 'next_at', where: "state in ('queued', 'sending')" },
  { table: 'crm_inbox', column: 'next_at' },
  { table: 'tape_inbox', column: 'next_at', where: 'done_at is null' },
  { table: 'automation_events', column: 'next_at' },
  { table: 'automation_steps', column: 'next_at', where: "state = 'pending'" }
]

/**
 * After a clock was set back, what was due a moment ago would wait for as long as the clock was set back, and retries
 * for as much longer. Brings all of it nearer by that. Done twice, it only makes things due sooner.
 * @param byMs how far the clock was set back, positive
 * @returns how many things
 */
export async function bringNearer(db: Knex, byMs: number): Promise<number> {
  let count = 0
  for (const { table, column, where = 'true' } of waiting) {
    const { rowCount } = await db.raw<{ rowCount: number }>(
      `update ${table} set ${column} = greatest(now(), ${column} - ? * interval '1 millisecond')
       where ${column} > now() and ${where}`,
      [byMs]
    )
    count += rowCount
  }
  return count
}

/** Follows the wall clock: work that waits in the database waits no longer because the clock was set back. */
export interface DueKeeper {
  stop(): Promise<void>
}

/**
 * @param onStep `Clock.onStep`
 * @param retryMs before another try when PostgreSQL is away
 */
export function keepDue(options: {
  db: Knex
  onStep: (listener: (byMs: number) => void) => () => void
  log: Logger
  retryMs?: number
}): DueKeeper {
  const { db, log, retryMs = 2000 } = options
  const stopping = new AbortController()
  let owedMs = 0
  let paying: Promise<void> | undefined
  const off = options.onStep((byMs) => {
    // Set ahead, things are due sooner; that harms none of them.
    if (byMs >= 0) return
    owedMs -= byMs
    paying ??= pay().finally(() => (paying = undefined))
  })

  async function pay(): Promise<void> {
    while (owedMs > 0 && !stopping.signal.aborted) {
      const byMs = owedMs
      try {
        const count = await bringNearer(db, byMs)
        owedMs -= byMs
        log.warn({ byMs, count }, 'The clock was set back: what waits in the database is brought nearer')
      } catch (error) {
        log.warn({ err: error }, 'What waits in the database could not be brought nearer; trying again')
        // Only stopping makes it fail, and the loop asks for that itself.
        await delay(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      }
    }
  }

  return {
    async stop() {
      off()
      stopping.abort()
      await paying
    }
  }
}
