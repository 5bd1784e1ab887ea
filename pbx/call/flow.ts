import { enterBlock, tellBlock } from './blocks.ts'
import { consultAnswered, consultDecided, consultFound, consultLegFailed, consultProgress, endConsult } from './consult.ts'
import { jumpTo } from './detour.ts'
import { endCall } from './ending.ts'
import { closeLeg, dialAgain, dialOrRefuse, dropLeg, endedByItself, isNextTry, recordLeg, releaseOf, resultOf, stopRinging } from './legs.ts'
import { ringTaker, parkTimedOut, taken } from './park.ts'
import { recordingIdOf } from './recording-id.ts'
import { clientAnswered, clientProgress, operatorReady, placed, placedDecided, placedFound, placedLegEnded, placedTimedOut } from './place.ts'
import { clientLegLeft, goesOut, handOver, heldByTelephone, legLeftTalk, talkBeganLate, talkFromScheme } from './talk.ts'
import { changeLeg, clientParty, effect, legOf, moment, partyOf, type Turn } from './turn.ts'
import type { CallEvent } from './events.ts'
import type { Leg, Phase } from './types.ts'
import { watcherAnswered, watcherLeft } from './watch.ts'
import { wished } from './wishes.ts'

type EventOf<K extends CallEvent['type']> = Extract<CallEvent, { type: K }>
type Row = { readonly [K in CallEvent['type']]?: (turn: Turn, event: EventOf<K>) => void }

/**
 * The life of a call: phases × events, in the order in which a call lives. What the caller hears inside `inScheme`
 * is a table of its own in each block, what people may wish in `wishes.ts`. An event without a cell is recorded,
 * counted and ignored: in telephony races are normal.
 */
export const callFlow: Record<Phase, Row> & { always: Row } = {
  arriving: {
    arrived:          (turn, e) => (e.isSpeakable ? effect(turn, { do: 'ask', what: 'route' }) : refuseCodec(turn)),
    routed:           (turn, e) => startScheme(turn, e)
  },
  dialling: {
    placed:           (turn) => placed(turn),
    operatorsFound:   (turn, e) => placedFound(turn, e.operators),
    dialDecided:      (turn, e) => placedDecided(turn, e.leg, e.decision),
    legRinging:       (turn, e) => legRinging(turn, e.leg),
    legProgress:      (turn, e) => withLeg(turn, e.leg, 'ringing', (leg) => clientProgress(turn, leg)),
    legAnswered:      (turn, e) => withLeg(turn, e.leg, 'ringing', (leg) => placedLegAnswered(turn, leg), () => dropLate(turn, e.leg)),
    legEnded:         (turn, e) => withLeg(turn, e.leg, 'live', (leg) => placedLegEnded(turn, leg, e.cause)),
    timeout:          (turn, e) => ownTimer(turn, e.deadlineMs, () => placedTimedOut(turn))
  },
  inScheme: {
    schemeFound:      (turn, e) => jumpTo(turn, e.scheme, e.groupNames),
    played:           (turn, e) => soundEnded(turn, e.playId),
    digit:            (turn, e) => tellBlock(turn, { type: 'digit', digit: e.digit }),
    timeout:          (turn, e) => ownTimer(turn, e.deadlineMs, () => tellBlock(turn, { type: 'timeout' })),
    recorded:         (turn, e) => tellBlock(turn, { type: 'recorded', seconds: e.seconds }),
    lookedUp:         (turn, e) => lookedUp(turn, e),
    queuePlace:       (turn, e) => tellBlock(turn, queuePlace(e)),
    operatorsFound:   (turn, e) => operatorsFound(turn, e),
    dialDecided:      (turn, e) => schemeDialDecided(turn, e),
    legRinging:       (turn, e) => legRinging(turn, e.leg),
    legAnswered:      (turn, e) => withLeg(turn, e.leg, 'ringing', (leg) => schemeLegAnswered(turn, leg), () => dropLate(turn, e.leg)),
    legEnded:         (turn, e) => withLeg(turn, e.leg, 'live', (leg) => schemeLegEnded(turn, leg, e.cause))
  },
  talking: {
    digit:            () => undefined,
    operatorsFound:   (turn, e) => (turn.call.talk?.consult?.stage === 'finding' ? consultFound(turn, e.operators) : giveBack(turn, e)),
    dialDecided:      (turn, e) => consultDecided(turn, e.leg, e.decision),
    timeout:          (turn, e) => ownTimer(turn, e.deadlineMs, () => endConsult(turn, 'failed', 'no_answer')),
    legRinging:       (turn, e) => legRinging(turn, e.leg),
    legProgress:      (turn, e) => withLeg(turn, e.leg, 'ringing', (leg) => consultProgress(turn, leg)),
    legAnswered:      (turn, e) => withLeg(turn, e.leg, 'ringing', (leg) => talkLegAnswered(turn, leg), () => dropLate(turn, e.leg)),
    legEnded:         (turn, e) => withLeg(turn, e.leg, 'live', (leg) => talkLegEnded(turn, leg, e.cause)),
    legHeld:          (turn, e) => heldByTelephone(turn, e.leg, e.on),
    callerAnswered:   (turn) => talkBeganLate(turn),
    legAdopted:       (turn, e) => adopt(turn, e),
    legGiven:         (turn, e) => give(turn, e)
  },
  parked: {
    digit:            () => undefined,
    operatorsFound:   (turn, e) => ringTaker(turn, e.operators),
    timeout:          (turn, e) => ownTimer(turn, e.deadlineMs, () => parkTimedOut(turn)),
    legRinging:       (turn, e) => legRinging(turn, e.leg),
    legAnswered:      (turn, e) => withLeg(turn, e.leg, 'ringing', (leg) => taken(turn, leg), () => dropLate(turn, e.leg)),
    legEnded:         (turn, e) => withLeg(turn, e.leg, 'live', (leg) => parkedLegEnded(turn, leg, e.cause))
  },
  ended: {
    // Echoes of our own hang-ups.
    legEnded:         () => undefined,
    callerLeft:       () => undefined,
    played:           () => undefined,
    recorded:         () => undefined,
    timeout:          () => undefined,
    lookedUp:         () => undefined,
    queuePlace:       () => undefined,
    legAnswered:      (turn, e) => dropLate(turn, e.leg),
    operatorsFound:   (turn, e) => giveBack(turn, e)
  },
  always: {
    wished:           (turn, e) => wished(turn, e),
    callerLeft:       (turn, e) => endCall(turn, { by: 'client', reason: 'caller_hung_up', cause: e.cause }),
    hangupRequested:  (turn, e) => endCall(turn, { by: e.by, reason: e.reason, cause: null }),
    broken:           (turn, e) => endCall(turn, { by: 'system', reason: e.reason, cause: null }),
    legAnswered:      (turn, e) => dropLate(turn, e.leg),
    operatorsFound:   (turn, e) => giveBack(turn, e),
    // A sound, timer or question that was stopped a moment too late.
    played:           () => undefined,
    timeout:          () => undefined,
    queuePlace:       () => undefined,
    lookedUp:         () => undefined
  }
}

