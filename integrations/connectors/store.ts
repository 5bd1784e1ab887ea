import type { Knex } from 'knex'
import type { TapeRow } from '../../pbx/call/effects.ts'
import type { Link, Memory } from './kind.ts'

/** What a connector may be owed. */
export type Subject = 'call' | 'inquiry' | 'deal'

export interface ConnectorRow {
  id: string
  kind: string
  name: string
  is_active: boolean
  state: 'new' | 'ready' | 'needsLogin'
  settings: Record<string, unknown>
  secrets: string
  hook_hash: string
  trouble: string | null
  trouble_detail: string | null
  failures: number
  paused_until: Date | null
  last_ok_at: Date | null
}

/** A call, an inquiry or a deal that one connector shall bring over, taken for one attempt. */
export interface Job {
  id: string
  subject: Subject
  subjectId: string
  /** How it stood when it was taken: the tape's last row, or the number of changes. */
  wantedSeq: number
  memory: Memory
  asked: string | null
  /** This one included. */
  attempts: number
}

const iso = (ms: number): string => new Date(ms).toISOString()

/** Takes what is due. A lease that runs out gives them free again: whoever held it has died. */
export async function claim(
  db: Knex,
  connectorId: string,
  options: { nowMs: number; limit: number; leaseMs: number }
): Promise<Job[]> {
  const now = iso(options.nowMs)
  const { rows } = await db.raw<{ rows: Job[] }>(
    `with due as (
       select id from connector_jobs
       where connector_id = :connectorId and state = 'pending' and next_attempt_at <= cast(:now as timestamptz)
         and (leased_until is null or leased_until <= cast(:now as timestamptz))
       order by next_attempt_at, id limit :limit
       for update skip locked
     )
     update connector_jobs j set leased_until = cast(:until as timestamptz), attempts = attempts + 1
     from due where j.id = due.id
     returning j.id, j.subject, j.subject_id as "subjectId", j.wanted_seq as "wantedSeq", j.memory, j.asked, j.attempts`,
    { connectorId, now, limit: options.limit, until: iso(options.nowMs + options.leaseMs) }
  )
  return rows
}

/** What is known of it by now: whoever has placed it for the other side may have written it since it was taken. */
export async function memoryOf(db: Knex, jobId: string): Promise<Memory> {
  const row = await db('connector_jobs').where({ id: jobId }).first<{ memory: Memory } | undefined>('memory')
  return row?.memory ?? {}
}

/** Written before a step is done: if its answer is lost, the next attempt knows that it may have been done. */
export async function noteAsked(db: Knex, jobId: string, key: string | null): Promise<void> {
  await db('connector_jobs').where({ id: jobId }).update({ asked: key })
}

/** What is known after a step, with the links that it brought. */
export async function noteTaken(
  db: Knex,
  ids: { jobId: string; connectorId: string },
  memory: Memory,
  links: readonly Link[]
): Promise<void> {
  await db.transaction(async (trx) => {
    await trx('connector_jobs')
      .where({ id: ids.jobId })
      .update({ memory: JSON.stringify(memory), asked: null })
    await addLinks(trx, ids.connectorId, links)
  })
}

export async function addLinks(trx: Knex, connectorId: string, links: readonly Link[]): Promise<void> {
  if (links.length === 0) return
  await trx('connector_links')
    .insert(
      links.map(({ ourKind, ourId, foreignKind, foreignId }) => ({
        connector_id: connectorId,
        our_kind: ourKind,
        our_id: ourId,
        foreign_kind: foreignKind,
        foreign_id: foreignId
      }))
    )
    .onConflict(['connector_id', 'our_kind', 'our_id', 'foreign_kind'])
    .merge(['foreign_id'])
}

/** All is said up to `seq`; rows that came meanwhile, or `untilMs`, keep it open. */
export async function settle(
  db: Knex,
  jobId: string,
  seq: number,
  nowMs: number,
  untilMs: number | null
): Promise<void> {
  await db.raw(
    `update connector_jobs set
       done_seq = cast(:seq as int), attempts = 0, last_error = null, last_error_code = null, leased_until = null,
       state = case when wanted_seq > cast(:seq as int) or cast(:until as timestamptz) is not null then 'pending' else 'done' end,
       next_attempt_at = case when wanted_seq > cast(:seq as int) then cast(:now as timestamptz)
         else coalesce(cast(:until as timestamptz), cast(:now as timestamptz)) end,
       updated_at = now()
     where id = :jobId`,
    { jobId, seq, now: iso(nowMs), until: untilMs === null ? null : iso(untilMs) }
  )
}

/**
 * An attempt that failed. @param nextMs null: it is given up until a person sends it again
 * @param isCounted whether the attempt is held against it; not when the whole other side is away
 */
