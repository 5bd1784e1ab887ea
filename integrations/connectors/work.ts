import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { factsOf } from './facts.ts'
import { ForeignError, type Client, type Kind, type Step } from './kind.ts'
import { awayPauseMs, jobPauseMs } from './schedule.ts'
import * as store from './store.ts'
import type { ConnectorRow, Job } from './store.ts'

/** A connector as the worker has it. */
export interface Open {
  readonly row: ConnectorRow
  readonly kind: Kind
  readonly client: (callId: string | null) => Client
}

/** Longer than the requests of one call can take. */
const leaseMs = 5 * 60_000
/** One that asks for more in one go is wrong. */
const mostSteps = 50
/** How long a call that the other side asked for may take to be known as that. */
const placingMs = 60_000
const lookAgainMs = 500

/**
 * Brings what is due at this moment over to one foreign system, call by call, until nothing is due. What the other side
 * knows of a call is kept after each step, so that an attempt goes on where the last one stopped.
 * @returns when to look again; null: when a notice comes
 */
export async function workOff(
  open: Open,
  options: { db: Knex; log: Logger; now: () => number; atOnce: number; isStopped: () => boolean }
): Promise<number | null> {
  const { db, now } = options
  const { row } = open
  for (;;) {
    const state = await db('connectors')
      .where({ id: row.id, is_active: true })
      .first<Pick<ConnectorRow, 'state' | 'paused_until' | 'failures'> | undefined>(
        'state',
        'paused_until',
        'failures'
      )
    if (state?.state !== 'ready' || options.isStopped()) return null
    const pausedMs = state.paused_until?.getTime() ?? 0
    if (pausedMs > now()) return pausedMs
    // After a failure one call goes ahead to see whether somebody answers again.
    const limit = state.failures > 0 ? 1 : options.atOnce
    const jobs = await store.claim(db, row.id, { nowMs: now(), limit, leaseMs })
    if (jobs.length === 0) return store.nextDueMs(db, row.id)
    await Promise.all(jobs.map((job) => attempt(open, job, options)))
  }
}

async function attempt(
  open: Open,
  job: Job,
  { db, log, now }: { db: Knex; log: Logger; now: () => number }
): Promise<void> {
  const { row } = open
  try {
    await bringOver(open, job, { db, now })
    await wentWell(db, row.id, now())
  } catch (error) {
    if (!(error instanceof ForeignError))
      log.error({ err: error, callId: job.callId }, 'A call could not be told')
    const failed =
      error instanceof ForeignError ? error : new ForeignError('broken', 'internal', String(error))
    log.debug({ connectorId: row.id, callId: job.callId, code: failed.code }, failed.message)
    await wentWrong(db, row.id, job, failed, now())
  }
}

async function bringOver(
  { row, kind, client }: Open,
  job: Job,
  { db, now }: { db: Knex; now: () => number }
): Promise<void> {
  const facts = factsOf(await store.tapeOf(db, job.callId))
  // Its beginning is not in the database yet (a spool that is being replayed): it will come with a notice.
  if (!facts) return store.putOff(db, job.id, now() + lookAgainMs)
  const { mapping } = kind
  const isNew = Object.keys(job.memory).length === 0
  if (isNew && facts.orderedBy !== null) {
    const isOurs = await store.isPlacing(db, row.id, facts.orderedBy, now() - placingMs)
    if (isOurs) return store.putOff(db, job.id, now() + lookAgainMs)
  }
  let memory = isNew ? await store.memoryOf(db, job.id) : job.memory
  const doStep = (step: Step, wasAsked: boolean): Promise<unknown> =>
    client(job.callId)
      .do(step)
      .catch((error: unknown) => {
        if (error instanceof ForeignError && mapping.isDone(step, error, wasAsked)) return null
        throw error
      })
  const { people } = row.settings as { people?: Record<string, string> }
  const ownerId = await store.ownerOf(db, facts.contactId)
  let asked = job.asked
  for (let steps = 0; ; steps += 1) {
    if (steps > mostSteps) throw new Error('A mapping asks without end')
    const world = { nowMs: now(), settings: row.settings, people: people ?? {}, ownerId }
    const next = mapping.next(facts, memory, world)
    if (next === null || 'untilMs' in next)
      return store.settle(db, job.id, facts.seq, now(), next?.untilMs ?? null)
    if ('wrong' in next) throw new ForeignError('refused', next.wrong, next.wrong)
    const wasAsked = asked === next.key
    await store.noteAsked(db, job.id, next.key)
    const answer = wasAsked && next.isOnce ? null : await doStep(next, wasAsked)
    const taken = mapping.took(next, answer, memory, facts)
    memory = taken.memory
    asked = null
    await store.noteTaken(db, { jobId: job.id, connectorId: row.id }, memory, taken.links)
  }
}

async function wentWell(db: Knex, connectorId: string, nowMs: number): Promise<void> {
  await db('connectors')
    .where({ id: connectorId })
    .update({
      trouble: null,
      trouble_detail: null,
      failures: 0,
      paused_until: null,
      last_ok_at: new Date(nowMs)
    })
}

/** Decides who waits: this call, or everything that goes to the other side. */
async function wentWrong(
  db: Knex,
  connectorId: string,
  job: Job,
  error: ForeignError,
  nowMs: number
): Promise<void> {
  const { fault, retryAtMs } = error
  if (fault === 'refused') return store.fail(db, job.id, error, null, true)
  if (fault === 'broken') {
    const pauseMs = jobPauseMs(job.attempts)
    return store.fail(db, job.id, error, pauseMs === null ? null : nowMs + pauseMs, true)
  }
  const pausedMs = await stopAll(db, connectorId, error, nowMs, retryAtMs)
  await store.fail(db, job.id, error, pausedMs, false)
}

/** Pauses a connector, or, when its keys are refused, stops it until a person has joined it again. */
export async function stopAll(
  db: Knex,
  connectorId: string,
  error: ForeignError,
  nowMs: number,
  retryAtMs: number | null = error.retryAtMs
): Promise<number> {
  return db.transaction(async (trx) => {
    const before = await trx('connectors')
      .where({ id: connectorId })
      .forNoKeyUpdate()
      .first<Pick<ConnectorRow, 'failures' | 'paused_until'> | undefined>('failures', 'paused_until')
    const runsMs = before?.paused_until?.getTime() ?? 0
    // Others that were on their way when it began to fail do not make the pause longer.
    const isKnown = runsMs > nowMs && retryAtMs === null
    const failures = (before?.failures ?? 0) + (isKnown ? 0 : 1)
    const pausedMs = isKnown ? runsMs : Math.max(retryAtMs ?? nowMs + awayPauseMs(failures), runsMs)
    await trx('connectors')
      .where({ id: connectorId })
      .update({
        trouble: error.code.slice(0, 100),
        trouble_detail: error.message.slice(0, 500),
        failures,
        paused_until: new Date(pausedMs),
        ...(error.fault === 'login' && { state: 'needsLogin' })
      })
    return pausedMs
  })
}