/** Gives a leg that is so far its event; another one's is ignored, or handled by `otherwise`. */
function withLeg(
  turn: Turn,
  legId: string,
  state: 'ringing' | 'live',
  handle: (leg: Leg) => void,
  otherwise: () => void = () => (turn.ignored = true)
): void {
  const leg = legOf(turn, legId)
  if (leg && (state === 'live' ? leg.state !== 'ended' : leg.state === 'ringing')) handle(leg)
  else otherwise()
}

/** Only the timer that runs counts: one that was replaced or stopped may still go off. */
function ownTimer(turn: Turn, deadlineMs: number, handle: () => void): void {
  if (deadlineMs !== turn.call.deadlineMs) return
  turn.call.deadlineMs = null
  handle()
}

function placedLegAnswered(turn: Turn, leg: Leg): void {
  if (leg.purpose === 'order') operatorReady(turn, leg)
  else clientAnswered(turn, leg)
}

function schemeLegAnswered(turn: Turn, leg: Leg): void {
  if (leg.purpose === 'scheme') talkFromScheme(turn, leg)
  else dropLate(turn, leg.id)
}

function talkLegAnswered(turn: Turn, leg: Leg): void {
  if (leg.purpose === 'watch') watcherAnswered(turn, leg)
  else if (leg.purpose === 'consult' && turn.call.talk?.consult?.stage === 'ringing') consultAnswered(turn, leg)
  else dropLate(turn, leg.id)
}

/** A leg that we cancelled reports its end while others talk; one that talks has hung up. */
function talkLegEnded(turn: Turn, leg: Leg, cause: number | null): void {
  if (leg.purpose === 'watch' && turn.call.talk?.leg !== leg.id) watcherLeft(turn, leg, cause)
  else if (leg.state === 'answered') legLeftTalk(turn, leg, cause)
  else if (leg.purpose === 'consult') consultLegFailed(turn, leg, cause)
  else endedByItself(turn, leg, cause)
}

