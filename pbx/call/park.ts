import { startTimer, stopTimer } from './blocks.ts'
import { ringBack } from './detour.ts'
import { endTalk } from './ending.ts'
import { addLeg, answerLeg, dropLeg, ringOperator, stopRinging } from './legs.ts'
import { holdClient, startTalk } from './talk.ts'
import { clientParty, effect, liveLegs, moment, partyOf, type Turn } from './turn.ts'
import type { Person } from './events.ts'
import type { Leg } from './types.ts'
import { stopWatchers } from './watch.ts'
import type { FoundOperator } from '../../ivr/block.ts'

/** How long the telephones of whoever takes a call back ring. */
const takeRingMs = 20_000

/** The client waits with music in a slot, and nobody has the call until somebody takes it or its time is over. */
export function park(turn: Turn, owner: Leg, slot: number, seconds: number): void {
  const { call } = turn
  holdClient(turn)
  endTalk(turn, 'operator', true)
  stopWatchers(turn)
  for (const leg of liveLegs(turn)) {
    if (leg.id !== call.clientLeg) dropLeg(turn, leg, leg.state === 'answered' ? 'answered' : 'cancelled')
  }
  call.phase = 'parked'
  call.parked = { slot, byUserId: owner.userId ?? '', byName: owner.name, sinceMs: turn.atMs }
  startTimer(turn, seconds * 1000)
  moment(turn, 'call.parked', { slot, by: partyOf(owner) })
}

/** Somebody wants the parked call: at a telephone that has dialled the slot, or at those that ring now. */
export function takeParked(
  turn: Turn,
  by: Person,
  phone: { channelId: string; device: string } | null
): void {
  if (!phone) {
    const query = { kind: 'user', userId: by.userId, except: [], isOwnWish: true } as const
    effect(turn, { do: 'ask', what: 'operators', query })
    return
  }
  const { userId, name } = by
  const wanted = {
    kind: 'operator',
    purpose: 'return',
    userId,
    name,
    number: null,
    device: phone.device
  } as const
  const leg = addLeg(turn, { ...wanted, record: true, ringMs: 0, handover: null }, 'ringing', phone.channelId)
  taken(turn, leg)
}

export function ringTaker(turn: Turn, operators: readonly FoundOperator[]): void {
  const { parked } = turn.call
  for (const operator of operators) {
    ringOperator(turn, operator, {
      purpose: 'return',
      ringMs: takeRingMs,
      record: true,
      handover: parked && { fromUserId: parked.byUserId, fromName: parked.byName, note: null }
    })
  }
}

/** The first to answer has the client again. */
export function taken(turn: Turn, leg: Leg): void {
  const { call } = turn
  stopRinging(turn, 'return', leg.id, 'cancelled')
  stopTimer(turn)
  unpark(turn, 'taken', leg)
  answerLeg(turn, leg.id, leg.channelId === null)
  call.phase = 'talking'
  startTalk(turn, leg.id)
}

/** Nobody came for it: it rings whoever parked it. */
export function parkTimedOut(turn: Turn): void {
  const { parked } = turn.call
  if (!parked) return
  stopRinging(turn, 'return', null, 'cancelled')
  unpark(turn, 'timeout', null)
  turn.call.handover = { fromUserId: parked.byUserId, fromName: parked.byName, note: null }
  ringBack(turn, parked.byUserId)
}

function unpark(turn: Turn, reason: 'taken' | 'timeout', by: Leg | null): void {
  const { parked } = turn.call
  if (!parked) return
  turn.call.heldMs += Math.max(0, turn.atMs - parked.sinceMs)
  turn.call.parked = null
  effect(turn, { do: 'music', party: clientParty(turn), on: false, musicClass: null })
  moment(turn, 'call.unparked', { slot: parked.slot, by: by && partyOf(by), reason })
}
