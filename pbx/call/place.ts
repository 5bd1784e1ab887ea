import type { ExternalTarget, FoundOperator } from '../../ivr/block.ts'
import { startTimer, stopTimer } from './blocks.ts'
import { endCall } from './ending.ts'
import {
  addLeg,
  answerLeg,
  closeLeg,
  dialAgain,
  dialOrRefuse,
  endedByItself,
  isNextTry,
  ringOperator,
  stopRinging,
  wantNumber
} from './legs.ts'
import { startTalk } from './talk.ts'
import { startTest } from './test-call.ts'
import { changeLeg, effect, legOf, moment, type Turn } from './turn.ts'
import type { DialDecision } from './events.ts'
import type { Call, Leg, LegResult, Order } from './types.ts'

const orderOf = (turn: Turn): Order => {
  const { order } = turn.call
  if (!order) throw new Error('A call that nobody ordered is being placed')
  return order
}

/** The operator's side comes first: a telephone that has dialled, or somebody who is rung. */
export function placed(turn: Turn): void {
  const order = orderOf(turn)
  const { call } = turn
  initiatedByUs(turn, order)
  if (order.phone) {
    const { channelId, userId, name, device } = order.phone
    const wanted = { kind: 'operator', purpose: 'order', userId, name, number: null, device } as const
    const leg = addLeg(
      turn,
      { ...wanted, record: order.record, ringMs: 0, handover: null },
      'ringing',
      channelId
    )
    operatorReady(turn, leg)
  } else if (order.test?.rings) {
    dialOutside(turn, order.test.rings)
  } else if (order.operators) {
    call.reachedOperators = true
    effect(turn, { do: 'ask', what: 'operators', query: order.operators })
  } else endCall(turn, { by: 'system', reason: 'no_operator', cause: null })
}

function initiatedByUs(turn: Turn, order: Order): void {
  const { call } = turn
  const { contact, orderId, byUserId, parentCallId, test } = order
  const scheme = test?.scheme ?? null
  moment(turn, 'call.initiated', {
    pbxUniqueId: call.pbxUniqueId,
    startedAtMs: call.startedMs,
    direction: call.direction,
    callType: call.callType,
    caller: call.caller,
    dialed: call.dialed,
    trunkId: null,
    number: test?.number ?? null,
    source: order.source,
    site: order.site,
    contact: contact && { id: contact.id, name: contact.name, company: contact.company },
    scheme: scheme && { id: scheme.id, name: scheme.name, version: scheme.version },
    order: { orderId, byUserId, parentCallId }
  })
}

/** Operators were found for the side that is to be rung now: ours, or a colleague who is called. */
export function placedFound(turn: Turn, operators: readonly FoundOperator[]): void {
  const { call } = turn
  const order = orderOf(turn)
  const isOurs = !hasOperator(call)
  for (const { userId } of operators.slice(1))
    effect(turn, { do: 'release', userId, talked: false, result: null })
  const [first] = operators
  if (!first) {
    if (isOurs) endCall(turn, { by: 'system', reason: 'no_operator', cause: null })
    else endCall(turn, { by: 'system', reason: 'busy', cause: 17 })
    return
  }
  const ringMs = order.ringSeconds * 1000
  // A colleague who is called records the call at the caller's side, once they talk.
  ringOperator(turn, first, {
    purpose: isOurs ? 'order' : 'client',
    ringMs,
    record: isOurs && order.record,
    recordsItself: false
  })
  if (!isOurs) effect(turn, { do: 'bridgeTone', bridge: 'main', on: true })
  startTimer(turn, ringMs)
}

/** An operator has their side: now the other one. */
export function operatorReady(turn: Turn, leg: Leg): void {
  const { call } = turn
  const order = orderOf(turn)
  if (order.test) {
    startTest(turn, leg, order.test)
    return
  }
  stopRinging(turn, 'order', leg.id, 'cancelled')
  stopTimer(turn)
  answerLeg(turn, leg.id, false)
  call.lastOperatorId = leg.userId
  call.lastOperatorName = leg.name
  moment(turn, 'leg.answered', { leg: leg.id, userId: leg.userId, recordingId: null })
  effect(turn, { do: 'connect', bridge: 'main', parties: [leg.id] })
  if (order.target.kind === 'user') {
    const { userId } = order.target
    effect(turn, { do: 'ask', what: 'operators', query: { kind: 'user', userId, except: [] } })
  } else dialClient(turn)
}

function dialClient(turn: Turn): void {
  const { target } = orderOf(turn)
  if (target.kind === 'external') dialOutside(turn, target)
}

function dialOutside(turn: Turn, target: ExternalTarget): void {
  const { ringSeconds, byUserId, phone } = orderOf(turn)
  wantNumber(turn, target, {
    kind: 'client',
    purpose: 'client',
    ringMs: ringSeconds * 1000,
    record: false,
    byUserId: byUserId ?? phone?.userId ?? turn.call.lastOperatorId
  })
}

