import type { Knex } from 'knex'
import type { Outcome } from '../../pbx/call/types.ts'
import type { HistoryWish } from './asked.ts'

/** Somebody of ours, as the other side knows them: by the login. */
export interface Person {
  id: string
  login: string
  name: string
  extension: string | null
}

const columns = ['id', 'login', 'name', 'extension'] as const

/** Everybody who may have a telephone. */
export const readPeople = (db: Knex): Promise<Person[]> =>
  db('users')
    .where({ is_active: true })
    .whereNot({ role: 'marketer' })
    .orderBy('name')
    .select<Person[]>(...columns)

export async function personById(db: Knex, id: string): Promise<Person | null> {
  return (
    (await db('users')
      .where({ id })
      .first<Person | undefined>(...columns)) ?? null
  )
}

/** By a login or a short number. */
export async function personByName(db: Knex, name: string): Promise<Person | null> {
  if (name === '') return null
  const found = db('users')
    .where({ is_active: true })
    .andWhere(
      (either) => void either.whereRaw('lower(login) = lower(?)', [name]).orWhere({ extension: name })
    )
  return (await found.first<Person | undefined>(...columns)) ?? null
}

export const readGroups = (db: Knex): Promise<{ id: string; name: string }[]> =>
  db('groups').orderBy('name').select<{ id: string; name: string }[]>('id', 'name')

/** A line of history. */
export interface PastCall {
  id: string
  direction: 'in' | 'out'
  outcome: Outcome | null
  client: string
  line: string | null
  login: string | null
  name: string | null
  startedAt: Date
  isAnswered: boolean
  waitSeconds: number
  talkSeconds: number
  rating: number | null
  recordingId: string | null
}

const line = `c.id, c.direction, c.outcome, c.caller_number as client,
  coalesce(n.e164, case when c.direction = 'in' then c.dialed_number end) as line, u.login, u.name,
  c.started_at as "startedAt", c.answered_at is not null as "isAnswered", coalesce(c.wait_seconds, 0) as "waitSeconds",
  coalesce(c.talk_seconds, 0) as "talkSeconds", c.rating,
  case when c.recording_state = 'ready' then c.recording_id end as "recordingId"`

/** Calls with clients that have ended, the newest first. */
export async function readHistory(db: Knex, wish: HistoryWish): Promise<PastCall[]> {
  const query = db('calls as c')
    .leftJoin('users as u', 'u.id', db.raw('coalesce(c.operator_id, c.first_operator_id)'))
    .leftJoin('numbers as n', 'n.id', 'c.number_id')
    .whereIn('c.direction', ['in', 'out'])
    .whereNotNull('c.ended_at')
    .whereNotNull('c.caller_number')
    .where({ 'c.is_spam': false })
    .whereNot('c.call_type', 'test')
    .where('c.started_at', '>=', new Date(wish.fromMs))
    .where('c.started_at', '<', new Date(wish.toMs))
    .orderBy('c.started_at', 'desc')
    .limit(wish.limit)
  if (wish.type === 'in' || wish.type === 'out') query.where({ 'c.direction': wish.type })
  if (wish.type === 'missed') query.where({ 'c.direction': 'in' }).whereNull('c.answered_at')
  return query.select<PastCall[]>(db.raw(line))
}
