import { expect } from 'chai'
import fc from 'fast-check'
import type { Strategy } from '../../../ivr/block.ts'
import { anyone, person, sitDown, type Desk } from './given.ts'

const people = ['anna', 'boris', 'vera'] as const
const calls = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'] as const
const strategies: Strategy[] = ['longestIdle', 'roundRobin', 'ringAll', 'inOrder', 'byRating', 'leastLoaded']
const skills = ['en', 'kitchens']

type Act =
  | {
      do: 'ring' | 'join'
      call: string
      strategy: Strategy
      skills: string[]
      priority: number
      except: string[]
    }
  | { do: 'leave'; call: string }
  | { do: 'end'; call: string; talked: boolean }
  | { do: 'presence'; who: string; presence: 'available' | 'away' | 'offline' }
  | { do: 'phone'; who: string; isOn: boolean }
  | { do: 'elsewhere'; who: string; isOn: boolean }
  | { do: 'wrapUp'; who: string }
  | { do: 'virtual'; call: string; isPlaced: boolean }
  | { do: 'reload' }

const [call, who, isOn] = [fc.constantFrom(...calls), fc.constantFrom(...people), fc.boolean()]
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 2, arbitrary: wish('ring') },
  { weight: 8, arbitrary: wish('join') },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('end' as const), call, talked: isOn }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), call }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('phone' as const), who, isOn }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('elsewhere' as const), who, isOn }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('wrapUp' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('virtual' as const), call, isPlaced: isOn }) },
  { weight: 1, arbitrary: fc.constant<Act>({ do: 'reload' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('presence' as const),
      who,
      presence: fc.constantFrom('available' as const, 'away' as const, 'offline' as const)
    })
  }
)

function wish<D extends 'ring' | 'join'>(what: D) {
  return fc.record({
    do: fc.constant(what),
    call,
    strategy: fc.constantFrom(...strategies),
    skills: fc.subarray(skills, { maxLength: 1 }),
    priority: fc.integer({ min: 0, max: 2 }),
    except: fc.subarray([...people], { maxLength: 1 })
  })
}

/** What must hold whatever happens: kept beside the real thing, in the simplest words. */
class Model {
  readonly desk: Desk
  /** Who is held by which call, as we were told. */
  readonly held = new Map<string, string>()
  readonly waiting = new Map<
    string,
    { priority: number; sinceMs: number; skills: string[]; except: string[] }
  >()
  readonly skillsOf = new Map<string, readonly string[]>([
    ['anna', ['en']],
    ['boris', ['en', 'kitchens']],
    ['vera', ['kitchens']]
  ])
  #now = 1000
  #told = 0

  constructor() {
    this.desk = sitDown(
      people.map((id) => {
        const device = { id: `d-${id}`, name: 'Tab', kind: 'browser' as const }
        return person(id, {
          skills: this.skillsOf.get(id) ?? [],
          devices: [{ ...device, sipUser: `op-${id}`, isFixed: false }]
        })
      }),
      { rules: { wrapUpSeconds: 600, autoPauseAfter: 0, requireWrapUpCode: false, timeZone: 'UTC' } }
    )
    for (const id of people) this.desk.operators.setReachable(`op-${id}`, true, 1000)
  }

