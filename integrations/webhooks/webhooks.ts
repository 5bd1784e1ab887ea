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
import type { Template } from './core/message.ts'
import type { Payload } from './core/payload.ts'
import { samplePayload } from './core/sample.ts'
import { operatorIdOf } from './core/variables.ts'
import { countReplay, logAttempt, opened, prune, replay, replayMany, signingSecrets } from './deliveries.ts'
import type { ReplayWish } from './deliveries.ts'
import { guardedAgent } from './guard.ts'
import type { Resolve } from './guard.ts'
import { deliveriesChannel, enqueueDeliveries, enqueueEvent } from './outbox.ts'
import { sendNotice, type SendLetter } from './notice.ts'
import { createPump } from './pump.ts'
import type { Pump } from './pump.ts'
import { requestOf, type Wanted } from './requests.ts'
import { readSamples, type Sample } from './samples.ts'
import { pauseAfter, standardPausesMs } from './schedule.ts'
import { readSubscriptions, type Subscription } from './subscriptions.ts'

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
  /** How many deliveries such a wish is about. */
  countReplay(wish: ReplayWish): Promise<number>
  /** Sends them again, the oldest first, at most `limit`; says how many. */
  replayMany(wish: ReplayWish, limit: number): Promise<number>
  /**
   * Sends one message at once, active or not, and tells the answer; it is neither repeated nor held against it.
   * @param part which message of the template, filled in from the last call that has it; of our own format it is
   *   `webhook.test`
   */
  sendTest(webhookId: string, part?: number): Promise<TestResult | null>
  /** The last payload of each event, made up where there was none: to show what a template becomes. */
  samples(): Promise<Sample[]>
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
  /** Where people reach this installation: for links to recordings. */
  publicUrl?: string | null
  /** Absent where no letters are sent. */
  mail?: SendLetter
  onAttempt?: (outcome: AttemptOutcome, tookMs: number) => void
  pausesMs?: readonly number[]
  timeoutMs?: number
  leaseMs?: number
  perEndpoint?: number
  resolve?: Resolve
}): Webhooks {
  const { db, databaseUrl, allowPrivateAddresses: allowPrivate, onAttempt, perEndpoint = 8 } = options
  const { publicUrl = null } = options
  const { pausesMs = standardPausesMs, timeoutMs = 15_000, leaseMs = timeoutMs + 15_000 } = options
  const log = options.log.child({ part: 'webhooks' })
  const dispatcher = guardedAgent(allowPrivate, timeoutMs, options.resolve)
  const stopping = new AbortController()
  let wanted: readonly Subscription[] | undefined
  let listening: Listening | undefined
  let refreshing: Promise<void> | undefined
  let refreshAgain = false

  async function attempt(stored: Wanted & { secrets: string[] }): Promise<AttemptResult> {
    const made = await factsFor(db, stored)
      .then((facts) => {
        const delivery = opened(stored)
        return { ...requestOf(delivery, { ...facts, publicUrl }), secrets: delivery.secrets }
      })
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
    if (made instanceof Error) return notMade(stored.url, made)
    return deliver(
      { deliveryId: stored.id, ...made },
      { dispatcher, allowPrivate, timeoutMs, stop: stopping.signal }
    )
  }

  let pump: Pump | undefined

  async function load(): Promise<void> {
    const active = await readSubscriptions(db)
    wanted = active
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

  async function testPayload(template: Template | null, part: number, webhookId: string): Promise<Payload> {
    const event = template?.messages[part]?.event
    if (event === undefined)
      return { type: 'webhook.test', timestamp: new Date().toISOString(), data: { webhookId } }
    const found = (await readSamples(db)).find(({ payload }) => payload.type === event)
    return found?.payload ?? samplePayload(event)
  }

  return {
    tasks: {
      'webhooks.prune': async () => {
        const deleted = await prune(db, logDays)
        log.info({ deleted }, 'old webhook deliveries were deleted from the log')
      },
      'webhooks.notice': async (payload) => {
        if (options.mail) await sendNotice(db, options.mail, payload, publicUrl)
      }
    },
    schedules: [{ task: 'webhooks.prune', match: '40 3 * * *' }],
    refresh,
    enqueueDeliveries: (trx, rows) => enqueueDeliveries(trx, rows, wanted),
    announce: (trx, event) => enqueueEvent(trx, event, wanted),
    replay: (deliveryId) => replay(db, deliveryId),
    countReplay: (wish) => countReplay(db, wish),
    replayMany: (wish, limit) => replayMany(db, wish, limit),
    samples: () => readSamples(db),
    async sendTest(webhookId, part = 0) {
      const { rows } = await db.raw<{
        rows: { url: string; secrets: string[]; template: Template | null; token: string }[]
      }>(`select w.url, ${signingSecrets} as secrets, w.template, w.token from webhooks w where w.id = ?`, [
        webhookId
      ])
      const [webhook] = rows
      if (webhook === undefined) return null
      const id = randomUUID()
      const payload = await testPayload(webhook.template, part, webhookId)
      // Inserted as failed, so that no pump takes it; the result overwrites that.
      await db('webhook_deliveries').insert({
        id,
        webhook_id: webhookId,
        // Whatever is sent: nobody replays a test.
        event_type: 'webhook.test',
        payload: JSON.stringify(payload),
        part,
        state: 'failed',
        attempts: 1,
        next_attempt_at: null,
        last_error: 'not answered yet',
        last_attempt_at: db.fn.now()
      })
      const result = await attempt({ id, ...webhook, payload, part })
      await db('webhook_deliveries')
        .where({ id })
        .update({
          state: result.outcome === 'ok' ? 'delivered' : 'failed',
          last_status: result.status,
          last_error: result.error,
          last_response: result.response,
          delivered_at: result.outcome === 'ok' ? db.fn.now() : null
        })
      await logAttempt(db, id, result)
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

/** What a template asks beside its payload; our own format asks nothing. */
async function factsFor(
  db: Knex,
  { template, payload }: Wanted
): Promise<{ timeZone: string; operator: { login: string; extension: string | null } | null }> {
  if (template === null) return { timeZone: 'UTC', operator: null }
  const { rows } = await db.raw<{
    rows: { zone: unknown; login: string | null; extension: string | null }[]
  }>(
    `select (select value from settings where key = 'company.timeZone') as zone, u.login, u.extension
     from (select 1) as one left join users u on u.id = cast(? as uuid)`,
    [operatorIdOf(payload)]
  )
  const [row] = rows
  const login = row?.login ?? null
  return {
    timeZone: typeof row?.zone === 'string' ? row.zone : 'Europe/Moscow',
    operator: login === null ? null : { login, extension: row?.extension ?? null }
  }
}

/** No request could be made of it: the template does not fit. */
function notMade(url: string, error: Error): AttemptResult {
  return {
    outcome: 'failed',
    status: null,
    error: error.message,
    response: null,
    retryAfterMs: null,
    tookMs: 0,
    exchange: { method: '', url, requestHeaders: {}, requestBody: null, responseHeaders: null }
  }
}
