import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Backups } from '../backup/work.ts'
import type { Automation } from '../crm/automation/automation.ts'
import type { Announce } from '../crm/ports.ts'
import type { Reminders } from '../crm/tasks/reminders.ts'
import type { Dialling } from '../dialling/dialling.ts'
import type { Channels } from '../integrations/channels/channels.ts'
import type { Connectors } from '../integrations/connectors/connectors.ts'
import type { RecordLinks } from '../integrations/connectors/record-links.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { Scheme } from '../ivr/scheme.ts'
import type { MomentType, Moments } from '../pbx/call/moments.ts'
import type { TapeRow } from '../pbx/call/effects.ts'
import type { Person, Refusal, Wish } from '../pbx/call/events.ts'
import type { Order } from '../pbx/call/types.ts'
import type { Tracking } from '../tracking/store/tracking.ts'
import type { Dictation } from '../pbx/runtime/dictation.ts'
import type { Feed } from '../pbx/runtime/feed.ts'
import type { Recordings } from '../recordings/recordings.ts'
import type { Mailings } from '../reports/mailings/mailings.ts'
import type { SipGuard } from '../pbx/guard/guard.ts'
import type { KeptMessage } from '../pbx/trace/keeper.ts'
import type { TrunkTest } from '../pbx/trace/trunk-test.ts'
import type { SipCopy, TraceTrunk } from '../pbx/trace/types.ts'
import type { Upkeep } from '../upkeep/look.ts'
import type { PublicAddress } from '../upkeep/nat-address.ts'
import type { ReplayWish } from '../integrations/webhooks/deliveries.ts'
import type { Sample } from '../integrations/webhooks/samples.ts'
import type { TestResult } from '../integrations/webhooks/webhooks.ts'
import type { ClientNews } from './live/news.ts'
import type { Outside } from './outside.ts'
import type { mailReasons } from './contract/mail.ts'
import type { Role } from './contract/common.ts'
import type { Weights } from '../ivr/block.ts'
import type { PresenceWish } from '../pbx/runtime/operators.ts'
import type { Score } from '../pbx/routing/strategies.ts'
import type { TrunkState } from '../pbx/routing/trunk-states.ts'
import type { TrunkFacts } from '../pbx/runtime/trunk-watch.ts'
import type { OperatorState } from './contract/live.ts'
import type { QueueState } from './contract/operators.ts'

export type CheckStatus = 'ok' | 'degraded' | 'failed'
export interface Check {
  status: CheckStatus
  detail?: string
}
export type { TrunkState }

/** Known at once where the exchange is in this process, and a moment later where it is in another. */
type Soon<T> = T | Promise<T>

/** What happens in the exchange. */
export interface ExchangeFeed extends Feed {
  /** All that was told so far is replaced by how things stand now: another controller leads the calls. */
  onReset?(listener: () => void): () => void
}

/**
 * The telephone exchange as the API sees it. What it asks or wishes throws `ControllerAway` while no controller leads
 * the calls; what it only looks at stays as it was last.
 */
