import type {
  BlockContext,
  BlockEffect,
  BlockEvent,
  CallFacts,
  FailedResult,
  FoundOperator,
  LookupAnswer
} from '../../../ivr/block.ts'
import { enter, handle, type BlockRun } from '../../../ivr/run.ts'
import type { Scheme } from '../../../ivr/scheme.ts'

/** A Wednesday noon in Moscow. */
export const wednesdayNoonMs = Date.parse('2026-03-11T12:00:00+03:00')

export const noFacts: CallFacts = {
  callId: '01996f2a-6400-7001-8abc-0123456789ab',
  callerNumber: '+74951234567',
  callerName: null,
  country: null,
  region: null,
  dialed: '+78121112233',
  numberId: null,
  sourceId: null,
  inquiryChannel: null,
  campaign: null,
  keyword: null,
  siteId: null,
  contactId: null,
  tags: [],
  pressed: ''
}

export const unansweredCall: BlockContext = {
  nowMs: wednesdayNoonMs,
  isAnswered: false,
  locale: 'ru',
  ownerId: null,
  declined: [],
  lastOperatorId: null,
  facts: noFacts
}

export interface Given {
  type: string
  settings?: Record<string, unknown>
  context?: Partial<BlockContext>
}

/** An event, and what the machine has learnt of the call by then. */
export type When = BlockEvent & { context?: Partial<BlockContext> }

/**
 * A call that stands in one block. Between events everything goes through JSON, as when the controller was
 * restarted in between. `tell` gives null for an event without a row.
 */
export class Visit {
  readonly #scheme: Scheme
  #context: BlockContext
  last: BlockRun
  readonly effects: BlockEffect[] = []

  constructor({ type, settings = {}, context = {} }: Given) {
    this.#scheme = { locale: 'ru', start: 'here', blocks: { here: { type, settings, exits: {} } } }
    this.#context = { ...unansweredCall, ...context }
    this.last = enter(reloaded(this.#scheme), 'here', this.#context)
    this.effects.push(...this.last.effects)
  }

  tell({ context = {}, ...event }: When): BlockRun | null {
    this.#context = { ...this.#context, ...context }
    const current = { id: 'here', state: reloaded(this.last.state) }
    const run = handle(reloaded(this.#scheme), current, event, this.#context)
    if (run !== null) {
      this.last = run
      this.effects.push(...run.effects)
    }
    return run
  }

  tellAll(events: readonly When[]): this {
    for (const event of events) this.tell(event)
    return this
  }
}

export function reloaded<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

export const played: BlockEvent = { type: 'played' }
export const timeout: BlockEvent = { type: 'timeout' }
export const talkEnded: BlockEvent = { type: 'talkEnded' }
export const digit = (key: string): BlockEvent => ({ type: 'digit', digit: key })
export const found = (...userIds: string[]): BlockEvent => ({
  type: 'operatorsFound',
  operators: people(...userIds)
})
export const failed = (userId: string, result: FailedResult): BlockEvent => ({
  type: 'legFailed',
  userId,
  result
})
export const dialFailed = (number: string, result: FailedResult): BlockEvent => ({
  type: 'dialFailed',
  number,
  result,
  reason: result === 'refused' ? 'country_not_allowed' : null
})
export const place = (
  position: number,
  waiting = position,
  estimateSeconds: number | null = null
): BlockEvent => ({
  type: 'queuePlace',
  position,
  waiting,
  estimateSeconds
})
/** An answer that says nothing but what is given. */
export const answered = (answer: Partial<LookupAnswer> = {}): BlockEvent => ({
  type: 'lookedUp',
  answer: { targets: [], code: null, text: null, contactName: null, ownerId: null, ...answer }
})
export const noAnswer: BlockEvent = { type: 'lookedUp', answer: null }
export const hidden: Partial<BlockContext> = { facts: { ...noFacts, callerNumber: null } }
export const people = (...userIds: string[]): FoundOperator[] =>
  userIds.map((userId) => ({ userId, name: userId.toUpperCase(), devices: [`sip-${userId}`] }))
