import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { AttemptResult } from './deliver.ts'
import { claim, nextDueMs, record } from './deliveries.ts'
import type { Claimed } from './deliveries.ts'

/** What one endpoint is doing. Endpoints share nothing but the database. */
interface Endpoint {
  readonly webhookId: string
  /** Deliveries on their way, by id. */
  readonly inFlight: Map<string, Claimed>
  timer: NodeJS.Timeout | undefined
  isDraining: boolean
  /** Something came while draining: look once more. */
  again: boolean
  failures: number
  pausedUntilMs: number
}

export interface Pump {
  /** The webhooks to serve; others finish what is on its way and take no more. */
  setWebhooks(ids: readonly string[]): void
  /** New deliveries of this webhook may be due. */
  wake(webhookId: string): void
  wakeAll(): void
  /** Takes no more and waits until everything on its way is written down. */
  stop(): Promise<void>
}

/**
 * Sends deliveries: one loop per endpoint, each with its own limit, so that a receiver that hangs holds up nobody else.
 * The table is the queue; this keeps no state that matters.
 * @param perEndpoint deliveries at once to one endpoint
 * @param leaseMs longer than an attempt can take
 * @param attempt never throws
 */
export function createPump(options: {
  db: Knex
  log: Logger
  attempt: (delivery: Claimed) => Promise<AttemptResult>
  pauseAfter: (attempt: number, retryAfterMs: number | null) => number | null
  onAttempt: (delivery: Claimed, result: AttemptResult) => void
  perEndpoint: number
  leaseMs: number
  retryMs?: number
}): Pump {
  const { db, log, perEndpoint, leaseMs, retryMs = 1000 } = options
  const endpoints = new Map<string, Endpoint>()
  const sending = new Set<Promise<void>>()
  let stopped = false

  function wake(webhookId: string): void {
    const endpoint = endpoints.get(webhookId)
    if (endpoint === undefined || stopped) return
    clearTimeout(endpoint.timer)
    endpoint.timer = undefined
    if (endpoint.isDraining) {
      endpoint.again = true
      return
    }
    endpoint.isDraining = true
    const run = drain(endpoint).finally(() => {
      sending.delete(run)
      endpoint.isDraining = false
      if (endpoint.again) wake(webhookId)
    })
    sending.add(run)
  }

  /** Starts what is due and free to go, then sets the alarm for what comes next. */
  async function drain(endpoint: Endpoint): Promise<void> {
    try {
      let taken: number
      do {
        endpoint.again = false
        const pauseMs = endpoint.pausedUntilMs - Date.now()
        if (pauseMs > 0) return alarm(endpoint, pauseMs)
        const limit = perEndpoint - endpoint.inFlight.size
        // A delivery that ends wakes us.
        if (limit <= 0 || stopped) return
        const flying = [...endpoint.inFlight.values()]
        const claimed = await claim(db, endpoint.webhookId, {
          limit,
          leaseMs,
          busyIds: flying.map(({ id }) => id),
          busyCalls: flying.flatMap(({ callId }) => callId ?? [])
        })
        taken = claimed.length
        for (const delivery of claimed) start(endpoint, delivery)
      } while (taken > 0 || endpoint.again)
      const dueMs = await nextDueMs(db, endpoint.webhookId, endpoint.inFlight.size === 0)
      endpoint.failures = 0
      if (dueMs !== null) alarm(endpoint, dueMs)
    } catch (err) {
      endpoint.failures++
      log.warn({ err, webhookId: endpoint.webhookId }, 'deliveries could not be read, trying again')
      alarm(endpoint, Math.min(retryMs * 2 ** (endpoint.failures - 1), 15_000))
    }
  }

  /** At least a moment, so that a clock a little off does not spin; at most half a minute, in case a notice was lost. */
  function alarm(endpoint: Endpoint, afterMs: number): void {
    if (stopped || endpoint.again || endpoints.get(endpoint.webhookId) !== endpoint) return
    clearTimeout(endpoint.timer)
    endpoint.timer = setTimeout(() => wake(endpoint.webhookId), Math.min(Math.max(afterMs, 20), 30_000))
  }

  function start(endpoint: Endpoint, delivery: Claimed): void {
    endpoint.inFlight.set(delivery.id, delivery)
    const run = send(endpoint, delivery).finally(() => {
      sending.delete(run)
      endpoint.inFlight.delete(delivery.id)
      wake(endpoint.webhookId)
    })
    sending.add(run)
  }

  async function send(endpoint: Endpoint, delivery: Claimed): Promise<void> {
    const result = await options.attempt(delivery)
    const pauseMs = options.pauseAfter(delivery.attempts, result.retryAfterMs)
    if (result.retryAfterMs !== null) {
      endpoint.pausedUntilMs = Date.now() + Math.min(result.retryAfterMs, 3_600_000)
    }
    options.onAttempt(delivery, result)
    await recordAtLast(delivery, result, pauseMs)
  }

  /** The database may be away just now. What was delivered must not be sent again for that, so this keeps trying. */
  async function recordAtLast(
    delivery: Claimed,
    result: AttemptResult,
    pauseMs: number | null
  ): Promise<void> {
    for (;;) {
      try {
        const disabled = await record(db, delivery, result, pauseMs)
        if (disabled)
          log.warn({ webhookId: delivery.webhookId, err: result.error }, 'a webhook was switched off')
        return
      } catch (err) {
        log.warn({ err, deliveryId: delivery.id }, 'the result of a delivery could not be written')
        if (stopped) return
        await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
    }
  }

  return {
    wake,
    wakeAll() {
      for (const webhookId of endpoints.keys()) wake(webhookId)
    },
    setWebhooks(ids) {
      const keep = new Set(ids)
      for (const [webhookId, endpoint] of endpoints) {
        if (keep.has(webhookId)) continue
        clearTimeout(endpoint.timer)
        endpoints.delete(webhookId)
      }
      for (const webhookId of keep) {
        if (endpoints.has(webhookId)) continue
        endpoints.set(webhookId, {
          webhookId,
          inFlight: new Map(),
          timer: undefined,
          isDraining: false,
          again: false,
          failures: 0,
          pausedUntilMs: 0
        })
        wake(webhookId)
      }
    },
    async stop() {
      stopped = true
      for (const { timer } of endpoints.values()) clearTimeout(timer)
      while (sending.size > 0) await Promise.all(sending)
    }
  }
}
