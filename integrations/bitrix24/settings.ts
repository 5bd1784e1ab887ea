import { z } from 'zod'

/** Only a portal in the own network may go without TLS. */
const insideHost = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/

/** `company.bitrix24.ru`, however people write it, as an origin. */
const portal = z
  .string()
  .trim()
  .max(253)
  .transform((text) => (/^https?:\/\//i.test(text) ? text : `https://${text}`))
  .refine((text) => URL.canParse(text) && new URL(text).username === '', {
    error: 'must be the address of a portal, such as company.bitrix24.ru'
  })
  .transform((text) => new URL(text))
  .refine(
    ({ protocol, hostname }) =>
      protocol === 'https:' ? hostname.includes('.') || insideHost.test(hostname) : insideHost.test(hostname),
    { error: 'must be the address of a portal, such as company.bitrix24.ru' }
  )
  .transform((url) => url.origin)

export const bitrix24Settings = z.object({
  portal,
  /** Users there, by the ids of ours. */
  people: z.record(z.uuid(), z.string().regex(/^\d{1,10}$/)).default({}),
  /** Who gets calls that nobody of them took. */
  defaultPerson: z
    .string()
    .regex(/^\d{1,10}$/)
    .nullable()
    .default(null),
  /** An unknown client becomes a lead (or a deal with a contact, as the portal is set up). */
  isCreating: z.boolean().default(true),
  isShowingCard: z.boolean().default(true),
  isSendingRecords: z.boolean().default(true),
  /** A comment with source, campaign and keyword in the client's card. */
  isTellingSource: z.boolean().default(true),
  /** Of that comment. */
  locale: z.enum(['ru', 'en']).default('ru')
})

export type Bitrix24Settings = z.infer<typeof bitrix24Settings>