function parkedLegEnded(turn: Turn, leg: Leg, cause: number | null): void {
  if (leg.id === turn.call.clientLeg) clientLegLeft(turn, leg, cause)
  else endedByItself(turn, leg, cause)
}

/** In a scheme: an operator or a number that was rung fails the block; a placed call's client may leave. */
function schemeLegEnded(turn: Turn, leg: Leg, cause: number | null): void {
  const { call } = turn
  if (leg.id === call.clientLeg) {
    clientLegLeft(turn, leg, cause)
    return
  }
  const { userId } = leg
  const result = resultOf(cause)
  endedByItself(turn, leg, cause)
  if (leg.purpose !== 'scheme') return
  if (userId === null) {
    if (dialAgain(turn, leg, cause)) return
    tellBlock(turn, { type: 'dialFailed', number: leg.number ?? leg.name, result, reason: null })
    return
  }
  // Declined at one telephone is declined at all of them.
  if (result === 'declined') {
    call.declined = [...call.declined, userId]
    for (const other of call.legs) if (other.userId === userId && other.state === 'ringing') dropLeg(turn, other, 'cancelled')
  }
  if (call.legs.some((other) => other.userId === userId && other.state === 'ringing')) return
  tellBlock(turn, { type: 'legFailed', userId, result })
}

function schemeDialDecided(turn: Turn, { leg: legId, decision }: EventOf<'dialDecided'>): void {
  const leg = legOf(turn, legId)
  if (leg?.state !== 'asked') return
  const number = leg.number ?? leg.name
  // That no further trunk is left is no refusal: the number could not be reached.
  if (!decision.allowed && isNextTry(leg)) {
    closeLeg(turn, leg, 'failed', null)
    tellBlock(turn, { type: 'dialFailed', number, result: 'failed', reason: null })
    return
  }
  const byUserId = turn.call.handover?.fromUserId ?? null
  // The block's own timer decides how long; this one only saves a telephone from ringing for ever.
  const reason = dialOrRefuse(turn, legId, decision, { ringMs: 120_000, early: null, byUserId })
  if (reason !== null)
    tellBlock(turn, { type: 'dialFailed', number, result: 'refused', reason })
}

function lookedUp(turn: Turn, { answer }: EventOf<'lookedUp'>): void {
  moment(turn, 'call.looked_up', {
    isAnswered: answer !== null,
    code: answer?.code ?? null,
    contactName: answer?.contactName ?? null,
    ownerId: answer?.ownerId ?? null
  })
  tellBlock(turn, { type: 'lookedUp', answer })
}

function queuePlace({ position, waiting, estimateSeconds }: EventOf<'queuePlace'>) {
  return { type: 'queuePlace' as const, position, waiting, estimateSeconds }
}

/** Attended REFER: the party of another call takes the place of the leg that goes out. */
function adopt(turn: Turn, { leaving: leavingId, leg: given }: EventOf<'legAdopted'>): void {
  const { call } = turn
  const leaving = legOf(turn, leavingId)
  if (!leaving || call.talk?.leg !== leavingId) {
    turn.ignored = true
    return
  }
  const id = `${given.kind === 'operator' ? 'op' : 'ext'}${call.nextLeg}`
  call.nextLeg += 1
  // Recorded on, as the leg was in whose place it comes, into a file of its own.
  const recordingId = leaving.recordingId === null ? null : recordingIdOf(call.id, id)
  const leg: Leg = { ...given, id, purpose: 'consult', recordingId, recordedMs: null }
  call.legs = [...call.legs, leg]
  const { kind, purpose, userId, name } = leg
  moment(turn, 'leg.started', { leg: id, kind, purpose, userId, name, ringMs: 0, handover: null })
  moment(turn, 'leg.answered', { leg: id, userId, recordingId: leg.recordingId })
  if (call.talk.heldSinceMs !== null && call.talk.heldBy === 'operator')
    effect(turn, { do: 'music', party: clientParty(turn), on: false, musicClass: null })
  goesOut(turn, leaving)
  effect(turn, { do: 'connect', bridge: 'main', parties: [clientParty(turn), id] })
  recordLeg(turn, id)
  handOver(turn, id)
  moment(turn, 'call.transfer', {
    state: 'completed',
    mode: 'warm',
    from: partyOf(leaving),
    target: userId === null ? { kind: 'external', number: leg.number ?? leg.name } : { kind: 'user', userId },
    to: partyOf(leg),
    note: null,
    reason: null
  })
  dropLeg(turn, leaving, 'answered')
}

