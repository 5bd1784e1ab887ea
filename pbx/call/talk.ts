import { answerCaller, stopPlaying, stopTimer, tellBlock } from './blocks.ts'
import { endConsult } from './consult.ts'
import { goBack, madeVersion, sendTo } from './detour.ts'
import { endCall, endTalk } from './ending.ts'
import { answerLeg, closeLeg, dropLeg, recordLeg, releaseOf, stopRinging } from './legs.ts'
import { clientParty, effect, legOf, liveLegs, moment, partyOf, secondsBetween, type Turn } from './turn.ts'
import type { Call, Leg, Talk, TransferTarget } from './types.ts'
import { moveWatchers, stopWatchers } from './watch.ts'

/** The first to answer a scheme's ringing talks; everyone else's phone stops ringing. */
export function talkFromScheme(turn: Turn, leg: Leg): void {
  const { call } = turn
  stopRinging(turn, 'scheme', leg.id, 'cancelled')
  if (call.isQueued) effect(turn, { do: 'leaveQueue' })
  call.isQueued = false
  quieten(turn)
  answerCaller(turn)
  answerLeg(turn, leg.id, leg.kind === 'operator')
  startTalk(turn, leg.id)
  transferEnded(turn, leg)
}

/** A blind transfer came to its end: with whom it was meant for, or back with whoever sent it. */
function transferEnded(turn: Turn, leg: Leg): void {
  const { call } = turn
  const { handover, scheme } = call
  if (!handover) return
  call.handover = null
  const { target, returnTo } = (scheme?.body.blocks['transfer']?.settings ?? {}) as {
    target?: TransferTarget
    returnTo?: string | null
  }
  // A parked call that comes back was not transferred by anybody.
  if (scheme?.version !== madeVersion || !target || !returnTo) return
  const isBack = leg.userId !== null && leg.userId === handover.fromUserId
  moment(turn, 'call.transfer', {
    state: isBack ? 'failed' : 'completed',
    mode: 'blind',
    from: { id: handover.fromUserId, name: handover.fromName ?? '' },
    target,
    to: isBack ? null : partyOf(leg),
    note: handover.note,
    reason: isBack ? 'no_answer' : null
  })
}

/** All that the client hears while waiting stops. */
export function quieten(turn: Turn): void {
  const { call } = turn
  if (call.ringbackOn) {
    call.ringbackOn = false
    effect(turn, { do: 'ringback', on: false, isAnswered: call.isAnswered })
  }
  if (call.musicOn) {
    call.musicOn = false
    effect(turn, { do: 'music', party: clientParty(turn), on: false, musicClass: null })
  }
  stopPlaying(turn)
  stopTimer(turn)
}

/** From here on the answered leg has the client. */
export function startTalk(turn: Turn, legId: string): void {
  const { call } = turn
  effect(turn, { do: 'connect', bridge: 'main', parties: [clientParty(turn), legId] })
  call.phase = 'talking'
  call.talk = {
    leg: legId,
    members: [legId],
    startedMs: turn.atMs,
    heldSinceMs: null,
    heldBy: null,
    heldMs: 0,
    consult: null
  }
  has(turn, legId)
}

/** Writes down that the client is with this leg now. */
function has(turn: Turn, legId: string): void {
  const { call } = turn
  const leg = legOf(turn, legId)
  if (!leg) return
  if (leg.kind !== 'operator' || leg.purpose === 'order') recordLeg(turn, legId)
  call.firstTalkMs ??= turn.atMs
  if (leg.userId !== null) {
    call.lastOperatorId = leg.userId
    call.lastOperatorName = leg.name
    call.isRated = false
  }
  moment(turn, 'call.answered', {
    leg: legId,
    operator: partyOf(leg),
    waitSeconds: secondsBetween(call.startedMs, turn.atMs),
    recordingId: legOf(turn, legId)?.recordingId ?? null
  })
}

/** Whether a caller who is let in now has missed part of their first talk: the operator answered long before. */
export function isLetInLate({ direction, firstTalkMs, talk }: Call, atMs: number): boolean {
  return direction === 'in' && talk !== null && talk.startedMs === firstTalkMs && atMs - firstTalkMs >= lateMs
}

/** An answer takes a few round trips; what takes longer is no part of a talk. */
const lateMs = 1000

