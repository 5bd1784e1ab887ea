import { z } from 'zod'
import type { PresenceWish, QueueState } from './operators.ts'
import { id, inquiryChannel, isoTime, outcome, presence, ringTone } from './common.ts'
import { inquiryKinds } from './crm.ts'

/** Somebody in a call: an operator, or somebody outside who is known by a number only (`userId` null). */
export const liveParty = z.object({
  leg: z.string(),
  kind: z.enum(['operator', 'external', 'client', 'supervisor']),
  userId: id.nullable(),
  name: z.string()
})

/** What the last owner of the call gives on with a transfer: shown before the answer. */
export const handover = z.object({
  fromUserId: id.nullable(),
  fromName: z.string().nullable(),
  note: z.string().nullable()
})

export const legPurposes = ['scheme', 'order', 'client', 'consult', 'return', 'watch'] as const
export const watchModes = ['listen', 'whisper', 'join'] as const

/** A call in progress as screens show it: everything that is known while it rings, and all that can be done with it. */
export const liveCall = z.object({
  id,
  phase: z.enum(['arriving', 'dialling', 'inScheme', 'ringing', 'talking', 'parked', 'ended']),
  direction: z.enum(['in', 'out', 'internal']),
  callType: z.string(),
  startedAt: isoTime,
  answeredAt: isoTime.nullable(),
  endedAt: isoTime.nullable(),
  /** The client, whichever way the call goes. */
  caller: z.object({
    number: z.string().nullable(),
    name: z.string().nullable(),
    region: z.string().nullable(),
    country: z.string().nullable()
  }),
  /** What was dialled: our number, or the client's where the call goes out. */
  dialed: z.string(),
  contact: z.object({ id, name: z.string(), company: z.string().nullable() }).nullable(),
  number: z.object({ id, e164: z.string(), label: z.string().nullable() }).nullable(),
  /** `id` null: only the visit tells of it, it is in no list. */
  source: z
    .object({
      id: id.nullable(),
      name: z.string(),
      inquiryChannel,
      medium: z.string().nullable(),
      campaign: z.string().nullable(),
      keyword: z.string().nullable()
    })
    .nullable(),
  site: z.object({ id, name: z.string() }).nullable(),
  /** The visit to the site behind the call, as far as it is known; `confidence` is 0…1. */
  visit: z
    .object({
      landingUrl: z.string().nullable(),
      pageUrl: z.string().nullable(),
      referrer: z.string().nullable(),
      confidence: z.number()
    })
    .nullable(),
  scheme: z.object({ id, name: z.string(), version: z.number().int() }).nullable(),
  /** Where in the scheme the caller stands. */
  step: z
    .object({
      block: z.string(),
      blockType: z.string(),
      label: z.string().nullable(),
      /** Name of the group that it rings, or in which it lets wait. */
      group: z.string().nullable(),
      startedAt: isoTime
    })
    .nullable(),
  pressed: z.string().nullable(),
  /** Lists of callers that the client is on; absent for none. */
  lists: z.array(z.object({ id, name: z.string(), kind: z.enum(['spam', 'vip', 'own']) })).optional(),
  tags: z.array(z.string()),
  /** What a call that we placed fulfils, who asked for it, and the call that it answers. */
  order: z
    .object({ orderId: z.string().nullable(), byUserId: id.nullable(), parentCallId: id.nullable() })
    .nullable(),
  /** Whose telephones ring now. */
  ringing: z.array(liveParty.extend({ purpose: z.enum(legPurposes), handover: handover.nullable() })),
  /** How browser telephones ring now: of the group that is asked. */
  ringTone,
  /** Who has answered and is not in the talk (yet): a consulted party, the operator of a call that we place. */
  standby: z.array(liveParty.extend({ purpose: z.enum(legPurposes), handover: handover.nullable() })),
  /** Who has the client. */
  operator: z.object({ id: id.nullable(), name: z.string() }).nullable(),
  /** Everybody who hears the client, who has them first; each with since when. */
  members: z.array(liveParty.extend({ since: isoTime })),
  /** The client hears music by the operator's wish, or that of the telephone. */
  held: z.object({ since: isoTime }).nullable(),
  /** A warm transfer under way: the owner speaks with somebody while the client hears music. */
  consult: z
    .object({
      target: z.record(z.string(), z.unknown()),
      stage: z.enum(['finding', 'ringing', 'talking']),
      side: z.enum(['consulted', 'client']),
      leg: z.string().nullable(),
      name: z.string().nullable(),
      note: z.string().nullable(),
      since: isoTime
    })
    .nullable(),
  /** How the last transfer went, so that whoever wished it sees why it failed. */
  transfer: z
    .object({
      state: z.enum(['started', 'completed', 'cancelled', 'failed']),
      mode: z.enum(['blind', 'warm']),
      from: z.string(),
      to: z.string().nullable(),
      note: z.string().nullable(),
      reason: z.string().nullable(),
      at: isoTime
    })
    .nullable(),
  /** Supervisors in the call. Operators are not told of silent ones. */
  watchers: z.array(
    z.object({
      leg: z.string(),
      userId: id.nullable(),
      name: z.string(),
      watched: z.string(),
      mode: z.enum(watchModes),
      isSilent: z.boolean()
    })
  ),
  parked: z.object({ slot: z.number().int(), by: z.string(), since: isoTime }).nullable(),
  /** Waits in a queue; the place follows from all calls of the queue: by priority, then by `since`. */
  queue: z.object({ id: z.string(), priority: z.number(), since: isoTime }).nullable(),
  recording: z.enum(['off', 'on', 'paused']),
  /** The dialling policy has just refused a number in this call. */
  refusal: z.object({ number: z.string(), reason: z.string(), at: isoTime }).nullable(),
  outcome: z.string().nullable()
})

