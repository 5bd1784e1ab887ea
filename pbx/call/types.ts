import type { DialTarget, ExternalTarget, OperatorQuery } from '../../ivr/block.ts'
import type { Scheme } from '../../ivr/scheme.ts'

/**
 * The life of a call.
 *
 *   arriving ──routed──► inScheme ◄──────────┐ operator hung up, or a blind transfer: the scheme goes on
 *                         │   ▲              │
 *   placed ──► dialling   │ legAnswered      │
 *                 │       ▼   │              │
 *                 └────► talking ────────────┘
 *                         │   ▲
 *                         ▼   │ taken back
 *                        parked
 *      any phase ──► ended ◄── client left, last exit, hang-up request
 */
export type Phase = 'arriving' | 'dialling' | 'inScheme' | 'talking' | 'parked' | 'ended'

export type Direction = 'in' | 'out' | 'internal'
/** How the call arose, in the words of the journal. */
export type CallType =
  | 'pbx'
  | 'tracking_static'
  | 'tracking_dynamic'
  | 'click_to_call'
  | 'callback_form'
  | 'callback_missed'
  | 'api'
  | 'dialer'
  /** A scheme tried out before it is published. */
  | 'test'
export type Outcome = 'answered' | 'missed' | 'abandoned' | 'busy' | 'failed' | 'blocked' | 'voicemail'
/** What a call beyond the limit of the exchange gets: the fallback group, the busy message, or nothing at all. */
export type OverloadAnswer = 'group' | 'message' | 'refused'
export type HangupBy = 'client' | 'operator' | 'system'
export type LegResult =
  'answered' | 'declined' | 'busy' | 'noAnswer' | 'failed' | 'refused' | 'cancelled' | 'late'

/** Where a call came from, as its number and visit tell. */
export interface Source {
  /** Null for a source that only the visit tells of: it is in no list of ours. */
  id: string | null
  name: string
  inquiryChannel: string
  medium: string | null
  campaign: string | null
  keyword: string | null
}

/**
 * The visit to a site behind a call, and how sure that is. `tracking/attribution` finds it when the call arrives;
 * the call only carries it.
 */
export interface CallVisit {
  /** Null where the number is known to stand for a pool or a source only. */
  visitId: string | null
  visitorId: string | null
  poolId: string | null
  poolName: string | null
  /** How it was found, and by which version of the rules (`who/1`). */
  rule: 'holder' | 'lastHolder' | 'redial' | 'pool' | 'source' | 'unknown'
  model: string
  /** 0…1: how likely this visit is the caller's. */
  confidence: number
  /** Every visit that it may have been, the likeliest first. */
  candidates: readonly { visitId: string; visitorId: string; share: number }[]
  landingUrl: string | null
  pageUrl: string | null
  referrer: string | null
  utm: Readonly<Record<string, string>>
  clickIds: Readonly<Record<string, string>>
  gaClientId: string | null
  ymClientId: string | null
  device: string | null
}

/** A published scheme that a call runs. */
export interface RunningScheme {
  id: string
  name: string
  version: number
  body: Scheme
}

/** A list of callers that the company keeps. */
export interface CallerListName {
  id: string
  name: string
  kind: 'spam' | 'vip' | 'own'
}

/** Everything the routing snapshot knows of a number and a caller at the moment of arrival. */
export interface Route {
  numberId: string
  number: string
  numberLabel: string | null
  source: Source | null
  siteId: string | null
  siteName: string | null
  contact: { id: string; name: string; company: string | null; ownerId: string | null } | null
  scheme: RunningScheme
  /** Names of the groups that the scheme mentions, for the journal. */
  groupNames: Record<string, string>
  /** On which lists of callers the client is; absent for one who is on none. `priority` is theirs in queues. */
  standing?: { lists: readonly CallerListName[]; mark: 'spam' | 'vip' | null; priority: number }
  /** Absent where no tracking was asked; null where the number belongs to no pool. */
  visit?: CallVisit | null
}

