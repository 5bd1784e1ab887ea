import { expect } from 'chai'
import fc from 'fast-check'
import type { BlockContext, BlockEffect, BlockEvent } from '../../../ivr/block.ts'
import { people, Visit, wednesdayNoonMs, type Given } from './visit.ts'

const userId: fc.Arbitrary<string> = fc.constantFrom('anna', 'boris', 'vera')
const userIds = fc.uniqueArray(userId)

const event: fc.Arbitrary<BlockEvent> = fc.oneof(
  fc.constantFrom<BlockEvent>({ type: 'played' }, { type: 'timeout' }, { type: 'talkEnded' }),
  fc.constantFrom(...'0123456789*#').map((digit) => ({ type: 'digit' as const, digit })),
  fc.nat(600).map((seconds) => ({ type: 'recorded' as const, seconds })),
  userIds.map((ids) => ({ type: 'operatorsFound' as const, operators: people(...ids) })),
  userId.map((id) => ({ type: 'legRinging' as const, userId: id })),
  fc.record({
    type: fc.constant('legFailed' as const),
    userId,
    result: fc.constantFrom('declined' as const, 'busy' as const, 'noAnswer' as const, 'failed' as const)
  })
)

const context: fc.Arbitrary<Partial<BlockContext>> = fc.record({
  nowMs: fc.integer({ min: wednesdayNoonMs, max: wednesdayNoonMs + 400 * 86_400_000 }),
  isAnswered: fc.boolean(),
  ownerId: fc.option(userId, { nil: null }),
  declined: userIds,
  lastOperatorId: fc.option(userId, { nil: null })
})

const given: fc.Arbitrary<Given> = fc
  .tuple(
    fc.oneof(
      fc.constantFrom<Given>(
        { type: 'greeting' },
        { type: 'schedule' },
        { type: 'voicemail' },
        { type: 'rating' },
        { type: 'hangup' }
      ),
      fc.integer({ min: 1, max: 4 }).map((attempts) => ({
        type: 'menu',
        settings: { attempts, options: [{ digit: '1' }, { digit: '#' }] }
      })),
      fc
        .record({
          assignedFirst: fc.boolean(),
          strategy: fc.constantFrom('longestIdle', 'roundRobin', 'ringAll'),
          rounds: fc.integer({ min: 1, max: 3 })
        })
        .map((settings) => ({ type: 'ring', settings: { groupId: 'sales', ...settings } }))
    ),
    context
  )
  .map(([block, known]) => ({ ...block, context: known }))

/** What is under way for the caller and operators, told from effects alone. */
class UnderWay {
  isPlaying = false
  hasTimer = false
  ringbackOn = false
  isSearching = false
  ringing = new Set<string>()

  happened(event: BlockEvent): void {
    if (event.type === 'played') this.isPlaying = false
    if (event.type === 'timeout') this.hasTimer = false
    if (event.type === 'operatorsFound') this.isSearching = false
    if (event.type === 'legFailed') this.ringing.delete(event.userId)
  }

  apply(effect: BlockEffect): void {
    if (effect.do === 'play') this.isPlaying = true
    if (effect.do === 'stopPlaying') this.isPlaying = false
    if (effect.do === 'timer') this.hasTimer = true
    if (effect.do === 'cancelTimer') this.hasTimer = false
    if (effect.do === 'ringback') this.ringbackOn = effect.on
    if (effect.do === 'findOperators') this.isSearching = true
    if (effect.do === 'ring') for (const { userId: id } of effect.operators) this.ringing.add(id)
    if (effect.do === 'stopRinging') for (const id of effect.userIds) this.ringing.delete(id)
  }

  /** The machine hands on only what can be: no end of a sound that does not play, no timer that does not run. */
  canBe(event: BlockEvent): boolean {
    switch (event.type) {
      case 'played':
        return this.isPlaying
      case 'timeout':
        return this.hasTimer
      case 'operatorsFound':
        return this.isSearching
      case 'legFailed':
      case 'legRinging':
        return this.ringing.has(event.userId)
      case 'talkEnded':
        return this.ringing.size > 0
      default:
        return true
    }
  }
}

describe('Events in any order', () => {
  it('never throw, and get nothing out of a block that is done', () => {
    fc.assert(
      fc.property(given, fc.array(fc.tuple(event, context), { maxLength: 40 }), (block, events) => {
        const visit = new Visit(block)
        for (const [next, known] of events) {
          const isDone = visit.last.state === null
          const run = visit.tell({ ...next, context: known })
          if (isDone) expect(run).to.equal(null)
          if (visit.last.exit !== null) expect(visit.last.state).to.equal(null)
        }
      }),
      { numRuns: 600 }
    )
  })

  it('leave nothing behind: no sound, timer, ringback or ringing phone outlives its block', () => {
    fc.assert(
      fc.property(given, fc.array(event, { minLength: 40, maxLength: 80 }), (block, events) => {
        const visit = new Visit(block)
        const now = new UnderWay()
        for (const effect of visit.last.effects) now.apply(effect)
        for (const next of events) {
          if (visit.last.state === null || !now.canBe(next)) continue
          now.happened(next)
          for (const effect of visit.tell(next)?.effects ?? []) now.apply(effect)
          // At an answer the machine itself stops the other phones, the timer and the ringback.
          if (next.type === 'talkEnded') return
        }
        if (visit.last.exit === null) return
        expect({ ...now, ringing: [...now.ringing] }).to.deep.equal({
          isPlaying: false,
          hasTimer: false,
          ringbackOn: false,
          isSearching: false,
          ringing: []
        })
      }),
      { numRuns: 600 }
    )
  })

  it('never leave a caller waiting for nothing', () => {
    fc.assert(
      fc.property(given, fc.array(event, { minLength: 40, maxLength: 80 }), (block, events) => {
        const visit = new Visit(block)
        const now = new UnderWay()
        for (const effect of visit.last.effects) now.apply(effect)
        for (const next of events) {
          if (visit.last.state === null) return
          expect(now.isPlaying || now.hasTimer || now.isSearching, JSON.stringify(visit.last)).to.equal(true)
          if (!now.canBe(next)) continue
          if (next.type === 'talkEnded') return
          now.happened(next)
          for (const effect of visit.tell(next)?.effects ?? []) now.apply(effect)
        }
      }),
      { numRuns: 600 }
    )
  })

  it('never ring an operator who has declined the call', () => {
    fc.assert(
      fc.property(given, userIds, fc.array(event, { maxLength: 40 }), (block, declined, events) => {
        const visit = new Visit({ ...block, context: { ...block.context, declined } })
        for (const next of events) visit.tell(next)
        const rung = visit.effects.flatMap((effect) => (effect.do === 'ring' ? effect.operators : []))
        expect(rung.filter(({ userId: id }) => declined.includes(id))).to.deep.equal([])
      }),
      { numRuns: 600 }
    )
  })
})
