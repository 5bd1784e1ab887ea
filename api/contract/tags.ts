import { z } from 'zod'
import { id, isoTime } from './common.ts'

/** A tag as people write it on a call. */
export const tagWord = z.string().trim().min(1).max(50)

/** A scheme that puts a tag on calls; `isPublished`: calls follow it now, otherwise its draft says so. */
export const tagScheme = z.object({ id, name: z.string(), isPublished: z.boolean() })

export const tagUse = z.object({
  name: z.string(),
  /** Calls that carry it, of all time. */
  calls: z.number().int(),
  /** When the latest of them began. */
  lastAt: isoTime.nullable(),
  schemes: z.array(tagScheme)
})

/** What was done to a tag: renamed, merged into another, or (`to` is null) taken off all calls. */
export const tagChange = z.object({
  id,
  from: z.string(),
  to: z.string().nullable(),
  /** So many calls were changed. */
  calls: z.number().int(),
  createdAt: isoTime,
  createdBy: z.object({ id, name: z.string() }).nullable(),
  undoneAt: isoTime.nullable()
})

/** Every tag of calls; `last`: the last change, while it can be undone and is of the last day. */
export const tagUses = z.object({ items: z.array(tagUse), last: tagChange.nullable() })

export const tagRename = z
  .object({ from: tagWord, to: tagWord })
  .refine(({ from, to }) => from !== to, { error: 'must be another name', path: ['to'] })
export const tagRemove = z.object({ name: tagWord })

/** `calls`: so many have their former tags again; those that somebody has changed since stay as they are. */
export const tagUndone = z.object({ calls: z.number().int() })

export type TagUse = z.infer<typeof tagUse>
export type TagChange = z.infer<typeof tagChange>
export type TagUses = z.infer<typeof tagUses>
