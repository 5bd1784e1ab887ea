import { expect } from 'chai'
import { decide, type Policy, type Usage } from '../../../dialling/policy/decide.ts'
import { dialPolicySettings, trunkRule, type TrunkRule } from '../../../dialling/policy/settings.ts'
import { inOrder, ruleOf, withoutRule, withRule } from '../../../dialling/policy/trunk-rules.ts'
import type { Call, Leg } from '../../../pbx/call/types.ts'
import { isOverLimit, trunkLoad } from '../../../pbx/runtime/trunk-load.ts'

const [a, b, c] = [1, 2, 3].map((n) => `10000000-0000-4000-8000-00000000000${n}`) as [string, string, string]
const [x, y, z] = [1, 2, 3].map((n) => `20000000-0000-4000-8000-00000000000${n}`) as [string, string, string]
const rule = (trunkId: string, change: object = {}): TrunkRule => trunkRule.parse({ trunkId, ...change })
const nothing = { calls: 0, seconds: 0, concurrent: 0 }

describe('The rules of trunks', () => {
  it('let every trunk carry everything until there is one', () => {
    expect(ruleOf([], a)).to.deep.equal(rule(a))
    expect(ruleOf([rule(b)], a)).to.deep.equal(rule(a, { isUsed: false }))
  })
  it('are written out for all when one is, so that the others stay as they were', () => {
    expect(withRule([], [a, b], rule(b, { prefixes: ['+7812'] }))).to.deep.equal([
      rule(a),
      rule(b, { prefixes: ['+7812'] })
    ])
    expect(withRule([rule(b)], [a, b, c], rule(c))).to.deep.equal([
      rule(b),
      rule(a, { isUsed: false }),
      rule(c)
    ])
  })
  it('go with their trunk, and keep their order', () => {
    expect(withoutRule([], [a, b], a)).to.deep.equal([])
    expect(withoutRule([rule(c), rule(a)], [a, b, c], a)).to.deep.equal([rule(c), rule(b, { isUsed: false })])
    expect(inOrder([], [a, b, c], [c, a]).map(({ trunkId }) => trunkId)).to.deep.equal([c, a, b])
  })
})

describe('A trunk for a call out', () => {
  const policy = (trunks: TrunkRule[], change: object = {}): Policy => ({
    rules: dialPolicySettings.parse({ trunks }),
    trunks: [a, b].map((id) => ({
      ...{ id, name: id, endpoint: `trunk-${id}`, country: 'RU', isUsable: true },
      ...(id === a ? change : {})
    })),
    numbers: new Map([
      [x, { id: x, e164: '+74951112233', trunkId: a }],
      [y, { id: y, e164: '+74951112244', trunkId: a }],
      [z, { id: z, e164: '+78121112255', trunkId: b }]
    ]),
    doNotCall: new Set()
  })
  const through = (given: Policy, out = 0, wish: object = {}) => {
    const usage: Usage = { user: nothing, company: nothing, trunks: new Map([[`trunk-${a}`, out]]) }
    return decide(given, usage, {
      ...{ number: '+79161234567', trunkId: null, numberId: null, byUserId: null },
      ...{ isUnsolicited: false, nowMs: 0 },
      ...wish
    })
  }
  const both = [rule(a), rule(b)]

  it('is the next one when the first has no room, in any way of counting', () => {
    expect(through(policy(both))).to.include({ trunkId: a })
    expect(through(policy([rule(a, { maxConcurrent: 2 }), rule(b)]), 2)).to.include({ trunkId: b })
    expect(through(policy(both, { maxCalls: 3, callsIn: 1 }), 2)).to.include({ trunkId: b })
    expect(through(policy(both, { maxCalls: 3, callsIn: 1 }), 1)).to.include({ trunkId: a })
  })
  it('is none when all are full, which is said as that', () => {
    expect(through(policy([rule(a, { maxConcurrent: 1 })]), 1)).to.include({ reason: 'trunk_full' })
    expect(through(policy([rule(a, { isUsed: false })]))).to.include({ reason: 'no_trunk' })
  })
  it('is one that answers before one that does not, and that one rather than none', () => {
    expect(through(policy(both, { isSilent: true }))).to.include({ trunkId: b })
    expect(through(policy([rule(a)], { isSilent: true }))).to.include({ trunkId: a })
  })
  it('carries nothing when it is switched off for calls out, but an emergency', () => {
    const off = policy([rule(a, { isUsed: false })])
    expect(through(off, 0, { trunkId: a })).to.include({ reason: 'no_trunk' })
    expect(through(off, 0, { number: '112' })).to.include({ allowed: true, trunkId: b })
    expect(through(off, 0, { number: '112', exceptTrunkIds: [b] })).to.include({ allowed: true, trunkId: a })
  })
  it('writes numbers by the first line that fits', () => {
    const rewrites = [
      { prefix: '+7916', strip: 1, prepend: '98' },
      { prefix: '+7', strip: 0, prepend: '' }
    ]
    const given = policy([rule(a, { rewrites, format: 'national' })])
    expect(through(given)).to.include({ number: '989161234567' })
    expect(through(given, 0, { number: '+74951234567' })).to.include({ number: '74951234567' })
  })
  it('shows only numbers that may be shown there, and its own usual one otherwise', () => {
    const shows = (change: object, numberId: string | null): string | null => {
      const decision = through(policy([rule(a, change)]), 0, { numberId, trunkId: a })
      return decision.allowed ? decision.callerId : 'refused'
    }
    expect(shows({}, y)).to.equal('+74951112244')
    expect(shows({}, z)).to.equal('+74951112233')
    expect(shows({ callerNumberIds: [z], callerNumberId: x }, z)).to.equal('+78121112255')
    expect(shows({ callerNumberIds: [z], callerNumberId: x }, y)).to.equal('+74951112233')
    expect(shows({ callerNumberIds: [z] }, y)).to.equal('+78121112255')
    expect(shows({ callerNumberIds: [] }, y)).to.equal(null)
  })
})

describe('Calls at once through a trunk', () => {
  const call = (change: object): Call =>
    ({ phase: 'inScheme', direction: 'in', trunkId: a, legs: [], ...change }) as unknown as Call
  const leg = (trunkId: string, state: Leg['state']): Leg => ({ trunkId, state }) as unknown as Leg

  it('are those that came in through it and the legs that go out, while they last', () => {
    const calls = [
      call({}),
      call({ phase: 'ended' }),
      call({ legs: [leg(b, 'ringing'), leg(b, 'ended')] }),
      call({ direction: 'out', trunkId: b, legs: [leg(b, 'answered')] }),
      call({ trunkId: null })
    ]
    expect(Object.fromEntries(trunkLoad(calls))).to.deep.equal({
      [a]: { in: 2, out: 0 },
      [b]: { in: 0, out: 2 }
    })
  })
  const table: [object, { in: number; out: number }, boolean][] = [
    [{}, { in: 100, out: 100 }, false],
    [{ maxIn: 2 }, { in: 2, out: 5 }, false],
    [{ maxIn: 2 }, { in: 3, out: 0 }, true],
    [{ maxIn: 0 }, { in: 1, out: 0 }, true],
    [{ maxCalls: 4 }, { in: 2, out: 2 }, false],
    [{ maxCalls: 4 }, { in: 2, out: 3 }, true]
  ]
  for (const [limits, load, isOver] of table)
    it(`${isOver ? 'are too many' : 'have room'}: ${JSON.stringify(limits)} with ${load.in} in, ${load.out} out`, () => {
      expect(isOverLimit(limits, load)).to.equal(isOver)
    })
})
