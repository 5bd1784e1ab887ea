import { brokenSchemeReason } from '../../ivr/run.ts'
import { closeBlock } from './blocks.ts'
import { closeLeg, releaseOf } from './legs.ts'
import { effect, legOf, moment, partyOf, secondsBetween, type Ending, type Turn } from './turn.ts'
import type { Call, HangupBy, Leg, Outcome } from './types.ts'

/** A message shorter than this is a caller who hung up at the beep, not a voicemail. */
const shortestVoicemailMs = 1500

/**
 * Ends the call from wherever it is: the talk, ringing legs, voicemail and block are closed on the tape, every
 * channel is let go, every operator freed. Runs once; after it the phase is `ended`.
 */
export function endCall(turn: Turn, ending: Ending): void {
  const { call } = turn
  if (call.phase === 'ended') return
  const by = whoEnded(call, ending)
  endTalk(turn, by, false)
  if (call.parked) {
    call.heldMs += Math.max(0, turn.atMs - call.parked.sinceMs)
    moment(turn, 'call.unparked', { slot: call.parked.slot, by: null, reason: 'ended' })
    call.parked = null
  }
  if (call.isQueued) effect(turn, { do: 'leaveQueue' })
  call.isQueued = false
  for (const leg of call.legs) if (leg.state !== 'ended') endLeg(turn, leg)
  call.watchers = []
  if (call.voicemail && turn.atMs - call.voicemail.startedMs < shortestVoicemailMs) call.voicemail = null
  if (call.voicemail)
    moment(turn, 'call.voicemail', {
      recordingId: call.voicemail.recordingId,
      task: call.voicemail.task
    })
  closeBlock(turn, null)
  // Blocks that were left for a detour, innermost first.
  for (const { block, scheme } of call.detours.toReversed()) {
    call.block = block
    call.scheme = scheme
    closeBlock(turn, null)
  }
  call.detours = []
  const { outcome, reason } = judge(turn, ending)
  // A call that we place and that nobody takes is no missed call of a client's.
  if (outcome !== 'answered' && call.direction === 'in') moment(turn, 'call.missed', { outcome, reason })
  moment(turn, 'call.ended', {
    outcome,
    reason,
    hangupBy: by,
    cause: ending.cause,
    waitSeconds: secondsBetween(call.startedMs, call.firstTalkMs ?? turn.atMs),
    talkSeconds: Math.round(call.talkedMs / 1000),
    heldSeconds: Math.round(call.heldMs / 1000),
    totalSeconds: secondsBetween(call.startedMs, turn.atMs)
  })
  call.phase = 'ended'
  call.deadlineMs = null
  call.playing = null
  if (ending.by !== 'client' && call.direction === 'in')
    effect(turn, { do: 'hangupCaller', cause: ending.cause ?? usualCause(call) })
  effect(turn, { do: 'forget' })
}

function endLeg(turn: Turn, leg: Leg): void {
  const result = leg.state === 'answered' ? 'answered' : 'cancelled'
  closeLeg(turn, leg, result, null)
  if (leg.state !== 'asked')
    effect(turn, { do: 'hangupLeg', leg: leg.id, reason: result === 'answered' ? 'end' : 'cancel' })
  releaseOf(turn, leg, result)
}

/** Busy (486) for a call that was turned away; else an ordinary end. */
const usualCause = (call: Call): number => (call.overload && call.firstTalkMs === null ? 17 : 16)

/** A client who was never reached has not hung up. */
function whoEnded(call: Call, { by }: Ending): HangupBy {
  return by === 'client' && call.direction !== 'in' && call.firstTalkMs === null ? 'system' : by
}

/** Closes the current talk on the tape; bridges and legs are the caller's of this function to close. */
export function endTalk(turn: Turn, by: HangupBy, isHandover: boolean): void {
  const { call } = turn
  const { talk } = call
  const leg = legOf(turn, talk?.leg ?? null)
  if (!talk || !leg) return
  const talkedMs = Math.max(0, turn.atMs - talk.startedMs)
  const heldMs = talk.heldSinceMs === null ? 0 : Math.max(0, turn.atMs - talk.heldSinceMs)
  call.talkedMs += talkedMs
  call.heldMs += heldMs
  call.talk = null
  moment(turn, 'call.talk_ended', {
    leg: leg.id,
    operator: partyOf(leg),
    by,
    talkSeconds: Math.round(talkedMs / 1000),
    heldSeconds: Math.round((talk.heldMs + heldMs) / 1000),
    isHandover
  })
}

/** What the call was, in the system's word. */
function judge(turn: Turn, ending: Ending): { outcome: Outcome; reason: string } {
  const { call } = turn
  if (call.firstTalkMs !== null) return { outcome: 'answered', reason: ending.reason }
  if (call.voicemail) return { outcome: 'voicemail', reason: ending.reason }
  if (call.route?.standing?.mark === 'spam') return { outcome: 'blocked', reason: 'blocked' }
  if (call.hasPromise) return { outcome: 'missed', reason: 'callback_promised' }
  if (ending.reason === 'blocked') return { outcome: 'blocked', reason: 'blocked' }
  if (ending.reason === 'busy') return { outcome: 'busy', reason: 'busy' }
  if (call.direction !== 'in') return judgePlaced(ending)
  if (!call.route) return { outcome: 'failed', reason: ending.by === 'client' ? 'no_route' : ending.reason }
  if (failures.has(ending.reason)) return { outcome: 'failed', reason: ending.reason }
  // Whoever hears that all are busy and hangs up was not in a hurry: they were turned away.
  if (call.overload) return { outcome: 'missed', reason: 'overloaded' }
  if (ending.by === 'client') {
    return call.reachedOperators
      ? { outcome: 'missed', reason: 'caller_left_waiting' }
      : { outcome: 'abandoned', reason: 'caller_left_early' }
  }
  return { outcome: 'missed', reason: call.reachedOperators ? 'no_answer' : ending.reason }
}

/** A call that we placed and in which nobody talked. */
function judgePlaced({ reason, by }: Ending): { outcome: Outcome; reason: string } {
  if (failures.has(reason) || reason === 'no_operator' || reason === 'client_unreachable')
    return { outcome: 'failed', reason }
  if (by === 'operator') return { outcome: 'abandoned', reason }
  return { outcome: 'missed', reason }
}

const failures = new Set(['no_codec', brokenSchemeReason, 'asterisk_lost', 'machine_failed', 'lost'])
