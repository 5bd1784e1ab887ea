import type { ExternalTarget, FoundOperator } from '../../ivr/block.ts'
import { recordingIdOf } from './recording-id.ts'
import { changeLeg, effect, legOf, moment, secondsBetween, type Turn } from './turn.ts'
import type { BridgeName, Effect } from './effects.ts'
import type { DialDecision } from './events.ts'
import type { Call, Handover, Leg, LegPurpose, LegResult } from './types.ts'

interface NewLeg {
  kind: Leg['kind']
  purpose: LegPurpose
  userId: string | null
  name: string
  number: string | null
  device: string | null
  record: boolean
  ringMs: number
  handover: Handover | null
}

/** Adds a leg to the call and to its tape. */
export function addLeg(
  turn: Turn,
  wanted: NewLeg,
  state: Leg['state'],
  channelId: string | null = null
): Leg {
  const { call } = turn
  const { kind, purpose, userId, name, number, device, record, ringMs, handover } = wanted
  const id = `${prefixes[kind]}${call.nextLeg}`
  call.nextLeg += 1
  const leg: Leg = {
    ...{ id, kind, purpose, userId, name, number, device, channelId, state },
    recordingId: (call.isRecorded ?? record) ? recordingIdOf(call.id, id) : null,
    recordedMs: null,
    trunkId: null,
    startedMs: turn.atMs,
    answeredMs: null
  }
  call.legs = [...call.legs, leg]
  moment(turn, 'leg.started', { leg: id, kind, purpose, userId, name, ringMs, handover })
  return leg
}

const prefixes = { operator: 'op', external: 'ext', client: 'cl', supervisor: 'sup' } as const

/**
 * Rings all telephones of an operator that can ring; the first to answer wins.
 * `recordsItself` false: the leg is recorded only once the talk begins.
 */
export function ringOperator(
  turn: Turn,
  operator: FoundOperator,
  options: {
    purpose: LegPurpose
    kind?: 'operator' | 'supervisor'
    ringMs: number
    record: boolean
    recordsItself?: boolean
    handover?: Handover | null
  }
): void {
  const { call } = turn
  const { purpose, kind = 'operator', ringMs, record, recordsItself = true, handover = null } = options
  const { userId, name } = operator
  call.rungSomebody ||= kind === 'operator'
  for (const device of operator.devices) {
    const leg = addLeg(
      turn,
      { kind, purpose, userId, name, number: null, device, record, ringMs, handover },
      'ringing'
    )
    effect(turn, {
      do: 'originate',
      leg: leg.id,
      userId,
      device,
      ringMs,
      recordingId: recordsItself ? leg.recordingId : null,
      showing: purpose === 'client' ? colleague(call) : client(call)
    })
  }
}

type Showing = Extract<Effect, { do: 'originate' }>['showing']

const client = ({ route, order, caller }: Call): Showing => ({
  name: route?.contact?.name ?? order?.contact?.name ?? caller.name,
  number: caller.number
})

/** Inside the company, whoever is called sees who calls. */
const colleague = ({ lastOperatorName }: Call): Showing => ({ name: lastOperatorName, number: null })

/** Wants a number outside: the dialling policy decides, and `dialDecided` goes on. */
export function wantNumber(
  turn: Turn,
  target: ExternalTarget,
  options: {
    kind: 'external' | 'client'
    purpose: LegPurpose
    ringMs: number
    record: boolean
    byUserId: string | null
    handover?: Handover | null
    exceptTrunkIds?: readonly string[]
  }
): void {
  const { kind, purpose, ringMs, record, byUserId, handover = null, exceptTrunkIds = [] } = options
  const { number } = target
  const leg = addLeg(
    turn,
    { kind, purpose, userId: null, name: number, number, device: null, record, ringMs, handover },
    'asked'
  )
  const dialling = { target, ringMs, record, byUserId, handover, exceptTrunkIds }
  changeLeg(turn, leg.id, { dialling })
  const numberId = turn.call.order?.numberId ?? turn.call.route?.numberId ?? null
  effect(turn, { do: 'ask', what: 'dial', leg: leg.id, target, byUserId, numberId, exceptTrunkIds })
}

/**
 * Dials a number that the policy allows, or ends the leg.
 * @returns why the policy refused; null when it is being dialled (or the leg is not waiting for it any more)
 */
export function dialOrRefuse(
  turn: Turn,
  legId: string,
  decision: DialDecision,
  options: { ringMs: number; early: BridgeName | null; byUserId: string | null }
): string | null {
  const leg = legOf(turn, legId)
  if (leg?.state !== 'asked') return null
  if (decision.allowed) {
    changeLeg(turn, legId, { state: 'ringing', trunkId: decision.trunkId, number: decision.number })
    const { endpoint, number, callerId } = decision
    effect(turn, {
      do: 'dialOut',
      leg: legId,
      endpoint,
      number,
      callerId,
      ringMs: options.ringMs,
      early: options.early
    })
    return null
  }
  moment(turn, 'call.dial_refused', {
    leg: legId,
    number: leg.number ?? leg.name,
    reason: decision.reason,
    byUserId: options.byUserId
  })
  closeLeg(turn, leg, 'refused', null)
  return decision.reason
}

