import { expect } from 'chai'
import fc from 'fast-check'
import { attemptOf, type AttemptResult } from '../../../dialling/core/attempt.ts'
import { afterAttempt, type Owed, type RetryRules } from '../../../dialling/core/retry.ts'
import { newPlacedCall, step } from '../../../pbx/call/step.ts'
import type { TapeRow } from '../../../pbx/call/effects.ts'
import type { CallEvent } from '../../../pbx/call/events.ts'
import type { Order } from '../../../pbx/call/types.ts'

const anna = { userId: '30000000-0000-4000-8000-000000000001', name: 'Anna', devices: ['anna'] }
const order: Order = {
  ...{ callType: 'callback_form', orderId: 'cb', phone: null, byUserId: null, numberId: null },
  target: { kind: 'external', number: '+79161112233' },
  operators: { kind: 'user', userId: anna.userId, except: [] },
  ...{ source: null, site: null, contact: null, parentCallId: null, ringSeconds: 30, record: true }
}
const allowed: CallEvent = {
  type: 'dialDecided',
  ...{ atMs: 3, leg: 'cl2' },
  decision: { allowed: true, trunkId: 't', endpoint: 'trunk-t', number: '+79161112233', callerId: null }
}
const found: CallEvent = { type: 'operatorsFound', atMs: 1, operators: [anna] }
const picksUp: CallEvent = { type: 'legAnswered', atMs: 2, leg: 'op1' }

/** The tape of a call that we place, by the machine itself. */
function tapeOf(...events: CallEvent[]): TapeRow[] {
  const client = { number: '+79161112233', name: null, country: 'RU', region: null }
  let call = newPlacedCall({
    ...{ id: '0192f0c0-0000-7000-8000-000000000001', startedMs: 0, order, client },
    dialed: '+79161112233'
  })
  const rows: TapeRow[] = []
  for (const event of [{ type: 'placed', atMs: 0 } as const, ...events]) {
    const done = step(call, event)
    call = done.call
    rows.push(...done.records)
  }
  expect(rows.at(-1)?.type, 'the call has ended').to.equal('call.ended')
  return rows
}

describe('An attempt', () => {
  const clientEnds = (cause: number): CallEvent => ({ type: 'legEnded', atMs: 9, leg: 'cl2', cause })
  const table: [string, CallEvent[], AttemptResult, string?][] = [
    ['nobody is free', [{ type: 'operatorsFound', atMs: 1, operators: [] }], 'noOperator'],
    ['the operator declines', [found, { type: 'legEnded', atMs: 2, leg: 'op1', cause: 21 }], 'noOperator'],
    [
      'the operator does not answer',
      [found, { type: 'legEnded', atMs: 2, leg: 'op1', cause: 19 }],
      'noOperator'
    ],
    ['the client is busy', [found, picksUp, allowed, clientEnds(17)], 'clientBusy'],
    ['the client declines', [found, picksUp, allowed, clientEnds(21)], 'clientBusy'],
    ['the client does not answer', [found, picksUp, allowed, clientEnds(19)], 'clientNoAnswer'],
    ['the number does not exist', [found, picksUp, allowed, clientEnds(1)], 'failed'],
    [
      'the operator leaves while the client rings',
      [found, picksUp, allowed, { type: 'legEnded', atMs: 9, leg: 'op1', cause: 16 }],
      'operatorLeft'
    ],
    [
      'the policy refuses',
      [
        found,
        picksUp,
        { type: 'dialDecided', atMs: 3, leg: 'cl2', decision: { allowed: false, reason: 'user_daily_cap' } }
      ],
      'refused',
      'user_daily_cap'
    ],
    [
      'they talk',
      [
        found,
        picksUp,
        allowed,
        { type: 'legAnswered', atMs: 5, leg: 'cl2' },
        { type: 'legEnded', atMs: 60_000, leg: 'cl2', cause: 16 }
      ],
      'talked'
    ],
    [
      'Asterisk dies',
      [found, picksUp, allowed, { type: 'broken', atMs: 5, reason: 'asterisk_lost' }],
      'failed'
    ]
  ]
  for (const [name, events, result, reason] of table) {
    it(`is ${result} when ${name}`, () => {
      const attempt = attemptOf(tapeOf(...events))
      expect(attempt.result).to.equal(result)
      if (reason !== undefined) expect(attempt.reason).to.equal(reason)
      if (events.includes(picksUp)) expect(attempt.operatorId).to.equal(anna.userId)
    })
  }
})

describe('What follows an attempt', () => {
  const rules: RetryRules = {
    ...{ maxAttempts: 3, pausesMinutes: [5, 30, 120], shortPauseSeconds: 60, maxShort: 4 }
  }
  const after = (owed: Partial<Owed>, result: AttemptResult, reason: string | null = null) =>
    afterAttempt(
      { attempts: 0, shortTries: 0, ...owed },
      { result, reason, operatorId: null },
      rules,
      1_000_000
    )
  const minutes = (count: number): number => 1_000_000 + count * 60_000

  it('is the end when they talked', () => {
    expect(after({ attempts: 1 }, 'talked')).to.include({ state: 'done', nextAtMs: null, attempts: 2 })
  })
  it('is a longer pause each time the client was not reached, then a person', () => {
    expect(after({}, 'clientBusy')).to.include({ state: 'retry', nextAtMs: minutes(5), attempts: 1 })
    expect(after({ attempts: 1 }, 'clientNoAnswer')).to.include({ state: 'retry', nextAtMs: minutes(30) })
    expect(after({ attempts: 2 }, 'failed')).to.include({ state: 'failed', nextAtMs: null, attempts: 3 })
  })
  it('is a short pause when the client never rang, and not for ever', () => {
    const next = after({}, 'noOperator')
    expect(next).to.include({ state: 'retry', nextAtMs: minutes(1), attempts: 0, shortTries: 1 })
    expect(after({ shortTries: 3 }, 'noOperator').state).to.equal('failed')
  })
  it('is the end at once for a number that may never be called, and a pause for one that may later', () => {
    expect(after({}, 'refused', 'country_not_allowed').state).to.equal('failed')
    expect(after({}, 'refused', 'do_not_call').state).to.equal('failed')
    expect(after({}, 'refused', 'concurrency_cap')).to.include({ state: 'retry', nextAtMs: minutes(1) })
    expect(after({}, 'refused', 'user_daily_cap')).to.include({ state: 'retry', nextAtMs: minutes(30) })
  })
  it('forgives a restart', () => {
    const next = after({ attempts: 2, shortTries: 3 }, 'lost')
    expect(next).to.include({ state: 'retry', attempts: 2, shortTries: 3 })
  })
  it('always comes to an end, whatever happens, within its limits', () => {
    const results = fc.array(
      fc.constantFrom<AttemptResult>(
        ...(['noOperator', 'operatorLeft', 'clientBusy', 'clientNoAnswer', 'failed', 'refused'] as const)
      ),
      { minLength: 10, maxLength: 10 }
    )
    fc.assert(
      fc.property(results, (list) => {
        let owed: Owed = { attempts: 0, shortTries: 0 }
        let tries = 0
        for (const result of list) {
          tries += 1
          const next = afterAttempt(owed, { result, reason: null, operatorId: null }, rules, 0)
          if (next.state === 'retry') expect(next.nextAtMs).to.be.greaterThan(0)
          else return tries <= rules.maxAttempts + rules.maxShort
          owed = next
        }
        return false
      })
    )
  })
})
