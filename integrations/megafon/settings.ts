import { z } from 'zod'

/** Only a system in the own network may go without TLS. */
const insideHost = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/
const error = 'must be an address such as https://crm.example.com/telephony'

export const megafonSettings = z.object({
  /** Where the CRM takes messages; its whole address, with a path. */
  url: z
    .string()
    .trim()
    .max(500)
    .refine((text) => URL.canParse(text), { error })
    .transform((text) => new URL(text))
    .refine(
      ({ protocol, hostname, username }) => {
        if (username !== '') return false
        return protocol === 'https:' || (protocol === 'http:' && insideHost.test(hostname))
      },
      { error }
    )
    .transform((url) => url.href),
  /** Rings, answers and ends are told while they happen, for cards of clients. */
  isTellingEvents: z.boolean().default(true),
  /** The history of a call carries a link to its record. */
  isSendingRecords: z.boolean().default(true)
})

export type MegafonSettings = z.infer<typeof megafonSettings>
