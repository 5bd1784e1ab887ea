import { z } from 'zod'

/** Only a system in the own network may go without TLS. */
const insideHost = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/

/** An address of a foreign system, however people write it (`company.example.com`), as an origin. */
export function portalOf(example: string) {
  const error = `must be an address such as ${example}`
  return z
    .string()
    .trim()
    .max(253)
    .transform((text) => (/^https?:\/\//i.test(text) ? text : `https://${text}`))
    .refine((text) => URL.canParse(text) && new URL(text).username === '', { error })
    .transform((text) => new URL(text))
    .refine(
      ({ protocol, hostname }) =>
        protocol === 'https:'
          ? hostname.includes('.') || insideHost.test(hostname)
          : insideHost.test(hostname),
      { error }
    )
    .transform((url) => url.origin)
}
