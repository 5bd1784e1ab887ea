import type { BlockContext } from '../../ivr/block.ts'
import type { Scheme } from '../../ivr/scheme.ts'
import type { Effect, Party } from './effects.ts'
import type { CallEvent, Refusal } from './events.ts'
import type { Call, HangupBy, Leg } from './types.ts'
import type { Moments, MomentType, TalkParty } from './moments.ts'

/** A moment that this step yields, before it has its place on the tape. */
export interface Moment {
  type: MomentType
  data: Moments[MomentType]
}

/** Why a call ends. */
export interface Ending {
  by: HangupBy
  /** Stable code. */
  reason: string
  /** Q.850 cause that the caller's side gave, or that we should give. */
  cause: number | null
}

/**
 * One step being made: a shallow copy of the call that the cells may write to, and what they want done.
 * The copy keeps `step` pure for its caller while the cells stay short; arrays are replaced, never pushed to.
 */
export interface Turn {
  readonly call: Call
  readonly atMs: number
  readonly effects: Effect[]
  readonly moments: Moment[]
  ignored: boolean
  /** Why a person's wish was not granted. */
  refused: Refusal | null
  /** Why the call ends if the scheme comes to its end in this step. */
  because: Ending | null
}

/** Starts a turn on a copy of `call`. */
export function startTurn(call: Call, event: CallEvent): Turn {
  return {
    call: { ...call },
    atMs: event.atMs,
    effects: [],
    moments: [],
    ignored: false,
    refused: null,
    because: null
  }
}

/** Asks the runtime for something, after everything asked before. */
export function effect(turn: Turn, ...wanted: Effect[]): void {
  turn.effects.push(...wanted)
}

/** Puts a moment on the tape. */
export function moment<T extends MomentType>(turn: Turn, type: T, data: Moments[T]): void {
  turn.moments.push({ type, data })
}

/** Replaces a leg by a changed copy and returns the copy. */
export function changeLeg(turn: Turn, legId: string, change: Partial<Leg>): void {
  turn.call.legs = turn.call.legs.map((leg) => (leg.id === legId ? { ...leg, ...change } : leg))
}

export function legOf(turn: Turn, legId: string | null): Leg | undefined {
  return legId === null ? undefined : turn.call.legs.find((leg) => leg.id === legId)
}

/** Legs that are asked for, ring or talk, in the order in which they came. */
export function liveLegs(turn: Turn): Leg[] {
  return turn.call.legs.filter((leg) => leg.state !== 'ended')
}

/** The leg that has the call now. */
export function ownerOf(turn: Turn): Leg | undefined {
  return legOf(turn, turn.call.talk?.leg ?? null)
}

export function partyOf(leg: Leg): TalkParty {
  return { id: leg.userId, name: leg.name }
}

/** The client as a party of a bridge: a leg where we placed the call, the caller's own channel where it came in. */
export function clientParty(turn: Turn): Party {
  return turn.call.clientLeg ?? 'client'
}

/** What the current block may know. */
export function contextOf(turn: Turn): BlockContext {
  const { call } = turn
  const { caller, route } = call
  const source = route?.source ?? call.order?.source ?? null
  const contact = route?.contact ?? call.order?.contact ?? null
  return {
    nowMs: turn.atMs + (call.order?.test?.aheadMs ?? 0),
    isAnswered: call.isAnswered,
    locale: schemeOf(call).locale,
    ownerId: call.ownerId ?? contact?.ownerId ?? null,
    declined: call.declined,
    lastOperatorId: call.lastOperatorId,
    facts: {
      callId: call.id,
      callerNumber: caller.number,
      callerName: caller.name,
      country: caller.country,
      region: caller.region,
      dialed: call.dialed,
      numberId: route?.numberId ?? call.order?.test?.number?.id ?? null,
      sourceId: source?.id ?? null,
      inquiryChannel: source?.inquiryChannel ?? null,
      campaign: source?.campaign ?? null,
      keyword: source?.keyword ?? null,
      siteId: route?.siteId ?? (call.order?.test ? (call.order.site?.id ?? null) : null),
      contactId: contact?.id ?? null,
      tags: call.tags,
      pressed: call.pressed,
      ...(route?.standing && { lists: route.standing.lists.map(({ id }) => id) })
    },
    ...(route?.standing && { priority: route.standing.priority })
  }
}

/** The scheme a call runs through now, or the polite announcement for a number that is not ours. */
export function schemeOf(call: Call): Scheme {
  return call.scheme?.body ?? call.route?.scheme.body ?? noRouteScheme
}

const noRouteScheme: Scheme = {
  locale: 'ru',
  start: 'unknown-number',
  blocks: {
    'unknown-number': {
      type: 'greeting',
      settings: { sounds: [{ sound: 'ringtrace/no-such-number' }] },
      exits: { next: null }
    }
  }
}

/** Whole seconds between two moments, never negative: clocks may step back. */
export function secondsBetween(fromMs: number, toMs: number): number {
  return Math.max(0, Math.round((toMs - fromMs) / 1000))
}
