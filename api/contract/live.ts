import { z } from 'zod'
import { id, inquiryChannel, isoTime, presence } from './common.ts'

/** A call in progress as screens show it: everything that is known while it rings. */
export const liveCall = z.object({
  id,
  phase: z.enum(['arriving', 'inScheme', 'ringing', 'talking', 'ended']),
  direction: z.enum(['in', 'out', 'internal']),
  startedAt: isoTime,
  answeredAt: isoTime.nullable(),
  endedAt: isoTime.nullable(),
  caller: z.object({
    number: z.string().nullable(),
    name: z.string().nullable(),
    region: z.string().nullable(),
    country: z.string().nullable()
  }),
  contact: z.object({ id, name: z.string(), company: z.string().nullable() }).nullable(),
  number: z.object({ id, e164: z.string(), label: z.string().nullable() }).nullable(),
  source: z
    .object({
      id,
      name: z.string(),
      inquiryChannel,
      medium: z.string().nullable(),
      campaign: z.string().nullable(),
      keyword: z.string().nullable()
    })
    .nullable(),
  site: z.object({ id, name: z.string() }).nullable(),
  scheme: z.object({ id, name: z.string(), version: z.number().int() }).nullable(),
  /** Where in the scheme the caller stands. */
  step: z
    .object({ block: z.string(), blockType: z.string(), label: z.string().nullable(), startedAt: isoTime })
    .nullable(),
  pressed: z.string().nullable(),
  /** Operators whose phones ring now. */
  ringing: z.array(z.object({ userId: id, name: z.string(), leg: z.string() })),
  operator: z.object({ id, name: z.string() }).nullable(),
  outcome: z.string().nullable()
})

export const operatorState = z.object({
  userId: id,
  name: z.string(),
  presence,
  /** Their phone is registered (or stands at a fixed address). */
  isReachable: z.boolean(),
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
export type OperatorState = z.infer<typeof operatorState>

export interface Hello extends Stamped {
  /** False: the missed events follow. True: start from this snapshot. */
  resync: boolean
  calls: LiveCall[]
  operators: OperatorState[]
}

/** What the server sends on `/live`. */
export interface ServerEvents {
  hello: (hello: Hello) => void
  /** A call changed; `phase: 'ended'` is its last word. */
  call: (event: Stamped & { call: LiveCall }) => void
  operator: (event: Stamped & { operator: OperatorState }) => void
  /** A journal row was written or changed. */
  journal: (event: Stamped & { callId: string }) => void
  /** Health of the machine changed: shown as a banner. */
  health: (event: Stamped & { status: 'ok' | 'degraded'; checks: Record<string, string> }) => void
}

/** What a client may send. */
export interface ClientEvents {
  setPresence: (
    value: 'available' | 'away' | 'offline',
    done: (result: { ok: boolean; error?: string }) => void
  ) => void
}

/** Handshake: `auth: { epoch, seq }` of the last event seen, if any. The session cookie (or token) says who it is. */
export interface Handshake {
  epoch?: string
  seq?: number
  token?: string
}
