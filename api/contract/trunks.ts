import { z } from 'zod'
import { trunkRule } from '../../dialling/policy/settings.ts'
import { numberHeaders } from '../../pbx/routing/number-called.ts'
import { trunkStates } from '../../pbx/routing/trunk-states.ts'
import { id, isoTime, patchOf } from './common.ts'

const name = z.string().trim().min(1).max(200)
const host = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9.-]{1,253}$/, 'must be a host name or an IPv4 address')
const sipUser = z.string().regex(/^[\w.+@-]{1,100}$/, 'must be Latin letters, digits, and . _ + @ -')
const limit = z.number().int().max(10_000).nullable().default(null)

/** By which rule calls go out through a trunk; a part of the dialling policy. */
export const trunkOutgoing = trunkRule.omit({ trunkId: true })

/** How a trunk stands, as Asterisk sees it. */
export const trunkState = z.enum(trunkStates)

export const trunk = z.object({
  id,
  name,
  /** The carrier it was filled in from, by its name in the list of the screens. */
  preset: z.string().nullable(),
  kind: z.enum(['address', 'registration']),
  host: z.string(),
  port: z.number().int(),
  transport: z.enum(['udp', 'tcp', 'tls']),
  mediaEncryption: z.enum(['off', 'optional', 'required']),
  username: z.string().nullable(),
  authUsername: z.string().nullable(),
  hasSecret: z.boolean(),
  fromUser: z.string().nullable(),
  fromDomain: z.string().nullable(),
  contactUser: z.string().nullable(),
  outboundProxy: z.string().nullable(),
  expirySeconds: z.number().int(),
  isChecked: z.boolean(),
  matchAddresses: z.array(z.string()),
  codecs: z.array(z.string()),
  country: z.string(),
  maxIn: z.number().int().nullable(),
  maxCalls: z.number().int().nullable(),
  silentSeconds: z.number().int(),
  numberHeaders: z.array(z.enum(numberHeaders)),
  numberStrip: z.string(),
  outgoing: trunkOutgoing,
  /** The how-manieth it is tried for calls out, from 0. */
  place: z.number().int(),
  isActive: z.boolean(),
  isDemo: z.boolean(),
  /** As Asterisk sees it: a registration's state, or `configured` for a trunk by address. */
  state: trunkState,
  createdAt: isoTime,
  updatedAt: isoTime
})

export const trunkCreate = z.object({
  name,
  preset: z.string().max(40).nullable().default(null),
  kind: z.enum(['address', 'registration']),
  host,
  port: z.number().int().min(1).max(65_535).default(5060),
  /** `tls` only where the installation has a certificate. */
  transport: z.enum(['udp', 'tcp', 'tls']).default('udp'),
  /** Of the voice (SRTP): `optional` speaks in clear with a carrier that offers none. */
  mediaEncryption: z.enum(['off', 'optional', 'required']).default('off'),
  username: sipUser.nullable().default(null),
  /** Where the carrier asks for another name with the password than in addresses. */
  authUsername: sipUser.nullable().default(null),
  secret: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/)
    .nullable()
    .default(null),
  /** Null: the user name for a registration, else the number shown. */
  fromUser: sipUser.nullable().default(null),
  /** Null: the host for a registration, else our own address. */
  fromDomain: host.nullable().default(null),
  /** Under which name the carrier sends calls to a registration; null: the user name. */
  contactUser: sipUser.nullable().default(null),
  outboundProxy: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,253}(:\d{1,5})?$/, 'must be a host name or an IPv4 address')
    .nullable()
    .default(null),
  /** For so long a registration is asked for. */
  expirySeconds: z.number().int().min(60).max(86_400).default(300),
  /** Asks every 30 seconds by OPTIONS whether the carrier answers; one that does not is tried after the others. */
  isChecked: z.boolean().default(false),
  matchAddresses: z
    .array(z.string().regex(/^[0-9a-fA-F.:]+(\/\d{1,3})?$/))
    .max(100)
    .default([]),
  codecs: z
    .array(z.enum(['alaw', 'ulaw', 'g722', 'opus']))
    .min(1)
    .default(['alaw', 'ulaw']),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .default('RU'),
  /** Calls in at once; a call above it hears “busy” (486). Null leaves it to the carrier. */
  maxIn: limit,
  /** Calls both ways at once. How many go out is `outgoing.maxConcurrent`. */
  maxCalls: limit,
  /** A call out goes on to the next trunk when the carrier has said nothing at all for so long (UDP only). */
  silentSeconds: z.number().int().min(3).max(32).default(6),
  /** Where the number called stands, the surest first. */
  numberHeaders: z.array(z.enum(numberHeaders)).min(1).max(numberHeaders.length).default(['ruri']),
  /** Digits of the carrier's own before the number called. */
  numberStrip: z
    .string()
    .regex(/^[+*#0-9]{0,20}$/, 'must be digits, *, # or +')
    .default(''),
  /** Left out, the trunk carries calls out as it would without being named in the dialling policy. */
  outgoing: trunkOutgoing.optional(),
  isActive: z.boolean().default(true)
})
export const trunkPatch = patchOf(trunkCreate)

/** Something that happened to a trunk: its state changed, or the carrier refused something. */
export const trunkEvent = z.object({
  at: isoTime,
  state: trunkState,
  /** What was refused: our registration, a call of ours, or a call of the carrier's (its limit was reached). */
  about: z.enum(['registration', 'call', 'limit']).nullable(),
  /** SIP answer; null where there was none. */
  code: z.number().int().nullable(),
  /** Asterisk's own words about it, where it has any. */
  text: z.string().nullable()
})
export const trunkLive = z.object({
  trunkId: id,
  state: trunkState,
  /** Since when it stands so, as far as this controller has seen. */
  since: isoTime.nullable(),
  /** The last thing that was refused. */
  lastError: trunkEvent.nullable(),
  /** When registration is tried again, or renewed. */
  nextAttemptAt: isoTime.nullable(),
  /** What the last OPTIONS brought; null where it is not asked, or not yet. */
  answer: z.object({ isThere: z.boolean(), milliseconds: z.number().nullable() }).nullable(),
  callsIn: z.number().int(),
  callsOut: z.number().int(),
  /** Of the company's today. */
  callsToday: z.number().int(),
  failedToday: z.number().int()
})
export const trunkLiveList = z.object({ items: z.array(trunkLive) })
export const trunkHistory = z.object({ items: z.array(trunkEvent) })
export const trunkOrder = z.object({ trunkIds: z.array(id).min(1).max(200) })
export const trunkOrderChange = trunkOrder.extend({
  /** The order that it was made from; where another stands there now, nothing is changed (409). */
  fromTrunkIds: z.array(id).max(200).optional()
})

export type Trunk = z.infer<typeof trunk>
export type TrunkOutgoing = z.infer<typeof trunkOutgoing>
export type TrunkCreate = z.input<typeof trunkCreate>
export type TrunkLive = z.infer<typeof trunkLive>
export type TrunkEvent = z.infer<typeof trunkEvent>
