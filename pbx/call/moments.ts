import type { Caller, HangupBy, LegResult, Outcome } from './types.ts'

/**
 * The moments of a call that the world outside reads from the tape, with the data of each row.
 * Journal, webhooks, live panel and reports are projections of these and of nothing else.
 */
export interface Moments {
  'call.initiated': {
    pbxUniqueId: string
    /** When the caller's channel was made, where that was earlier than this row (a call found after a restart). */
    startedAtMs?: number
    direction: 'in'
    caller: Caller
    dialed: string
    trunkId: string | null
    number: { id: string; e164: string; label: string | null } | null
    source: {
      id: string
      name: string
      inquiryChannel: string
      medium: string | null
      campaign: string | null
      keyword: string | null
    } | null
    site: { id: string; name: string } | null
    contact: { id: string; name: string; company: string | null } | null
    scheme: { id: string; name: string; version: number } | null
  }
  /** A block of the scheme was entered (`started`) or left (`ended`, with its exit). */
  'call.forwarding_step': {
    step: number
    state: 'started' | 'ended'
    block: string
    blockType: string
    label: string | null
    exit: string | null
    /** Digits pressed in this block so far. */
    pressed: string | null
    targets: { userId: string; name: string }[]
    groupName: string | null
    seconds: number | null
  }
  'leg.started': { leg: string; userId: string; name: string; ringMs: number }
  'leg.ringing': { leg: string; userId: string }
  'leg.ended': { leg: string; userId: string; result: LegResult; cause: number | null }
  'call.answered': {
    leg: string
    operator: { id: string; name: string }
    waitSeconds: number
    recordingId: string | null
  }
  'call.talk_ended': {
    leg: string
    operator: { id: string; name: string }
    by: HangupBy
    talkSeconds: number
  }
  'call.voicemail': { recordingId: string }
  'call.rated': { rating: number | null; operatorId: string | null; operatorName: string | null }
  'call.ended': {
    outcome: Outcome
    reason: string
    hangupBy: HangupBy
    cause: number | null
    waitSeconds: number
    talkSeconds: number
    totalSeconds: number
  }
  'call.missed': { outcome: Outcome; reason: string }
  /** Appended after the call, when its audio is a playable file (or is known to be lost). */
  'call.recording_ready': {
    recordingId: string
    leg: string
    state: 'ready' | 'missing' | 'failed'
    seconds: number | null
    channels: number | null
  }
  /** A person changed tags, note, wrap-up code or spam mark afterwards. */
  'call.modified': { by: string | null; changes: Record<string, unknown> }
}

export type MomentType = keyof Moments

export const momentTypes: readonly MomentType[] = [
  'call.initiated',
  'call.forwarding_step',
  'leg.started',
  'leg.ringing',
  'leg.ended',
  'call.answered',
  'call.talk_ended',
  'call.voicemail',
  'call.rated',
  'call.ended',
  'call.missed',
  'call.recording_ready',
  'call.modified'
]

/** Events that a webhook may subscribe to. */
export const webhookEvents = [
  'call.initiated',
  'call.forwarding_step',
  'call.answered',
  'call.ended',
  'call.rated',
  'call.missed',
  'call.recording_ready',
  'call.modified'
] as const satisfies readonly MomentType[]