/** The first talk is as long as the caller was in it; the operator's leg, and its recording, are longer. */
export function talkBeganLate(turn: Turn): void {
  if (!isLetInLate(turn.call, turn.atMs)) {
    turn.ignored = true
    return
  }
  turn.call.firstTalkMs = turn.atMs
  changeTalk(turn, { startedMs: turn.atMs })
}

/**
 * Gives the client from the owner to another answered leg of the talk. The old owner's leg stays as it is: what
 * becomes of it is the caller's part.
 */
export function handOver(turn: Turn, toLegId: string): void {
  const { call } = turn
  const { talk } = call
  if (!talk) return
  const members = [toLegId, ...talk.members.filter((member) => member !== toLegId && member !== talk.leg)]
  endTalk(turn, 'system', true)
  call.talk = {
    leg: toLegId,
    members,
    startedMs: turn.atMs,
    heldSinceMs: null,
    heldBy: null,
    heldMs: 0,
    consult: null
  }
  has(turn, toLegId)
  moveWatchers(turn, toLegId)
}

/** Changes the talk, as `changeLeg` changes a leg. */
export function changeTalk(turn: Turn, change: Partial<Talk>): void {
  if (turn.call.talk) turn.call.talk = { ...turn.call.talk, ...change }
}

/** A leg of a call that is in a talk has ended by itself. */
export function legLeftTalk(turn: Turn, leg: Leg, cause: number | null): void {
  const { talk } = turn.call
  if (!talk) return
  if (leg.id === turn.call.clientLeg) {
    clientLegLeft(turn, leg, cause)
  } else if (leg.id === talk.leg) ownerLeft(turn, leg, cause)
  else if (leg.id === talk.consult?.leg) {
    closeLeg(turn, leg, 'answered', cause)
    releaseOf(turn, leg, 'answered')
    endConsult(turn, 'failed', 'consulted_left')
  } else if (talk.members.includes(leg.id)) memberLeft(turn, leg, cause)
}

/** The client of a call that we placed hung up. */
export function clientLegLeft(turn: Turn, leg: Leg, cause: number | null): void {
  closeLeg(turn, leg, 'answered', cause)
  releaseOf(turn, leg, 'answered')
  endCall(turn, { by: 'client', reason: 'client_hung_up', cause })
}

function memberLeft(turn: Turn, leg: Leg, cause: number | null): void {
  const { talk } = turn.call
  changeTalk(turn, { members: (talk?.members ?? []).filter((member) => member !== leg.id) })
  closeLeg(turn, leg, 'answered', cause)
  moment(turn, 'call.joined', { leg: leg.id, operator: partyOf(leg), isIn: false })
  releaseOf(turn, leg, 'answered')
}

/**
 * The owner hung up. Whoever the owner has just brought to the client gets the client: the consulted party, or a
 * third one in the talk. Else the talk is over and the scheme goes on.
 */
function ownerLeft(turn: Turn, leg: Leg, cause: number | null): void {
  const { talk } = turn.call
  if (!talk) return
  const { consult } = talk
  const third = talk.members.find((member) => member !== leg.id)
  if (consult?.stage === 'talking' && consult.leg !== null) {
    giveToConsulted(turn, leg, cause)
    return
  }
  if (third !== undefined) {
    if (consult) {
      stopRinging(turn, 'consult', null, 'cancelled')
      stopTimer(turn)
      effect(turn, { do: 'closeBridge', bridge: 'consult' })
    }
    if (talk.heldBy === 'operator') {
      unholdClient(turn)
      effect(turn, { do: 'connect', bridge: 'main', parties: [clientParty(turn)] })
    }
    handOver(turn, third)
    closeLeg(turn, leg, 'answered', cause)
    releaseOf(turn, leg, 'answered')
    return
  }
  if (consult) {
    // Hung up while the other one was still being rung: the client is not dropped, but rung through.
    const { target, note } = consult
    leaveTalk(turn, leg, cause)
    sendTo(turn, leg, target, note)
    return
  }
  leaveTalk(turn, leg, cause)
  turn.because = { by: 'operator', reason: 'operator_hung_up', cause: 16 }
  afterTalk(turn)
}

/**
 * Whoever gives the client on leaves the bridge before the next one comes in: three in it for a moment make Asterisk mix
 * and stop mixing, after which the client may hear nothing.
 */
export function goesOut(turn: Turn, owner: Leg): void {
  effect(turn, { do: 'part', bridge: 'main', parties: [owner.id] })
}

