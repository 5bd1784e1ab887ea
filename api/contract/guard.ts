import { isIP } from 'node:net'
import { z } from 'zod'
import { guardSettings } from '../../pbx/guard/settings.ts'
import { id, isoTime, revision } from './common.ts'

export const sipGuard = guardSettings.extend({ revision: revision.optional() })
export const sipGuardNow = guardSettings.extend({ revision })

export const sipBan = z.object({
  id,
  address: z.string(),
  cause: z.enum(['unknown_user', 'wrong_password', 'by_hand']),
  /** Refused requests that led to it, and the names that they used. */
  tries: z.number().int(),
  accounts: z.array(z.string()),
  note: z.string().nullable(),
  /** Which ban of this address it is: each lasts longer than the one before. */
  offence: z.number().int(),
  since: isoTime,
  /** Null: until somebody lifts it. */
  until: isoTime.nullable(),
  isActive: z.boolean(),
  /** Who banned it; null: it was banned by itself. */
  bannedBy: z.string().nullable(),
  liftedAt: isoTime.nullable(),
  liftedBy: z.string().nullable()
})
export const sipBanCreate = z.object({
  address: z
    .string()
    .trim()
    .refine((text) => isIP(text) !== 0, { error: 'must be an address such as 192.0.2.7' }),
  note: z.string().trim().min(1).max(500).nullable().default(null),
  /** Null: until somebody lifts it. */
  hours: z.number().int().min(1).max(8760).nullable().default(24)
})

export const dialStop = z.object({
  id,
  userId: id,
  userName: z.string(),
  /** Why: a refusal of the dialling policy. */
  reason: z.string(),
  tries: z.number().int(),
  /** The last numbers that were tried. */
  numbers: z.array(z.string()),
  at: isoTime,
  liftedAt: isoTime.nullable(),
  liftedBy: z.string().nullable()
})

export type SipBan = z.infer<typeof sipBan>
export type SipGuardSettings = z.infer<typeof sipGuardNow>
export type DialStop = z.infer<typeof dialStop>