  do(act: Act): void {
    const { operators, queues } = this.desk
    const nowMs = (this.#now += 10)
    switch (act.do) {
      case 'ring': {
        const { strategy, skills: wanted, except } = act
        const found = operators.reserve(act.call, anyone({ strategy, skills: wanted, except }), nowMs)
        this.#take(act.call, found)
        break
      }
      case 'join': {
        const { strategy, skills: wanted, except, priority } = act
        const query = anyone({ strategy, skills: wanted, except })
        this.waiting.set(act.call, { priority, sinceMs: nowMs, skills: wanted, except })
        queues.join(act.call, { queueId: 'sales', query, priority, sinceMs: nowMs })
        break
      }
      case 'leave':
        this.waiting.delete(act.call)
        queues.leave(act.call)
        break
      case 'end': {
        // The runtime frees one after the other; each freed one may go to a call that waits before the next is freed.
        const own = people.filter((id) => this.held.get(id) === act.call)
        for (const id of own) {
          this.held.delete(id)
          operators.release(act.call, id, act.talked, nowMs, act.talked ? 'answered' : 'cancelled')
          this.#hear()
        }
        break
      }
      case 'presence':
        operators.setPresence(act.who, { presence: act.presence }, nowMs)
        break
      case 'phone':
        operators.setReachable(`op-${act.who}`, act.isOn, nowMs)
        break
      case 'elsewhere':
        operators.setElsewhere(act.who, act.isOn, nowMs)
        break
      case 'wrapUp':
        operators.endWrapUp(act.who, nowMs)
        break
      case 'virtual': {
        // A callback whose turn comes at once is placed, or given up; one whose turn does not come is given up.
        const query = anyone()
        let isServed = false
        const giveUp = queues.waitVirtually(
          { callbackId: act.call, request: { queueId: 'sales', query, priority: 0, sinceMs: 0 } },
          ({ userId }) => {
            isServed = true
            if (!act.isPlaced) return
            const found = operators.reserve(act.call, { kind: 'user', userId, except: [] }, nowMs, act.call)
            expect(found, 'whoever was reserved for the order is there for its call').to.have.length(1)
            this.#take(act.call, found)
          }
        )
        if (!isServed || !act.isPlaced) giveUp()
        break
      }
      case 'reload':
        this.desk.load()
        break
    }
    this.#hear()
    this.#check()
  }

  /** Those who were given to calls that wait, in the order in which they were. */
  #hear(): void {
    const { delivered } = this.desk
    for (; this.#told < delivered.length; this.#told += 1) {
      const { callId, event } = delivered[this.#told] ?? { callId: '', event: null }
      if (event?.type !== 'operatorsFound') continue
      const served = this.waiting.get(callId)
      this.waiting.delete(callId)
      expect(served, 'only a call that waits is served').to.not.equal(undefined)
      this.#take(callId, event.operators)
      for (const [other, line] of this.waiting) {
        const isBefore =
          served !== undefined &&
          (line.priority > served.priority ||
            (line.priority === served.priority && line.sinceMs < served.sinceMs))
        for (const { userId } of event.operators) {
          expect(isBefore && this.#fits(userId, line), `${userId} should have gone to ${other}`).to.equal(
            false
          )
        }
      }
    }
  }

  #take(call: string, found: readonly { userId: string }[]): void {
    for (const { userId } of found) {
      expect(this.held.get(userId), `${userId} is in two calls`).to.equal(undefined)
      this.held.set(userId, call)
    }
  }

  #fits(userId: string, line: { skills: string[]; except: string[] }): boolean {
    const own = this.skillsOf.get(userId) ?? []
    return !line.except.includes(userId) && line.skills.every((skill) => own.includes(skill))
  }

  #check(): void {
    for (const state of this.desk.operators.list()) {
      const call = this.held.get(state.userId)
      if (call !== undefined) expect(state.presence, `${state.userId} is held by ${call}`).to.equal('busy')
      const isFree = state.presence === 'available' && state.isReachable
      for (const [id, line] of this.waiting) {
        expect(
          isFree && this.#fits(state.userId, line),
          `${id} waits though ${state.userId} is free`
        ).to.equal(false)
      }
    }
    for (const { userId, calls: held } of this.desk.operators.holds()) {
      expect(held.map((one) => one.callId).filter((id) => id !== this.held.get(userId))).to.deep.equal([])
    }
  }
}

describe('Whatever happens in whatever order', function () {
  this.timeout(60_000)

  it('no operator rings for two calls, none is free while a call waits for them, and the first in turn is served first', () => {
    let served = 0
    fc.assert(
      fc.property(fc.array(act, { minLength: 30, maxLength: 80 }), (acts) => {
        const model = new Model()
        try {
          for (const one of acts) model.do(one)
          served += model.desk.delivered.filter(({ event }) => event.type === 'operatorsFound').length
        } finally {
          model.desk.close()
        }
      }),
      { numRuns: 300 }
    )
    expect(served, 'calls that waited were served at all').to.be.greaterThan(100)
  })
})
