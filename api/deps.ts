import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { MomentType, Moments } from '../pbx/call/moments.ts'
import type { TapeRow } from '../pbx/call/types.ts'
import type { Feed } from '../pbx/runtime/feed.ts'
import type { Role } from './contract/common.ts'
import type { OperatorState } from './contract/live.ts'

export type CheckStatus = 'ok' | 'degraded' | 'failed'
export interface Check {
  status: CheckStatus
  detail?: string
}
export type TrunkState = 'configured' | 'registered' | 'registering' | 'rejected' | 'unknown' | 'inactive'

/** The telephone exchange as the API sees it. */
export interface Pbx {
  feed: Feed
  /** Tape rows of the calls in progress, to rebuild the live board after a start. */
  openCallRows(): TapeRow[]
  operators(): OperatorState[]
  setPresence(userId: string, presence: 'available' | 'away' | 'offline'): Promise<void>
  hangup(callId: string, by: { userId: string; role: Role }): Promise<'done' | 'notFound'>
  trunkStates(): ReadonlyMap<string, TrunkState>
  /** Adds a moment to a call's tape afterwards: tape row, journal and webhooks in one transaction. */
  appendMoment<T extends MomentType>(callId: string, type: T, data: Moments[T]): Promise<void>
  checks(): Promise<Record<string, Check>>
}

export interface StoredRecording {
  /** Absolute. */
  path: string
  contentType: string
  bytes: number
}

export interface RecordingStore {
  /** The playable file of a recording; null when there is none (yet, or any more). */
  open(recordingId: string): Promise<StoredRecording | null>
}

/** Both only queue work. */
export interface WebhookSender {
  /** `inactive`: queued, but the webhook is switched off. */
  replay(deliveryId: string): Promise<'queued' | 'inactive' | 'notFound'>
  sendTest(webhookId: string): Promise<unknown>
}

export interface TestCall {
  to?: string
  from?: string
  scenario?: string
  /** Who asks: the call shall ring them, if it can. */
  userId?: string
}

export interface Demo {
  placeTestCall(
    wish: TestCall
  ): Promise<{ ok: true; from: string; to: string } | { ok: false; code: string; detail: string }>
  /** Removes everything that belongs to the demo company. */
  wipe(): Promise<unknown>
}

/** All that the API needs from outside; `main.ts` puts it together. */
export interface ApiDeps {
  readonly db: Knex
  readonly log: Logger
  readonly pbx: Pbx
  readonly recordings: RecordingStore
  readonly webhooks: WebhookSender
  /** Null where no demo carrier runs. */
  readonly demo: Demo | null
  readonly metrics: Registry
  /** Folder of the built browser app, absolute; null serves the API alone. */
  readonly uiDir: string | null
  readonly version: string
  /** As people reach it, when that differs from where it listens; `https:` makes cookies Secure. */
  readonly publicUrl: string | undefined
  /** Set apart by port when several instances share one host name: browsers do not tell ports apart. */
  readonly cookieName?: string
  /** Checks every answer against the contract: for tests. */
  readonly checkAnswers?: boolean
}
