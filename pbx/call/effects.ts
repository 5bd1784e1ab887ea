import type { ExternalTarget, OperatorQuery, QueueRequest, Sound } from '../../ivr/block.ts'
import type { Refusal } from './events.ts'
import type { Call, LegResult, Phase } from './types.ts'

/** A party by its part in the call: the client, or a leg. */
export type Party = 'client' | (string & {})
/** `main` holds the talk, `consult` the owner with a consulted party, `watch.<leg>` a supervisor with a leg's sound. */
export type BridgeName = 'main' | 'consult' | `watch.${string}`

/** What the runtime must do. Data only, so that a step is a pure function and a tape can be read. */
export type Effect =
  | { do: 'ask'; what: 'route' }
  | { do: 'ask'; what: 'scheme'; schemeId: string }
  | { do: 'ask'; what: 'operators'; query: OperatorQuery }
  | {
      do: 'ask'
      what: 'dial'
      leg: string
      target: ExternalTarget
      byUserId: string | null
      numberId: string | null
      /** Trunks that have just failed to reach it. */
      exceptTrunkIds: readonly string[]
    }
  | { do: 'ask'; what: 'lookup'; url: string; timeoutMs: number }
  | { do: 'joinQueue'; request: QueueRequest }
  | { do: 'leaveQueue' }
  | { do: 'answer' }
  | { do: 'ringback'; on: boolean; isAnswered: boolean }
  | { do: 'play'; playId: string; sounds: readonly Sound[] }
  | { do: 'stopPlaying'; playId: string }
  | { do: 'timer'; deadlineMs: number }
  | { do: 'cancelTimer' }
  /** Rings one telephone of an operator. The leg records itself from its answer when it has a recording id. */
  | {
      do: 'originate'
      leg: string
      userId: string
      device: string
      ringMs: number
      recordingId: string | null
      showing: { name: string | null; number: string | null }
    }
  /** Calls a number through a trunk. With `early`, its sound before the answer is heard in that bridge. */
  | {
      do: 'dialOut'
      leg: string
      endpoint: string
      number: string
      callerId: string | null
      ringMs: number
      early: BridgeName | null
    }
  /** Records a leg that does not record itself: one that was dialled, or that was answered before the talk. */
  | { do: 'record'; leg: string; recordingId: string }
  | { do: 'pauseRecording'; leg: string; on: boolean }
  /** Brings parties into a bridge, out of the one that they are in. */
  | { do: 'connect'; bridge: BridgeName; parties: readonly Party[] }
  /** Takes parties out of a bridge; they hear nothing, or music that is asked for. */
  | { do: 'part'; bridge: BridgeName; parties: readonly Party[] }
  | { do: 'closeBridge'; bridge: BridgeName }
  | { do: 'music'; party: Party; on: boolean; musicClass: string | null }
  /** A ringing tone for whoever is in the bridge. */
  | { do: 'bridgeTone'; bridge: BridgeName; on: boolean }
  /** Lets `watcher` hear all that `leg` hears and says, in `watch.<watcher>`; what the watcher says only `leg` hears. */
  | { do: 'snoop'; leg: string; watcher: string }
  | { do: 'unsnoop'; watcher: string }
  /** The party can (not) be heard. */
  | { do: 'mute'; leg: string; on: boolean }
  | { do: 'hangupLeg'; leg: string; reason: 'cancel' | 'end' | 'late' }
  | { do: 'hangupCaller'; cause: number }
  /** A telephone that asked by REFER is told how it went. */
  | { do: 'referAnswer'; leg: string; isDone: boolean }
  | { do: 'release'; userId: string; talked: boolean; result: LegResult | null }
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
  /** A person's wish that could not be granted, and why. */
  refused: Refusal | null
}
