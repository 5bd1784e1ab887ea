import type { Knex } from 'knex'
import { randomUUID } from 'node:crypto'
import type { Check, Pbx, TrunkState } from '../../../api/deps.ts'
import type { TrunkFacts } from '../../../pbx/runtime/trunk-watch.ts'
import type { OperatorState } from '../../../api/contract/live.ts'
import type { QueueState } from '../../../api/contract/operators.ts'
import type { MomentType } from '../../../pbx/call/moments.ts'
import type { TapeRow } from '../../../pbx/call/effects.ts'
import type { Person, Refusal, Wish } from '../../../pbx/call/events.ts'
import type { Order } from '../../../pbx/call/types.ts'
import type { Score } from '../../../pbx/routing/strategies.ts'
import { createFeed, type FeedSource } from '../../../pbx/runtime/feed.ts'

export interface FakePbx extends Pbx {
  feed: FeedSource
  /** Rows of calls in progress. */
  rows: TapeRow[]
  operatorStates: OperatorState[]
  queueStates: QueueState[]
  scoreList: Score[]
  /** By group. */
  tones: Map<string, string>
  trunkStateOf: Map<string, TrunkState>
  /** How they stand. */
  factsOfTrunks: TrunkFacts[]
  /** There is a certificate for SIP. */
  isTlsThere: boolean
  health: Record<string, Check>
  hungUp: string[]
  /** What was wished, and what is answered to it. */
  wishes: { callId: string; by: Person; wish: Wish }[]
  granted: 'done' | Refusal
  phones: Map<string, readonly string[]>
  /** What was placed. */
  placed: Order[]
  /** Their calls. */
  placedIds: string[]
  /** At once. */
  endWrapUp(userId: string): boolean
  /** A row happens: it is kept and announced. */
  say(row: TapeRow): void
}

/** An exchange without telephones that keeps the promises of `Pbx`. */
export function createFakePbx(db: Knex): FakePbx {
  const feed = createFeed((error) => {
    throw error
  })
  const fake: FakePbx = {
    feed,
    rows: [],
    operatorStates: [],
    queueStates: [],
    scoreList: [],
    tones: new Map(),
    trunkStateOf: new Map(),
    factsOfTrunks: [],
    isTlsThere: false,
    health: { asterisk: { status: 'ok' } },
    hungUp: [],
    wishes: [],
    granted: 'done',
    phones: new Map(),
    placed: [],
    placedIds: [],
    say(row) {
      fake.rows.push(row)
      feed.row(row)
    },
    openCallRows: () => fake.rows,
    operators: () => fake.operatorStates,
    async setPresence(userId, { presence, reason = null }) {
      await db('users').where({ id: userId }).update({ presence, presence_reason: reason })
      const known = fake.operatorStates.find((operator) => operator.userId === userId)
      if (known) {
        Object.assign(known, { presence, chosen: presence, reason, until: null })
        feed.operator({ ...known })
      }
    },
    endWrapUp(userId) {
      const known = fake.operatorStates.find((operator) => operator.userId === userId)
      if (known?.presence !== 'wrapUp') return false
      Object.assign(known, { presence: 'available', chosen: 'available', until: null })
      return true
    },
    extendWrapUp(userId, seconds) {
      const known = fake.operatorStates.find((operator) => operator.userId === userId)
      if (known?.presence !== 'wrapUp') return false
      known.until = new Date(Date.parse(known.until ?? '') + seconds * 1000).toISOString()
      return true
    },
    queues: () => fake.queueStates,
    scores: () => fake.scoreList,
    ringToneOf: (group) => fake.tones.get(group) ?? null,
    hangup(callId) {
      fake.hungUp.push(callId)
      return Promise.resolve(fake.rows.some((row) => row.callId === callId) ? 'done' : 'notFound')
    },
    place(order) {
      fake.placed.push(order)
      const callId = randomUUID()
      fake.placedIds.push(callId)
      return Promise.resolve({ callId })
    },
    wish(callId, by, wish) {
      if (!fake.rows.some((row) => row.callId === callId)) return 'notFound'
      fake.wishes.push({ callId, by, wish })
      return fake.granted
    },
    devicesOf: (userId) => fake.phones.get(userId) ?? [],
    trunkStates: () => fake.trunkStateOf,
    trunkFacts: () => Promise.resolve(fake.factsOfTrunks),
    hasTls: () => Promise.resolve(fake.isTlsThere),
    async appendMoment(callId, type: MomentType, data) {
      const changes = type === 'call.modified' && 'changes' in data ? data.changes : {}
      const columns = {
        ...('note' in changes && { note: changes['note'] }),
        ...('tags' in changes && { tags: changes['tags'] }),
        ...('wrapUpCode' in changes && { wrap_up_code: changes['wrapUpCode'] }),
        ...('isSpam' in changes && { is_spam: changes['isSpam'] })
      }
      if (Object.keys(columns).length > 0) await db('calls').where({ id: callId }).update(columns)
      if (type === 'call.tagged' && 'add' in data) {
        const tags = await db('calls').where({ id: callId }).pluck<string[][]>('tags')
        const kept = (tags[0] ?? []).filter((tag) => !data.remove.includes(tag))
        await db('calls')
          .where({ id: callId })
          .update({ tags: [...new Set([...kept, ...data.add])] })
      }
      await db.raw(
        `insert into call_events (call_id, seq, at, type, data, effects)
         select id, (select coalesce(max(seq), 0) + 1 from call_events where call_id = calls.id), now(), ?, ?, '[]'
         from calls where id = ?`,
        [type, JSON.stringify(data), callId]
      )
      feed.journal(callId)
    },
    checks: () => Promise.resolve(fake.health)
  }
  return fake
}
