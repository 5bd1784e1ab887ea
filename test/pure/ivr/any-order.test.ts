import { expect } from 'chai'
import fc from 'fast-check'
import type { BlockContext, BlockEffect, BlockEvent } from '../../../ivr/block.ts'
import { blockKinds } from '../../../ivr/blocks/index.ts'
import { anyBlock, anyTypes } from './any-settings.ts'
import { noFacts, people, Visit, wednesdayNoonMs, type Given } from './visit.ts'

const userId: fc.Arbitrary<string> = fc.constantFrom('anna', 'boris', 'vera')
const userIds = fc.uniqueArray(userId)
const result = fc.constantFrom('declined', 'busy', 'noAnswer', 'failed', 'refused')
const number = fc.constantFrom('+74951234567', '101', '112')
const target = fc.oneof(
  userId.map((id) => ({ kind: 'user' as const, userId: id })),
  number.map((each) => ({ kind: 'external' as const, number: each }))
)

const event: fc.Arbitrary<BlockEvent> = fc.oneof(
  fc.constantFrom<BlockEvent>(
    { type: 'played' },
    { type: 'timeout' },
    { type: 'timeout' },
    { type: 'talkEnded' },
    { type: 'schemeMissing' }
  ),
  fc.constantFrom(...'0123456789*#').map((digit) => ({ type: 'digit' as const, digit })),
  fc.nat(600).map((seconds) => ({ type: 'recorded' as const, seconds })),
  userIds.map((ids) => ({ type: 'operatorsFound' as const, operators: people(...ids) })),
  fc.record({ type: fc.constant('legFailed' as const), userId, result }),
  fc.record({ type: fc.constant('dialFailed' as const), number, result, reason: fc.constant(null) }),
  fc.record({
    type: fc.constant('queuePlace' as const),
    position: fc.integer({ min: 1, max: 7 }),
    waiting: fc.integer({ min: 1, max: 7 }),
    estimateSeconds: fc.option(fc.nat(900), { nil: null })
  }),
  fc.record({
    type: fc.constant('lookedUp' as const),
    answer: fc.option(
      fc.record({
        targets: fc.array(target, { maxLength: 4 }),
        code: fc.constantFrom(null, 'vip', 'other'),
        text: fc.constantFrom(null, '', 'Здравствуйте'),
        contactName: fc.constantFrom(null, 'Мария'),
        ownerId: fc.option(userId, { nil: null })
      }),
      { nil: null }
    )
  })
)

const events = fc.array(event, { minLength: 60, maxLength: 120 })

const context: fc.Arbitrary<Partial<BlockContext>> = fc.record({
  nowMs: fc.integer({ min: wednesdayNoonMs, max: wednesdayNoonMs + 400 * 86_400_000 }),
  isAnswered: fc.boolean(),
  ownerId: fc.option(userId, { nil: null }),
  declined: userIds,
  lastOperatorId: fc.option(userId, { nil: null }),
  facts: fc
    .record({
      callerNumber: fc.constantFrom(null, '+79261112233'),
      contactId: fc.constantFrom(null, 'c1'),
      campaign: fc.constantFrom(null, 'a'),
      pressed: fc.constantFrom('', '1', '*#')
    })
    .map((some) => ({ ...noFacts, ...some }))
})

const given: fc.Arbitrary<Given> = fc
  .tuple(anyBlock, context)
  .map(([block, known]) => ({ ...block, context: known }))

/** What is under way for the caller and operators, told from effects alone. */
class UnderWay {
  isPlaying = false
  timerMs: number | null = null
  ringbackOn = false
  musicOn = false
  isSearching = false
  isQueued = false
  isAsking = false
  isGoing = false
  isRecording = false
  dialling: string | null = null
  ringing = new Set<string>()
  /** Reserved for the call, whether they ring or not. */
  held = new Set<string>()
  /** Whom the last question left out. */
  except: readonly string[] = []

