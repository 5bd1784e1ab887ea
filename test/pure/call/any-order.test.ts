import { expect } from 'chai'
import fc from 'fast-check'
import { step } from '../../../pbx/call/step.ts'
import { foldJournal } from '../../../pbx/call/journal.ts'
import type { Wish } from '../../../pbx/call/events.ts'
import type { Call } from '../../../pbx/call/types.ts'
import { anna, boris, route, scheme, Story, type Told } from './given.ts'

const legs = fc.constantFrom('op1', 'op2', 'op3', 'ext2', 'cl2', 'sup2', 'caller', '')
const cause = fc.constantFrom(null, 16, 17, 19, 20, 21, 26, 127)
const told: fc.Arbitrary<Told> = fc.oneof(
  fc.record({ type: fc.constant('arrived' as const), isSpeakable: fc.boolean() }),
  fc.record({
    type: fc.constant('routed' as const),
    route: fc.constantFrom(null, route(), route(scheme({ strategy: 'ringAll' }), anna.userId))
  }),
  fc.record({
    type: fc.constant('played' as const),
    playId: fc.nat({ max: 6 }).map((n) => `${new Story().call.id}.p${n}`)
  }),
  fc.record({ type: fc.constant('digit' as const), digit: fc.constantFrom('1', '5', '9', '#') }),
  fc.record({ type: fc.constant('timeout' as const), deadlineMs: fc.constant(0) }),
  fc.record({ type: fc.constant('recorded' as const), seconds: fc.nat({ max: 60 }) }),
  fc.record({ type: fc.constant('operatorsFound' as const), operators: fc.subarray([anna, boris]) }),
  fc.record({ type: fc.constant('legRinging' as const), leg: legs }),
  fc.record({ type: fc.constant('legAnswered' as const), leg: legs }),
  fc.record({ type: fc.constant('legEnded' as const), leg: legs, cause }),
  fc.record({ type: fc.constant('callerLeft' as const), cause }),
  fc.record({ type: fc.constant('callerAnswered' as const) }),
  fc.record({ type: fc.constant('legProgress' as const), leg: legs }),
  fc.record({ type: fc.constant('legHeld' as const), leg: legs, on: fc.boolean() }),
  fc.record({ type: fc.constant('legGiven' as const), leg: legs, toCallId: fc.constant('x') }),
  fc.record({
    type: fc.constant('dialDecided' as const),
    leg: legs,
    decision: fc.constantFrom({ allowed: false as const, reason: 'bad_number' })
  }),
  fc.record({
    type: fc.constant('schemeFound' as const),
    scheme: fc.constant(null),
    groupNames: fc.constant({})
  }),
  fc.record({ type: fc.constant('lookedUp' as const), answer: fc.constant(null) }),
  fc.record({
    type: fc.constant('wished' as const),
    by: fc.constantFrom(anna, boris),
    wish: fc.constantFrom<Wish>(
      { type: 'hold', on: true },
      { type: 'swap' },
      { type: 'transfer', mode: 'blind', target: { kind: 'user', userId: boris.userId }, note: null },
      { type: 'park', slot: 1, seconds: 5 },
      { type: 'takeParked', phone: null },
      { type: 'prioritise', priority: 50 }
    )
  }),
  fc.record({
    type: fc.constant('hangupRequested' as const),
    by: fc.constantFrom('client' as const, 'operator' as const, 'system' as const),
    reason: fc.constant('x')
  }),
  fc.record({ type: fc.constant('broken' as const), reason: fc.constant('machine_failed') })
)

/** Events in any order; a `timeout` or `played` mostly fits what runs, so that stories get somewhere. */
const story = fc.array(fc.record({ event: told, isFitting: fc.boolean() }), { maxLength: 60 })

function tell(call: Call, event: Told, isFitting: boolean, atMs: number) {
  const fitted =
    isFitting && event.type === 'timeout'
      ? { ...event, deadlineMs: call.deadlineMs ?? 0 }
      : isFitting && event.type === 'played'
        ? { ...event, playId: call.playing ?? '' }
        : event
  return step(JSON.parse(JSON.stringify(call)) as Call, { ...fitted, atMs })
}

describe('Whatever order events come in', () => {
  it('a step never throws, never gives a talk to a leg that is gone, and frees everyone at the end', () => {
    fc.assert(
      fc.property(story, (events) => {
        const told = new Story()
        const held = new Set<string>()
        let { call } = told
        let atMs = call.startedMs
        const rows = []
        for (const { event, isFitting } of [
          ...events,
          { event: { type: 'callerLeft', cause: 16 } as Told, isFitting: false }
        ]) {
          atMs += 700
          const result = tell(call, event, isFitting, atMs)
          if (event.type === 'operatorsFound')
            event.operators.forEach((operator) => held.add(operator.userId))
          for (const effect of result.effects) if (effect.do === 'release') held.delete(effect.userId)
          call = result.call
          rows.push(...result.records)
          expect(call.phase === 'talking').to.equal(call.talk !== null)
          const owner = call.legs.find((leg) => leg.id === call.talk?.leg)
          expect(owner?.state ?? 'answered').to.equal('answered')
        }
        expect(call.phase).to.equal('ended')
        expect([...held]).to.deep.equal([])
        expect(call.legs.every((leg) => leg.state === 'ended')).to.equal(true)
        expect(rows.filter((row) => row.type === 'call.ended')).to.have.length(1)
        expect(rows.map((row) => row.seq)).to.deep.equal(rows.map((_, index) => index + 1))
        const journal = foldJournal(rows)
        if (rows.some((row) => row.type === 'call.initiated'))
          expect(journal?.call['outcome']).to.be.a('string')
      }),
      { numRuns: 2000 }
    )
  })

  it('an ended call changes no more', () => {
    fc.assert(
      fc.property(told, (event) => {
        const ended = new Story().when(
          { type: 'arrived', isSpeakable: true },
          { type: 'callerLeft', cause: 16 }
        ).call
        const result = tell(ended, event, false, ended.startedMs + 5000)
        expect(result.call.phase).to.equal('ended')
        expect(result.records.filter((row) => row.type === 'call.ended')).to.deep.equal([])
      })
    )
  })
})
