import { brokenSchemeReason } from '../../ivr/run.ts'
import { closeBlock } from './blocks.ts'
import { changeLeg, effect, moment, secondsBetween, type Ending, type Turn } from './turn.ts'
import type { HangupBy, Outcome } from './types.ts'

/** A message shorter than this is a caller who hung up at the beep, not a voicemail. */
const shortestVoicemailMs = 1500

/**
 * Ends the call from wherever it is: the talk, ringing legs, voicemail and block are closed on the tape, every
 * channel is let go, every operator freed. Runs once; after it the phase is `ended`.
 */
export function endCall(turn: Turn, ending: Ending): void {
  const { call } = turn
  if (call.phase === 'ended') return
  if (call.talkingLeg) endTalk(turn, ending.by)
  for (const leg of call.legs) {
    if (leg.state === 'ended') continue
    const result = leg.state === 'answered' ? 'answered' : 'cancelled'
    changeLeg(turn, leg.id, { state: 'ended' })
    moment(turn, 'leg.ended', { leg: leg.id, userId: leg.userId, result, cause: null })
    effect(
      turn,
      { do: 'hangupLeg', leg: leg.id, reason: result === 'answered' ? 'end' : 'cancel' },
      { do: 'release', userId: leg.userId, talked: result === 'answered' }
    )
  }
  if (call.voicemail && turn.atMs - call.voicemail.startedMs < shortestVoicemailMs) call.voicemail = null
  if (call.voicemail) moment(turn, 'call.voicemail', { recordingId: call.voicemail.recordingId })
  closeBlock(turn, null)
  const { outcome, reason } = judge(turn, ending)
  if (outcome !== 'answered') moment(turn, 'call.missed', { outcome, reason })
  moment(turn, 'call.ended', {
    outcome,
    reason,
    hangupBy: ending.by,
    cause: ending.cause,
    waitSeconds: secondsBetween(call.startedMs, call.firstTalkMs ?? turn.atMs),
    talkSeconds: Math.round(call.talkedMs / 1000),
    totalSeconds: secondsBetween(call.startedMs, turn.atMs)
  })
  call.phase = 'ended'
  call.deadlineMs = null
  call.playing = null
  if (ending.by !== 'client') effect(turn, { do: 'hangupCaller', cause: ending.cause ?? 16 })
  effect(turn, { do: 'forget' })
}

/** Closes the current talk on the tape; the bridge and the operator's leg are the caller's of this function to close. */
export function endTalk(turn: Turn, by: HangupBy): void {
  const { call } = turn
  const leg = call.legs.find((candidate) => candidate.id === call.talkingLeg)
  if (!leg) return
  const talkedMs = Math.max(0, turn.atMs - (leg.answeredMs ?? turn.atMs))
  call.talkedMs += talkedMs
  call.talkingLeg = null
  moment(turn, 'call.talk_ended', {
    leg: leg.id,
    operator: { id: leg.userId, name: leg.name },
    by,
    talkSeconds: Math.round(talkedMs / 1000)
  })
}

/** What the call was, in the system's word. */
function judge(turn: Turn, ending: Ending): { outcome: Outcome; reason: string } {
  const { call } = turn
  if (call.firstTalkMs !== null) return { outcome: 'answered', reason: ending.reason }
  if (call.voicemail) return { outcome: 'voicemail', reason: ending.reason }
  if (ending.reason === 'blocked') return { outcome: 'blocked', reason: 'blocked' }
  if (ending.reason === 'busy') return { outcome: 'busy', reason: 'busy' }
  if (!call.route) return { outcome: 'failed', reason: ending.by === 'client' ? 'no_route' : ending.reason }
  if (failures.has(ending.reason)) return { outcome: 'failed', reason: ending.reason }
  if (ending.by === 'client') {
    return call.reachedOperators
      ? { outcome: 'missed', reason: 'caller_left_waiting' }
      : { outcome: 'abandoned', reason: 'caller_left_early' }
  }
  return { outcome: 'missed', reason: call.reachedOperators ? 'no_answer' : ending.reason }
}

const failures = new Set(['no_codec', brokenSchemeReason, 'asterisk_lost', 'machine_failed', 'lost'])
