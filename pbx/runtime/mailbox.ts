import type { Logger } from 'pino'
import { brokenSchemeReason } from '../../ivr/run.ts'
import { project, type Journal } from '../call/journal.ts'
import { step } from '../call/step.ts'
import type { BridgeName, Effect, Party, TapeRow } from '../call/effects.ts'
import type { CallEvent, Refusal } from '../call/events.ts'
import type { Call } from '../call/types.ts'

/** A call in progress: its state, its journal so far, and its effects under way. */
export interface LiveCall {
  call: Call
  journal: Journal | null
  /** All rows of the tape so far, for screens that open later. */
  rows: TapeRow[]
  readonly queue: CallEvent[]
  isDraining: boolean
  timer: NodeJS.Timeout | undefined
  /** Tails of the chains of requests, by what they concern (`client`, a leg, `bridge:…`): order within, none between. */
  readonly lanes: Map<string, Promise<unknown>>
  /** Bridges that are open or being opened, and who was brought in. */
  readonly bridges: Map<BridgeName, Set<Party>>
  /** Who stays in a bridge that the other one has left (or may have, before our time): deaf to whoever comes next. */
  readonly left: Set<Party>
  /** Ringing tones on bridges, by the name of their playback. */
  readonly tones: Map<BridgeName, string>
  /** Channels through which supervisors hear, by their leg. */
  readonly snoops: Map<string, string>
  /** Operators of this call who are given back as soon as their telephones are free. */
  releasing: Promise<unknown> | undefined
  isForgotten: boolean
  /**
   * What the call's clock shows more than the steady line (`host/clock.ts`): its times are those of the wall clock when it
   * came, and go on evenly whatever the wall clock does.
   */
  aheadMs: number
}

export interface MailboxPorts {
  /** Each step's rows, to the tape and the feed. */
  record(live: LiveCall, rows: readonly TapeRow[]): void
  /** Does one effect. Must not throw; what fails comes back as an event. */
  run(live: LiveCall, effect: Effect, atMs: number): void
  onIgnored(phase: string, event: string): void
  onStep(seconds: number): void
  log: Logger
}

export function openLiveCall(call: Call, journal: Journal | null = null, rows: TapeRow[] = []): LiveCall {
  return {
    call,
    journal,
    rows,
    queue: [],
    isDraining: false,
    timer: undefined,
    lanes: new Map(),
    bridges: new Map(),
    left: new Set(),
    tones: new Map(),
    snoops: new Map(),
    releasing: undefined,
    isForgotten: false,
    aheadMs: 0
  }
}

/** Questions are answered at once, so a scheme that rings nobody in a circle would hold the whole process: no real one comes near. */
const circleSteps = 300

/**
 * Gives a call an event. Strictly serial per call: an event that arrives while another is handled (an answer to a
 * question asked by an effect, most often) waits its turn. The only caller of `step`.
 * @returns why a person's wish was not granted; null when it was, for any other event, and for one that waits
 */
export function deliver(live: LiveCall, event: CallEvent, ports: MailboxPorts): Refusal | null {
  live.queue.push(event)
  if (live.isDraining) return null
  live.isDraining = true
  let steps = 0
  let refused: Refusal | null = null
  try {
    for (let next = live.queue.shift(); next; next = live.queue.shift()) {
      steps += 1
      if (steps === circleSteps) {
        ports.log.error(
          { callId: live.call.id, block: live.call.block?.id },
          'A scheme goes in a circle without waiting'
        )
        live.queue.length = 0
        next = { type: 'broken', atMs: next.atMs, reason: brokenSchemeReason }
      }
      const result = take(live, next, ports)
      if (next === event) refused = result
    }
  } finally {
    live.isDraining = false
  }
  return refused
}

/**
 * Puts a row that is no step (a note written in mid-talk, a recording that is ready before the rating) onto the tape.
 * Steps are synchronous, so between two of them its number is free.
 */
export function append(
  live: LiveCall,
  entry: { type: string; data: Record<string, unknown>; atMs: number },
  ports: MailboxPorts
): void {
  const { call } = live
  const row: TapeRow = {
    callId: call.id,
    seq: call.seq + 1,
    atMs: entry.atMs,
    type: entry.type,
    from: call.phase,
    to: call.phase,
    data: entry.data,
    effects: []
  }
  live.call = { ...call, seq: row.seq }
  live.journal = project(live.journal, row)
  live.rows.push(row)
  ports.record(live, [row])
}

function take(live: LiveCall, event: CallEvent, ports: MailboxPorts): Refusal | null {
  const startedAt = performance.now()
  const before = live.call
  const result = step(before, event)
  live.call = result.call
  if (result.ignored) ports.onIgnored(before.phase, event.type)
  if (result.records.length > 0) {
    for (const row of result.records) live.journal = project(live.journal, row)
    live.rows.push(...result.records)
    ports.record(live, result.records)
  }
  ports.onStep((performance.now() - startedAt) / 1000)
  // A telephone that has asked for a transfer hears how it went before it is hung up.
  const first = result.effects.filter((effect) => effect.do === 'referAnswer')
  for (const effect of first) ports.run(live, effect, event.atMs)
  for (const effect of result.effects) if (effect.do !== 'referAnswer') ports.run(live, effect, event.atMs)
  return result.refused
}
