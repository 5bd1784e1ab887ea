import { z } from 'zod'
import { id } from './common.ts'

/** What happens to new calls when no more can be carried. */
export const overloadSettings = z.object({
  /** Calls at once, in and out; null: no limit of one's own. */
  maxCalls: z.number().int().min(1).max(100_000).nullable().default(null),
  /** New calls are also turned away while the exchange is measured to be late. */
  isAutomatic: z.boolean().default(true),
  /** What callers beyond the limit get first: the fallback group, or the message that all are busy. */
  answer: z.enum(['message', 'group']).default('message'),
  /** Rings then, and whenever the controller is away; null: everybody while it is away, and nobody beyond the limit. */
  fallbackGroupId: id.nullable().default(null)
})
export type OverloadSettings = z.infer<typeof overloadSettings>