  happened(event: BlockEvent): void {
    switch (event.type) {
      case 'played':
        this.isPlaying = false
        return
      case 'timeout':
        this.timerMs = null
        // Both end by themselves; the timer is for an end that is never heard of.
        this.isRecording = false
        this.isAsking = false
        return
      case 'recorded':
        this.isRecording = false
        return
      case 'schemeMissing':
        this.isGoing = false
        return
      case 'lookedUp':
        this.isAsking = false
        return
      case 'dialFailed':
        this.dialling = null
        return
      case 'legFailed':
        this.ringing.delete(event.userId)
        this.held.delete(event.userId)
        return
      case 'operatorsFound':
        if (this.isSearching) this.isSearching = false
        else if (event.operators.length > 0) this.isQueued = false
        for (const { userId: id } of event.operators) this.held.add(id)
        return
      default:
    }
  }

  apply(effect: BlockEffect): void {
    switch (effect.do) {
      case 'play':
        // One sound would talk over the other, and music over both.
        expect(this.isPlaying, 'a sound before the last one has ended').to.equal(false)
        expect(this.musicOn, 'music under a sound').to.equal(false)
        this.isPlaying = true
        return
      case 'stopPlaying':
        this.isPlaying = false
        return
      case 'timer':
        expect(effect.ms, 'ms of a timer').to.be.within(1, 86_400_000)
        this.timerMs = effect.ms
        return
      case 'cancelTimer':
        this.timerMs = null
        return
      case 'ringback':
        this.ringbackOn = effect.on
        return
      case 'music':
        if (effect.on) expect(this.isPlaying, 'music over a sound').to.equal(false)
        this.musicOn = effect.on
        return
      case 'findOperators':
        this.isSearching = true
        this.except = effect.query.except
        return
      case 'joinQueue':
        this.isQueued = true
        this.except = effect.request.query.except
        return
      case 'leaveQueue':
        this.isQueued = false
        return
      case 'ring':
        for (const { userId: id } of effect.operators) this.ringing.add(id)
        return
      case 'stopRinging':
        for (const id of effect.userIds) {
          this.ringing.delete(id)
          this.held.delete(id)
        }
        return
      case 'dial':
        expect(this.dialling, 'dialling while dialling').to.equal(null)
        this.dialling = effect.target.number
        return
      case 'stopDialling':
        this.dialling = null
        return
      case 'lookup':
        this.isAsking = true
        return
      case 'goToScheme':
        this.isGoing = true
        return
      case 'recordVoicemail':
        this.isRecording = true
        return
      default:
    }
  }

  /** The machine hands on only what can be: no end of a sound that does not play, no timer that does not run. */
  canBe(event: BlockEvent): boolean {
    switch (event.type) {
      case 'played':
        return this.isPlaying
      case 'timeout':
        return this.timerMs !== null
      case 'operatorsFound': {
        const isFree = event.operators.every(
          ({ userId: id }) => !this.held.has(id) && !this.except.includes(id)
        )
        return isFree && (this.isSearching || this.isQueued)
      }
      case 'queuePlace':
        return this.isQueued
      case 'lookedUp':
        return this.isAsking
      case 'schemeMissing':
        return this.isGoing
      case 'recorded':
        return this.isRecording
      case 'legFailed':
        return this.ringing.has(event.userId)
      case 'dialFailed':
        return this.dialling === event.number
      case 'talkEnded':
        return this.ringing.size > 0 || this.dialling !== null
      default:
        return true
    }
  }

  get isSomethingToCome(): boolean {
    return this.isPlaying || this.timerMs !== null || this.isSearching || this.isAsking || this.isGoing
  }
}

/**
 * Plays a call by the rules of the machine and the clock, and shows each state to `look`. Ends with the block, or in a
 * talk: at an answer the machine itself stops the other phones, the timer and the sounds.
 */
