import { z } from 'zod'
import { id, isoTime, patchOf, presence } from './common.ts'

const name = z.string().trim().min(1).max(200)

/** `sip:user@host:port` of a telephone that does not register with us. */
export const sipAddress = z
  .string()
  .regex(/^sip:[\w.+-]*@?[\w.-]+(:\d+)?$/, 'must look like sip:user@host:5060')
  .nullable()

/** A telephone of a person. Everybody has one browser device; SIP phones may be added to it, and all of them ring. */
export const device = z.object({
  id,
  userId: id,
  name,
  kind: z.enum(['browser', 'sip']),
  /** With this it registers; its password is on the provisioning page. */
  sipUser: z.string(),
  sipAddress: z.string().nullable(),
  /** Switched off, it cannot register and does not ring. */
  isActive: z.boolean(),
  /** It is registered, or stands at a fixed address. */
  isReachable: z.boolean(),
  createdAt: isoTime,
  updatedAt: isoTime
})
/** A SIP phone: the browser device is there already. */
export const deviceCreate = z.object({
  userId: id,
  name,
  sipAddress: sipAddress.default(null),
  isActive: z.boolean().default(true)
})
export const devicePatch = patchOf(deviceCreate.omit({ userId: true }))

/** What somebody types into a SIP phone. It holds the password: each look is audited. */
export const provisioning = z.object({
  deviceId: id,
  deviceName: z.string(),
  displayName: z.string(),
  extension: z.string().nullable(),
  server: z.string(),
  port: z.number().int(),
  transport: z.enum(['udp', 'tcp']),
  user: z.string(),
  secret: z.string(),
  /** All of it as one SIP URI, which is what the QR code says. */
  uri: z.string(),
  /** The QR code as an SVG image. */
  qrSvg: z.string()
})

/** Why somebody is away. */
export const pauseReason = z.object({
  id,
  code: z.string(),
  nameRu: z.string(),
  nameEn: z.string(),
  position: z.number().int(),
  isActive: z.boolean(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const pauseReasonCreate = z.object({
  code: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'Latin letters, digits and _, beginning with a letter'),
  nameRu: z.string().trim().min(1).max(100),
  nameEn: z.string().trim().min(1).max(100),
  position: z.number().int().min(0).max(1000).default(100),
  isActive: z.boolean().default(true)
})
/** The code stays: the log of presence names it. */
export const pauseReasonPatch = patchOf(pauseReasonCreate.omit({ code: true }))

/** How a talk ended, in the company's words. The first nine in use have the keys 1 … 9. */
export const wrapUpCode = pauseReason
export const wrapUpCodeCreate = pauseReasonCreate
/** The code stays: calls carry it. */
export const wrapUpCodePatch = pauseReasonPatch

/** Ids of pause reasons or of wrap-up codes in their new order; those left out come after. */
export const codeOrder = z.object({ ids: z.array(id).min(1).max(1000) })
export const codeOrderChange = codeOrder.extend({
  /** The order that it was made from; where another stands there now, nothing is changed (409). */
  fromIds: z.array(id).max(1000).optional()
})

/** Rules of the company for its operators. */
export const operatorSettings = z.object({
  /** Time for notes after a talk; 0 for none. A group may have its own. */
  wrapUpSeconds: z.number().int().min(0).max(3600),
  /** Missed rings in a row after which an operator is set away; 0 for never. */
  autoPauseAfter: z.number().int().min(0).max(100),
  /** The wrap-up lasts until the operator has said how the talk ended. */
  requireWrapUpCode: z.boolean()
})
export const operatorSettingsPatch = operatorSettings.partial()

/** What somebody can set; without a reason, being away gets the first one of the list. */
export const presenceWish = z.object({
  presence: presence.extract(['available', 'away', 'offline']),
  /** Code of a pause reason, for `away`. */
  reason: z.string().max(40).nullable().optional()
})
export const wrapUpExtend = z.object({ seconds: z.number().int().min(5).max(1800).default(60) })

export const queueState = z.object({
  queueId: z.string(),
  /** Of the group, where the queue is a group's. */
  name: z.string().nullable(),
  /** In turn. A callback that keeps a place has no call. */
  waiting: z
    .array(
      z.object({
        position: z.number().int(),
        callId: z.string().nullable(),
        callbackId: z.string().nullable(),
        priority: z.number(),
        since: isoTime
      })
    )
    .readonly(),
  longestSince: isoTime.nullable(),
  averageWaitSeconds: z.number().int().nullable()
})
/** All queues in which somebody waits; what others show is over. */
export const queueList = z.object({ items: z.array(queueState) })

const share = z.coerce.number().min(0).max(100).default(1)
export const scoresQuery = z.object({ rating: share, idle: share, load: share })
/** How the strategy `weighted` sees the free operators of a group, the best first; each part is 0 … 1. */
export const scores = z.object({
  items: z.array(
    z.object({
      userId: id,
      name: z.string(),
      rating: z.number(),
      idle: z.number(),
      load: z.number(),
      total: z.number()
    })
  )
})

export type Device = z.infer<typeof device>
export type Provisioning = z.infer<typeof provisioning>
export type PauseReason = z.infer<typeof pauseReason>
export type WrapUpCode = z.infer<typeof wrapUpCode>
export type OperatorSettings = z.infer<typeof operatorSettings>
export type PresenceWish = z.infer<typeof presenceWish>
export type QueueState = z.infer<typeof queueState>
export type Scores = z.infer<typeof scores>