/** The client's side as it reached us, already normalised. */
export interface Caller {
  /** E.164, or null when hidden or not a telephone number. */
  number: string | null
  /** The name or text that came with the call: untrusted, shown as text only. */
  name: string | null
  country: string | null
  region: string | null
}

/** A call that we start: the operator's side first, then the other party. */
export interface Order {
  callType: Extract<
    CallType,
    'pbx' | 'click_to_call' | 'callback_form' | 'callback_missed' | 'api' | 'dialer' | 'test'
  >
  /** What it fulfils (a callback's id), for whoever ordered it. */
  orderId: string | null
  target: DialTarget
  /** Who talks: rung one after another until somebody answers. Null when `phone` has dialled by itself. */
  operators: OperatorQuery | null
  /** A telephone that dialled: its channel is the operator's side. */
  phone: { channelId: string; userId: string; name: string; device: string } | null
  /** On whose account the dialling policy counts the call; null for the machine's own. */
  byUserId: string | null
  /** The number to show to the client, by id of a number of ours; null lets the source or trunk decide. */
  numberId: string | null
  source: Source | null
  site: { id: string; name: string } | null
  contact: Route['contact']
  /** The call, inquiry or visit that this one answers. */
  parentCallId: string | null
  ringSeconds: number
  record: boolean
  /** Whoever answers walks through a scheme as if they were this client: nobody else is called, no figures follow. */
  test?: TestCall
}

/** A draft tried out by telephone. */
export interface TestCall {
  /** As it is drawn: its version is `madeVersion`, and the call carries its body. */
  scheme: RunningScheme
  groupNames: Record<string, string>
  /** The client that is played. */
  caller: Caller
  number: { id: string; e164: string; label: string | null } | null
  /** What the clock of the scheme is ahead of ours. */
  aheadMs: number
  /** Operators and numbers outside are called as in any call; else whoever tests says what they do. */
  isReal: boolean
  /** A telephone outside that is rung in place of one of ours: the dialling policy decides. */
  rings?: ExternalTarget
}

/** What a leg is in the call for. */
export type LegPurpose = 'scheme' | 'order' | 'client' | 'consult' | 'return' | 'watch'

/** What a leg to a number outside was asked for with, so that it can be tried through another trunk. */
export interface Dialling {
  target: ExternalTarget
  ringMs: number
  record: boolean
  byUserId: string | null
  handover: Handover | null
  /** Trunks that have failed already. */
  exceptTrunkIds: readonly string[]
}

export interface Leg {
  /** `op1`, `ext2`, `cl3`, `sup4`: kind, and a number that is unique within the call. */
  id: string
  kind: 'operator' | 'external' | 'client' | 'supervisor'
  purpose: LegPurpose
  userId: string | null
  /** The operator's name, or the number of somebody outside. */
  name: string
  number: string | null
  /** SIP user of the telephone that rings. */
  device: string | null
  /** Its channel in Asterisk, when that is not named after the leg (a telephone that dialled by itself). */
  channelId: string | null
  /** `asked`: the dialling policy has not decided yet. */
  state: 'asked' | 'ringing' | 'answered' | 'ended'
  /** Recording of this leg, from its answer (or the beginning of the talk) to its end. */
  recordingId: string | null
  /** Since when it records; null while it does not. */
  recordedMs: number | null
  /** Of a number outside; absent in calls from before it was kept. */
  dialling?: Dialling
  /** The other end has said that it rings; absent in calls from before it was kept. */
  hasRung?: boolean
  /** Of a number outside: the trunk through which it is dialled. */
  trunkId: string | null
  startedMs: number
  answeredMs: number | null
}

/** What the next operator sees before answering: who gives the call on, and what they say of it. */
export interface Handover {
  fromUserId: string | null
  fromName: string | null
  note: string | null
}

/** Whom a call can be moved to. */
export type TransferTarget =
  DialTarget | { kind: 'group'; groupId: string } | { kind: 'scheme'; schemeId: string }

