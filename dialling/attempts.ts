import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { fenceStatement } from '../db/fence.ts'
import type { Attempt } from './core/attempt.ts'
import { afterAttempt, type Next, type RetryRules } from './core/retry.ts'
import type { CallbackSettings } from './core/settings.ts'
import { giveToPerson, wakeRunner, type CallbackRow } from './callbacks.ts'

/** Which controller acts; the same that fences the tape. */
export interface Fence {
  node: string
  owner: string
  epoch: number
}

/** What an attempt is made for. */
export type Owner = { kind: 'callback'; id: string } | { kind: 'entry'; id: string }

const tables = { callback: 'callbacks', entry: 'dial_list_entries' } as const

/**
 * Takes a callback or an entry that is due, for one attempt: nobody else can take it until the attempt is closed. Only
 * the controller that holds the node's lease can; the claim stands on disk before the call is placed.
 * @returns the attempt's id; null when somebody else was quicker, or it is due no longer
 */
export function claim(db: Knex, fence: Fence, owner: Owner, nowMs: number): Promise<string | null> {
  return db.transaction(async (trx) => {
    const held = await trx.raw<{ rows: unknown[] }>(fenceStatement, [fence.node, fence.owner, fence.epoch])
    if (held.rows.length === 0) return null
    const attemptId = randomUUID()
    const table = tables[owner.kind]
    const taken = await trx.raw<{ rows: unknown[] }>(
      `update ?? set state = 'calling', attempt_id = cast(? as uuid), next_attempt_at = null, updated_at = now()
       where id = (select id from ?? where id = cast(? as uuid) and state in ('waiting','retry')
         and next_attempt_at <= cast(? as timestamptz) for update skip locked)
       returning id`,
      [table, attemptId, table, owner.id, new Date(nowMs).toISOString()]
    )
    if (taken.rows.length === 0) return null
    await trx('dial_attempts').insert({
      id: attemptId,
      [owner.kind === 'callback' ? 'callback_id' : 'entry_id']: owner.id,
      node: fence.node,
      epoch: fence.epoch,
      at: new Date(nowMs)
    })
    return attemptId
  })
}

/**
 * Ties a call to the open attempt that it fulfils. Known from `place`, and again from the tape, whichever comes first.
 * @param orderId of the callback or entry: it has one open attempt at most
 * @param startedMs an attempt that was made after the call began is not its own
 * @returns the attempt's id; null when the call fulfils no open attempt
 */
export async function bindCall(
  db: Knex,
  orderId: string,
  callId: string,
  startedMs: number
): Promise<string | null> {
  const [row] = await db('dial_attempts')
    .where((either) => {
      either.where('callback_id', orderId).orWhere('entry_id', orderId)
    })
    .whereNull('result')
    .where((either) => {
      either.where('call_id', callId).orWhere((unbound) => {
        unbound.whereNull('call_id').where('at', '<=', new Date(startedMs))
      })
    })
    .update({ call_id: callId })
    .returning<{ id: string }[]>('id')
  if (!row) return null
  for (const table of Object.values(tables)) {
    await db(table).where({ attempt_id: row.id }).update({ call_id: callId })
  }
  return row.id
}

interface AttemptRow {
  id: string
  callback_id: string | null
  entry_id: string | null
}

/**
 * Closes an attempt with its outcome, once: repeating it changes nothing. The callback or entry goes on to its next try,
 * or ends; a callback that ends in failure becomes a task.
 * @returns false when the attempt was closed before, or is not one of ours
 */
export async function closeAttempt(
  trx: Knex,
  attemptId: string,
  attempt: Attempt,
  settings: CallbackSettings,
  nowMs: number
): Promise<boolean> {
  const [row] = await trx('dial_attempts')
    .where({ id: attemptId })
    .whereNull('result')
    .update({
      result: attempt.result,
      reason: attempt.reason,
      operator_id: attempt.operatorId,
      ended_at: new Date(nowMs)
    })
    .returning<AttemptRow[]>(['id', 'callback_id', 'entry_id'])
  if (!row) return false
  if (row.callback_id !== null) await closeCallback(trx, row.callback_id, attemptId, attempt, settings, nowMs)
  else if (row.entry_id !== null) await closeEntry(trx, row.entry_id, attemptId, attempt, settings, nowMs)
  await wakeRunner(trx)
  return true
}

async function closeCallback(
  trx: Knex,
  id: string,
  attemptId: string,
  attempt: Attempt,
  settings: CallbackSettings,
  nowMs: number
): Promise<void> {
  const row = await trx('callbacks')
    .where({ id, state: 'calling', attempt_id: attemptId })
    .forUpdate()
    .first<CallbackRow | undefined>()
  if (!row) return
  const next = afterAttempt(owedOf(row), attempt, settings, nowMs)
  await trx('callbacks')
    .where({ id })
    .update({
      ...columnsOf(trx, next, attempt),
      done_at: next.state === 'retry' ? null : new Date(nowMs)
    })
  if (next.state === 'failed') await giveToPerson(trx, row, whyOf(attempt), nowMs, settings.missedTaskMinutes)
}

async function closeEntry(
  trx: Knex,
  id: string,
  attemptId: string,
  attempt: Attempt,
  settings: CallbackSettings,
  nowMs: number
): Promise<void> {
  const row = await trx('dial_list_entries as e')
    .join('dial_lists as l', 'l.id', 'e.list_id')
    .where({ 'e.id': id, 'e.state': 'calling', 'e.attempt_id': attemptId })
    .forUpdate('e')
    .first<
      | {
          attempts: number
          short_tries: number
          max_attempts: number
          pause_minutes: number
          list_id: string
        }
      | undefined
    >('e.attempts', 'e.short_tries', 'e.list_id', 'l.max_attempts', 'l.pause_minutes')
  if (!row) return
  const rules: RetryRules = {
    maxAttempts: row.max_attempts,
    pausesMinutes: [row.pause_minutes],
    shortPauseSeconds: settings.shortPauseSeconds,
    // An operator who does not answer is no reason to give a client up.
    maxShort: Number.MAX_SAFE_INTEGER
  }
  const next = afterAttempt(owedOf(row), attempt, rules, nowMs)
  const isUnwanted = attempt.result === 'refused' && attempt.reason === 'do_not_call'
  await trx('dial_list_entries')
    .where({ id })
    .update({ ...columnsOf(trx, next, attempt), ...(isUnwanted && { state: 'stopped' }) })
  await finishList(trx, row.list_id)
}

/** A running list with nobody left to call is done. */
export async function finishList(trx: Knex, listId: string): Promise<void> {
  await trx('dial_lists')
    .where({ id: listId, state: 'running' })
    .whereNotExists(
      trx('dial_list_entries')
        .where({ list_id: listId })
        .whereIn('state', ['waiting', 'calling', 'retry'])
        .select(trx.raw('1'))
    )
    .update({ state: 'done', updated_at: trx.fn.now() })
}

const owedOf = (row: { attempts: number; short_tries: number }) => ({
  attempts: row.attempts,
  shortTries: row.short_tries
})

const columnsOf = (trx: Knex, next: Next, attempt: Attempt) => ({
  state: next.state,
  attempts: next.attempts,
  short_tries: next.shortTries,
  next_attempt_at: next.nextAtMs === null ? null : new Date(next.nextAtMs),
  last_result: attempt.result,
  last_reason: attempt.reason,
  updated_at: trx.fn.now()
})

const whyOf = ({ result, reason }: Attempt): string => (reason === null ? result : `${result}: ${reason}`)
