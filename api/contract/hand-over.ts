import { z } from 'zod'
import { id, isoTime } from './common.ts'
import { usageReference } from './usage.ts'

const count = z.number().int()
/** How many things of each kind. `membership`: in projects of others. */
export const handOverCounts = z.object({
  contact: count,
  company: count,
  inquiry: count,
  deal: count,
  task: count,
  project: count,
  callback: count,
  membership: count,
  group: count
})
const person = z.object({ id, name: z.string() })

export const handOverPreviewQuery = z.object({
  /** Ids of those who take over, with commas. */
  toIds: z.string().max(1000).optional()
})

export const handOverPreview = z.object({
  counts: handOverCounts,
  groups: z.array(person),
  /** Who would get how many things; empty while nobody is chosen. */
  shares: z.array(z.object({ userId: id, contacts: count, things: count })),
  /** What names the person and stays as it is: schemes, numbers and the like. */
  named: z.array(usageReference),
  rules: z.array(person)
})

export const handOverBody = z.object({
  /** One person, or several among whom all is shared evenly. */
  toIds: z.array(id).min(1).max(20),
  /** They join the groups of whoever leaves, at the same place. */
  withGroups: z.boolean().default(true),
  /** Whoever leaves can no longer sign in, and is signed out everywhere. */
  block: z.boolean().default(true)
})

export const handOver = z.object({
  id,
  /** Whose things they were. */
  user: person,
  to: z.array(person),
  counts: handOverCounts,
  hasBlocked: z.boolean(),
  createdBy: person.nullable(),
  createdAt: isoTime,
  undoneAt: isoTime.nullable()
})
/** The last 100. */
export const handOverList = z.object({ items: z.array(handOver) })
export const handOverUndone = z.object({
  /** Things that are theirs again. */
  back: count,
  /** Things that went on to others since, or are gone: left as they are. */
  kept: count,
  isActive: z.boolean()
})

export type HandOver = z.infer<typeof handOver>
export type HandOverPreview = z.infer<typeof handOverPreview>
export type HandOverUndone = z.infer<typeof handOverUndone>
