import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { listen } from '../../db/listen.ts'
import type { Listening } from '../../db/listen.ts'
import type { JobSchedule, JobTasks } from '../../db/jobs.ts'
import type { CrmEvent } from '../../crm/events.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import { deliver } from './deliver.ts'
import type { AttemptResult } from './deliver.ts'
import { prune, replay } from './deliveries.ts'
import type { Claimed } from './deliveries.ts'
import { guardedAgent } from './guard.ts'
import type { Resolve } from './guard.ts'
import { deliveriesChannel, enqueueDeliveries, enqueueEvent } from './outbox.ts'
import { createPump } from './pump.ts'
import type { Pump } from './pump.ts'
import { pauseAfter, standardPausesMs } from './schedule.ts'

/** How one attempt ended, for metrics. */
export type AttemptOutcome = AttemptResult['outcome']

export interface Webhooks {
  /** See `outbox.ts`; costs no query when nobody wants these rows. */
  enqueueDeliveries(trx: Knex, rows: readonly TapeRow[]): Promise<void>
  /** Of what belongs to no call: inquiries, forms, deals. */
  readonly announce: (trx: Knex, event: CrmEvent) => Promise<void>
  /** Reads anew which webhooks are active. Done by itself on every change; for whoever cannot wait. */
  refresh(): Promise<void>
  /** Sends a delivery again under its own id. `inactive`: it goes out when its webhook is switched on. */
  replay(deliveryId: string): Promise<'queued' | 'inactive' | 'notFound'>
  /** Sends one `webhook.test` at once, active or not, and tells the answer; it is neither repeated nor held against it. */
  sendTest(webhookId: string): Promise<TestResult | null>
  /** Begins to send (not needed where only the tape writer runs). */
  start(): void
  /** Breaks off what is on its way; it goes out after the next start. */
  stop(): Promise<void>
  /** For `startJobs`: keeps the log of deliveries to 30 days. */
  readonly tasks: JobTasks
  readonly schedules: readonly JobSchedule[]
}

export interface TestResult {
  deliveryId: string
  isOk: boolean
  status: number | null
  error: string | null
  response: string | null
  tookMs: number
}

const logDays = 30

/**
 * Webhooks: an outbox beside the tape, signed as Standard Webhooks 1.0, repeated for three days, each endpoint on its own.
 * @param allowPrivateAddresses whether receivers may live in private networks (setting `webhooks.allowPrivate`);
 *   link-local and metadata addresses are refused in any case
 * @param onAttempt metrics
 * @param pausesMs, timeoutMs, leaseMs, resolve for tests
 */
