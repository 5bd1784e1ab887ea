import { z } from 'zod'
import { deskSettings } from '../../crm/inquiries/desk-settings.ts'
import { id, isoTime, outcome, presence } from './common.ts'

const named = z.object({ id, name: z.string() })

/** By which rules the desk works; everybody who sees it knows its targets. */
export const inquiryRules = deskSettings
export type InquiryRules = z.infer<typeof inquiryRules>

/** Rules that are not saved yet: who would get the next inquiry by them. */
export const dispatchPreviewQuery = deskSettings.shape.dispatch
export const dispatchPreview = z.object({
  /** Null: nobody is free, and it would stay on the desk. */
  next: named.nullable(),
  why: z.enum(['sticky', 'rating', 'load', 'carousel', 'weighted', 'nobody']),
  people: z.array(
    z.object({
      person: named,
      presence,
      /** Why they are left out; null: they are at work. */
      skipped: z.enum(['inactive', 'away', 'offline']).nullable(),
      /** Inquiries that they have. */
      inquiries: z.number().int(),
      rating: z.number().nullable(),
      /** The parts of the score, 0 … 1 among those at work. */
      parts: z.object({ free: z.number(), load: z.number(), rating: z.number() }),
      score: z.number()
    })
  )
})
export type DispatchPreview = z.infer<typeof dispatchPreview>

/** A number or a mail of which somebody has said that it is spam. */
export const spamMark = z.object({
  id,
  kind: z.enum(['phone', 'email']),
  value: z.string(),
  reason: z.string().nullable(),
  /** Who said so; null: a mark of the journal. */
  by: named.nullable(),
  createdAt: isoTime,
  /** What came from there since, and is hidden. */
  hidden: z.number().int(),
  lastAt: isoTime.nullable()
})
export type SpamMark = z.infer<typeof spamMark>
export const spamMarkFilters = { search: z.string().max(100).optional() }

/** Clients whose calls nobody took, one line for each number. */
export const missedFilters = z.object({
  /** `waiting`: nobody has talked with them since; `returned`: somebody has. */
  state: z.enum(['waiting', 'returned']).default('waiting'),
  /** An id, or `none`. */
  ownerId: id.or(z.literal('none')).optional(),
  mine: z.literal('true').optional(),
  search: z.string().max(100).optional(),
  days: z.coerce.number().int().min(1).max(90).default(14),
  limit: z.coerce.number().int().min(1).max(500).default(200)
})
export const missedLine = z.object({
  /** The last of their missed calls. */
  callId: id,
  /** When the first of those that stand together was, and the last. */
  firstAt: isoTime,
  lastAt: isoTime,
  outcome,
  calls: z.number().int(),
  phone: z.string().nullable(),
  name: z.string().nullable(),
  contactId: id.nullable(),
  sourceName: z.string().nullable(),
  /** Whose it is to call back. */
  owner: named.nullable(),
  /** The task that owes the call; null where there is none. */
  taskId: id.nullable(),
  dueAt: isoTime.nullable(),
  /** Calls of ours since the first miss that reached nobody. */
  tries: z.number().int(),
  /** The talk that settled it, and how long after the first miss it was. */
  returned: z
    .object({
      at: isoTime,
      callId: id,
      direction: z.enum(['in', 'out']),
      by: named.nullable(),
      afterSeconds: z.number().int()
    })
    .nullable()
})
export type MissedLine = z.infer<typeof missedLine>
export const missedBoard = z.object({
  items: z.array(missedLine),
  waiting: z.number().int(),
  overdue: z.number().int(),
  returned: z.number().int(),
  /** The middle one of the times to the first successful callback; null where nobody was called back. */
  medianSeconds: z.number().int().nullable()
})
export type MissedBoard = z.infer<typeof missedBoard>