function play(
  block: Given,
  happening: readonly BlockEvent[],
  look: (now: UnderWay, visit: Visit) => void
): void {
  const visit = new Visit(block)
  const now = new UnderWay()
  let nowMs = block.context?.nowMs ?? wednesdayNoonMs
  for (const effect of visit.last.effects) now.apply(effect)
  look(now, visit)
  for (const next of happening) {
    if (visit.last.state === null || !now.canBe(next)) continue
    if (next.type === 'talkEnded') return
    nowMs += next.type === 'timeout' ? (now.timerMs ?? 0) : next.type === 'digit' ? 300 : 0
    now.happened(next)
    const run = visit.tell({ ...next, context: { nowMs } })
    expect(run?.effects.length ?? 0, 'effects of one event').to.be.below(30)
    for (const effect of run?.effects ?? []) now.apply(effect)
    look(now, visit)
  }
}

describe('Events in any order', () => {
  it('are played to every kind of block', () => {
    expect(anyTypes).to.have.members([...blockKinds.keys()])
  })

  it('never throw, leave by exits that the block has, and get nothing out of a block that is done', () => {
    fc.assert(
      fc.property(given, fc.array(fc.tuple(event, context), { maxLength: 40 }), (block, happening) => {
        const visit = new Visit(block)
        const ready = blockKinds.get(block.type)?.read(block.settings)
        const exits = ready && 'ready' in ready ? ready.ready.exits : expect.fail(JSON.stringify(ready))
        for (const [next, known] of happening) {
          const isDone = visit.last.state === null
          const run = visit.tell({ ...next, context: known })
          if (isDone) expect(run).to.equal(null)
        }
        if (visit.last.exit === null) return
        expect(exits).to.include(visit.last.exit)
        expect(visit.last.state).to.equal(null)
      }),
      { numRuns: 1500 }
    )
  })

  it('leave nothing behind: no sound, music, timer, ringback, ringing phone or place in a queue outlives its block', () => {
    let exits = 0
    fc.assert(
      fc.property(given, events, (block, happening) => {
        play(block, happening, (now, visit) => {
          if (visit.last.exit === null) return
          exits += 1
          const { except: _, ...left } = now
          expect({ ...left, ringing: [...now.ringing], held: [...now.held] }).to.deep.equal({
            isPlaying: false,
            timerMs: null,
            ringbackOn: false,
            musicOn: false,
            isSearching: false,
            isQueued: false,
            isAsking: false,
            isGoing: false,
            isRecording: false,
            dialling: null,
            ringing: [],
            held: []
          })
        })
      }),
      { numRuns: 1500 }
    )
    expect(exits).to.be.above(500)
  })

  it('never leave a caller waiting for nothing', () => {
    fc.assert(
      fc.property(given, events, (block, happening) => {
        play(block, happening, (now, visit) => {
          if (visit.last.state === null) return
          expect(now.isSomethingToCome, JSON.stringify(visit.last)).to.equal(true)
        })
      }),
      { numRuns: 1500 }
    )
  })

  it('let every caller out in the end, though nobody answers and nothing is pressed', () => {
    const silence = Array.from({ length: 800 }, (_, index): BlockEvent[] => [
      { type: 'operatorsFound', operators: people(index % 2 === 0 ? 'anna' : 'boris') },
      { type: 'operatorsFound', operators: [] },
      { type: 'queuePlace', position: 1, waiting: 1, estimateSeconds: 60 },
      { type: 'lookedUp', answer: null },
      { type: 'recorded', seconds: 5 },
      { type: 'schemeMissing' },
      { type: 'played' },
      { type: 'timeout' }
    ]).flat()
    fc.assert(
      fc.property(anyBlock, (block) => {
        let isOut = false
        play(block, silence, (_, visit) => {
          isOut = visit.last.state === null
        })
        expect(isOut).to.equal(true)
      }),
      { numRuns: 200 }
    )
  })

  it('never ring an operator who has declined the call', () => {
    fc.assert(
      fc.property(given, userIds, fc.array(event, { maxLength: 40 }), (block, declined, happening) => {
        const visit = new Visit({ ...block, context: { ...block.context, declined } })
        for (const next of happening) visit.tell(next)
        const rung = visit.effects.flatMap((effect) => (effect.do === 'ring' ? effect.operators : []))
        expect(rung.filter(({ userId: id }) => declined.includes(id))).to.deep.equal([])
      }),
      { numRuns: 1000 }
    )
  })
})
