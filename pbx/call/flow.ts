import { answerCaller, enterBlock, stopPlaying, stopTimer, tellBlock } from './blocks.ts'
import { endCall, endTalk } from './ending.ts'
import { changeLeg, effect, moment, secondsBetween, type Turn } from './turn.ts'
import type { CallEvent, Leg, LegResult, Phase } from './types.ts'

type EventOf<K extends CallEvent['type']> = Extract<CallEvent, { type: K }>
type Row = { readonly [K in CallEvent['type']]?: (turn: Turn, event: EventOf<K>) => void }

/**
 * The life of an inbound call: phases × events, in the order in which a call lives. What the caller hears inside
 * `inScheme` is a table of its own in each block. An event without a cell is recorded, counted and ignored:
 * in telephony races are normal.
 */
export const inboundCall: Record<Phase, Row> & { always: Row } = {
  arriving: {
    arrived:          (turn, e) => (e.isSpeakable ? effect(turn, { do: 'ask', what: 'route' }) : refuseCodec(turn)),
    routed:           (turn, e) => startScheme(turn, e)
  },
  inScheme: {
    played:           (turn, e) => soundEnded(turn, e.playId),
    digit:            (turn, e) => tellBlock(turn, { type: 'digit', digit: e.digit }),
    timeout:          (turn, e) => timerEnded(turn, e.deadlineMs),
    recorded:         (turn, e) => tellBlock(turn, { type: 'recorded', seconds: e.seconds }),
    operatorsFound:   (turn, e) => operatorsFound(turn, e),
    legRinging:       (turn, e) => legRinging(turn, e.leg),
    legAnswered:      (turn, e) => talkOrDrop(turn, e.leg),
    legEnded:         (turn, e) => legFailed(turn, e)
  },
  talking: {
    digit:            () => undefined,
    legEnded:         (turn, e) => (e.leg === turn.call.talkingLeg ? operatorLeft(turn, e.cause) : noteLegEnd(turn, e))
  },
  ended: {
    // Echoes of our own hang-ups.
    legEnded:         () => undefined,
    callerLeft:       () => undefined,
    played:           () => undefined,
    recorded:         () => undefined,
    timeout:          () => undefined,
    legAnswered:      (turn, e) => dropLate(turn, e.leg),
    operatorsFound:   (turn, e) => giveBack(turn, e)
  },
  always: {
    callerLeft:       (turn, e) => endCall(turn, { by: 'client', reason: 'caller_hung_up', cause: e.cause }),
    hangupRequested:  (turn, e) => endCall(turn, { by: e.by, reason: e.reason, cause: null }),
    broken:           (turn, e) => endCall(turn, { by: 'system', reason: e.reason, cause: null }),
    legAnswered:      (turn, e) => dropLate(turn, e.leg),
    operatorsFound:   (turn, e) => giveBack(turn, e),
    // A sound or timer that was stopped a moment too late.
    played:           () => undefined,
    timeout:          () => undefined
  }
}

function startScheme(turn: Turn, { route, reason }: EventOf<'routed'>): void {
  const { call } = turn
  call.route = route
  call.phase = 'inScheme'
  initiated(turn)
  if (reason === 'blocked') endCall(turn, { by: 'system', reason: 'blocked', cause: 21 })
  else enterBlock(turn, route?.scheme.body.start ?? 'unknown-number')
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
    caller: call.caller,
    dialed: call.dialed,
    trunkId: call.trunkId,
    number: route && { id: route.numberId, e164: route.number, label: route.numberLabel },
    source: route?.source ?? null,
    site: route?.siteId ? { id: route.siteId, name: route.siteName ?? '' } : null,
    contact: route?.contact
      ? { id: route.contact.id, name: route.contact.name, company: route.contact.company }
      : null,
    scheme: route && { id: route.scheme.id, name: route.scheme.name, version: route.scheme.version }
  })
}

function soundEnded(turn: Turn, playId: string): void {
  if (playId !== turn.call.playing) return
  turn.call.playing = null
  tellBlock(turn, { type: 'played' })
}

/** Only the timer that runs counts: one that was replaced or stopped may still go off. */
function timerEnded(turn: Turn, deadlineMs: number): void {
  if (deadlineMs !== turn.call.deadlineMs) return
  turn.call.deadlineMs = null
  tellBlock(turn, { type: 'timeout' })
}

/** Operators who declined while the question was under way are given back at once. */
function operatorsFound(turn: Turn, event: EventOf<'operatorsFound'>): void {
  tellBlock(turn, { type: 'operatorsFound', operators: event.operators })
  const rung = new Set(turn.call.legs.filter((leg) => leg.state === 'ringing').map((leg) => leg.userId))
  for (const operator of event.operators) {
    if (!rung.has(operator.userId)) effect(turn, { do: 'release', userId: operator.userId, talked: false })
  }
}

