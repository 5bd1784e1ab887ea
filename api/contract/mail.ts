import { z } from 'zod'

export const mailSecurity = z.enum(['none', 'starttls', 'tls'])
const host = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .regex(
    /^[^\s/@:]+$|^\[?[0-9a-fA-F:.]+\]?$/,
    'must be a host name or an address, without a scheme or a port'
  )
/** An address, or a name with one: `Ringtrace <reports@example.com>`. */
const sender = z
  .string()
  .trim()
  .min(3)
  .max(320)
  .regex(/^(?:[^<>\r\n"]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, 'must be a mail address')

/** The server through which mail leaves. */
export const mailSettings = z.object({
  host: host.nullable().default(null),
  port: z.number().int().min(1).max(65535).default(587),
  security: mailSecurity.default('starttls'),
  user: z.string().max(320).default(''),
  /** The password itself never leaves. */
  hasPassword: z.boolean(),
  from: sender.nullable().default(null)
})
/** `password`: left out, it stays (but not when the host, port or user changes); empty, it goes. */
export const mailSettingsPut = mailSettings
  .omit({ hasPassword: true })
  .extend({ host, from: sender, password: z.string().max(1000).optional() })
export const mailTest = z.object({ to: z.email() })
export const mailReasons = [
  'notSetUp',
  'nameNotFound',
  'refused',
  'timeout',
  'tls',
  'noStarttls',
  'badLogin',
  'senderRefused',
  'recipientRefused',
  'relayDenied',
  'other'
] as const
/** `detail` is what the server said. */
export const mailTestAnswer = z.object({
  ok: z.boolean(),
  reason: z.enum(mailReasons).nullable(),
  message: z.string().nullable(),
  detail: z.string().nullable()
})
export type MailSettings = z.infer<typeof mailSettings>
