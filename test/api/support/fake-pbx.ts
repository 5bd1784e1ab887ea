import type { Knex } from 'knex'
import type { Check, Pbx, TrunkState } from '../../../api/deps.ts'
import type { OperatorState } from '../../../api/contract/live.ts'
import type { MomentType } from '../../../pbx/call/moments.ts'
import type { TapeRow } from '../../../pbx/call/types.ts'
import { createFeed, type FeedSource } from '../../../pbx/runtime/feed.ts'

export interface FakePbx extends Pbx {
  feed: FeedSource
  /** Rows of calls in progress. */
  rows: TapeRow[]
  operatorStates: OperatorState[]
  trunks: Map<string, TrunkState>
  health: Record<string, Check>
  hungUp: string[]
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
    trunks: new Map(),
    health: { asterisk: { status: 'ok' } },
    hungUp: [],
    say(row) {
      fake.rows.push(row)
      feed.row(row)
    },
    openCallRows: () => fake.rows,
    operators: () => fake.operatorStates,
    async setPresence(userId, presence) {
      await db('users').where({ id: userId }).update({ presence })
      const known = fake.operatorStates.find((operator) => operator.userId === userId)
      if (known) {
        known.presence = presence
        feed.operator({ ...known })
      }
    },
    hangup(callId) {
      fake.hungUp.push(callId)
      return Promise.resolve(fake.rows.some((row) => row.callId === callId) ? 'done' : 'notFound')
    },
    trunkStates: () => fake.trunks,
    async appendMoment(callId, type: MomentType, data) {
      const changes = type === 'call.modified' && 'changes' in data ? data.changes : {}
      const columns = {
        ...('note' in changes && { note: changes['note'] }),
        ...('tags' in changes && { tags: changes['tags'] }),
        ...('wrapUpCode' in changes && { wrap_up_code: changes['wrapUpCode'] }),
        ...('isSpam' in changes && { is_spam: changes['isSpam'] })
      }
      await db('calls').where({ id: callId }).update(columns)
      feed.journal(callId)
    },
    checks: () => Promise.resolve(fake.health)
  }
  return fake
}
