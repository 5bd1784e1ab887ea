import { z } from 'zod'
import { id, isoTime, patchOf } from './common.ts'
import { spamActions } from './words.ts'

export const callerListKinds = ['spam', 'vip', 'own'] as const

const name = z.string().trim().min(1).max(100)
const note = z.string().trim().max(500).nullable()

/** A list of callers. Spam and VIP are there from the start; schemes ask for any of them by its id. */
export const callerList = z.object({
  id,
  name,
  kind: z.enum(callerListKinds),
  /** What is on it now. */
  size: z.number().int(),
  /** Calls of the last 30 days that came from numbers on it. */
  calls30: z.number().int(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const callerListCreate = z.object({ name })
export const callerListPatch = patchOf(callerListCreate)

/** Somebody on a list: a number, or all that begin like it. */
export const callerEntry = z.object({
  id,
  listId: id,
  phone: z.string(),
  isPrefix: z.boolean(),
  note: z.string().nullable(),
  createdBy: z.object({ id, name: z.string() }).nullable(),
  /** The call from which it was added. */
  callId: id.nullable(),
  expiresAt: isoTime.nullable(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const callerEntryCreate = z.object({
  listId: id,
  /** As people write it; a beginning ends with * or has `isPrefix`. */
  phone: z.string().trim().min(2).max(40),
  isPrefix: z.boolean().default(false),
  note: note.default(null),
  callId: id.nullable().default(null),
  expiresAt: isoTime.nullable().default(null)
})
export const callerEntryPatch = patchOf(callerEntryCreate.pick({ note: true, expiresAt: true }))

export const callerImport = z.object({ text: z.string().min(1).max(500_000), note: note.default(null) })
export const callerImported = z.object({
  added: z.number().int(),
  /** Were there already. */
  known: z.number().int(),
  refused: z.array(z.object({ line: z.number().int(), text: z.string() }))
})

/** On which lists a number is now. */
export const callerStanding = z.object({
  mark: z.enum(['spam', 'vip']).nullable(),
  entries: z.array(callerEntry.extend({ listName: z.string(), kind: z.enum(callerListKinds) }))
})

/** What becomes of calls from the spam list, and what VIPs get; `minSeconds` and `minCalls` find suggestions. */
export const callerRules = z.object({
  spam: z.enum(spamActions).default('busy'),
  /** Of an announcement, or before a message, such as `prompts/<id>`; null for our own words. */
  spamSound: z
    .string()
    .regex(/^[\w-]+(\/[\w-]+)*$/, 'must be a sound name such as ringtrace/welcome')
    .max(200)
    .nullable()
    .default(null),
  vipPriority: z.number().int().min(0).max(100).default(50),
  minSeconds: z.number().int().min(1).max(60).default(5),
  minCalls: z.number().int().min(2).max(100).default(3)
})

/** A number that behaves like spam; nothing is done to it until somebody says so. */
export const callerSuggestion = z.object({
  phone: z.string(),
  region: z.string().nullable(),
  calls: z.number().int(),
  longestSeconds: z.number().int(),
  lastAt: isoTime
})
export const callerSuggestions = z.object({ items: z.array(callerSuggestion) })
export const callerPhone = z.object({ phone: z.string().trim().min(2).max(40) })

export type CallerList = z.infer<typeof callerList>
export type CallerListEntry = z.infer<typeof callerEntry>
export type CallerRules = z.infer<typeof callerRules>
export type CallerStanding = z.infer<typeof callerStanding>
export type CallerSuggestion = z.infer<typeof callerSuggestion>
export type CallerImported = z.infer<typeof callerImported>
