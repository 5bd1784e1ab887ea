import { z } from 'zod'
import { usageReference } from './usage.ts'
import { inquiryChannels, outcomes, presences, ringTones, roles } from './words.ts'

export { inquiryChannels, outcomes, presences, roles }

export const id = z.uuid()
export const isoTime = z.iso.datetime()
export const role = z.enum(roles)
export const locale = z.enum(['ru', 'en'])
export const presence = z.enum(presences)
export const outcome = z.enum(outcomes)
export const inquiryChannel = z.enum(inquiryChannels)
export const ringTone = z.enum(ringTones)

/** RFC 9457, with a stable `code` and, for a bad body, the fields at fault with a stable `code` each. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string(), code: z.string() })).optional(),
  /** Of `work_needed`: SHA-256 of `challenge:answer` must begin with so many zero bits. */
  work: z.object({ challenge: z.string(), bits: z.number().int() }).optional(),
  /** Of `draft_changed`: what stands there now, to compare with what was sent. */
  current: z.record(z.string(), z.unknown()).optional(),
  /** Of `in_use`: what uses it, as `GET /api/<things>/{id}/usage` tells. */
  usage: z.array(usageReference).optional(),
  /** Of `scope_missing`: the scope that the token lacks. */
  missingScope: z.string().optional()
})

/** Every collection answers in this shape. */
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })

export const pageQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50)
})

export type Role = z.infer<typeof role>
export type Presence = z.infer<typeof presence>
export type Problem = z.infer<typeof problem>

type WithoutDefaults<S extends z.ZodRawShape> = {
  [K in keyof S]: z.ZodOptional<S[K] extends z.ZodDefault<infer Inner> ? Inner : S[K]>
}
/**
 * The body of a PATCH. Not `partial()`: zod fills a default in even where a field is optional, so that a PATCH
 * of one field would reset all the others.
 */
export function patchOf<S extends z.ZodRawShape>(schema: z.ZodObject<S>): z.ZodObject<WithoutDefaults<S>> {
  const shape = Object.entries(schema.shape).map(([key, field]) => [
    key,
    z.optional(field instanceof z.ZodDefault ? field.unwrap() : field)
  ])
  // Object.fromEntries forgets which key has which type.
  return z.object(Object.fromEntries(shape) as WithoutDefaults<S>)
}

/** The mark of a state of settings: sent back with a change, it refuses one that was made from another state (409). */
export const revision = z.string().max(64)
