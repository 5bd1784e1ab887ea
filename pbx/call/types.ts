import type { BlockEffect, FoundOperator, OperatorQuery, Sound } from '../../ivr/block.ts'
import type { Scheme } from '../../ivr/scheme.ts'

/**
 * The life of an inbound call.
 *
 *   arriving ──routed──► inScheme ◄──────────┐
 *      │                  │   ▲              │ operator hung up, scheme goes on (rating …)
 *      │ no route         │ legAnswered      │
 *      ▼                  ▼   │              │
 *   inScheme(announce)  talking ─────────────┘
 *      └──────────► ended ◄── callerLeft at any moment, last exit, hang-up request
 */
export type Phase = 'arriving' | 'inScheme' | 'talking' | 'ended'

export type Outcome = 'answered' | 'missed' | 'abandoned' | 'busy' | 'failed' | 'blocked' | 'voicemail'
export type HangupBy = 'client' | 'operator' | 'system'
export type LegResult = 'answered' | 'declined' | 'busy' | 'noAnswer' | 'failed' | 'cancelled' | 'late'

/** Everything the routing snapshot knows of a number and a caller at the moment of arrival. */
export interface Route {
  numberId: string
  number: string
  numberLabel: string | null
  source: {
    id: string
    name: string
    inquiryChannel: string
    medium: string | null
    campaign: string | null
    keyword: string | null
  } | null
  siteId: string | null
  siteName: string | null
  contact: { id: string; name: string; company: string | null; ownerId: string | null } | null
  scheme: { id: string; name: string; version: number; body: Scheme }
  /** Names of the groups that the scheme mentions, for the journal. */
  groupNames: Record<string, string>
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

export interface Leg {
  id: string
  userId: string
  name: string
  state: 'ringing' | 'answered' | 'ended'
  /** Recording of this leg, made by the leg itself from its answer to its end. */
  recordingId: string | null
  startedMs: number
  answeredMs: number | null
}

/** A call's whole state: plain JSON, saved as a snapshot, enough to go on after a crash. */
export interface Call {
  id: string
  /** Asterisk's id of the caller's channel; the call id is derived from it. */
  pbxUniqueId: string
  phase: Phase
  /** Of the last tape row. */
  seq: number
  startedMs: number
  caller: Caller
  dialed: string
  trunkId: string | null
  route: Route | null
  /** The block the caller stands in, its own state, and since when. */
  block: { id: string; type: string; state: unknown; enteredMs: number } | null
  isAnswered: boolean
  ringbackOn: boolean
  legs: Leg[]
  nextLeg: number
  talkingLeg: string | null
  declined: string[]
  lastOperatorId: string | null
  lastOperatorName: string | null
  /** When the running timer ends; null when none runs. */
  deadlineMs: number | null
  playing: string | null
  nextPlay: number
  /** A message being left, or left. */
  voicemail: { recordingId: string; startedMs: number } | null
  /** Number of the scheme step the caller is in, from 1. */
  stepNo: number
  pressedInBlock: string | null
  isRated: boolean
  /** When the first talk began and how long the talks so far have taken; the current one is not in it. */
  firstTalkMs: number | null
  talkedMs: number
  /** The scheme came to operators, so an unanswered call counts as missed, not abandoned. */
  reachedOperators: boolean
  rungSomebody: boolean
}

/** What can happen to a call. `atMs` is when; ids that a step needs come in with the event. */
export type CallEvent = { atMs: number } &
  /** `isSpeakable` false: the caller offers no codec that we can speak. */
  (
    | { type: 'arrived'; isSpeakable: boolean }
    | { type: 'routed'; route: Route | null; reason?: 'no_route' | 'blocked' }
    | { type: 'played'; playId: string }
    | { type: 'digit'; digit: string }
    | { type: 'timeout'; deadlineMs: number }
    | { type: 'recorded'; seconds: number }
    | { type: 'operatorsFound'; operators: readonly FoundOperator[] }
    | { type: 'legRinging'; leg: string }
    | { type: 'legAnswered'; leg: string }
    /** `cause` is Q.850: 17 busy, 19 no answer, 21 rejected … */
    | { type: 'legEnded'; leg: string; cause: number | null }
    | { type: 'callerLeft'; cause: number | null }
    | { type: 'hangupRequested'; by: HangupBy; reason: string }
    /** The machine room failed the call: Asterisk died, or an effect could not be done. */
    | { type: 'broken'; reason: string }
  )

/** What the runtime must do. Data only, so that a step is a pure function and a tape can be read. */
export type Effect =
  | { do: 'ask'; what: 'route' }
  | { do: 'ask'; what: 'operators'; query: OperatorQuery }
  | { do: 'answer' }
  | { do: 'ringback'; on: boolean; isAnswered: boolean }
  | { do: 'play'; playId: string; sounds: readonly Sound[] }
  | { do: 'stopPlaying'; playId: string }
  | { do: 'timer'; deadlineMs: number }
  | { do: 'cancelTimer' }
  | { do: 'originate'; leg: string; userId: string; ringMs: number; recordingId: string | null }
  | { do: 'bridge'; leg: string }
  | { do: 'unbridge' }
  | { do: 'hangupLeg'; leg: string; reason: 'cancel' | 'end' | 'late' }
  | { do: 'hangupCaller'; cause: number }
  | { do: 'release'; userId: string; talked: boolean }
  | { do: 'recordVoicemail'; recordingId: string; maxSeconds: number; silenceSeconds: number }
  | { do: 'forget' }

/** One row of the call tape. Dotted types are moments that the journal, webhooks and screens read. */
export interface TapeRow {
  callId: string
  seq: number
  atMs: number
  type: string
  from: Phase | null
  to: Phase | null
  data: Record<string, unknown>
  effects: readonly Effect[]
}

export interface Step {
  call: Call
  effects: Effect[]
  records: TapeRow[]
  /** The event had no cell: recorded, counted and ignored. */
  ignored: boolean
}

export type { BlockEffect }
