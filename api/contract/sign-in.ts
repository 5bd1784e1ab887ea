import { z } from 'zod'
import { id, isoTime } from './common.ts'

/** One place where somebody is signed in. */
export const session = z.object({
  id,
  createdAt: isoTime,
  lastSeenAt: isoTime,
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  /** The one that asks. */
  isCurrent: z.boolean()
})
export const sessionList = z.object({ items: z.array(session) })

export const secondFactor = z.object({ isOn: z.boolean(), recoveryCodesLeft: z.number().int() })
/** `uri` is what an authenticator app reads from the picture. */
export const secondFactorSetup = z.object({ secret: z.string(), uri: z.string() })
const password = z.string().min(1).max(200)
const code = z.string().trim().min(1).max(40)
export const passwordAgain = z.object({ password })
export const secondFactorCode = z.object({ code })
/** Shown once. */
export const recoveryCodes = z.object({ recoveryCodes: z.array(z.string()) })

/** A link by which somebody sets a password: once, and not for long. */
export const accessLinkCreate = z.object({
  /** Where to send it; without one, it is only shown. */
  email: z.email().max(320).optional()
})
export const accessLink = z.object({
  kind: z.enum(['invitation', 'reset']),
  /** Shown once. */
  url: z.string(),
  expiresAt: isoTime,
  /** Null: nobody asked for a letter. */
  mail: z.object({ ok: z.boolean(), message: z.string().nullable() }).nullable()
})
const token = z.string().min(20).max(100)
export const linkLook = z.object({ token })
export const linkSeen = z.object({
  kind: z.enum(['invitation', 'reset']),
  login: z.string(),
  name: z.string(),
  expiresAt: isoTime
})
export const linkUse = z.object({ token, password: z.string().min(8).max(200) })

export type Session = z.infer<typeof session>
export type SecondFactor = z.infer<typeof secondFactor>
export type SecondFactorSetup = z.infer<typeof secondFactorSetup>
export type AccessLink = z.infer<typeof accessLink>
export type LinkSeen = z.infer<typeof linkSeen>
