import { z } from 'zod'

/** A field that somebody has emptied is null. */
const digits = z
  .string()
  .nullable()
  .default('')
  .transform((text) => text?.trim() ?? '')
  .refine((text) => /^\d{0,12}$/.test(text), { error: 'must be a number' })

const zone = z
  .string()
  .trim()
  .refine(isZone, { error: 'must be a time zone such as Europe/Moscow' })
  .default('Europe/Moscow')

export const comagicSettings = z.object({
  /** Where the account is: keys of one are none of the other. */
  server: z.enum(['comagic', 'uiscom']).default('uiscom'),
  /** Dates there have no zone: they are meant in the account's. */
  timeZone: zone,
  /** A site and a campaign of theirs, for what came without a visit that they know. */
  siteId: digits,
  campaignId: digits,
  isSendingCalls: z.boolean().default(true),
  /** A link to the record, from where they fetch it. */
  isSendingRecords: z.boolean().default(true),
  /** Forms and callbacks of our sites. */
  isSendingForms: z.boolean().default(true),
  /** Stages and sums of deals. */
  isSendingDeals: z.boolean().default(true),
  /** Requests that they have taken become inquiries. */
  isTakingRequests: z.boolean().default(true),
  /** Only deals in this currency have a sum there. */
  currency: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{3}$/, { error: 'must be a code such as RUB' })
    .default('RUB'),
  /** People there, by ids of ours. */
  people: z.record(z.uuid(), z.string().regex(/^\d{1,12}$/)).default({}),
  /** Whose records of people are that nobody there is. */
  defaultPerson: z
    .string()
    .regex(/^\d{1,12}$/)
    .nullable()
    .default(null),
  /** Of comments. */
  locale: z.enum(['ru', 'en']).default('ru')
})

export type ComagicSettings = z.infer<typeof comagicSettings>

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return name !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
