import { z } from 'zod'

/** `123-456-7890`, however it is written. */
const customer = z
  .string()
  .transform((text) => text.replace(/[\s-]/g, ''))
  .refine((text) => /^\d{10}$/.test(text), { error: 'must be a customer id, such as 123-456-7890' })
const none = z.literal('').transform(() => null)
const action = z
  .union([none, z.string().regex(/^\d{1,20}$/)])
  .nullable()
  .default(null)

export const googleAdsSettings = z.object({
  customerId: customer,
  /** Of the manager account through which it is reached. */
  loginCustomerId: z.union([none, customer]).nullable().default(null),
  /** Google takes one away about a year after it came. */
  version: z
    .string()
    .regex(/^v\d{2,3}$/)
    .default('v22'),
  /** Conversion actions, by id; null: not sent. */
  callAction: action,
  inquiryAction: action,
  wonAction: action,
  /** Of somebody without a click id: a hash of mail and telephone number. */
  isSendingHashes: z.boolean().default(false),
  consent: z.enum(['unset', 'granted', 'denied']).default('unset'),
  isReadingCosts: z.boolean().default(true),
  locale: z.enum(['ru', 'en']).default('ru')
})

export type GoogleAdsSettings = z.infer<typeof googleAdsSettings>
