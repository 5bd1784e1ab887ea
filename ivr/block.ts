import type { z } from 'zod'

/**
 * What can be heard: a sound of Asterisk's or ours by name (an uploaded prompt is `prompts/<id>`), a text spoken by a
 * synthetic voice, a number spoken as one, or a tone such as `ring`.
 */
export type Sound = { sound: string } | { text: string } | { number: number } | { tone: 'ring' | 'busy' }

/** What is known of a call and its client, for blocks that decide by it. */
export interface CallFacts {
  readonly callId: string
  readonly callerNumber: string | null
  readonly callerName: string | null
  readonly country: string | null
  readonly region: string | null
  readonly dialed: string
  readonly numberId: string | null
  readonly sourceId: string | null
  readonly inquiryChannel: string | null
  readonly campaign: string | null
  readonly keyword: string | null
  readonly siteId: string | null
  /** Null for a new client. */
  readonly contactId: string | null
  readonly tags: readonly string[]
  /** All digits pressed so far. */
  readonly pressed: string
  /** Ids of the lists of callers that the caller is on; absent for none. */
  readonly lists?: readonly string[]
}

/** What a block may know of the call it stands in. All of it came in with events: blocks have no clock. */
export interface BlockContext {
  /** Time of the event being handled, ms since the epoch. */
  readonly nowMs: number
  /** The caller's channel has been answered. */
  readonly isAnswered: boolean
  /** Language of the scheme, for system sounds. */
  readonly locale: 'ru' | 'en'
  /** The client's owner, when the caller is a known client that has one (or a lookup named one). */
  readonly ownerId: string | null
  /** Operators who declined this call: they are not rung again in it. */
  readonly declined: readonly string[]
  /** The operator of the last talk in this call, whom a rating is about. */
  readonly lastOperatorId: string | null
  /** At least with this the caller waits in queues (a VIP); absent for everybody else. */
  readonly priority?: number
  readonly facts: CallFacts
}

/**
 * How operators are ordered, or whether all ring at once. `inOrder`: as they stand in the group. `byRating`: best
 * average mark first. `leastLoaded`: least talk time today first. `weighted`: the score of `weights`.
 */
export type Strategy =
  'longestIdle' | 'roundRobin' | 'ringAll' | 'inOrder' | 'byRating' | 'leastLoaded' | 'weighted'

/** Shares of a weighted score; each part is first brought to 0 … 1 among those who are free. */
export interface Weights {
  readonly rating: number
  readonly idle: number
  readonly load: number
}

/**
 * Which operators are wanted. The answer is `operatorsFound`, with each one reserved for the call.
 * `owner`: this user or, while they are absent, their stand-in.
 */
export type OperatorQuery = { readonly except: readonly string[] } &
  /**
   * `isOwnWish`: they asked for the call themselves, so neither wrap-up nor a pause keeps it from them.
   * `isReturn`: a client of theirs comes back, which a wrap-up does not keep from them, but a pause does.
   */
  (
    | { kind: 'user'; userId: string; isOwnWish?: true; isReturn?: true }
    | { kind: 'owner'; userId: string }
    | {
        kind: 'group'
        groupId: string
        strategy: Strategy
        /** All of them are needed. */
        skills?: readonly string[]
        weights?: Weights
      }
  )

export interface FoundOperator {
  userId: string
  name: string
  /** SIP users of their telephones that can ring now; all of them ring. */
  devices: readonly string[]
}

/** A place in a queue. Calls wait by priority, highest first, then by `sinceMs`; a free operator goes to the first. */
export interface QueueRequest {
  /** Calls of one queue are served in order, whichever scheme they came through. */
  queueId: string
  query: OperatorQuery
  priority: number
  sinceMs: number
}

/** Somebody who is not an operator of ours, by number: reached through a trunk, under the dialling policy. */
export interface ExternalTarget {
  kind: 'external'
  number: string
  trunkId?: string | null
}
export type DialTarget = ExternalTarget | { kind: 'user'; userId: string }

/** What an outside system said of a call. */
export interface LookupAnswer {
  /** Whom to ring, in order; already resolved to operators where they are ours. */
  readonly targets: readonly DialTarget[]
  /** A branch chosen by code. */
  readonly code: string | null
  /** To be said to the caller. */
  readonly text: string | null
  readonly contactName: string | null
  /** The operator who looks after this client. */
  readonly ownerId: string | null
}

export type FailedResult = 'declined' | 'busy' | 'noAnswer' | 'failed' | 'refused'

/** What can happen to a block. `callerLeft` is not here: it ends the call whatever the block. */
export type BlockEvent =
  | { type: 'played' }
  | { type: 'digit'; digit: string }
  | { type: 'timeout' }
  | { type: 'recorded'; seconds: number }
  | { type: 'operatorsFound'; operators: readonly FoundOperator[] }
  | { type: 'legFailed'; userId: string; result: FailedResult }
  /** `refused`: the dialling policy said no; `reason` is its code. */
  | { type: 'dialFailed'; number: string; result: FailedResult; reason: string | null }
  /** From 1, among how many; the estimate is null while there is nothing to estimate from. */
  | { type: 'queuePlace'; position: number; waiting: number; estimateSeconds: number | null }
  /** A supervisor moved the caller up or down in the line. */
  | { type: 'prioritised'; priority: number }
  /** Null: no answer in time, or none that could be used. */
  | { type: 'lookedUp'; answer: LookupAnswer | null }
  /** The scheme to go on in has no published version, or the call came round to it too often. */
  | { type: 'schemeMissing' }
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
  /** Hold music, by the name of its class; null for the usual one. The caller must have been answered. */
  | { do: 'music'; on: boolean; musicClass: string | null }
  | { do: 'findOperators'; query: OperatorQuery }
  | { do: 'ring'; operators: readonly FoundOperator[]; ringMs: number; record: boolean }
  /** Stops ringing these operators and frees them. */
  | { do: 'stopRinging'; userIds: readonly string[] }
  /** Calls an outside number; the dialling policy decides first. */
  | { do: 'dial'; target: ExternalTarget; ringMs: number; record: boolean }
  | { do: 'stopDialling' }
  /** A call that is in the queue already changes its request, and keeps its place. */
  | { do: 'joinQueue'; request: QueueRequest }
  | { do: 'leaveQueue' }
  | { do: 'lookup'; url: string; timeoutMs: number }
  /** The client is this operator's for the rest of the call. */
  | { do: 'assign'; ownerId: string | null; contactName: string | null }
  /** `task`: somebody shall listen and call back, of that group when the client has no owner. */
  | {
      do: 'recordVoicemail'
      maxSeconds: number
      silenceSeconds: number
      task: { groupId: string | null } | null
    }
  | { do: 'note'; pressed: string }
  | { do: 'tag'; add: readonly string[]; remove: readonly string[] }
  /** Whether talks from here on are recorded, whatever a ring block says. */
  | { do: 'setRecording'; on: boolean }
  | { do: 'rate'; rating: number; operatorId: string | null }
  /** We owe the caller a call, at once when `atMs` is null. With `queue` it keeps the place that the caller had. */
  | {
      do: 'promiseCallback'
      /** As the caller keyed it in, digits only; null for the number that the call came from. */
      number: string | null
      atMs: number | null
      groupId: string | null
      queue: QueueRequest | null
    }
  /** Goes on in another scheme; the machine refuses a circle by giving `schemeMissing` to the block. */
  | { do: 'goToScheme'; schemeId: string }
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
  readonly instantExits: readonly string[] | ((settings: Settings) => readonly string[])
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
