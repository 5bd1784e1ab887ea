import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Order } from '../pbx/call/types.ts'
import { bindCall, claim, closeAttempt, type Fence, type Owner } from './attempts.ts'
import type { Attempt } from './core/attempt.ts'
import type { CallbackSettings } from './core/settings.ts'
import type { DiallingPorts } from './ports.ts'

export type Placed = { callId: string } | { refused: string }

export interface Placing {
  /**
   * Makes one attempt: takes what is due for this controller, places the call, and notes which call it is. The outcome
   * comes from the tape.
   * @returns null when somebody else was quicker
   */
  attempt(owner: Owner, makeOrder: () => Promise<Order>): Promise<Placed | null>
  /** Writes down what could not be written when it happened. @throws when the database is (still) away */
  catchUp(): Promise<void>
}

const notPlaced = 'not_placed'

/** Attempts of this controller. */
export function createPlacing(options: {
  db: Knex
  fence: Fence
  ports: Pick<DiallingPorts, 'place'>
  settings: () => CallbackSettings
  log: Logger
  now: () => number
}): Placing {
  const { db, fence, ports, log, now } = options
  const unwritten = new Map<string, Attempt>()

  async function close(attemptId: string, attempt: Attempt): Promise<void> {
    unwritten.set(attemptId, attempt)
    await db.transaction((trx) => closeAttempt(trx, attemptId, attempt, options.settings(), now()))
    unwritten.delete(attemptId)
  }

  return {
    async attempt(owner, makeOrder) {
      const attemptId = await claim(db, fence, owner, now())
      if (attemptId === null) return null
      let placed: Placed
      try {
        placed = await ports.place(await makeOrder())
      } catch (error) {
        log.error({ err: error, ...owner }, 'A call could not be placed')
        placed = { refused: notPlaced }
      }
      if ('refused' in placed) {
        // An exchange that is down is nobody's fault; what fails by itself must come to an end.
        const result = placed.refused === notPlaced ? 'noOperator' : 'lost'
        await close(attemptId, { result, reason: placed.refused, operatorId: null })
        return placed
      }
      const { callId } = placed
      // The tape ties the call to its attempt as well: failing here loses nothing.
      await bindCall(db, owner.id, callId, now()).catch((error: unknown) =>
        log.warn({ err: error, callId, ...owner }, 'A placed call is tied to its attempt later, by its tape')
      )
      return placed
    },
    async catchUp() {
      for (const [attemptId, attempt] of unwritten) await close(attemptId, attempt)
    }
  }
}

/**
 * Closes the attempts of controllers that are gone whose call is not on the tape: it never rang anybody for long, since
 * channels that belong to no call are hung up. Call it when the inbox is worked out and the spool is replayed.
 * @returns how many were lost
 */
export async function closeLost(
  db: Knex,
  fence: Fence,
  settings: CallbackSettings,
  nowMs: number
): Promise<number> {
  const open = await db('dial_attempts as a')
    .leftJoin('calls as c', 'c.id', 'a.call_id')
    .whereNull('a.result')
    .whereNull('c.id')
    .where((either) => {
      either
        .where((own) => {
          own.where('a.node', fence.node).where('a.epoch', '<', fence.epoch)
        })
        // No call takes so long to come to the tape, whoever placed it.
        .orWhere('a.at', '<', new Date(nowMs - longestMs))
    })
    .select<{ id: string }[]>('a.id')
  let lost = 0
  for (const { id } of open) {
    const attempt: Attempt = { result: 'lost', reason: 'controller_restarted', operatorId: null }
    if (await db.transaction((trx) => closeAttempt(trx, id, attempt, settings, nowMs))) lost += 1
  }
  return lost
}

const longestMs = 6 * 3_600_000