/** A warm transfer under way: the owner of the call speaks with somebody while the client hears music. */
export interface Consult {
  target: TransferTarget
  note: string | null
  stage: 'finding' | 'ringing' | 'talking'
  /** The consulted party, once it has answered. */
  leg: string | null
  /** With whom the owner speaks now. */
  side: 'consulted' | 'client'
}

/** Who is in the talk. At any moment one leg, the owner, has the call. */
export interface Talk {
  leg: string
  /** Legs that hear the client now, the owner (unless they consult) first. */
  members: readonly string[]
  startedMs: number
  /** Since when the client hears music by the operator's wish; null while they talk. */
  heldSinceMs: number | null
  /** A telephone that holds by SIP lets Asterisk play the music; the operator's panel lets us. */
  heldBy: 'operator' | 'telephone' | null
  /** Of this talk so far, without the hold that runs. */
  heldMs: number
  consult: Consult | null
}

export type WatchMode = 'listen' | 'whisper' | 'join'

/** A scheme that was left for another one, and is gone back to when that one has ended. */
export interface Detour {
  /** Null is the number's own scheme. */
  scheme: RunningScheme | null
  block: NonNullable<Call['block']> | null
}

/** A call's whole state: plain JSON, saved as a snapshot, enough to go on after a crash. */
export interface Call {
  id: string
  direction: Direction
  callType: CallType
  /** Asterisk's id of the first channel; an inbound call's id is derived from it. */
  pbxUniqueId: string
  /** The client's channel; null while there is none yet (a call that we place). */
  clientChannel: string | null
  /** The leg that is the client's side of a call that we place. */
  clientLeg: string | null
  phase: Phase
  /** Of the last tape row. */
  seq: number
  startedMs: number
  caller: Caller
  dialed: string
  trunkId: string | null
  route: Route | null
  order: Order | null
  /** The scheme being run, when it is not the number's own: a transfer, or one that was gone on to. */
  scheme: RunningScheme | null
  detours: readonly Detour[]
  /** Names of the groups that the schemes mention, for the journal. */
  groupNames: Record<string, string>
  /** How often the call went from scheme to scheme: a circle has an end. */
  jumps: number
  /** The block the caller stands in, its own state, and since when. */
  block: { id: string; type: string; state: unknown; enteredMs: number; step: number } | null
  /** Given on with a transfer, for whoever is rung next. */
  handover: Handover | null
  isAnswered: boolean
  ringbackOn: boolean
  musicOn: boolean
  isQueued: boolean
  /** Of the queue in which the caller waits, or waited last. */
  queuePriority?: number
  legs: Leg[]
  nextLeg: number
  talk: Talk | null
  /** Supervisors who are in the call, by leg. */
  watchers: readonly { leg: string; watched: string; mode: WatchMode; isSilent: boolean }[]
  parked: { slot: number; byUserId: string; byName: string; sinceMs: number } | null
  declined: string[]
  /** Named by a lookup; else the contact's. */
  ownerId: string | null
  lastOperatorId: string | null
  lastOperatorName: string | null
  tags: readonly string[]
  /** By a recording block; null leaves it to whoever rings. */
  isRecorded: boolean | null
  /** When the running timer ends; null when none runs. */
  deadlineMs: number | null
  playing: string | null
  nextPlay: number
  /** A message being left, or left. */
  voicemail: {
    recordingId: string
    startedMs: number
    /** Somebody shall listen and call back; null: nobody need. */
    task: { groupId: string | null } | null
  } | null
  /** Number of the scheme step the caller is in, from 1. */
  stepNo: number
  pressed: string
  pressedInBlock: string | null
  isRated: boolean
  /** The call came when no more could be carried, and what it got instead of its scheme; absent for all others. */
  overload?: OverloadAnswer
  /** We owe the caller a call: leaving now is not missing anybody. */
  hasPromise: boolean
  /** When the first talk began and how long the talks so far have taken; the current one is not in it. */
  firstTalkMs: number | null
  talkedMs: number
  heldMs: number
  /** The scheme came to operators, so an unanswered call counts as missed, not abandoned. */
  reachedOperators: boolean
  rungSomebody: boolean
}