/** Begins the recording of a leg that does not record itself. */
export function recordLeg(turn: Turn, legId: string): void {
  const leg = legOf(turn, legId)
  if (!leg?.recordingId || leg.recordedMs !== null) return
  changeLeg(turn, legId, { recordedMs: turn.atMs })
  effect(turn, { do: 'record', leg: legId, recordingId: leg.recordingId })
}

/** Notes an answer; an operator's leg that was rung to be recorded records itself from here. */
export function answerLeg(turn: Turn, legId: string, recordsItself: boolean): void {
  const leg = legOf(turn, legId)
  if (!leg) return
  changeLeg(turn, legId, {
    state: 'answered',
    answeredMs: turn.atMs,
    recordedMs: recordsItself && leg.recordingId ? turn.atMs : leg.recordedMs
  })
}

/** Ends a leg on the tape, with what its recording should hold. Hanging it up is the caller's part. */
export function closeLeg(turn: Turn, leg: Leg, result: LegResult, cause: number | null): void {
  changeLeg(turn, leg.id, { state: 'ended' })
  moment(turn, 'leg.ended', {
    leg: leg.id,
    userId: leg.userId,
    result,
    cause,
    recordingId: leg.recordedMs === null ? null : leg.recordingId,
    recordedSeconds: leg.recordedMs === null ? null : secondsBetween(leg.recordedMs, turn.atMs)
  })
}

/** A leg has ended by itself, answered or not: tape and operator. @returns how it ended */
export function endedByItself(turn: Turn, leg: Leg, cause: number | null): LegResult {
  const result = leg.state === 'answered' ? 'answered' : resultOf(cause)
  closeLeg(turn, leg, result, cause)
  releaseOf(turn, leg, result)
  return result
}

/** A number that cannot be reached through one trunk is tried through so many in all. */
const maxTrunks = 3

/**
 * Tries a number again that a trunk could not carry, through the next one.
 * @param leg has ended by itself
 * @returns whether the next one is asked for; its answer comes as `dialDecided`
 */
export function dialAgain(turn: Turn, leg: Leg, cause: number | null): boolean {
  const { dialling } = leg
  if (leg.answeredMs !== null || dialling === undefined || !isTrunkTrouble(leg, cause)) return false
  const tried = [...dialling.exceptTrunkIds, ...(leg.trunkId === null ? [] : [leg.trunkId])]
  // Whoever names a trunk means that trunk.
  if (tried.length >= maxTrunks || (dialling.target.trunkId ?? null) !== null) return false
  const { target, ringMs, record, byUserId, handover } = dialling
  const { kind, purpose } = leg
  if (kind !== 'external' && kind !== 'client') return false
  wantNumber(turn, target, {
    ...{ kind, purpose, ringMs, record, byUserId, handover },
    exceptTrunkIds: tried
  })
  return true
}

/** Whether the number was tried through another trunk before. */
export const isNextTry = (leg: Leg): boolean => (leg.dialling?.exceptTrunkIds.length ?? 0) > 0

/**
 * Whether it was the trunk's fault. Q.850: no word at all, absent, out of order, not implemented, no circuit, network
 * trouble, congestion, timers; and "no user responding" from a carrier that never said that it rings (SIP 408).
 * Busy, declined and unknown numbers are answers: the next trunk would say the same.
 */
function isTrunkTrouble(leg: Leg, cause: number | null): boolean {
  if (cause === null || cause === 0) return true
  if (cause === 18) return leg.hasRung !== true
  return troubles.has(cause) || (cause >= 34 && cause <= 47)
}

const troubles: ReadonlySet<number> = new Set([20, 27, 29, 102])

/** Takes a leg out of the call, whatever it is doing: tape, telephone and operator. */
export function dropLeg(turn: Turn, leg: Leg, result: LegResult): void {
  if (leg.state === 'ended') return
  closeLeg(turn, leg, result, null)
  if (leg.state !== 'asked')
    effect(turn, { do: 'hangupLeg', leg: leg.id, reason: leg.state === 'answered' ? 'end' : 'cancel' })
  releaseOf(turn, leg, result)
}

/** Frees the operator of a leg that has ended, unless another of their telephones still rings or talks here. */
export function releaseOf(turn: Turn, leg: Leg, result: LegResult): void {
  const { userId } = leg
  if (userId === null) return
  if (turn.call.legs.some((other) => other.userId === userId && other.state !== 'ended')) return
  // Whoever waited for a client who never came has nothing to write down.
  const talked = leg.answeredMs !== null && (leg.purpose !== 'order' || turn.call.firstTalkMs !== null)
  effect(turn, { do: 'release', userId, talked, result })
}

/** Stops everybody who rings for this purpose. */
export function stopRinging(turn: Turn, purpose: LegPurpose, except: string | null, result: LegResult): void {
  for (const leg of turn.call.legs) {
    const isWaiting = leg.state === 'ringing' || leg.state === 'asked'
    if (isWaiting && leg.purpose === purpose && leg.id !== except) dropLeg(turn, leg, result)
  }
}

/** Q.850 causes as Asterisk maps them from SIP answers: 486 → 17, 603/403 → 21, 480 and no answer → 18 … 20. */
export function resultOf(cause: number | null): 'declined' | 'busy' | 'noAnswer' | 'failed' {
  switch (cause) {
    case 21:
      return 'declined'
    case 17:
      return 'busy'
    case 16:
    case 18:
    case 19:
      return 'noAnswer'
    default:
      return 'failed'
  }
}
