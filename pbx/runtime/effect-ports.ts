import type { Logger } from 'pino'
import type { CallFacts, LookupAnswer, QueueRequest, Sound } from '../../ivr/block.ts'
import type { Ami } from '../ami/client.ts'
import type { Ari } from '../ari/client.ts'
import type { BridgeName, Effect, Party } from '../call/effects.ts'
import type { CallEvent, DialDecision } from '../call/events.ts'
import type { Call, Route, RunningScheme } from '../call/types.ts'
import type { LiveCall } from './mailbox.ts'
import type { Operators } from './operators.ts'

/** A dial that is about to be made; the answer comes from memory, at once. */
export interface DialRequest extends Omit<Extract<Effect, { what: 'dial' }>, 'do' | 'what'> {
  callId: string
  callType: Call['callType']
}
export interface DialPolicy {
  decide(request: DialRequest): DialDecision
}

/** Asks an outside system about a call; null when it gives no usable answer in time. Never rejects. */
export type Lookup = (url: string, timeoutMs: number, facts: CallFacts) => Promise<LookupAnswer | null>

/** Asterisk's name of a sound in a language, such as `sound:/…/ru/welcome`; a text may have to be spoken first. */
export type FindMedia = (sound: Sound, locale: 'ru' | 'en') => string | Promise<string>

/** What the effects of calls are done with. */
export interface EffectPorts {
  ari: Ari
  ami: Pick<Ami, 'startRecording' | 'muteRecording'>
  operators: Operators
  queues: { join(callId: string, request: QueueRequest): void; leave(callId: string): void }
  dialPolicy: DialPolicy
  lookup: Lookup
  /** Finds the route of a call from memory, at once. */
  findRoute(live: LiveCall): {
    route: Route | null
    reason?: 'no_route' | 'blocked' | 'trunk_full'
    cause?: number
    overload?: NonNullable<Extract<CallEvent, { type: 'routed' }>['overload']>
  }
  findScheme(schemeId: string): { scheme: RunningScheme | null; groupNames: Record<string, string> }
  media: FindMedia
  /** Raw audio as Asterisk leaves it. */
  recordingsDir: string
  /** Whether the disk has room for another recording. */
  hasRoom: () => boolean
  /** Puts an event into the call's mailbox. */
  deliver(live: LiveCall, event: CallEvent): void
  forget(live: LiveCall): void
  /** The time by the call's own clock. */
  now(live: LiveCall): number
  /** What the wall clock showed, as it goes now, at a moment of the call's clock. */
  wallOf(live: LiveCall, atMs: number): number
  log: Logger
}

/** A leg's channel: ours to name, so that a repeated request cannot ring twice; but a telephone that dials names its own. */
export function legChannel(call: Call, legId: string): string {
  return call.legs.find((leg) => leg.id === legId)?.channelId ?? `${call.id}.${legId}`
}

/** The client's channel; null while a call that we place has none. */
export function clientChannel(call: Call): string | null {
  return call.clientLeg === null ? call.clientChannel : legChannel(call, call.clientLeg)
}

/** Whom a lane of requests concerns: the client of a call that we place is a leg. */
export const clientLane = (call: Call): string => call.clientLeg ?? 'client'

export function channelOf(call: Call, party: Party): string | null {
  return party === 'client' ? clientChannel(call) : legChannel(call, party)
}

export function bridgeId(callId: string, bridge: BridgeName): string {
  return bridge === 'main' ? callId : `${callId}.${bridge}`
}
export const bridgeLane = (bridge: BridgeName): string => `bridge:${bridge}`

/**
 * Runs requests that concern the same parties or bridges one after the other, and the rest at once. What Asterisk
 * answers is only looked at when the call must know: everything else it tells by an event.
 */
export function inLanes(
  live: LiveCall,
  lanes: readonly string[],
  what: string,
  work: () => Promise<unknown>,
  log: Logger
): void {
  const before = lanes.map((lane) => live.lanes.get(lane)).filter((tail) => tail !== undefined)
  const tail = (before.length > 0 ? Promise.all(before).then(work) : work()).catch((error: unknown) => {
    log.error({ err: error, callId: live.call.id, effect: what }, 'An effect failed unexpectedly')
  })
  for (const lane of lanes) live.lanes.set(lane, tail)
}
