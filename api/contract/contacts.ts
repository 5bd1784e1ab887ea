import { z } from 'zod'
import { id, isoTime, patchOf } from './common.ts'
import { activity, deal, inquiryState, stageKind } from './crm.ts'
import { message } from './messages.ts'

const named = z.object({ id, name: z.string() })

/** As people write it: kept in small letters. */
export const email = z.string().trim().toLowerCase().pipe(z.email().max(200))
export const tagWord = z.string().trim().min(1).max(40)
export const tagWords = z
  .array(tagWord)
  .max(50)
  .transform((words) => [...new Set(words)].sort())
/** Values of custom fields, by the id of the field; null takes one away. */
export const customValues = z.record(
  id,
  z.union([z.string().trim().max(1000), z.number(), z.boolean(), z.null()])
)
export type CustomValues = z.infer<typeof customValues>

export const customThings = ['contacts', 'companies'] as const
export const customKinds = ['text', 'number', 'date', 'choice', 'flag'] as const
const choices = z
  .array(z.string().trim().min(1).max(100))
  .max(100)
  .transform((words) => [...new Set(words)])
export const customField = z.object({
  id,
  things: z.enum(customThings),
  name: z.string(),
  kind: z.enum(customKinds),
  /** Of a choice: what there is to choose, in order. */
  choices: z.array(z.string()),
  position: z.number().int(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const customFieldCreate = z.object({
  things: z.enum(customThings).default('contacts'),
  name: z.string().trim().min(1).max(60),
  kind: z.enum(customKinds),
  choices: choices.default([]),
  position: z.number().int().min(0).max(1000).default(0)
})
/** What kind it is stays: values are kept by it. */
export const customFieldPatch = patchOf(customFieldCreate.omit({ kind: true, things: true }))
export type CustomField = z.infer<typeof customField>

export const company = z.object({
  id,
  name: z.string(),
  /** What the tax office knows it by. */
  taxNumber: z.string().nullable(),
  website: z.string().nullable(),
  phones: z.array(z.string()),
  emails: z.array(z.string()),
  ownerId: id.nullable(),
  note: z.string().nullable(),
  tags: z.array(z.string()),
  custom: customValues,
  /** How many contacts it has. */
  contacts: z.number().int(),
  isDemo: z.boolean(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const companyCreate = z.object({
  name: z.string().trim().min(1).max(200),
  taxNumber: z.string().trim().max(40).nullable().default(null),
  website: z.string().trim().max(300).nullable().default(null),
  phones: z.array(z.string().trim().min(2).max(60)).max(20).default([]),
  emails: z.array(email).max(20).default([]),
  ownerId: id.nullable().default(null),
  note: z.string().max(5000).nullable().default(null),
  tags: tagWords.default([]),
  custom: customValues.default({})
})
export const companyPatch = patchOf(companyCreate)
export type Company = z.infer<typeof company>

export const contactNote = z.object({
  id,
  text: z.string(),
  author: named.nullable(),
  createdAt: isoTime,
  editedAt: isoTime.nullable()
})
export type ContactNote = z.infer<typeof contactNote>
export const noteBody = z.object({ text: z.string().trim().min(1).max(5000) })
/** What a note said before, the newest first. */
export const noteVersions = z.object({
  items: z.array(z.object({ text: z.string(), author: named.nullable(), at: isoTime }))
})
export type NoteVersions = z.infer<typeof noteVersions>

export const consentKinds = ['processing', 'marketing', 'recording'] as const
export const consent = z.object({
  id,
  kind: z.enum(consentKinds),
  isGiven: z.boolean(),
  /** Where it comes from: a form, a talk, a paper. */
  origin: z.string(),
  at: isoTime,
  createdBy: named.nullable()
})
export type Consent = z.infer<typeof consent>
export const consentBody = z.object({
  kind: z.enum(consentKinds),
  isGiven: z.boolean(),
  origin: z.string().trim().min(1).max(300),
  /** Left out: now. */
  at: isoTime.optional()
})
export const consents = z.object({ items: z.array(consent) })

export const timelineKinds = [
  'call',
  'visit',
  'form',
  'callback',
  'message',
  'inquiry',
  'deal',
  'task',
  'note',
  'consent',
  'merge'
] as const
export const timelineKind = z.enum(timelineKinds)
export type TimelineKind = z.infer<typeof timelineKind>
export const timelineQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
  /** One or several, comma-separated; all without it. */
  kinds: z
    .string()
    .max(200)
    .optional()
    .transform((text) => text?.split(','))
    .pipe(z.array(timelineKind).optional())
})
/** One thing that happened with a client; what it is stands under its kind. */
export const timelineItem = z.object({
  kind: timelineKind,
  id: z.string(),
  at: isoTime,
  call: activity.shape.call
    .unwrap()
    .extend({ sourceName: z.string().nullable(), note: z.string().nullable() })
    .nullable(),
  visit: z
    .object({
      id,
      landingUrl: z.string(),
      pageCount: z.number().int(),
      source: z.string(),
      medium: z.string(),
      campaign: z.string().nullable(),
      keyword: z.string().nullable()
    })
    .nullable(),
  form: z.object({ name: z.string().nullable(), message: z.string().nullable() }).nullable(),
  callback: z.object({ state: z.string(), at: isoTime.nullable() }).nullable(),
  /** A mail or a message of a bot: the beginning of it; all of it is in its conversation. */
  message: z
    .object({
      conversationId: id,
      /** `mail`, `telegram`, … */
      channelKind: z.string(),
      direction: z.enum(['in', 'out']),
      state: message.shape.state,
      subject: z.string().nullable(),
      text: z.string(),
      files: z.number().int(),
      author: named.nullable()
    })
    .nullable(),
  inquiry: z.object({ id, title: z.string(), kind: z.string(), state: inquiryState }).nullable(),
  /** A deal that was opened, or went to another stage. */
  deal: deal
    .pick({ id: true, title: true, amount: true, currency: true })
    .extend({ stage: z.string(), stageKind, isNew: z.boolean(), by: named.nullable() })
    .nullable(),
  task: z
    .object({
      id,
      title: z.string(),
      kind: z.string(),
      state: z.string(),
      dueAt: isoTime.nullable(),
      assignee: named.nullable()
    })
    .nullable(),
  note: contactNote.nullable(),
  consent: consent.nullable(),
  merge: z.object({ id, name: z.string(), by: named.nullable(), canUndo: z.boolean() }).nullable()
})
export type TimelineItem = z.infer<typeof timelineItem>
export const timeline = z.object({ items: z.array(timelineItem), nextCursor: z.string().nullable() })

/** Of two contacts that may be one: which fields differ, and what would go from the other to this one. */
export const mergeConflict = z.object({ field: z.string(), mine: z.string(), theirs: z.string() })
export type MergeConflict = z.infer<typeof mergeConflict>
export const mergePreview = z.object({
  other: named,
  conflicts: z.array(mergeConflict),
  phones: z.array(z.string()),
  emails: z.array(z.string()),
  tags: z.array(z.string()),
  /** How much moves, by kind. */
  moves: z.object({
    calls: z.number().int(),
    inquiries: z.number().int(),
    deals: z.number().int(),
    tasks: z.number().int(),
    notes: z.number().int(),
    visitors: z.number().int()
  })
})
export type MergePreview = z.infer<typeof mergePreview>
export const mergeQuery = z.object({ otherId: id })
export const mergeChoice = z.enum(['mine', 'theirs', 'both'])
export const mergeBody = z.object({
  otherId: id,
  /** By the field of each conflict: which of the two stands. `both` is for the note. */
  choices: z.record(z.string().max(60), mergeChoice).default({})
})
export const merged = z.object({ id, winnerId: id, loserId: id, undoneAt: isoTime.nullable() })
export type Merged = z.infer<typeof merged>

export const duplicateReasons = ['email', 'name'] as const
export const duplicate = z.object({
  id,
  name: z.string(),
  company: z.string().nullable(),
  phones: z.array(z.string()),
  emails: z.array(z.string()),
  reasons: z.array(z.enum(duplicateReasons))
})
export type Duplicate = z.infer<typeof duplicate>
export const duplicates = z.object({ items: z.array(duplicate) })
/** Pairs among all contacts. */
export const duplicatePairs = z.object({
  items: z.array(
    z.object({
      a: duplicate.omit({ reasons: true }),
      b: duplicate.omit({ reasons: true }),
      reasons: z.array(z.enum(duplicateReasons))
    })
  ),
  /** There are more than are listed. */
  isMore: z.boolean()
})
export type DuplicatePairs = z.infer<typeof duplicatePairs>
export const notSameBody = z.object({ a: id, b: id })

export const contactTags = z.object({
  items: z.array(z.object({ name: z.string(), contacts: z.number().int() }))
})
/** Whether operators see only the contacts that are theirs, nobody's, or that they have talked with. */
export const contactSettings = z.object({ operatorsSeeOwn: z.boolean() })
export type ContactSettings = z.infer<typeof contactSettings>
