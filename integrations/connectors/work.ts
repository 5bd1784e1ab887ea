import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { completePath, isFirstCall, isSpamNumber, readDeal, readInquiry } from './crm-read.ts'
import { factsOf } from './facts.ts'
import { ForeignError, type Client, type Kind, type Memory, type Step, type Telling } from './kind.ts'
import { awayPauseMs, jobPauseMs } from './schedule.ts'
import * as store from './store.ts'
import type { ConnectorRow, Job } from './store.ts'

/** What a request is about, for the log. */
export type About = store.Exchange['about']

/** A connector as the worker has it. */
export interface Open {
  readonly row: ConnectorRow
  readonly kind: Kind
  readonly client: (about: About) => Client
}

/** Longer than the requests of one thing can take. */
const leaseMs = 5 * 60_000
/** One that asks for more in one go is wrong: a deal may have gone through a hundred stages. */
const mostSteps = 200
/** How long a call that the other side asked for may take to be known as that. */
const placingMs = 60_000
const lookAgainMs = 500

/**
 * Brings what is due at this moment over to one foreign system, one thing after another, until nothing is due. What the other side
 * knows of a thing is kept after each step, so that an attempt goes on where the last one stopped.
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
    // After a failure one goes ahead to see whether somebody answers again.
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
      log.error({ err: error, subject: job.subject, id: job.subjectId }, 'It could not be told')
    const failed =
      error instanceof ForeignError ? error : new ForeignError('broken', 'internal', String(error))
    log.debug({ connectorId: row.id, id: job.subjectId, code: failed.code }, failed.message)
    await wentWrong(db, row.id, job, failed, now())
  }
}

/** What is to be said of one thing, and of what else the other side may know something. */
interface Matter<Facts> {
  telling: Telling<Facts>
  facts: Facts
  seq: number
  ownerId: string | null
  relatedIds: readonly (string | null)[]
}

async function bringOver(open: Open, job: Job, at: { db: Knex; now: () => number }): Promise<void> {
  const { db, now } = at
  const { mapping } = open.kind
  const { subjectId: id, wantedSeq: seq } = job
  // What is gone, or of a sort that the kind wants no more.
  const settle = (): Promise<void> => store.settle(db, job.id, seq, now(), null)
  if (job.subject === 'inquiry') {
    const facts = mapping.inquiries && (await readInquiry(db, id, seq))
    // Spam reaches nobody; what was told of it before somebody saw that may be taken back.
    if (!mapping.inquiries || !facts || (facts.state === 'spam' && isEmpty(job.memory))) return settle()
    const { contact, responsibleId } = facts
    const relatedIds = [contact?.id, contact?.companyId, facts.callId, facts.dealId].map((one) => one ?? null)
    const activityIds = facts.activities.map((one) => one.id)
    return say(open, job, at, {
      ...{ telling: mapping.inquiries, facts, seq, ownerId: responsibleId ?? contact?.ownerId ?? null },
      relatedIds: [...relatedIds, ...activityIds]
    })
  }
  if (job.subject === 'deal') {
    const facts = mapping.deals && (await readDeal(db, id, seq))
    if (!mapping.deals || !facts) return settle()
    const { contact, responsibleId, inquiryId } = facts
    const activityIds = facts.activities.map((one) => one.id)
    return say(open, job, at, {
      ...{ telling: mapping.deals, facts, seq, ownerId: responsibleId ?? contact?.ownerId ?? null },
      relatedIds: [contact?.id ?? null, contact?.companyId ?? null, inquiryId, ...activityIds]
    })
  }
  return callOver(open, job, at)
}

async function callOver(open: Open, job: Job, at: { db: Knex; now: () => number }): Promise<void> {
  const { db, now } = at
  const told = factsOf(await store.tapeOf(db, job.subjectId))
  // Its beginning is not in the database yet (a spool that is being replayed): it will come with a notice.
  if (!told) return store.putOff(db, job, now() + lookAgainMs)
  if (isEmpty(job.memory) && told.orderedBy !== null) {
    const isOurs = await store.isPlacing(db, open.row.id, told.orderedBy, now() - placingMs)
    if (isOurs) return store.putOff(db, job, now() + lookAgainMs)
  }
  // What the other side knows of already is told to its end.
  const isSpam =
    told.isSpam ||
    (isEmpty(job.memory) &&
      told.direction === 'in' &&
      told.client !== null &&
      (await isSpamNumber(db, told.client)))
  const facts = {
    ...told,
    isSpam,
    path: await completePath(db, told.path),
    isFirst: await isFirstCall(db, told.callId)
  }
  const ownerId = await store.ownerOf(db, facts.contactId)
  return say(open, job, at, {
    ...{ telling: open.kind.mapping, facts, seq: facts.seq, ownerId, relatedIds: [facts.contactId] }
  })
}

/** The other side has said that it did nothing, so that a deed of which there may be one only may be tried again. */
const isUndone = ({ isLost, fault }: ForeignError): boolean => !isLost && fault !== 'broken'

const isEmpty = (memory: Memory): boolean => Object.keys(memory).length === 0

/** Asks the mapping for the next step and does it, until nothing is left to say. */
async function say<Facts>(
  { row, client }: Open,
  job: Job,
  { db, now }: { db: Knex; now: () => number },
  { telling, facts, seq, ownerId, relatedIds }: Matter<Facts>
): Promise<void> {
  let memory = isEmpty(job.memory) ? await store.memoryOf(db, job.id) : job.memory
  const about = { subject: job.subject, id: job.subjectId }
  const doStep = (step: Step, wasAsked: boolean): Promise<unknown> =>
    client(about)
      .do(step, wasAsked)
      .catch(async (error: unknown) => {
        if (error instanceof ForeignError && telling.isDone(step, error, wasAsked)) return null
        if (step.isOnce && error instanceof ForeignError && isUndone(error))
          await store.noteAsked(db, job.id, null)
        throw error
      })
  const { people } = row.settings as { people?: Record<string, string> }
  const ids = [job.subjectId, ...relatedIds].flatMap((id) => id ?? [])
  let asked = job.asked
  let links = await store.linksOf(db, row.id, ids)
  for (let steps = 0; ; steps += 1) {
    if (steps > mostSteps) throw new Error('A mapping asks without end')
    const world = { nowMs: now(), settings: row.settings, people: people ?? {}, ownerId, links }
    const next = telling.next(facts, memory, world)
    if (next === null || 'untilMs' in next) return store.settle(db, job.id, seq, now(), next?.untilMs ?? null)
    if ('wrong' in next) throw new ForeignError('refused', next.wrong, next.wrong)
    const wasAsked = asked === next.key
    await store.noteAsked(db, job.id, next.key)
    const answer = wasAsked && next.isOnce ? null : await doStep(next, wasAsked)
    const taken = telling.took(next, answer, memory, facts)
    memory = taken.memory
    asked = null
    await store.noteTaken(db, { jobId: job.id, connectorId: row.id }, memory, taken.links)
    if (taken.links.length > 0) links = await store.linksOf(db, row.id, ids)
  }
}

/** Somebody has answered: what was wrong is over. */
export async function wentWell(db: Knex, connectorId: string, nowMs: number): Promise<void> {
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

/** Decides who waits: this one, or everything that goes to the other side. */
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
