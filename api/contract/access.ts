import { z } from 'zod'
import { id, isoTime, locale, role } from './common.ts'
import { scopes } from './settings-words.ts'

/** A key for machines: acts as the user it belongs to. The token itself is shown once. */
export const apiToken = z.object({
  id,
  name: z.string(),
  userId: id,
  /** Null: everything that the role of its user may. */
  scopes: z.array(z.enum(scopes)).nullable(),
  expiresAt: isoTime.nullable(),
  /** Who made it. */
  createdBy: id.nullable(),
  createdAt: isoTime,
  lastUsedAt: isoTime.nullable()
})
export const apiTokenCreate = z.object({
  name: z.string().trim().min(1).max(200),
  /** Whose rights it has; by default those of the admin who makes it. */
  userId: id.optional(),
  /** What it is limited to within these rights. Null, or left out: nothing. */
  scopes: z
    .array(z.enum(scopes))
    .min(1)
    .transform((given) => [...new Set(given)])
    .nullable()
    .default(null),
  /** From then on nobody knows it. */
  expiresAt: isoTime.nullable().default(null)
})
export const apiTokenWithSecret = apiToken.extend({ token: z.string() })

export const meLocale = z.object({ locale })
export const mePassword = z.object({
  current: z.string().min(1).max(200),
  password: z.string().min(8).max(200)
})

export const auditEntry = z.object({
  id: z.string(),
  at: isoTime,
  userId: id.nullable(),
  userName: z.string().nullable(),
  action: z.string(),
  entity: z.string().nullable(),
  entityId: z.string().nullable(),
  ip: z.string().nullable(),
  data: z.record(z.string(), z.unknown())
})

export const schemeVersion = z.object({
  version: z.number().int(),
  publishedAt: isoTime,
  publishedBy: z.object({ id, name: z.string() }).nullable(),
  body: z.record(z.string(), z.unknown())
})

export const demoState = z.object({
  isDemo: z.boolean(),
  /** Accounts for trying things out: told only to a browser on the same machine. */
  logins: z.array(z.object({ login: z.string(), name: z.string(), role })).optional(),
  password: z.string().optional()
})
/** Everything may be left out: a believable caller phones a number of the demo company. */
export const demoCall = z.object({
  to: z.string().max(30).optional(),
  from: z.string().max(30).optional(),
  scenario: z.string().max(50).optional()
})
export const demoCallAnswer = z.object({ from: z.string(), to: z.string() })
export const hangupAnswer = z.object({ result: z.enum(['done', 'notFound']) })

export type ApiToken = z.infer<typeof apiToken>
export type AuditEntry = z.infer<typeof auditEntry>
export type SchemeVersion = z.infer<typeof schemeVersion>
