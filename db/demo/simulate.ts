import { exitTarget } from '../../ivr/run.ts'
import { prompts } from '../../ivr/sounds.ts'
import type { FoundOperator, OperatorQuery, Sound } from '../../ivr/block.ts'
import { newCall, step } from '../../pbx/call/step.ts'
import type { Effect, TapeRow } from '../../pbx/call/effects.ts'
import type { CallEvent } from '../../pbx/call/events.ts'
import type { Call, Caller, Route } from '../../pbx/call/types.ts'
import type { Random } from './random.ts'

/** One past call to be played through. */
export interface PastCall {
  readonly id: string
  readonly pbxUniqueId: string
  readonly startMs: number
  readonly caller: Caller
  readonly dialed: string
  readonly trunkId: string
  readonly route: Route
  /** Seconds of the talk when it was recorded and its audio is there: then it is answered soon and lasts just that. */
  readonly audioSeconds: number | null
  /** Seconds of a message, should one be left. */
  readonly messageSeconds: number
}

export interface Surroundings {
  readonly random: Random
  /** Operators who are free at that moment, in the order in which they are to be rung. */
  operatorsFor(query: OperatorQuery, atMs: number): readonly FoundOperator[]
  /** An operator was taken from the one moment to the other. */
  taken(userId: string, fromMs: number, toMs: number): void
}

/** More events than any call has: a scheme that goes round and round ends here. */
const mostEvents = 400

/**
 * Plays one past call through the same machine that runs real ones, with people made of chance around it.
 * @returns its whole tape
 */
export function simulateCall(past: PastCall, surroundings: Surroundings): TapeRow[] {
  const world = new World(past, surroundings)
  let call: Call = newCall({
    id: past.id,
    pbxUniqueId: past.pbxUniqueId,
    startedMs: past.startMs,
    caller: past.caller,
    dialed: past.dialed,
    trunkId: past.trunkId
  })
  const rows: TapeRow[] = []
  for (let count = 0; count < mostEvents && call.phase !== 'ended'; count++) {
    const event = world.next()
    if (event === undefined) break
    const done = step(call, event)
    call = done.call
    rows.push(...done.records)
    for (const effect of done.effects) world.answer(effect, event.atMs, call)
    for (const row of done.records) world.hear(row)
  }
  return rows
}

/** What will happen next, and how the people around the call react to what the machine does. */
class World {
  private readonly past: PastCall
  private readonly around: Surroundings
  private readonly random: Random
  private coming: { key: string; event: CallEvent }[] = []
  /** Operators with this call, and since when. */
  private readonly ringing = new Map<string, number>()

  constructor(past: PastCall, around: Surroundings) {
    this.past = past
    this.around = around
    this.random = around.random
    this.expect('start', { type: 'arrived', isSpeakable: true, atMs: past.startMs + 4 })
    if (past.audioSeconds !== null) return
    const patienceMs = this.random.chance(0.03)
      ? this.random.between(1500, 7000)
      : this.random.skewed(75_000, 0.5)
    this.leave(past.startMs + patienceMs)
  }

  /** The next thing to happen; undefined when nothing is to be expected any more. */
  next(): CallEvent | undefined {
    this.coming.sort((a, b) => a.event.atMs - b.event.atMs)
    return this.coming.shift()?.event
  }

  hear(row: TapeRow): void {
    if (row.type !== 'call.forwarding_step' || row.data['state'] !== 'started') return
    const { random } = this
    switch (row.data['blockType']) {
      case 'menu':
        this.press(this.digitAt(String(row.data['block'])), row.atMs + random.between(5000, 11_000))
        return
      case 'rating':
        if (random.chance(0.7)) this.press(this.mark(), row.atMs + random.between(4500, 8000))
        else this.leave(row.atMs + random.between(900, 3500))
        return
      case 'voicemail':
        // Most people do not talk to machines.
        if (random.chance(0.55)) this.leave(row.atMs + random.between(1500, 7000))
        else this.drop('leave')
    }
  }

