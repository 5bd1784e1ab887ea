import type { z } from 'zod'

/** What can be heard: a sound of Asterisk's or ours by name, or a tone such as `ring`. */
export type Sound = { sound: string } | { tone: 'ring' | 'busy' }

/** What a block may know of the call it stands in. All of it came in with events: blocks have no clock. */
export interface BlockContext {
  /** Time of the event being handled, ms since the epoch. */
  readonly nowMs: number
  /** The caller's channel has been answered. */
  readonly isAnswered: boolean
  /** Language of the scheme, for system sounds. */
  readonly locale: 'ru' | 'en'
  /** The client's owner, when the caller is a known client that has one. */
  readonly ownerId: string | null
  /** Operators who declined this call: they are not rung again in it. */
  readonly declined: readonly string[]
  /** The operator of the last talk in this call, whom a rating is about. */
  readonly lastOperatorId: string | null
}

/** How operators of a group are ordered, or whether all ring at once. */
export type Strategy = 'longestIdle' | 'roundRobin' | 'ringAll'

/** Which operators are wanted: this one, or some of a group. The answer is `operatorsFound`, with each one reserved for the call. */
export type OperatorQuery =
  | { kind: 'user'; userId: string; except: readonly string[] }
  | { kind: 'group'; groupId: string; strategy: Strategy; except: readonly string[] }

export interface FoundOperator {
  userId: string
  name: string
}

/** What can happen to a block. `callerLeft` is not here: it ends the call whatever the block. */
export type BlockEvent =
  | { type: 'played' }
  | { type: 'digit'; digit: string }
  | { type: 'timeout' }
  | { type: 'recorded'; seconds: number }
  | { type: 'operatorsFound'; operators: readonly FoundOperator[] }
  | { type: 'legRinging'; userId: string }
  | { type: 'legFailed'; userId: string; result: 'declined' | 'busy' | 'noAnswer' | 'failed' }
  | { type: 'talkEnded' }

/** What a block may ask for. */
export type BlockEffect =
  | { do: 'answer' }
  | { do: 'play'; sounds: readonly Sound[] }
  | { do: 'stopPlaying' }
  /** One timer per call: starting one replaces the last. */
  | { do: 'timer'; ms: number }
  | { do: 'cancelTimer' }
  | { do: 'ringback'; on: boolean }
  | { do: 'findOperators'; query: OperatorQuery }
  | { do: 'ring'; operators: readonly FoundOperator[]; ringMs: number; record: boolean }
  /** Stops ringing these operators and frees them. */
  | { do: 'stopRinging'; userIds: readonly string[] }
  | { do: 'recordVoicemail'; maxSeconds: number; silenceSeconds: number }
  | { do: 'note'; pressed: string }
  | { do: 'rate'; rating: number; operatorId: string | null }
  | { do: 'hangup'; reason: string }

/** What one event does to a block: its next state, effects, and the exit taken when it is done. */
export interface BlockStep<State> {
  readonly state: State
  readonly effects: readonly BlockEffect[]
  readonly exit?: string
}

/** One kind of step in a scheme. Settings are checked by its schema; state is plain JSON. */
export interface Block<Settings, State> {
  readonly type: string
  readonly settings: z.ZodType<Settings>
  /** The exits that these settings give, in the order in which an editor shows them. */
  exits(settings: Settings): readonly string[]
  /** Exits that may be taken without the caller having waited for anything: a circle of these would spin. */
  readonly instantExits: readonly string[]
  enter(settings: Settings, context: BlockContext): BlockStep<State>
  /** An event without a row here is recorded and ignored: races are normal in telephony. */
  readonly on: {
    readonly [K in BlockEvent['type']]?: (
      state: State,
      event: Extract<BlockEvent, { type: K }>,
      settings: Settings,
      context: BlockContext
    ) => BlockStep<State>
  }
}
