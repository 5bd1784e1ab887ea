import type { FoundOperator } from '../../ivr/block.ts'
import { startTimer, stopTimer } from './blocks.ts'
import {
  answerLeg,
  closeLeg,
  dialAgain,
  dialOrRefuse,
  dropLeg,
  endedByItself,
  isNextTry,
  recordLeg,
  ringOperator,
  stopRinging,
  wantNumber
} from './legs.ts'
import { changeTalk, holdClient, unholdClient } from './talk.ts'
import { changeLeg, clientParty, effect, legOf, moment, ownerOf, partyOf, type Turn } from './turn.ts'
import type { DialDecision } from './events.ts'
import type { Consult, Leg, TransferTarget } from './types.ts'

/** How long somebody is rung for a warm transfer before the owner is given back to the client. */
const ringMs = 30_000

/** A warm transfer begins: the client hears music, the owner a ringing tone, and the other one is rung. */
export function startConsult(turn: Turn, owner: Leg, target: TransferTarget, note: string | null): void {
  const { talk } = turn.call
  if (!talk) return
  holdClient(turn)
  effect(
    turn,
    { do: 'connect', bridge: 'consult', parties: [owner.id] },
    { do: 'bridgeTone', bridge: 'consult', on: true }
  )
  changeTalk(turn, {
    members: talk.members.filter((member) => member !== owner.id),
    consult: { target, note, stage: 'finding', leg: null, side: 'consulted' }
  })
  tell(turn, owner, 'started', null)
  const except = turn.call.talk?.members.flatMap((member) => legOf(turn, member)?.userId ?? []) ?? []
  if (target.kind === 'user')
    effect(turn, { do: 'ask', what: 'operators', query: { kind: 'user', userId: target.userId, except } })
  else if (target.kind === 'group') {
    const { groupId } = target
    const busy = owner.userId === null ? except : [...except, owner.userId]
    effect(turn, {
      do: 'ask',
      what: 'operators',
      query: { kind: 'group', groupId, strategy: 'longestIdle', except: busy }
    })
  } else if (target.kind === 'external') {
    changeConsult(turn, { stage: 'ringing' })
    wantNumber(turn, target, {
      kind: 'external',
      purpose: 'consult',
      ringMs,
      record: owner.recordingId !== null,
      byUserId: owner.userId
    })
  }
}

/** Who was found is rung; with nobody free the owner is back with the client at once. */
export function consultFound(turn: Turn, operators: readonly FoundOperator[]): void {
  const owner = ownerOf(turn)
  const [first, ...others] = operators
  for (const { userId } of others) effect(turn, { do: 'release', userId, talked: false, result: null })
  if (!first || !owner) {
    endConsult(turn, 'failed', 'nobody_free')
    return
  }
  const { note = null } = turn.call.talk?.consult ?? {}
  changeConsult(turn, { stage: 'ringing' })
  ringOperator(turn, first, {
    purpose: 'consult',
    ringMs,
    record: owner.recordingId !== null,
    handover: { fromUserId: owner.userId, fromName: owner.name, note }
  })
  startTimer(turn, ringMs)
}

export function consultDecided(turn: Turn, legId: string, decision: DialDecision): void {
  const leg = legOf(turn, legId)
  // That no further trunk is left is no refusal: the number could not be reached.
  if (!decision.allowed && leg?.state === 'asked' && isNextTry(leg)) {
    closeLeg(turn, leg, 'failed', null)
    endConsult(turn, 'failed', 'failed')
    return
  }
  const byUserId = ownerOf(turn)?.userId ?? null
  const reason = dialOrRefuse(turn, legId, decision, { ringMs, early: 'consult', byUserId })
  if (reason !== null) endConsult(turn, 'failed', reason)
  else startTimer(turn, ringMs)
}

/** The carrier sends sound of its own: our ringing tone would lie over it. */
export function consultProgress(turn: Turn, leg: Leg): void {
  changeLeg(turn, leg.id, { hasRung: true })
  effect(turn, { do: 'bridgeTone', bridge: 'consult', on: false })
}

