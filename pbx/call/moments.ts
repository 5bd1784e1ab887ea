import type { QueueRequest } from '../../ivr/block.ts'
import type {
  Caller,
  CallerListName,
  CallType,
  CallVisit,
  Direction,
  HangupBy,
  LegPurpose,
  LegResult,
  Outcome,
  OverloadAnswer,
  Source,
  TransferTarget,
  WatchMode
} from './types.ts'

/** An operator, or somebody outside who is known by a number only (`id` null, `name` the number). */
export interface TalkParty {
  id: string | null
  name: string
}

/**
 * The moments of a call that the world outside reads from the tape, with the data of each row.
 * Journal, webhooks, live panel and reports are projections of these and of nothing else.
 */
export interface Moments {
  'call.initiated': {
    pbxUniqueId: string
    /** When the first channel was made, where that was earlier than this row (a call found after a restart). */
    startedAtMs?: number
    direction: Direction
    callType: CallType
    /** The client, whichever way the call goes. */
    caller: Caller
    /** What was dialled: our number for a call that came in, the client's for one that goes out. */
    dialed: string
    trunkId: string | null
    number: { id: string; e164: string; label: string | null } | null
    source: Source | null
    /** The visit to a site behind the call; absent where the number belongs to no pool. */
    visit?: CallVisit
    site: { id: string; name: string } | null
    contact: { id: string; name: string; company: string | null } | null
    scheme: { id: string; name: string; version: number } | null
    /** Lists of callers that the client is on; absent for none. One of spam makes the call spam. */
    lists?: readonly CallerListName[]
    /** More calls than can be carried: what this one got instead of its scheme; absent for all others. */
    overload?: OverloadAnswer
    /** Of a call that we placed: what it fulfils, who asked for it, and the call that it answers. */
    order?: { orderId: string | null; byUserId: string | null; parentCallId: string | null }
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
    targets: { userId: string | null; name: string }[]
    groupName: string | null
    seconds: number | null
  }
  /** The call goes on in another scheme, or comes back to the one it left (`isReturn`). */
  'call.scheme_changed': { scheme: { id: string; name: string; version: number }; isReturn: boolean }
  'call.looked_up': {
    isAnswered: boolean
    code: string | null
    contactName: string | null
    ownerId: string | null
  }
  'call.tagged': { add: readonly string[]; remove: readonly string[] }
  /** `handover` is what the last owner of the call gives on with a transfer: it pops up before the answer. */
  'leg.started': {
    leg: string
    kind: 'operator' | 'external' | 'client' | 'supervisor'
    purpose: LegPurpose
    userId: string | null
    name: string
    ringMs: number
    handover: { fromUserId: string | null; fromName: string | null; note: string | null } | null
  }
  'leg.ringing': { leg: string; userId: string | null }
  /** Answered outside the talk with the client: a consulted party, a supervisor, the operator of a call that we place. */
  'leg.answered': { leg: string; userId: string | null; recordingId: string | null }
  'leg.ended': {
    leg: string
    userId: string | null
    result: LegResult
    cause: number | null
    /** Of an answered leg that was recorded. */
    recordingId: string | null
    /** How long it recorded: what its file should hold. */
    recordedSeconds: number | null
  }
  /** A party goes on in another call, to which a telephone transferred it. */
  'leg.given': { leg: string; toCallId: string }
  /** The dialling policy refused a number. */
  'call.dial_refused': { leg: string; number: string; reason: string; byUserId: string | null }
  /** Somebody has the client now: the first answer, or the end of a transfer. */
  'call.answered': {
    leg: string
    operator: TalkParty
    waitSeconds: number
    recordingId: string | null
  }
  'call.held': { leg: string; on: boolean; by: 'operator' | 'telephone' }
  'call.transfer': {
    state: 'started' | 'completed' | 'cancelled' | 'failed'
    mode: 'blind' | 'warm'
    from: TalkParty
    target: TransferTarget
    /** Who took it, once it is completed. */
    to: TalkParty | null
    note: string | null
    reason: string | null
  }
  /** A third party came into the talk, or left it. */
  'call.joined': { leg: string; operator: TalkParty; isIn: boolean }
  'call.parked': { slot: number; by: TalkParty }
  'call.unparked': { slot: number; by: TalkParty | null; reason: 'taken' | 'timeout' | 'ended' }
  'call.watched': {
    leg: string
    watched: string
    by: TalkParty
    mode: WatchMode
    isSilent: boolean
    isOn: boolean
  }
  'call.taken_over': { from: TalkParty; by: TalkParty }
  'call.recording_paused': { leg: string; on: boolean }
  'call.queued': { queueId: string; priority: number }
  'call.callback_promised': {
    phone: string
    atMs: number | null
    groupId: string | null
    queue: QueueRequest | null
  }
  'call.talk_ended': {
    leg: string
    operator: TalkParty
    by: HangupBy
    talkSeconds: number
    heldSeconds: number
    /** The client stays with somebody else: no hang-up ended this talk. */
    isHandover: boolean
  }
  /** `task`: somebody shall listen and call back. */
  'call.voicemail': { recordingId: string; task: { groupId: string | null } | null }
  'call.rated': { rating: number | null; operatorId: string | null; operatorName: string | null }
  'call.ended': {
    outcome: Outcome
    reason: string
    hangupBy: HangupBy
    cause: number | null
    waitSeconds: number
    talkSeconds: number
    heldSeconds: number
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
  /**
   * An operator's work on the call after the talk was over, or was left for another call: `seconds` of several add up.
   * Appended after the call.
   */
  'call.wrapped_up': { operatorId: string; seconds: number }
  /** Whose call it was, worked out anew from leases and visits: `visit` and `source` stand instead of `before`. */
  'call.attributed': {
    visit: CallVisit
    source: Source | null
    before: Pick<CallVisit, 'visitId' | 'rule' | 'model' | 'confidence'> | null
  }
}

export type MomentType = keyof Moments

export const momentTypes: readonly MomentType[] = [
  'call.initiated',
  'call.forwarding_step',
  'call.scheme_changed',
  'call.looked_up',
  'call.tagged',
  'leg.started',
  'leg.ringing',
  'leg.answered',
  'leg.ended',
  'leg.given',
  'call.dial_refused',
  'call.answered',
  'call.held',
  'call.transfer',
  'call.joined',
  'call.parked',
  'call.unparked',
  'call.watched',
  'call.taken_over',
  'call.recording_paused',
  'call.queued',
  'call.callback_promised',
  'call.talk_ended',
  'call.voicemail',
  'call.rated',
  'call.ended',
  'call.missed',
  'call.recording_ready',
  'call.modified',
  'call.wrapped_up',
  'call.attributed'
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
