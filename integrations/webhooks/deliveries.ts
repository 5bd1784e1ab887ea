import type { Knex } from 'knex'
import type { AttemptResult } from './deliver.ts'
import { deliveriesChannel } from './outbox.ts'
import { disableAfterMs } from './schedule.ts'

/** A delivery taken for one attempt, with what the attempt needs. */
export interface Claimed {
  id: string
  webhookId: string
  callId: string | null
  eventType: string
  payload: unknown
  /** This one included. */
  attempts: number
  url: string
  secrets: string[]
  /** The endpoint was failing when this was taken. */
  isFailing: boolean
}

const ms = `interval '1 millisecond'`

/**
 * Takes up to `limit` due deliveries of one webhook, in the order in which they happened. Taking moves the next
 * attempt `leaseMs` ahead: if this process dies, the delivery becomes due again by itself.
 * Of one call only the first due one is taken, and none of the calls in `busyCalls`, so that order per call holds.
 */
export async function claim(
  db: Knex,
  webhookId: string,
  options: { limit: number; leaseMs: number; busyIds: readonly string[]; busyCalls: readonly string[] }
): Promise<Claimed[]> {
  const { rows } = await db.raw<{ rows: Claimed[] }>(
    `with due as (
       select d.id from webhook_deliveries d
       where d.webhook_id = :webhookId and d.state = 'pending' and d.next_attempt_at <= now()
         and d.id <> all (cast(:busyIds as uuid[]))
         and (d.call_id is null or (
           d.call_id <> all (cast(:busyCalls as uuid[]))
           and not exists (
             select 1 from webhook_deliveries e
             where e.webhook_id = d.webhook_id and e.call_id = d.call_id and e.seq < d.seq
               and e.state = 'pending' and e.next_attempt_at <= now())))
       order by d.next_attempt_at, d.seq
       limit :limit
       for update skip locked
     )
     update webhook_deliveries d
     set attempts = d.attempts + 1, last_attempt_at = now(), next_attempt_at = now() + :leaseMs * ${ms}
     from due, webhooks w
     where d.id = due.id and w.id = d.webhook_id and w.is_active
     returning d.id, d.webhook_id as "webhookId", d.call_id as "callId", d.event_type as "eventType", d.payload,
       d.attempts, w.url, w.secrets, w.failing_since is not null as "isFailing"`,
    { webhookId, ...options, busyIds: [...options.busyIds], busyCalls: [...options.busyCalls] }
  )
  return rows
}

/**
 * Milliseconds until the webhook's next delivery is due; null when there is none.
 * @param isIdle nothing is on its way: then what is due already counts too, for it became due since `claim` looked.
 * Otherwise it may be waiting for what is on its way, and that wakes the loop when it ends.
 */
export async function nextDueMs(db: Knex, webhookId: string, isIdle: boolean): Promise<number | null> {
  const { rows } = await db.raw<{ rows: { ms: number | null }[] }>(
    `select (extract(epoch from min(next_attempt_at) - now()) * 1000)::float8 as ms from webhook_deliveries
     where webhook_id = ? and state = 'pending' and (cast(? as boolean) or next_attempt_at > now())`,
    [webhookId, isIdle]
  )
  return rows[0]?.ms ?? null
}

/**
 * Writes down how an attempt went, and what follows for the endpoint: first failure starts `failing_since`, a success
 * clears it, five days of failure or a 410 switch the webhook off with a reason and an audit row.
 * @param pauseMs until the next attempt; null means that there is none
 * @returns true when the webhook was switched off by this
 */
export async function record(
  db: Knex,
  delivery: Pick<Claimed, 'id' | 'webhookId' | 'isFailing'>,
  result: AttemptResult,
  pauseMs: number | null
): Promise<boolean> {
  const { outcome } = result
  const goesOn = (outcome === 'failed' && pauseMs !== null) || outcome === 'aborted'
  const state = outcome === 'ok' ? 'delivered' : goesOn ? 'pending' : 'failed'
  return db.transaction(async (trx) => {
    await trx.raw(
      `update webhook_deliveries
       set state = cast(:state as text), last_status = cast(:status as int), last_error = cast(:error as text), last_response = cast(:response as text),
         delivered_at = case when :state = 'delivered' then now() end,
         -- An attempt that we broke off ourselves does not count.
         attempts = attempts - case when :aborted then 1 else 0 end,
         next_attempt_at = case when :state = 'pending' then now() + cast(:pause as float8) * ${ms} end
       where id = :id`,
      {
        id: delivery.id,
        state,
        status: result.status,
        error: result.error,
        response: result.response,
        aborted: outcome === 'aborted',
        pause: outcome === 'aborted' ? 0 : (pauseMs ?? 0)
      }
    )
    if (outcome === 'aborted') return false
    if (outcome === 'ok') {
      // The condition keeps healthy endpoints free of writes, and of the notice that each change sends to everyone.
      if (delivery.isFailing) {
        await trx.raw('update webhooks set failing_since = null where id = ? and failing_since is not null', [
          delivery.webhookId
        ])
      }
      return false
    }
    if (!delivery.isFailing) {
      await trx.raw('update webhooks set failing_since = now() where id = ? and failing_since is null', [
        delivery.webhookId
      ])
    }
    return disableIfHopeless(trx, delivery.webhookId, result)
  })
}

async function disableIfHopeless(trx: Knex, webhookId: string, result: AttemptResult): Promise<boolean> {
  const reason =
    result.outcome === 'gone'
      ? 'the receiver answered 410 Gone'
      : `every attempt failed for five days; the last: ${result.error ?? 'unknown'}`
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `update webhooks set is_active = false, disabled_reason = :reason, updated_at = now()
     where id = :webhookId and is_active
       and (:gone or failing_since < now() - cast(:afterMs as float8) * ${ms})
     returning id`,
    { webhookId, reason, gone: result.outcome === 'gone', afterMs: disableAfterMs }
  )
  if (rows.length === 0) return false
  await trx('audit').insert({
    action: 'webhook.disabled',
    entity: 'webhooks',
    entity_id: webhookId,
    data: { reason, status: result.status }
  })
  return true
}

/**
 * Makes a delivery due again, whatever became of it, with a full set of attempts and the same id.
 * @returns `inactive` when it waits for its webhook to be switched on
 */
export async function replay(db: Knex, deliveryId: string): Promise<'queued' | 'inactive' | 'notFound'> {
  const { rows } = await db.raw<{ rows: { isActive: boolean }[] }>(
    `with again as (
       update webhook_deliveries d
       set state = 'pending', attempts = 0, next_attempt_at = now(), delivered_at = null
       from webhooks w where d.id = ? and w.id = d.webhook_id
       returning d.webhook_id, w.is_active
     )
     select is_active as "isActive", pg_notify(?, webhook_id::text) from again`,
    [deliveryId, deliveriesChannel]
  )
  const [row] = rows
  return row === undefined ? 'notFound' : row.isActive ? 'queued' : 'inactive'
}

/** Deletes finished deliveries older than `days`: the log is kept for a while, not for ever. */
export async function prune(db: Knex, days: number): Promise<number> {
  return db('webhook_deliveries')
    .whereNot('state', 'pending')
    .whereRaw("created_at < now() - ? * interval '1 day'", [days])
    .delete()
}