export interface Pbx {
  feed: ExchangeFeed
  /** Tape rows of the calls in progress, to rebuild the live board after a start. */
  openCallRows(): TapeRow[]
  operators(): OperatorState[]
  setPresence(userId: string, wish: PresenceWish): Promise<void>
  /** False when there is no wrap-up; so for the next. */
  endWrapUp(userId: string): Soon<boolean>
  extendWrapUp(userId: string, seconds: number): Soon<boolean>
  /** Queues in which somebody waits. */
  queues(): QueueState[]
  /** The weighted score of a group's free members, with its parts. */
  scores(groupId: string, weights: Weights | undefined): Soon<Score[]>
  /** How browser telephones ring for the calls of a group, by its id or name; null when there is none. */
  ringToneOf(group: string): string | null
  hangup(callId: string, by: { userId: string; role: Role }): Promise<'done' | 'notFound'>
  /** What a person wishes of a call in progress; decided at once, in the call's own order. */
  wish(callId: string, by: Person, wish: Wish): Soon<'done' | Refusal | 'notFound'>
  /** Begins a call of ours; what becomes of it is told by the tape. `refused` when the exchange is down. */
  place(order: Order): Promise<{ callId: string } | { refused: string }>
  /** SIP users of the telephones of a person that can ring now. */
  devicesOf(userId: string): Soon<readonly string[]>
  /** Prompts that people speak into their telephones; absent in tests of other things. */
  readonly dictations?: {
    start(wish: { userId: string; devices: readonly string[]; locale: 'ru' | 'en' }): Soon<Dictation>
    get(id: string): Soon<Dictation | null>
    fileOf(id: string): Soon<string | null>
    cancel(id: string): Soon<void>
  }
  trunkStates(): ReadonlyMap<string, TrunkState>
  /** How the trunks in use stand now, with what happened to them. */
  trunkFacts(): Promise<readonly TrunkFacts[]>
  /** Whether SIP over TLS can be used: there is a certificate for it. */
  hasTls(): Promise<boolean>
  /** Adds a moment to a call's tape afterwards: tape row, journal and webhooks in one transaction. */
  appendMoment<T extends MomentType>(callId: string, type: T, data: Moments[T]): Promise<void>
  checks(): Promise<Record<string, Check>>
}

/** What was said in SIP. */
export interface SipTraceDesk {
  readonly isListening: boolean
  registration(trunk: TraceTrunk): Soon<readonly SipCopy[]>
  test(trunkId: string): Soon<TrunkTest | null>
  startTest(trunk: TraceTrunk): Soon<TrunkTest>
  ofCall(callId: string): Promise<readonly KeptMessage[]>
  /** After each change of the switches. */
  reload(): Promise<void>
}

/** Recordings as they are played, and how they lie on the disk. */
export type RecordingStore = Pick<Recordings, 'open' | 'sealing'>

export interface StoredSound {
  /** Absolute. */
  path: string
  contentType: string
  bytes: number
}

/** What is told of audio that was replaced. */
export interface SoundBefore {
  seconds: number
  originalName: string | null
  text: string | null
  replacedAt: string
}

/** Sounds that callers hear. What can go wrong with them is in `media/errors.ts`. */
export interface MediaStore {
  preview(text: string, locale: 'ru' | 'en'): Promise<StoredSound>
  /** Speaks every text of a scheme, so that its calls never wait; gives those that cannot be spoken. */
  prepare(scheme: Scheme): Promise<{ block: string; text: string; message: string }[]>
  /** Makes or replaces the audio of a prompt, by an uploaded file or by a text. */
  savePrompt(id: string, bytes: Buffer): Promise<{ seconds: number }>
  speakPrompt(id: string, text: string, locale: 'ru' | 'en'): Promise<{ seconds: number }>
  removePrompt(id: string): Promise<void>
  /** Runs what replaces a prompt's audio, and keeps the version that was there. */
  keepingBefore<T>(id: string, about: SoundBefore, make: () => Promise<T>): Promise<T>
  promptBefore(id: string): Promise<SoundBefore | null>
  /** Puts the version before back and keeps the present one instead; null when there is none. */
  swapBefore(id: string, now: SoundBefore): Promise<SoundBefore | null>
  /** Null when the audio is gone from the disk. */
  promptFile(id: string): Promise<StoredSound | null>
  saveTrack(id: string, bytes: Buffer): Promise<{ seconds: number }>
  removeTrack(id: string): Promise<void>
  trackFile(id: string): Promise<StoredSound | null>
}

