import type { FoundOperator, LookupAnswer } from '../../ivr/block.ts'
import type {
  HangupBy,
  Leg,
  OverloadAnswer,
  Route,
  RunningScheme,
  TransferTarget,
  WatchMode
} from './types.ts'

/** Who wishes something of a call. */
export interface Person {
  userId: string
  name: string
}

/** What a person may wish of a call in progress; each is refused with a code when the call is not so far. */
export type Wish =
  | { type: 'hold'; on: boolean }
  | { type: 'transfer'; mode: 'blind' | 'warm'; target: TransferTarget; note: string | null }
  | { type: 'completeTransfer' }
  | { type: 'cancelTransfer' }
  /** The owner turns from the consulted party to the client, or back. */
  | { type: 'swap' }
  /** The consulted party comes into the talk: three speak. */
  | { type: 'join' }
  | { type: 'park'; slot: number; seconds: number }
  /** `phone`: a telephone that dialled the slot; else the telephones of whoever takes it ring. */
  | { type: 'takeParked'; phone: { channelId: string; device: string } | null }
  | { type: 'pauseRecording'; on: boolean }
  /** Moves the caller up or down in the queue in which they wait; 0 … 100, the highest first. */
  | { type: 'prioritise'; priority: number }
  | { type: 'watch'; mode: WatchMode; isSilent: boolean; devices: readonly string[] }
  | { type: 'stopWatching' }
  | { type: 'takeOver' }
  /** In a test of a draft, of whoever would be rung. */
  | { type: 'playOther'; does: 'answers' | 'declines' }

/** Why a wish was not granted; the API's problem codes say the same. */
export type Refusal =
  | 'not_in_talk'
  | 'not_yours'
  | 'no_consult'
  | 'consult_under_way'
  | 'not_answered_yet'
  | 'not_parked'
  | 'not_queued'
  | 'already_watching'
  | 'not_watching'
  | 'call_ended'
  | 'same_party'

/** The dialling policy's answer: through which trunk, showing which number, or why not. */
export type DialDecision =
  | { allowed: true; trunkId: string; endpoint: string; number: string; callerId: string | null }
  | { allowed: false; reason: string }

/** What can happen to a call. `atMs` is when; ids that a step needs come in with the event. */
export type CallEvent = { atMs: number } & (
  | { type: 'arrived'; isSpeakable: boolean } /** `isSpeakable` false: no codec that we can speak. */
  | { type: 'placed' }
  /** `cause`: with which Q.850 cause a blocked call is turned away. */
  | {
      type: 'routed'
      route: Route | null
      reason?: 'no_route' | 'blocked' | 'trunk_full'
      cause?: number
      /** More calls than can be carried: what this one gets, and the scheme for it (none for one that is refused). */
      overload?: { answer: OverloadAnswer; scheme: RunningScheme | null; groupNames: Record<string, string> }
    }
  | { type: 'schemeFound'; scheme: RunningScheme | null; groupNames: Record<string, string> }
  | { type: 'played'; playId: string }
  | { type: 'digit'; digit: string }
  | { type: 'timeout'; deadlineMs: number }
  | { type: 'recorded'; seconds: number }
  | { type: 'operatorsFound'; operators: readonly FoundOperator[] }
  | { type: 'queuePlace'; position: number; waiting: number; estimateSeconds: number | null }
  | { type: 'lookedUp'; answer: LookupAnswer | null }
  | { type: 'dialDecided'; leg: string; decision: DialDecision }
  | { type: 'legRinging'; leg: string }
  /** The other end sends sound before it answers (SIP 183). */
  | { type: 'legProgress'; leg: string }
  | { type: 'legAnswered'; leg: string }
  /** `cause` is Q.850: 17 busy, 19 no answer, 21 rejected … */
  | { type: 'legEnded'; leg: string; cause: number | null }
  /** A telephone put its side on hold or took it back, by SIP. */
  | { type: 'legHeld'; leg: string; on: boolean }
  /** A telephone asked by REFER; `wished` carries what it asked for. */
  | { type: 'wished'; by: Person; wish: Wish; referLeg?: string }
  /** Attended REFER: another call gives its other party to this one, which the leaving leg goes out of. */
  | { type: 'legAdopted'; leaving: string; leg: Omit<Leg, 'id'> }
  /** Attended REFER, the other side of it: a leg of this call lives on in another one. */
  | { type: 'legGiven'; leg: string; toCallId: string }
  /** The caller was let in well after the operator had answered: we or Asterisk were out of reach in between. */
  | { type: 'callerAnswered' }
  | { type: 'callerLeft'; cause: number | null }
  | { type: 'hangupRequested'; by: HangupBy; reason: string }
  /** The machine room failed the call: Asterisk died, or an effect could not be done. */
  | { type: 'broken'; reason: string }
)