const named = z.object({ id, name: z.string() })

/**
 * What is known of the client of a call, asked for once as the call comes: it follows the call, which never waits for it.
 */
export const liveClient = z.object({
  callId: id,
  contact: named.extend({ company: z.string().nullable() }).nullable(),
  /** Whose client it is. */
  owner: named.nullable(),
  /** What somebody wrote of the client for everybody; its beginning. */
  note: z.string().nullable(),
  /** Calls before this one, either way; counted to a thousand. */
  calls: z.number().int(),
  /** The last call, or the last form, callback, letter or message; `with` is the operator. */
  lastContact: z
    .object({
      kind: z.enum(inquiryKinds),
      at: isoTime,
      direction: z.enum(['in', 'out', 'internal']).nullable(),
      outcome: outcome.nullable(),
      with: z.string().nullable()
    })
    .nullable(),
  /** The newest open deal. Its particulars are null for an operator when it is somebody else's. */
  deal: z
    .object({
      responsible: named.nullable(),
      known: z
        .object({ id, title: z.string(), stage: z.string(), amount: z.number(), currency: z.string() })
        .nullable()
    })
    .nullable()
})

export const operatorState = z.object({
  userId: id,
  name: z.string(),
  /** `busy` while a call holds them, or their telephone is in a call that we do not lead. */
  presence,
  /** What they are apart from calls: what `presence` will be once they are not busy. */
  chosen: presence.exclude(['busy']),
  /** Code of the pause reason while `chosen` is away; `auto_missed` when the system set it after missed rings. */
  reason: z.string().nullable(),
  /** End of the wrap-up, for a countdown. */
  until: isoTime.nullable(),
  /** The talk that the wrap-up is for. */
  wrapUpCallId: id.nullable(),
  /** The talk that waits for its wrap-up code, where the company demands one: only then the wrap-up ends. */
  owesCode: id.nullable(),
  /** Any of their telephones is registered (or stands at a fixed address). */
  isReachable: z.boolean(),
  devices: z
    .array(z.object({ id, name: z.string(), kind: z.enum(['browser', 'sip']), isReachable: z.boolean() }))
    .readonly(),
  since: isoTime,
  callId: id.nullable()
})

/**
 * Each event carries the feed's epoch and a sequence number. A client that comes back says what it saw last
 * and gets what it missed; when that is too long ago (`resync`) it takes the snapshot that comes with `hello`.
 */
export interface Stamped {
  epoch: string
  seq: number
}
export type LiveCall = z.infer<typeof liveCall>
export type LiveClient = z.infer<typeof liveClient>
export type LiveParty = z.infer<typeof liveParty>
export type LiveLeg = LiveCall['ringing'][number]
export type OperatorState = z.infer<typeof operatorState>

export interface Hello extends Stamped {
  /** False: the missed events follow. True: start from this snapshot. */
  resync: boolean
  calls: LiveCall[]
  /** What is known of their clients, as far as it has been found. */
  clients: LiveClient[]
  operators: OperatorState[]
  /** Queues in which somebody waits. */
  queues: QueueState[]
}

/** What the server sends on `/live`. */
export interface ServerEvents {
  hello: (hello: Hello) => void
  /** A call changed; `phase: 'ended'` is its last word. */
  call: (event: Stamped & { call: LiveCall }) => void
  /** Who calls, or is called: milliseconds after the call itself. */
  client: (event: Stamped & { client: LiveClient }) => void
  operator: (event: Stamped & { operator: OperatorState }) => void
  /** Somebody came into a queue or left it; at most one event a second per queue. */
  queue: (event: Stamped & { queue: QueueState }) => void
  /** Something was said in a conversation, or became of what was said. */
  messages: (event: Stamped & { conversationId: string }) => void
  /** A journal row was written or changed. */
  journal: (event: Stamped & { callId: string }) => void
  /** Somebody is told of something: their list of notices has a new one. */
  notice: (event: Stamped) => void
  /** Health of the machine changed: shown as a banner. */
  health: (event: Stamped & { status: 'ok' | 'degraded'; checks: Record<string, string> }) => void
  /** Several of the above in their order, for whoever asked for it in the handshake: name and payload of each. */
  together: (events: ToldEvent[]) => void
}

/** Events that come one by one, or in `together`. */
export type ToldName = Exclude<keyof ServerEvents, 'hello' | 'together'>
export type ToldEvent = { [K in ToldName]: [name: K, event: Parameters<ServerEvents[K]>[0]] }[ToldName]

/** What a client may send. */
export interface ClientEvents {
  setPresence: (
    value: 'available' | 'away' | 'offline' | PresenceWish,
    done: (result: { ok: boolean; error?: string }) => void
  ) => void
}

/** Handshake: `auth: { epoch, seq }` of the last event seen, if any. The session cookie (or token) says who it is. */
export interface Handshake {
  epoch?: string
  seq?: number
  token?: string
  /** Events that come within some milliseconds arrive in one message, `together`; without it each has one of its own. */
  together?: boolean
}