export function createWebhooks(options: {
  db: Knex
  databaseUrl: string
  log: Logger
  allowPrivateAddresses: boolean
  onAttempt?: (outcome: AttemptOutcome, tookMs: number) => void
  pausesMs?: readonly number[]
  timeoutMs?: number
  leaseMs?: number
  perEndpoint?: number
  resolve?: Resolve
}): Webhooks {
  const { db, databaseUrl, allowPrivateAddresses: allowPrivate, onAttempt, perEndpoint = 8 } = options
  const { pausesMs = standardPausesMs, timeoutMs = 15_000, leaseMs = timeoutMs + 15_000 } = options
  const log = options.log.child({ part: 'webhooks' })
  const dispatcher = guardedAgent(allowPrivate, timeoutMs, options.resolve)
  const stopping = new AbortController()
  let wanted: ReadonlySet<string> | undefined
  let listening: Listening | undefined
  let refreshing: Promise<void> | undefined
  let refreshAgain = false

  const attempt = (delivery: Pick<Claimed, 'id' | 'url' | 'secrets' | 'payload'>): Promise<AttemptResult> =>
    deliver(
      { deliveryId: delivery.id, url: delivery.url, secrets: delivery.secrets, payload: delivery.payload },
      { dispatcher, allowPrivate, timeoutMs, stop: stopping.signal }
    )

  let pump: Pump | undefined

  async function load(): Promise<void> {
    const active = await db<{ id: string; events: string[]; is_active: boolean }>('webhooks')
      .select('id', 'events')
      .where('is_active', true)
    wanted = new Set(active.flatMap(({ events }) => events))
    pump?.setWebhooks(active.map(({ id }) => id))
  }

  /** One reading at a time; a change that comes while reading causes one more. */
  async function refresh(): Promise<void> {
    if (refreshing) {
      refreshAgain = true
      return refreshing
    }
    refreshing = (async () => {
      do {
        refreshAgain = false
        await load()
      } while (refreshAgain)
    })()
    try {
      await refreshing
    } finally {
      refreshing = undefined
    }
  }

  function refreshSoon(): void {
    refresh().catch((err: unknown) => {
      // Not knowing means asking: nothing is missed meanwhile.
      wanted = undefined
      log.warn({ err }, 'active webhooks could not be read, trying again')
      if (!stopping.signal.aborted) setTimeout(refreshSoon, 2000).unref()
    })
  }

  return {
    tasks: {
      'webhooks.prune': async () => {
        const deleted = await prune(db, logDays)
        log.info({ deleted }, 'old webhook deliveries were deleted from the log')
      }
    },
    schedules: [{ task: 'webhooks.prune', match: '40 3 * * *' }],
    refresh,
    enqueueDeliveries: (trx, rows) => enqueueDeliveries(trx, rows, wanted),
    announce: (trx, event) => enqueueEvent(trx, event, wanted),
    replay: (deliveryId) => replay(db, deliveryId),
    async sendTest(webhookId) {
      const [webhook] = await db<{ id: string; url: string; secrets: string[] }>('webhooks')
        .select('url', 'secrets')
        .where('id', webhookId)
      if (webhook === undefined) return null
      const id = randomUUID()
      const type = 'webhook.test'
      const payload = { type, timestamp: new Date().toISOString(), data: { webhookId } }
      // Inserted as failed, so that no pump takes it; the result overwrites that.
      await db('webhook_deliveries').insert({
        id,
        webhook_id: webhookId,
        event_type: type,
        payload: JSON.stringify(payload),
        state: 'failed',
        attempts: 1,
        next_attempt_at: null,
        last_error: 'not answered yet',
        last_attempt_at: db.fn.now()
      })
      const result = await attempt({ id, url: webhook.url, secrets: webhook.secrets, payload })
      await db('webhook_deliveries')
        .where({ id })
        .update({
          state: result.outcome === 'ok' ? 'delivered' : 'failed',
          last_status: result.status,
          last_error: result.error,
          last_response: result.response,
          delivered_at: result.outcome === 'ok' ? db.fn.now() : null
        })
      const { status, error, response, tookMs } = result
      return { deliveryId: id, isOk: result.outcome === 'ok', status, error, response, tookMs }
    },
    start() {
      pump = createPump({
        db,
        log,
        attempt,
        perEndpoint,
        leaseMs,
        pauseAfter: (number, retryAfterMs) => pauseAfter(number, Math.random(), retryAfterMs, pausesMs),
        onAttempt: (delivery, { outcome, status, error, tookMs }) => {
          onAttempt?.(outcome, tookMs)
          const { id: deliveryId, webhookId, attempts } = delivery
          log.debug({ deliveryId, webhookId, attempts, outcome, status, error, tookMs }, 'webhook attempt')
        }
      })
      const running = pump
      listening = listen({
        databaseUrl,
        channels: [deliveriesChannel, 'ringtrace_config'],
        log,
        onConnected: () => {
          refreshSoon()
          running.wakeAll()
        },
        onLost: () => (wanted = undefined),
        onNotice: (channel, payload) => {
          if (channel === deliveriesChannel) running.wake(payload)
          else if (payload.startsWith('webhooks:')) refreshSoon()
        }
      })
    },
    async stop() {
      stopping.abort()
      await listening?.stop()
      await pump?.stop()
      await dispatcher.destroy()
    }
  }
}