export function placedDecided(turn: Turn, legId: string, decision: DialDecision): void {
  const order = orderOf(turn)
  const ringMs = order.ringSeconds * 1000
  const byUserId = order.byUserId ?? turn.call.lastOperatorId
  const leg = legOf(turn, legId)
  if (leg?.state !== 'asked') {
    turn.ignored = true
    return
  }
  // That no further trunk is left is no refusal: the client could not be reached.
  if (!decision.allowed && isNextTry(leg)) {
    closeLeg(turn, leg, 'failed', null)
    endCall(turn, { by: 'system', reason: 'client_unreachable', cause: null })
    return
  }
  // Nobody listens yet where a telephone outside comes first.
  const early = hasOperator(turn.call) ? 'main' : null
  const reason = dialOrRefuse(turn, legId, decision, { ringMs, early, byUserId })
  if (reason !== null) {
    endCall(turn, { by: 'system', reason: 'blocked', cause: 21 })
    return
  }
  if (decision.allowed) turn.call.trunkId = decision.trunkId
  if (early) effect(turn, { do: 'bridgeTone', bridge: early, on: true })
  startTimer(turn, ringMs)
}

/** The carrier sends sound of its own: our ringing tone would lie over it. */
export function clientProgress(turn: Turn, leg: Leg): void {
  if (leg.purpose === 'client' && leg.state === 'ringing') {
    changeLeg(turn, leg.id, { hasRung: true })
    if (hasOperator(turn.call)) effect(turn, { do: 'bridgeTone', bridge: 'main', on: false })
  } else turn.ignored = true
}

/** The other side has answered: they talk. */
export function clientAnswered(turn: Turn, leg: Leg): void {
  const { call } = turn
  const { test } = orderOf(turn)
  if (test) {
    startTest(turn, leg, test)
    return
  }
  const operator = call.legs.find((one) => one.purpose === 'order' && one.state === 'answered')
  if (!operator) return
  stopRinging(turn, 'client', leg.id, 'cancelled')
  stopTimer(turn)
  answerLeg(turn, leg.id, false)
  call.clientLeg = leg.id
  call.clientChannel = leg.channelId ?? `${call.id}.${leg.id}`
  call.isAnswered = true
  effect(turn, { do: 'bridgeTone', bridge: 'main', on: false })
  startTalk(turn, operator.id)
}

/** A leg of a call being placed has ended: the next operator, the next trunk, or the end. */
export function placedLegEnded(turn: Turn, leg: Leg, cause: number | null): void {
  const result = endedByItself(turn, leg, cause)
  if (leg.purpose === 'client') clientFailed(turn, leg, result, cause)
  else if (leg.purpose === 'order') operatorFailed(turn, leg, result)
}

function clientFailed(turn: Turn, leg: Leg, result: LegResult, cause: number | null): void {
  const { call } = turn
  if (call.legs.some((other) => other.purpose === 'client' && other.state !== 'ended')) return
  stopTimer(turn)
  if (dialAgain(turn, leg, cause)) return
  endCall(turn, { by: 'client', reason: clientReasons[result] ?? 'client_unreachable', cause })
}

const clientReasons: Partial<Record<LegResult, string>> = {
  busy: 'busy',
  declined: 'client_declined',
  noAnswer: 'client_no_answer'
}

function operatorFailed(turn: Turn, leg: Leg, result: LegResult): void {
  const { call } = turn
  const order = orderOf(turn)
  if (result === 'answered') {
    endCall(turn, { by: 'operator', reason: 'operator_left_early', cause: 16 })
    return
  }
  if (result === 'declined') stopRinging(turn, 'order', null, 'cancelled')
  if (call.legs.some((other) => other.purpose === 'order' && other.state !== 'ended')) return
  stopTimer(turn)
  if (!order.operators || order.operators.kind === 'user' || order.phone) {
    endCall(turn, {
      by: 'operator',
      reason: result === 'declined' ? 'operator_declined' : 'no_operator',
      cause: null
    })
    return
  }
  const tried = call.legs.flatMap((other) => other.userId ?? [])
  const query = { ...order.operators, except: [...order.operators.except, ...tried] }
  effect(turn, { do: 'ask', what: 'operators', query })
}

/** Whoever was rung did not answer in time. */
export function placedTimedOut(turn: Turn): void {
  for (const purpose of ['client', 'order'] as const) {
    const last = turn.call.legs.findLast((leg) => leg.purpose === purpose && leg.state === 'ringing')
    if (!last) continue
    stopRinging(turn, purpose, last.id, 'noAnswer')
    effect(turn, { do: 'hangupLeg', leg: last.id, reason: 'cancel' })
    placedLegEnded(turn, last, 19)
    return
  }
}

const hasOperator = (call: Call): boolean =>
  call.legs.some((leg) => leg.purpose === 'order' && leg.state === 'answered')
