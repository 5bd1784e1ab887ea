import type { Knex } from 'knex'
import { unseal } from '../../db/sealed.ts'
import type { AttemptResult } from './deliver.ts'
import type { Template } from './core/message.ts'
import type { Payload } from './core/payload.ts'
import { noticeOf } from './notice.ts'
import { deliveriesChannel } from './outbox.ts'
import { disableAfterMs } from './schedule.ts'

/** A delivery taken for one attempt, with what the attempt needs. */
export interface Claimed {
  id: string
  webhookId: string
  callId: string | null
  eventType: string
  payload: Payload
  part: number
  /** This one included. */
  attempts: number
  url: string
  secrets: string[]
  template: Template | null
  token: string
  /** The endpoint was failing when this was taken. */
  isFailing: boolean
}

const ms = `interval '1 millisecond'`

/** What was stored, as it signs and is sent. @throws Error when it was sealed with a key that is not here */
export function opened<T extends { secrets: readonly string[]; token: string }>(stored: T): T {
  const secrets = stored.secrets.map((each) => unseal(each, 'webhooks.secrets'))
  const token = unseal(stored.token, 'webhooks.token')
  if (token === null || secrets.includes(null))
    throw new Error('the secret of this webhook was sealed with another SECRET_KEY: make a new one')
  return { ...stored, secrets: secrets.flatMap((each) => each ?? []), token }
}

/** The secrets that sign now: one that was rotated out does until its time is over. */
export const signingSecrets = `case when w.old_secret_until <= now() then w.secrets[1:1] else w.secrets end`

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
             where e.webhook_id = d.webhook_id and e.call_id = d.call_id
                 and (e.seq, e.part) < (d.seq, d.part)
               and e.state = 'pending' and e.next_attempt_at <= now())))
       order by d.next_attempt_at, d.seq, d.part
       limit :limit
       for update skip locked
     )
     update webhook_deliveries d
     set attempts = d.attempts + 1, last_attempt_at = now(), next_attempt_at = now() + :leaseMs * ${ms}
     from due, webhooks w
     where d.id = due.id and w.id = d.webhook_id and w.is_active
     returning d.id, d.webhook_id as "webhookId", d.call_id as "callId", d.event_type as "eventType", d.payload,
       d.part, d.attempts, w.url, ${signingSecrets} as secrets, w.template, w.token, w.failing_since is not null as "isFailing"`,
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
    await logAttempt(trx, delivery.id, result)
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

/** Keeps what was sent and answered; it goes with its delivery. */
export async function logAttempt(db: Knex, deliveryId: string, result: AttemptResult): Promise<void> {
  const { exchange } = result
  await db('webhook_attempts').insert({
    delivery_id: deliveryId,
    took_ms: Math.round(result.tookMs),
    method: exchange.method,
    url: exchange.url,
    request_headers: JSON.stringify(exchange.requestHeaders),
    request_body: exchange.requestBody,
    status: result.status,
    error: result.error,
    response_headers: exchange.responseHeaders && JSON.stringify(exchange.responseHeaders),
    response_body: result.response
  })
}

async function disableIfHopeless(trx: Knex, webhookId: string, result: AttemptResult): Promise<boolean> {
  const reason =
    result.outcome === 'gone'
      ? 'the receiver answered 410 Gone'
      : `every attempt failed for five days; the last: ${result.error ?? 'unknown'}`
  const { rows } = await trx.raw<{ rows: { name: string; url: string; notice_to: string[] }[] }>(
    `update webhooks set is_active = false, disabled_reason = :reason, updated_at = now()
     where id = :webhookId and is_active
       and (:gone or failing_since < now() - cast(:afterMs as float8) * ${ms})
     returning name, url, notice_to`,
    { webhookId, reason, gone: result.outcome === 'gone', afterMs: disableAfterMs }
  )
  const [off] = rows
  if (off === undefined) return false
  if (off.notice_to.length > 0)
    await noticeOf(trx, { webhookId, name: off.name, url: off.url, to: off.notice_to, reason })
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

/** Which deliveries of a webhook shall go out again. */
export interface ReplayWish {
  webhookId: string
  state: 'failed' | 'all'
  /** Only what was written since then. */
  since: Date | null
}

/** More at once would be a flood that nobody can look over. */
export const maxReplay = 5000

function ofWish(db: Knex, { webhookId, state, since }: ReplayWish): Knex.QueryBuilder {
  const rows = db('webhook_deliveries').where('webhook_id', webhookId).whereNot('event_type', 'webhook.test')
  // What is still to come is not sent twice.
  if (state === 'failed') rows.where('state', 'failed')
  else rows.whereIn('state', ['failed', 'delivered'])
  if (since !== null) rows.where('created_at', '>=', since)
  return rows
}

/** How many there are. */
export async function countReplay(db: Knex, wish: ReplayWish): Promise<number> {
  const row = await ofWish(db, wish).count<{ count: string }[]>('* as count').first()
  return Number(row?.count ?? 0)
}

/**
 * Makes many deliveries due again, in the order in which they were written, each under its own id.
 * @param limit never more than were counted before: what came since was not agreed to
 * @returns how many
 */
export async function replayMany(db: Knex, wish: ReplayWish, limit: number): Promise<number> {
  const chosen = ofWish(db, wish)
    .select('id')
    .orderBy([{ column: 'created_at' }, { column: 'seq' }, { column: 'part' }])
    .limit(Math.min(limit, maxReplay))
  const { rows } = await db.raw<{ rows: { count: number }[] }>(
    `with chosen as (
       select id, row_number() over (order by created_at, seq, part) as place
       from webhook_deliveries where id in (?)
     ), again as (
       update webhook_deliveries d
       -- A microsecond apart, so that they are taken in their order.
       set state = 'pending', attempts = 0, delivered_at = null,
         next_attempt_at = now() + (c.place - ?) * interval '1 microsecond'
       from chosen c where d.id = c.id
       returning d.id
     )
     select count(*)::int as count, pg_notify(?, ?) from again`,
    [chosen, maxReplay, deliveriesChannel, wish.webhookId]
  )
  return rows[0]?.count ?? 0
}

/** Deletes finished deliveries older than `days`: the log is kept for a while, not for ever. */
export async function prune(db: Knex, days: number): Promise<number> {
  return db('webhook_deliveries')
    .whereNot('state', 'pending')
    .whereRaw("created_at < now() - ? * interval '1 day'", [days])
    .delete()
}
