import { z } from 'zod'
import { usageEffects, usageKinds, usageThings } from './settings-words.ts'

export const usageItem = z.object({
  /** Null for what has no page of its own. */
  id: z.string().nullable(),
  name: z.string(),
  /** Blocks of a scheme that name it, by their id and label. */
  blocks: z.array(z.object({ id: z.string(), label: z.string().nullable() })).optional(),
  /** Of a scheme: it is named by what calls follow now, or by the draft only. */
  isPublished: z.boolean().optional()
})

/** One kind of things that use it. */
export const usageReference = z.object({
  kind: z.enum(usageKinds),
  effect: z.enum(usageEffects),
  /** At most 1000 are counted. */
  count: z.number().int(),
  /** The first of them, by name. */
  items: z.array(usageItem)
})

/** What uses a thing, and so what becomes of it when the thing is deleted. */
export const usage = z.object({
  name: z.string(),
  references: z.array(usageReference),
  /** Nothing would break: it can be deleted. */
  canDelete: z.boolean(),
  /** Deleted, it comes back whole by `POST /api/deleted/{id}/restore` within ten minutes. */
  canRestore: z.boolean()
})
export const restored = z.object({ things: z.enum([...usageThings, 'companies']), id: z.uuid() })

export type Usage = z.infer<typeof usage>
export type UsageReference = z.infer<typeof usageReference>