/** The other side of it: that party lives on elsewhere, and this call is over. */
function give(turn: Turn, { leg: legId, toCallId }: EventOf<'legGiven'>): void {
  const leg = legOf(turn, legId)
  if (!leg) {
    turn.ignored = true
    return
  }
  moment(turn, 'leg.given', { leg: legId, toCallId })
  changeLeg(turn, legId, { recordedMs: null })
  closeLeg(turn, { ...leg, recordedMs: null }, 'answered', null)
  stopRinging(turn, 'consult', null, 'cancelled')
  endCall(turn, { by: 'operator', reason: 'transferred', cause: 16 })
}

function startScheme(turn: Turn, { route, reason, cause = 21, overload }: EventOf<'routed'>): void {
  const { call } = turn
  call.route = route
  if (overload) call.overload = overload.answer
  call.phase = 'inScheme'
  initiated(turn)
  if (reason === 'blocked') endCall(turn, { by: 'system', reason: 'blocked', cause })
  // 486: the carrier may have somewhere else to send the call to.
  else if (reason === 'trunk_full') endCall(turn, { by: 'system', reason, cause: 17 })
  // 503: the carrier may try elsewhere, and asks no more for a while.
  else if (overload && !overload.scheme) endCall(turn, { by: 'system', reason: 'overloaded', cause: 42 })
  else if (overload?.scheme) {
    call.scheme = overload.scheme
    call.groupNames = overload.groupNames
    enterBlock(turn, overload.scheme.body.start)
  } else enterBlock(turn, route?.scheme.body.start ?? 'unknown-number')
}

/** Q.850 58, bearer capability not available: Asterisk answers the INVITE with 488. */
function refuseCodec(turn: Turn): void {
  initiated(turn)
  endCall(turn, { by: 'system', reason: 'no_codec', cause: 58 })
}

function initiated(turn: Turn): void {
  const { call } = turn
  const { route } = call
  moment(turn, 'call.initiated', {
    pbxUniqueId: call.pbxUniqueId,
    startedAtMs: call.startedMs,
    direction: 'in',
    callType: call.callType,
    caller: call.caller,
    dialed: call.dialed,
    trunkId: call.trunkId,
    number: route && { id: route.numberId, e164: route.number, label: route.numberLabel },
    source: route?.source ?? null,
    ...(route?.visit ? { visit: route.visit } : {}),
    site: route?.siteId ? { id: route.siteId, name: route.siteName ?? '' } : null,
    contact: route?.contact
      ? { id: route.contact.id, name: route.contact.name, company: route.contact.company }
      : null,
    scheme: route && { id: route.scheme.id, name: route.scheme.name, version: route.scheme.version },
    ...(route?.standing ? { lists: route.standing.lists } : {}),
    ...(call.overload ? { overload: call.overload } : {})
  })
}

function soundEnded(turn: Turn, playId: string): void {
  if (playId !== turn.call.playing) return
  turn.call.playing = null
  tellBlock(turn, { type: 'played' })
}

/** Operators who declined while the question was under way are given back at once. */
function operatorsFound(turn: Turn, event: EventOf<'operatorsFound'>): void {
  tellBlock(turn, { type: 'operatorsFound', operators: event.operators })
  const rung = new Set(turn.call.legs.filter((leg) => leg.state === 'ringing').map((leg) => leg.userId))
  for (const operator of event.operators) {
    if (!rung.has(operator.userId)) effect(turn, { do: 'release', userId: operator.userId, talked: false, result: null })
  }
}

function giveBack(turn: Turn, event: EventOf<'operatorsFound'>): void {
  for (const operator of event.operators) effect(turn, { do: 'release', userId: operator.userId, talked: false, result: null })
}

function legRinging(turn: Turn, legId: string): void {
  const leg = legOf(turn, legId)
  if (leg?.state !== 'ringing') return
  moment(turn, 'leg.ringing', { leg: legId, userId: leg.userId })
  changeLeg(turn, legId, { hasRung: true })
}

/** An answer that came too late loses kindly: the telephone is hung up as "answered elsewhere". */
function dropLate(turn: Turn, legId: string): void {
  const leg = legOf(turn, legId)
  if (leg?.state === 'answered') return
  effect(turn, { do: 'hangupLeg', leg: legId, reason: 'late' })
  if (!leg || turn.call.phase === 'ended') return
  if (leg.state === 'ringing') {
    closeLeg(turn, leg, 'late', null)
    releaseOf(turn, leg, 'late')
  } else
    moment(turn, 'leg.ended', {
      leg: legId,
      userId: leg.userId,
      result: 'late',
      cause: null,
      recordingId: null,
      recordedSeconds: null
    })
}