export async function fail(
  db: Knex,
  jobId: string,
  error: { code: string; message: string },
  nextMs: number | null,
  isCounted: boolean
): Promise<void> {
  await db('connector_jobs')
    .where({ id: jobId })
    .update({
      state: nextMs === null ? 'failed' : 'pending',
      ...(nextMs !== null && { next_attempt_at: iso(nextMs) }),
      ...(!isCounted && { attempts: db.raw('attempts - 1') }),
      last_error: error.message.slice(0, 500),
      last_error_code: error.code.slice(0, 100),
      leased_until: null,
      updated_at: db.fn.now()
    })
}

/** Looked at again soon, with nothing said and nothing wrong; at once, if more was wanted meanwhile. */
export async function putOff(
  db: Knex,
  { id, wantedSeq }: Pick<Job, 'id' | 'wantedSeq'>,
  untilMs: number
): Promise<void> {
  const next = 'case when wanted_seq > ? then next_attempt_at else cast(? as timestamptz) end'
  await db('connector_jobs')
    .where({ id })
    .update({
      next_attempt_at: db.raw(next, [wantedSeq, iso(untilMs)]),
      attempts: db.raw('attempts - 1'),
      leased_until: null
    })
}

/** When a connector's next job is due; null when none waits. */
export async function nextDueMs(db: Knex, connectorId: string): Promise<number | null> {
  const { rows } = await db.raw<{ rows: { at: Date | null }[] }>(
    `select min(greatest(next_attempt_at, coalesce(leased_until, next_attempt_at))) as at from connector_jobs
     where connector_id = ? and state = 'pending'`,
    [connectorId]
  )
  return rows[0]?.at?.getTime() ?? null
}

/** Sends again what was given up: one, or all of a connector. @returns how many */
export async function resend(db: Knex, connectorId: string, jobId: string | null): Promise<number> {
  const rows = db('connector_jobs').where({ connector_id: connectorId })
  // One that was not given up, but waits after a failure, is tried at once.
  if (jobId === null) rows.where({ state: 'failed' })
  else rows.where({ id: jobId }).whereNot({ state: 'done' })
  return rows.update({
    state: 'pending',
    attempts: 0,
    next_attempt_at: db.fn.now(),
    updated_at: db.fn.now()
  })
}

export async function tapeOf(db: Knex, callId: string): Promise<TapeRow[]> {
  const rows = await db('call_events')
    .where({ call_id: callId })
    .orderBy('seq')
    .select<{ seq: number; at: Date; type: string; data: Record<string, unknown> }[]>(
      'seq',
      'at',
      'type',
      'data'
    )
  return rows.map(({ seq, at, type, data }) => ({
    ...{ callId, seq, type, data, atMs: at.getTime() },
    ...{ from: null, to: null, effects: [] }
  }))
}

/** The user who looks after a contact. */
export async function ownerOf(db: Knex, contactId: string | null): Promise<string | null> {
  if (contactId === null) return null
  const row = await db('contacts')
    .where({ id: contactId })
    .first<{ owner_id: string | null } | undefined>('owner_id')
  return row?.owner_id ?? null
}

/** What is linked there with any of these things of ours. */
export async function linksOf(db: Knex, connectorId: string, ourIds: readonly string[]): Promise<Link[]> {
  if (ourIds.length === 0) return []
  return db('connector_links')
    .where({ connector_id: connectorId })
    .whereIn('our_id', [...new Set(ourIds)])
    .orderBy(['our_kind', 'our_id', 'foreign_kind'])
    .select<Link[]>({
      ...{ ourKind: 'our_kind', ourId: 'our_id', foreignKind: 'foreign_kind', foreignId: 'foreign_id' }
    })
}

/** Whether a call that the other side asked for is being placed for this user: which one it is will be known at once. */
export async function isPlacing(
  db: Knex,
  connectorId: string,
  userId: string,
  sinceMs: number
): Promise<boolean> {
  const row = await db('connector_events')
    .where({ connector_id: connectorId, user_id: userId, is_placing: true })
    .where('at', '>', iso(sinceMs))
    .first<{ key: string } | undefined>('key')
  return row !== undefined
}

export interface Exchange {
  connectorId: string
  /** What it was about. */
  about: { subject: Subject; id: string } | null
  direction: 'out' | 'in'
  method: string
  request: unknown
  status: number | null
  response: string | null
  error: string | null
  tookMs: number | null
}

export async function addExchange(db: Knex, one: Exchange): Promise<void> {
  await db('connector_exchanges').insert({
    connector_id: one.connectorId,
    subject: one.about?.subject ?? null,
    subject_id: one.about?.id ?? null,
    direction: one.direction,
    method: one.method.slice(0, 200),
    request: JSON.stringify(one.request ?? null),
    status: one.status,
    response: one.response,
    error: one.error?.slice(0, 500) ?? null,
    took_ms: one.tookMs
  })
}

/** The log is kept for a while, not for ever; what was given up stays until somebody has seen to them. */
export async function prune(db: Knex, days: number): Promise<number> {
  const before = db.raw("now() - ? * interval '1 day'", [days])
  await db('connector_jobs').where('state', 'done').where('updated_at', '<', before).delete()
  await db('connector_events').where('at', '<', before).delete()
  return db('connector_exchanges').where('at', '<', before).delete()
}
