import type { z } from 'zod'
import type { CallFacts } from './facts.ts'

/** Plain JSON that is kept. */
export type Memory = Readonly<Record<string, unknown>>
export type Keys = Readonly<Record<string, string>>

/** One request, or a few that are one deed for the other side. */
export interface Step {
  /** Names the deed within the call: begun once, it is not begun again without need. */
  key: string
  method: string
  params: Readonly<Record<string, unknown>>
  /** A recording of ours whose audio goes along. */
  recordingId?: string
  /** Rather not done than done twice: after an answer that was lost it counts as done. */
  isOnce?: boolean
}

/** What is to be done next for a call; `untilMs`: nothing before then; `wrong`: a code for people who must see to it. */
export type Next = Step | { untilMs: number } | { wrong: string } | null

export interface Link {
  ourKind: 'call' | 'contact' | 'deal'
  ourId: string
  foreignKind: string
  foreignId: string
}

/**
 * What we know of the world beside the call. Everything in it was read before, so that the mapping stays pure.
 * `people`: our users by id, as the other side knows them.
 */
export interface World {
  nowMs: number
  settings: unknown
  people: Readonly<Record<string, string>>
  /** Whoever looks after the client, as a user of ours. */
  ownerId: string | null
}

/** What a foreign event means for us. */
export type Command =
  /** Somebody there clicked a number. `foreignCall`: the call that the other side has made of it already. */
  | { do: 'call'; key: string; foreignUser: string; phone: string; line: string | null; foreignCall: string }
  /** A visitor there wants a call. */
  | { do: 'callback'; key: string; phone: string; note: string | null; line: string | null }
  /** The other side gives us keys. */
  | { do: 'join'; keys: Keys }
  | { do: 'leave' }

/** A mapping: the whole of what one foreign system wants, without a clock, a database or a network. */
export interface Mapping {
  /** The next step for a call, by what the tape tells and what the other side knows of it already. */
  next(call: CallFacts, memory: Memory, world: World): Next
  /** What is known after an answer. */
  took(
    step: Step,
    answer: unknown,
    memory: Memory,
    call: CallFacts
  ): { memory: Memory; links: readonly Link[] }
  /**
   * Whether an error means that the step is done: its answer was lost the first time.
   * @param wasAsked the step had been begun before
   */
  isDone(step: Step, error: ForeignError, wasAsked: boolean): boolean
  /** Reads a foreign event; null for those that say nothing to us. */
  command(event: Memory): Command | null
  /** The memory of a call that the other side has made itself. */
  madeThere(foreignCall: string): Memory
}

/**
 * Why a request was not done:
 * - `away` nobody answers, or the system says that it is overloaded: the whole connector waits
 * - `limit` we asked too often: the whole connector waits, until `retryAtMs` where that is known
 * - `login` our keys are taken no more: the whole connector waits for a person
 * - `broken` the other side failed at this one: tried again later
 * - `refused` it will never take this one: a person must see to it
 */
export type ForeignFault = 'away' | 'limit' | 'login' | 'broken' | 'refused'

export class ForeignError extends Error {
  override name = 'ForeignError'
  readonly fault: ForeignFault
  /** The other side's own code, or one of ours in lower camel case. */
  readonly code: string
  readonly retryAtMs: number | null
  constructor(fault: ForeignFault, code: string, message: string, retryAtMs: number | null = null) {
    super(message)
    this.fault = fault
    this.code = code
    this.retryAtMs = retryAtMs
  }
}

export interface ForeignUser {
  id: string
  name: string
  extension: string | null
  mail: string | null
}

export interface Owner {
  contactName: string | null
  /** As the other side knows them. */
  foreignUser: string | null
}

/** A connection to one foreign system, for one connector. Everything throws ForeignError. */
export interface Client {
  do(step: Step): Promise<unknown>
  /** Makes everything ready there: lines, events. Repeating it changes nothing. */
  prepare(world: { hookUrl: string | null; lines: readonly { e164: string; name: string }[] }): Promise<void>
  people(): Promise<ForeignUser[]>
  /** Whose client this is. */
  owner(phone: string): Promise<Owner | null>
  /** Keys that a person or an event brings, proven by using them. @returns what shall be kept */
  join(keys: Keys): Promise<Keys>
  /** A call that was asked for there and that we could not place. */
  couldNot(command: Extract<Command, { do: 'call' }>, reason: string): Promise<void>
}

/** A kind of foreign system. */
export interface Kind {
  readonly name: string
  readonly settings: z.ZodType
  /** Of what a person enters: names of the keys that are sealed and never shown. */
  readonly keys: readonly string[]
  readonly mapping: Mapping
  /** Whether a foreign event comes from where it says; without its keys nobody is believed. */
  isGenuine(event: Memory, keys: Keys, settings: unknown): boolean
  /** The address of the other side, for the block `lookup`. */
  origin(settings: unknown): string
  open(connection: Connection): Client
}

/** What a client works with. */
export interface Connection {
  readonly settings: unknown
  now(): number
  /** Waits; for tests, with a clock of theirs. */
  pause(ms: number): Promise<void>
  /** One HTTP request, guarded and written down. Throws ForeignError `away` when nobody answers. */
  http(request: HttpRequest): Promise<HttpAnswer>
  keys(): Promise<Keys>
  /**
   * Gets new keys, once for everybody who wants them at this moment, in this process and in others.
   * @param stale the keys that were refused: when others stand there already, those are given and nobody asks
   */
  renew(stale: Keys, ask: (keys: Keys) => Promise<Keys>): Promise<Keys>
  audio(recordingId: string): Promise<{ name: string; contentType: string; bytes: Buffer } | null>
}

export interface HttpRequest {
  /** For the log. */
  name: string
  method: 'GET' | 'POST' | 'PATCH' | 'PUT'
  url: string
  headers?: Readonly<Record<string, string>>
  json?: unknown
  form?: Readonly<Record<string, string>>
  file?: { field: string; name: string; contentType: string; bytes: Buffer }
}

export interface HttpAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  /** Parsed where it is JSON, else text. */
  body: unknown
}