/** The consulted party takes the client, and the owner goes out. */
export function giveToConsulted(turn: Turn, owner: Leg, cause: number | null | 'hangUp'): void {
  const { talk } = turn.call
  const consulted = legOf(turn, talk?.consult?.leg ?? null)
  if (!talk?.consult || !consulted) return
  const { target, note } = talk.consult
  if (talk.consult.side === 'client') {
    goesOut(turn, owner)
    effect(turn, { do: 'music', party: consulted.id, on: false, musicClass: null })
  }
  if (talk.heldSinceMs !== null) unholdClient(turn)
  effect(turn, { do: 'connect', bridge: 'main', parties: [clientParty(turn), consulted.id] })
  handOver(turn, consulted.id)
  moment(turn, 'call.transfer', {
    state: 'completed',
    mode: 'warm',
    from: partyOf(owner),
    target,
    to: partyOf(consulted),
    note,
    reason: null
  })
  if (cause === 'hangUp') dropLeg(turn, owner, 'answered')
  else {
    closeLeg(turn, owner, 'answered', cause)
    releaseOf(turn, owner, 'answered')
  }
  effect(turn, { do: 'closeBridge', bridge: 'consult' })
}

/** Closes the owner's talk and leg; with `cause` `hangUp` it is we who end the leg. */
export function leaveTalk(turn: Turn, owner: Leg, cause: number | null | 'hangUp'): void {
  const { call } = turn
  const wasHeld = call.talk?.heldBy === 'operator'
  // Whoever transfers has not hung the client up.
  const isHandover = cause === 'hangUp' || Boolean(call.talk?.consult)
  stopRinging(turn, 'consult', null, 'cancelled')
  if (call.talk?.consult) {
    stopTimer(turn)
    effect(turn, { do: 'closeBridge', bridge: 'consult' })
  }
  endTalk(turn, 'operator', isHandover)
  stopWatchers(turn)
  for (const member of liveLegs(turn)) {
    const isParty = member.state === 'answered' && member.id !== owner.id && member.id !== call.clientLeg
    if (isParty) dropLeg(turn, member, 'answered')
  }
  if (cause === 'hangUp') dropLeg(turn, owner, 'answered')
  else {
    closeLeg(turn, owner, 'answered', cause)
    releaseOf(turn, owner, 'answered')
  }
  if (wasHeld) effect(turn, { do: 'music', party: clientParty(turn), on: false, musicClass: null })
  effect(turn, { do: 'closeBridge', bridge: 'main' })
  call.phase = 'inScheme'
}

/** The scheme goes on where it rang; a call without one is over. */
export function afterTalk(turn: Turn): void {
  const { call } = turn
  if (call.block) tellBlock(turn, { type: 'talkEnded' })
  else if (call.detours.length > 0) goBack(turn, true)
  else endCall(turn, turn.because ?? { by: 'operator', reason: 'operator_hung_up', cause: 16 })
}

/** Music off, and the client hears the talk again. */
export function unholdClient(turn: Turn): void {
  const { talk } = turn.call
  if (!talk) return
  effect(turn, { do: 'music', party: clientParty(turn), on: false, musicClass: null })
  holdEnded(turn, talk)
}

function holdEnded(turn: Turn, talk: Talk): void {
  if (talk.heldSinceMs === null) return
  const heldMs = Math.max(0, turn.atMs - talk.heldSinceMs)
  turn.call.heldMs += heldMs
  changeTalk(turn, { heldSinceMs: null, heldBy: null, heldMs: talk.heldMs + heldMs })
}

/** The client leaves the talk for the hold music. */
export function holdClient(turn: Turn): void {
  const { talk } = turn.call
  if (!talk) return
  const client = clientParty(turn)
  effect(
    turn,
    { do: 'part', bridge: 'main', parties: [client] },
    { do: 'music', party: client, on: true, musicClass: null }
  )
  // A telephone that holds already keeps its beginning.
  changeTalk(turn, { heldSinceMs: talk.heldSinceMs ?? turn.atMs, heldBy: 'operator' })
}

/** A telephone held by SIP: Asterisk plays the music, the tape remembers. */
export function heldByTelephone(turn: Turn, legId: string, on: boolean): void {
  const { talk } = turn.call
  if (!talk || legId !== talk.leg) return
  if (on && talk.heldSinceMs === null) changeTalk(turn, { heldSinceMs: turn.atMs, heldBy: 'telephone' })
  else if (!on && talk.heldBy === 'telephone') holdEnded(turn, talk)
  else return
  moment(turn, 'call.held', { leg: legId, on, by: 'telephone' })
}
