import type { Knex } from 'knex'
import type { z } from 'zod'
import type { CostRow } from '../costs/core/read.ts'
import type { DealFacts, InquiryFacts } from './crm-facts.ts'
import type { CallFacts } from './facts.ts'

/** Plain JSON that is kept. */
export type Memory = Readonly<Record<string, unknown>>
export type Keys = Readonly<Record<string, string>>

/** One request, or a few that are one deed for the other side. */
export interface Step {
  /** Names the deed within its subject: begun once, it is not begun again without need. */
  key: string
  method: string
  params: Readonly<Record<string, unknown>>
  /** A recording of ours whose audio goes along. */
  recordingId?: string
  /** Rather not done than done twice: after an answer that was lost it counts as done. */
  isOnce?: boolean
}

/** What is to be done next; `untilMs`: nothing before then; `wrong`: a code for people who must see to it. */
export type Next = Step | { untilMs: number } | { wrong: string } | null

export interface Link {
  ourKind: 'call' | 'contact' | 'company' | 'inquiry' | 'deal'
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
  /** Whoever looks after the client (an inquiry, a deal), as a user of ours. */
  ownerId: string | null
  /** What is linked there with it, its contact, its company, its inquiry, its deal and its calls. */
  links: readonly Link[]
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

/** What one sort of our things means for a foreign system. */
export interface Telling<Facts> {
  /** The next step, by how the thing stands and what the other side knows of it already. */
  next(facts: Facts, memory: Memory, world: World): Next
  /** What is known after an answer. */
  took(step: Step, answer: unknown, memory: Memory, facts: Facts): { memory: Memory; links: readonly Link[] }
  /**
   * Whether an error means that the step is done: its answer was lost the first time.
   * @param wasAsked the step had been begun before
   */
  isDone(step: Step, error: ForeignError, wasAsked: boolean): boolean
}

/** A mapping: the whole of what one foreign system wants, without a clock, a database or a network. */
export interface Mapping extends Telling<CallFacts> {
  /** Without it the kind is owed no inquiries. Spam of which nothing was told is kept from it. */
  inquiries?: Telling<InquiryFacts>
  /** Without it the kind is owed no deals. */
  deals?: Telling<DealFacts>
  /** Reads a foreign event; null for those that say nothing to us. */
  command(event: Memory): Command | null
  /** The memory of a call that the other side has made itself. */
  madeThere(foreignCall: string): Memory
}

/** For a mapping of a system that sends us no events. */
export const hearsNothing: Pick<Mapping, 'command' | 'madeThere'> = {
  command: () => null,
  madeThere: () => ({})
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
  /** The request went out and no answer came: what it asked for may have been done. */
  isLost = false
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
  /** A user of ours, where the other side calls our people by names of ours. */
  userId?: string | null
}

/** A connection to one foreign system, for one connector. Everything throws ForeignError. */
export interface Client {
  /** @param wasAsked it had been begun before, and its answer was lost */
  do(step: Step, wasAsked: boolean): Promise<unknown>
  /** Makes everything ready there: lines, events. Repeating it changes nothing. */
  prepare(world: { hookUrl: string | null; lines: readonly { e164: string; name: string }[] }): Promise<void>
  people(): Promise<ForeignUser[]>
  /** What there is to choose from, for a field of the form: goals, funnels, conversion actions. */
  lists?: Readonly<Record<string, () => Promise<{ id: string; name: string }[]>>>
  /** What advertising has cost there on these days, both ISO and included: all of it. For systems of advertising. */
  costs?(fromDay: string, toDay: string): Promise<readonly CostRow[]>
  /** Whose client this is. */
  owner(phone: string): Promise<Owner | null>
  /**
   * Keys that a person or an event brings, proven by using them.
   * @param isMoved the address is another one than before, and has to be the same account's
   * @returns what shall be kept
   */
  join(keys: Keys, isMoved?: boolean): Promise<Keys>
  /** A call that was asked for there and that we could not place. */
  couldNot(command: Extract<Command, { do: 'call' }>, reason: string): Promise<void>
}

/** For a client of a system without people and cards of its own. */
export const knowsNobody: Pick<Client, 'people' | 'owner' | 'couldNot'> = {
  people: () => Promise.resolve([]),
  owner: () => Promise.resolve(null),
  couldNot: () => Promise.resolve()
}

/** A request that a foreign system makes of us. */
export interface ServeRequest {
  method: 'GET' | 'POST'
  /** What follows the token in our address: empty, or `/crmapi/v1/history/json`. */
  path: string
  query: Readonly<Record<string, string>>
  /** An object out of JSON or a form, else text; without NUL. Checked by nobody yet. */
  body: unknown
  /** Names in small letters. */
  headers: Readonly<Record<string, string>>
}

export interface ServeAnswer {
  status: number
  /** JSON where it is left out; then `body` is any value, else text. */
  contentType?: string
  body: unknown
}

/** What a kind has at hand to answer. */
export interface ServeAsk {
  readonly connectorId: string
  readonly nowMs: number
  readonly settings: unknown
  /** Of this connector: whoever asks is believed by them only. */
  readonly keys: Keys
  /** Users there, by ids of ours. */
  readonly people: Readonly<Record<string, string>>
  /** For readers in the kind's own folder. */
  readonly db: Knex
  /** A user of ours, by how the other side calls them. */
  userOf(foreignUser: string): string | null
  /** Runs in a transaction, once for this key; a repeat gets the first answer. It must be JSON. */
  once<T>(key: string, run: (trx: Knex) => Promise<T>): Promise<T>
  /** Places a call, once for this key: the user's telephones ring first. */
  call(wanted: {
    key: string
    userId: string
    phone: string
    line: string | null
  }): Promise<{ callId: string } | { refused: string }>
  callback(wanted: {
    key: string
    phone: string
    note: string | null
    line: string | null
  }): Promise<{ refused: string | null }>
  /** Takes the body as a foreign event (`isGenuine`, `mapping.command`). */
  event(event: Memory): Promise<'taken' | 'refused'>
}

/** A file that is made for one connector. */
export interface MadeFile {
  contentType: string
  bytes: Buffer
}

/** A kind of foreign system. */
export interface Kind {
  readonly name: string
  readonly settings: z.ZodType
  /** Of what a person enters: names of the keys that are sealed and never shown. */
  readonly keys: readonly string[]
  readonly mapping: Mapping
  /** It is told of nothing of ours: it only gives. */
  readonly isOnlyAsked?: true
  /** `Client.join` shows whose account it is, and refuses another one than before. */
  readonly knowsAccount?: true
  /** An application that is installed there: the other side brings its keys (`join` by an event). */
  readonly isJoinedFromThere?: true
  /** How much is brought over side by side; more where its client gathers rows into one request. */
  readonly atOnce?: number
  /** Whether a foreign event comes from where it says; without its keys nobody is believed. */
  isGenuine(event: Memory, keys: Keys, settings: unknown): boolean
  /** The address of the other side, for the block `lookup`. */
  origin(settings: unknown): string
  open(connection: Connection): Client
  /**
   * Answers what the other side asks of us at `/api/hooks/<kind>/<token>` and below. With it every request to that address
   * comes here; without it a POST is an event. Bad input gets a 4xx, never an exception.
   */
  serve?(request: ServeRequest, ask: ServeAsk): Promise<ServeAnswer>
  /** Files that an admin takes from the connector's page, such as a widget's archive. */
  readonly files?: Readonly<
    Record<
      string,
      (of: { name: string; settings: unknown; keys: Keys; hookUrl: string }) => Promise<MadeFile>
    >
  >
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
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  url: string
  headers?: Readonly<Record<string, string>>
  json?: unknown
  form?: Readonly<Record<string, string>>
  /** A body of any other type. */
  text?: { contentType: string; body: string }
  /** As multipart, with the fields of `form` where there are some. */
  file?: { field: string; name: string; contentType: string; bytes: Buffer }
}

export interface HttpAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  /** Parsed where it is JSON, else text. */
  body: unknown
}
