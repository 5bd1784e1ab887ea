import type { z } from 'zod'
import type { Incoming } from './ports.ts'

/** What stops a channel, or a message; each has words of its own for people. */
export const troubles = [
  'badLogin',
  'nameNotFound',
  'refused',
  'timeout',
  'tls',
  'noStarttls',
  'noFolder',
  'noServer',
  'senderRefused',
  'recipientRefused',
  'relayDenied',
  'elsewhere',
  'blocked',
  'tooLarge',
  'bounced',
  'keyLost',
  'limited',
  'other'
] as const
export type Trouble = (typeof troubles)[number]

/** The other side said no, or nothing at all. */
export class ChannelError extends Error {
  override name = 'ChannelError'
  readonly trouble: Trouble
  /** Trying again by itself is of no use. */
  readonly isFinal: boolean
  /** Not before so long. */
  readonly afterMs: number | null
  /** The message left all the same: only what follows it went wrong. */
  constructor(
    trouble: Trouble,
    detail: string,
    { isFinal = false, afterMs = null }: { isFinal?: boolean; afterMs?: number | null } = {}
  ) {
    super(detail.slice(0, 500))
    this.trouble = trouble
    this.isFinal = isFinal
    this.afterMs = afterMs
  }
}

export type Secrets = Readonly<Record<string, string>>
export type Cursor = Readonly<Record<string, unknown>>

/** A channel that is open, as its kind works with it. */
export interface Connection {
  readonly id: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly secrets: Secrets
  /** How far it has been read; as `take` left it. */
  readonly cursor: Cursor
  readonly stop: AbortSignal
  /** Writes messages down and how far it has been read, in one transaction. */
  take(messages: readonly Incoming[], cursor: Cursor): Promise<void>
  /** The client shut the door, or opened it. */
  blocked(peer: string, isBlocked: boolean): Promise<void>
  /** All is well just now. */
  well(): void
}

export interface Outgoing {
  id: string
  peer: string
  peerName: string | null
  to: readonly string[]
  cc: readonly string[]
  subject: string | null
  text: string
  messageId: string | null
  /** Messages that it answers, the nearest last. */
  refs: readonly string[]
  /** Parts of it that are out already, from an attempt before. */
  done: number
  files: readonly { name: string; contentType: string; content: Buffer }[]
}

/** One thing that a test tries; the first that fails is the last. */
export interface Step {
  name: string
  isOk: boolean
  trouble: Trouble | null
  detail: string | null
}

/** A way to talk with clients. Another one needs such an object, its words, and a line in `wire.ts`. */
export interface ChannelKind {
  readonly name: string
  readonly settings: z.ZodType<Record<string, unknown>>
  /** Names of the secrets. */
  readonly keys: readonly string[]
  /** Settings of which the secrets are: with another one they must be given again. */
  readonly bound: readonly string[]
  /** Tries everything out, a step after the other, and changes nothing. */
  test(connection: Pick<Connection, 'settings' | 'secrets'>): Promise<Step[]>
  /**
   * Takes what comes until it is stopped.
   * @throws ChannelError
   */
  listen(connection: Connection): Promise<void>
  /**
   * Brings a message over.
   * @param onPart told after each part that is out
   * @returns what the other side calls it, where it says so
   * @throws ChannelError
   */
  send(
    connection: Pick<Connection, 'id' | 'settings' | 'secrets'>,
    message: Outgoing,
    onPart: (done: number) => Promise<void>
  ): Promise<void>
}