/** Owner and consulted party speak; the client goes on hearing music. */
export function consultAnswered(turn: Turn, leg: Leg): void {
  stopRinging(turn, 'consult', leg.id, 'cancelled')
  stopTimer(turn)
  answerLeg(turn, leg.id, leg.kind === 'operator')
  if (leg.kind === 'external') recordLeg(turn, leg.id)
  changeConsult(turn, { stage: 'talking', leg: leg.id })
  effect(
    turn,
    { do: 'bridgeTone', bridge: 'consult', on: false },
    { do: 'connect', bridge: 'consult', parties: [leg.id] }
  )
  moment(turn, 'leg.answered', { leg: leg.id, userId: leg.userId, recordingId: leg.recordingId })
}

/** A telephone that was rung for the consult did not answer. */
export function consultLegFailed(turn: Turn, leg: Leg, cause: number | null): void {
  const result = endedByItself(turn, leg, cause)
  const others = turn.call.legs.filter((other) => other.purpose === 'consult' && other.state !== 'ended')
  if (result === 'declined') stopRinging(turn, 'consult', null, 'cancelled')
  else if (others.length > 0) return
  else if (dialAgain(turn, leg, cause)) {
    effect(turn, { do: 'bridgeTone', bridge: 'consult', on: true })
    return
  }
  endConsult(turn, 'failed', result)
}

/** The owner is back with the client; whoever was rung or consulted goes. */
export function endConsult(turn: Turn, state: 'cancelled' | 'failed', reason: string | null): void {
  const { talk } = turn.call
  const owner = ownerOf(turn)
  if (!talk?.consult || !owner) return
  const consulted = legOf(turn, talk.consult.leg)
  stopRinging(turn, 'consult', null, 'cancelled')
  stopTimer(turn)
  if (consulted) dropLeg(turn, consulted, 'answered')
  tell(turn, owner, state, reason)
  backToClient(turn, owner)
  effect(turn, { do: 'closeBridge', bridge: 'consult' })
  changeTalk(turn, { consult: null })
}

/** The owner turns to the client, or back to the consulted party; the other one hears music. */
export function swap(turn: Turn, owner: Leg, consult: Consult): void {
  const consulted = consult.leg
  if (consulted === null) return
  if (consult.side === 'consulted') {
    effect(
      turn,
      { do: 'part', bridge: 'consult', parties: [consulted] },
      { do: 'music', party: consulted, on: true, musicClass: null }
    )
    backToClient(turn, owner)
    changeConsult(turn, { side: 'client' })
  } else {
    holdClient(turn)
    effect(
      turn,
      { do: 'music', party: consulted, on: false, musicClass: null },
      { do: 'connect', bridge: 'consult', parties: [owner.id, consulted] }
    )
    changeTalk(turn, { members: (turn.call.talk?.members ?? []).filter((member) => member !== owner.id) })
    changeConsult(turn, { side: 'consulted' })
  }
}

/** Three speak: the consulted party comes into the talk. */
export function joinConsulted(turn: Turn, owner: Leg, consult: Consult): void {
  const consulted = legOf(turn, consult.leg)
  if (!consulted) return
  if (consult.side === 'client')
    effect(turn, { do: 'music', party: consulted.id, on: false, musicClass: null })
  else backToClient(turn, owner)
  effect(
    turn,
    { do: 'connect', bridge: 'main', parties: [consulted.id] },
    { do: 'closeBridge', bridge: 'consult' }
  )
  changeTalk(turn, { consult: null, members: [...(turn.call.talk?.members ?? []), consulted.id] })
  moment(turn, 'call.joined', { leg: consulted.id, operator: partyOf(consulted), isIn: true })
}

/** Owner and client hear each other again, if they do not already. */
function backToClient(turn: Turn, owner: Leg): void {
  const { talk } = turn.call
  if (!talk || talk.consult?.side !== 'consulted') return
  unholdClient(turn)
  effect(turn, { do: 'connect', bridge: 'main', parties: [clientParty(turn), owner.id] })
  changeTalk(turn, { members: [owner.id, ...talk.members] })
}

function changeConsult(turn: Turn, change: Partial<Consult>): void {
  const consult = turn.call.talk?.consult
  if (consult) changeTalk(turn, { consult: { ...consult, ...change } })
}

function tell(
  turn: Turn,
  owner: Leg,
  state: 'started' | 'cancelled' | 'failed',
  reason: string | null
): void {
  const consult = turn.call.talk?.consult
  if (!consult) return
  const { target, note } = consult
  moment(turn, 'call.transfer', { state, mode: 'warm', from: partyOf(owner), target, to: null, note, reason })
}
