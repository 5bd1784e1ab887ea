import { z } from 'zod'

const host = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .regex(
    /^[^\s/@:]+$|^\[?[0-9a-fA-F:.]+\]?$/,
    'must be a host name or an address, without a scheme or a port'
  )
const server = z.object({
  host,
  port: z.number().int().min(1).max(65535),
  security: z.enum(['none', 'starttls', 'tls']),
  user: z.string().trim().max(320).default('')
})

/** A mailbox as its settings describe it; passwords are kept apart. */
export const mailboxSettings = z.object({
  /** Letters leave in its name, and clients answer to it. */
  address: z.email().max(254).toLowerCase(),
  senderName: z
    .string()
    .trim()
    .max(100)
    .regex(/^[^\p{Cc}<>"]*$/u, 'must hold no quotes or angle brackets')
    .default(''),
  imap: server.extend({ user: z.string().trim().min(1).max(320) }),
  folder: z.string().trim().min(1).max(200).default('INBOX'),
  /** Letters of so many last days are taken when it is first opened. */
  takeDays: z.number().int().min(0).max(30).default(0),
  /** Null: letters leave by the company's own server, as reports do. */
  smtp: server.nullable().default(null),
  signature: z.string().max(2000).default('')
})
export type MailboxSettings = z.infer<typeof mailboxSettings>
export type MailServerSettings = z.infer<typeof server>