export interface WebhookSender {
  /** `inactive`: queued, but the webhook is switched off. */
  replay(deliveryId: string): Promise<'queued' | 'inactive' | 'notFound'>
  /** How many deliveries such a wish is about … */
  countReplay(wish: ReplayWish): Promise<number>
  /** … and sends them again, the oldest first, at most `limit`; says how many. */
  replayMany(wish: ReplayWish, limit: number): Promise<number>
  /** Sends one message at once and tells the answer; null when there is no such webhook. */
  sendTest(webhookId: string, part?: number): Promise<TestResult | null>
  /** The last payload of each event, to show what a template becomes. */
  samples(): Promise<Sample[]>
  /** Reads anew who wants what. */
  refresh(): Promise<void>
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

export interface MailSender {
  /** Never throws for a server that is away or refuses. Absent in tests of other things. */
  send?(letter: {
    to: readonly string[]
    subject: string
    text: string
    html: string
    locale: 'ru' | 'en'
  }): Promise<{ ok: true } | { ok: false; message: string }>
  /** A password as it is stored. Absent in tests of other things. */
  seal?(password: string): string
  /** Whether a stored password can still be used: the key may have changed. */
  canOpen?(sealed: string): boolean
  /** Sends a short letter by the saved settings; says in plain words what went wrong. */
  test(
    to: string,
    locale: 'ru' | 'en'
  ): Promise<
    { ok: true } | { ok: false; reason: (typeof mailReasons)[number]; message: string; detail: string | null }
  >
}

export interface SmsSender {
  /** Never throws for a gateway that is away or refuses. */
  send(message: {
    to: string
    text: string
    id: string
  }): Promise<{ is: 'sent' } | { is: 'failed' | 'unknown'; error: string }>
  /** A key as it is stored. */
  seal(key: string): string
}

/** All that the API needs from outside; `main.ts` puts it together. */
export interface ApiDeps {
  readonly db: Knex
  readonly log: Logger
  readonly pbx: Pbx
  readonly recordings: RecordingStore
  readonly media: MediaStore
  readonly webhooks: WebhookSender
  /** Calls that we start, and the policy of dialling. */
  readonly dialling: Pick<Dialling, 'policy' | 'call' | 'callNow' | 'preview' | 'wake'>
  /** Null where no demo carrier runs. */
  readonly demo: Demo | null
  /** Absent where no sites are tracked: tests of other things. Its public routes then say so. */
  readonly tracking?: Tracking
  /** Long work that people ask for; absent in tests of other things. */
  readonly jobs?: Jobs
  /** Mailboxes and bots; absent in tests of other things. */
  readonly channels?: Channels
  /** Links to foreign systems; absent in tests of other things. */
  readonly connectors?: Connectors
  /** Opens links to recordings that foreign systems were given; absent in tests of other things. */
  readonly recordLinks?: Pick<RecordLinks, 'open'>
  /** Archives of the installation, and how it stands; absent in tests of other things. */
  readonly backups?: Backups
  readonly upkeep?: Upkeep
  /** Tells webhooks of inquiries and deals; absent in tests of other things. */
  readonly announce?: Announce
  /** Word of notices as they come; absent in tests of other things. */
  readonly notices?: Pick<Reminders, 'hear'>
  /** Rules of automation, and SMS out; absent in tests of other things. */
  readonly automation?: Pick<Automation, 'tryOut'>
  readonly sms?: SmsSender
  /** Letters out, and reports by them; absent in tests of other things. */
  readonly mail?: MailSender
  readonly mailings?: Pick<Mailings, 'sendNow'>
  /** What was said in SIP; null where that is switched off, absent in tests of other things. */
  readonly sipTrace?: SipTraceDesk | null
  /** Bans of SIP; absent in tests of other things. */
  readonly sipGuard?: Pick<SipGuard, 'whySpared'>
  readonly metrics: Registry
  /** Figures of the exchange, where it is in another process. */
  readonly exchangeMetrics?: () => Promise<string>
  /** Folder of the built browser app, absolute; null serves the API alone. */
  readonly uiDir: string | null
  readonly version: string
  /** As people reach it, when that differs from where it listens; `https:` makes cookies Secure. */
  readonly publicUrl: string | undefined
  /** From what people change to the live feed; absent: cards of calls keep what was known when they rang. */
  readonly clientNews?: ClientNews
  /** TLS of our own and proxies in front; absent: neither. */
  readonly outside?: Outside
  /** What carriers are told, and where SIP phones register; without one, where the API is reached. */
  readonly publicAddress?: PublicAddress
  readonly sip?: {
    readonly port: number
    /** Ports of sound. */
    readonly rtp?: { readonly start: number; readonly end: number }
  }
  /** Set apart by port when several instances share one host name: browsers do not tell ports apart. */
  readonly cookieName?: string
  /** Checks every answer against the contract: for tests. */
  readonly checkAnswers?: boolean
}