function giveBack(turn: Turn, event: EventOf<'operatorsFound'>): void {
  for (const operator of event.operators) effect(turn, { do: 'release', userId: operator.userId, talked: false })
}

function legRinging(turn: Turn, legId: string): void {
  const leg = legOf(turn, legId)
  if (leg?.state === 'ringing') moment(turn, 'leg.ringing', { leg: legId, userId: leg.userId })
}

/** The first to answer talks; everyone else's phone stops ringing. */
function talkOrDrop(turn: Turn, legId: string): void {
  const { call } = turn
  const leg = legOf(turn, legId)
  if (leg?.state !== 'ringing') {
    dropLate(turn, legId)
    return
  }
  for (const other of call.legs) {
    if (other.id !== legId && other.state === 'ringing') endLeg(turn, other, 'cancelled', null)
  }
  if (call.ringbackOn) {
    call.ringbackOn = false
    effect(turn, { do: 'ringback', on: false, isAnswered: call.isAnswered })
  }
  stopPlaying(turn)
  stopTimer(turn)
  answerCaller(turn)
  effect(turn, { do: 'bridge', leg: legId })
  changeLeg(turn, legId, { state: 'answered', answeredMs: turn.atMs })
  call.phase = 'talking'
  call.talkingLeg = legId
  call.firstTalkMs ??= turn.atMs
  call.lastOperatorId = leg.userId
  call.lastOperatorName = leg.name
  call.isRated = false
  moment(turn, 'call.answered', {
    leg: legId,
    operator: { id: leg.userId, name: leg.name },
    waitSeconds: secondsBetween(call.startedMs, turn.atMs),
    recordingId: leg.recordingId
  })
}

/** An answer that came too late loses kindly: the operator's phone is hung up as "answered elsewhere". */
function dropLate(turn: Turn, legId: string): void {
  const leg = legOf(turn, legId)
  if (leg?.state === 'answered') return
  effect(turn, { do: 'hangupLeg', leg: legId, reason: 'late' })
  if (leg && turn.call.phase !== 'ended') {
    moment(turn, 'leg.ended', { leg: legId, userId: leg.userId, result: 'late', cause: null })
  }
}

function legFailed(turn: Turn, { leg: legId, cause }: EventOf<'legEnded'>): void {
  const { call } = turn
  const leg = legOf(turn, legId)
  if (leg?.state !== 'ringing') return
  const result = legResult(cause)
  if (result === 'declined') call.declined = [...call.declined, leg.userId]
  changeLeg(turn, legId, { state: 'ended' })
  moment(turn, 'leg.ended', { leg: legId, userId: leg.userId, result, cause })
  effect(turn, { do: 'release', userId: leg.userId, talked: false })
  tellBlock(turn, { type: 'legFailed', userId: leg.userId, result })
}

/** A leg that we cancelled reports its end while another one talks. */
function noteLegEnd(turn: Turn, { leg: legId, cause }: EventOf<'legEnded'>): void {
  const leg = legOf(turn, legId)
  if (leg && leg.state !== 'ended') endLeg(turn, leg, 'failed', cause)
}

function operatorLeft(turn: Turn, cause: number | null): void {
  const { call } = turn
  const leg = legOf(turn, call.talkingLeg ?? '')
  if (!leg) return
  endTalk(turn, 'operator')
  changeLeg(turn, leg.id, { state: 'ended' })
  moment(turn, 'leg.ended', { leg: leg.id, userId: leg.userId, result: 'answered', cause })
  effect(turn, { do: 'unbridge' }, { do: 'release', userId: leg.userId, talked: true })
  call.phase = 'inScheme'
  // If the scheme has nothing more to say, it was the operator who ended the call, not the machine.
  turn.because = { by: 'operator', reason: 'operator_hung_up', cause: 16 }
  tellBlock(turn, { type: 'talkEnded' })
}

function endLeg(turn: Turn, leg: Leg, result: LegResult, cause: number | null): void {
  changeLeg(turn, leg.id, { state: 'ended' })
  moment(turn, 'leg.ended', { leg: leg.id, userId: leg.userId, result, cause })
  effect(
    turn,
    { do: 'hangupLeg', leg: leg.id, reason: 'cancel' },
    { do: 'release', userId: leg.userId, talked: false }
  )
}

function legOf(turn: Turn, legId: string): Leg | undefined {
  return turn.call.legs.find((leg) => leg.id === legId)
}

/** Q.850 causes as Asterisk maps them from SIP answers: 486 → 17, 603/403 → 21, 480 and no answer → 18 … 20. */
function legResult(cause: number | null): 'declined' | 'busy' | 'noAnswer' | 'failed' {
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