  answer(effect: Effect, atMs: number, call: Call): void {
    switch (effect.do) {
      case 'ask':
        if (effect.what === 'route') {
          this.expect('route', { type: 'routed', route: this.past.route, atMs: atMs + 1 })
        } else if (effect.what === 'operators') {
          const operators = this.around.operatorsFor(effect.query, atMs)
          this.expect('operators', { type: 'operatorsFound', operators, atMs: atMs + 1 })
        }
        return
      case 'play':
        this.expect('played', { type: 'played', playId: effect.playId, atMs: atMs + playMs(effect.sounds) })
        return
      case 'stopPlaying':
        this.drop('played')
        return
      case 'timer':
        this.expect('timer', { type: 'timeout', deadlineMs: effect.deadlineMs, atMs: effect.deadlineMs })
        return
      case 'cancelTimer':
        this.drop('timer')
        return
      case 'originate':
        this.ring(effect.leg, effect.userId, atMs)
        return
      case 'hangupLeg':
        this.drop(`leg ${effect.leg}`)
        return
      case 'release':
        this.free(effect.userId, atMs)
        return
      case 'connect':
        this.talk(effect.parties.find((party) => party !== 'client') ?? '', atMs)
        return
      case 'recordVoicemail': {
        const seconds = this.past.messageSeconds
        this.expect('recorded', { type: 'recorded', seconds, atMs: atMs + seconds * 1000 })
        return
      }
      case 'closeBridge':
        if (call.talk === null) this.drop('leave')
        return
      default:
        // What the demo's schemes never ask for, and what nobody answers to.
        return
    }
  }

  private ring(leg: string, userId: string, atMs: number): void {
    const { random } = this
    this.ringing.set(userId, atMs)
    this.expect(`ringing ${leg}`, { type: 'legRinging', leg, atMs: atMs + random.between(60, 180) })
    const isSure = this.past.audioSeconds !== null
    if (isSure || random.chance(0.78)) {
      const thinkMs = random.between(2200, isSure ? 6000 : 15_000)
      this.expect(`leg ${leg}`, { type: 'legAnswered', leg, atMs: atMs + thinkMs })
    } else if (random.chance(0.3)) {
      this.expect(`leg ${leg}`, { type: 'legEnded', leg, cause: 21, atMs: atMs + random.between(1500, 6000) })
    }
  }

  private talk(leg: string, atMs: number): void {
    const { random, past } = this
    this.drop('leave')
    const seconds = past.audioSeconds ?? Math.min(1500, Math.max(6, random.skewed(105, 0.85)))
    const endMs = atMs + seconds * 1000
    // An operator who has said goodbye hangs up first a little more often: so the question for a mark is heard.
    if (random.chance(0.58)) this.expect(`leg ${leg}`, { type: 'legEnded', leg, cause: 16, atMs: endMs })
    else this.leave(endMs)
  }

  private free(userId: string, atMs: number): void {
    const fromMs = this.ringing.get(userId)
    if (fromMs !== undefined) this.around.taken(userId, fromMs, atMs)
    this.ringing.delete(userId)
  }

  private digitAt(block: string): string {
    const { body } = this.past.route.scheme
    const digits = ['1', '2', '3', '4', '0'].filter((digit) => exitTarget(body, block, digit) !== null)
    if (digits.length === 0 || this.random.chance(0.04)) return '9'
    return this.random.weighted(digits.map((digit, index) => [digit, index === 0 ? 7 : 3] as const))
  }

  private mark(): string {
    return this.random.weighted([
      ['5', 60],
      ['4', 22],
      ['3', 8],
      ['2', 4],
      ['1', 6]
    ] as const)
  }

  private press(digit: string, atMs: number): void {
    this.expect('press', { type: 'digit', digit, atMs })
  }

  private leave(atMs: number): void {
    this.expect('leave', { type: 'callerLeft', cause: 16, atMs })
  }

  private expect(key: string, event: CallEvent): void {
    this.drop(key)
    this.coming.push({ key, event: { ...event, atMs: Math.round(event.atMs) } })
  }

  private drop(key: string): void {
    this.coming = this.coming.filter((one) => one.key !== key)
  }
}

/** About how long prompts take: fourteen letters a second. */
function playMs(sounds: readonly Sound[]): number {
  const letters = sounds.map((sound) => {
    if (!('sound' in sound)) return 0
    return prompts.find(({ id }) => sound.sound.endsWith(`/${id}`))?.ru.length ?? 8
  })
  return letters.reduce((sum, count) => sum + count * 70, 0)
}
