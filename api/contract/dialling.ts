import { z } from 'zod'
import { callbackSettings } from '../../dialling/core/settings.ts'
import { hoursSettings } from '../../dialling/policy/hours.ts'
import { dialPolicySettings } from '../../dialling/policy/settings.ts'
import { id, isoTime, patchOf, revision } from './common.ts'
import { e164 } from './config.ts'

/** A telephone number as a person writes it; it is read by the rules of the company's country. */
export const anyNumber = z.string().trim().min(2).max(60)
const text = (longest: number) => z.string().trim().min(1).max(longest)

export const dialPolicy = dialPolicySettings.extend({ revision: revision.optional() })
export const dialPolicyNow = dialPolicySettings.extend({ revision })
export const dialPolicyCheck = z.object({
  number: anyNumber,
  numberId: id.optional(),
  trunkId: id.optional(),
  /** As a list or a callback would: wishes for no calls count. */
  isUnsolicited: z.boolean().default(false)
})
export const dialPolicyAnswer = z.object({
  allowed: z.boolean(),
  /** A stable code; null when the number may be dialled. */
  reason: z.string().nullable(),
  /** E.164, or an emergency number as it is; null when it is no number. */
  number: z.string().nullable(),
  country: z.string().nullable(),
  isEmergency: z.boolean(),
  /** The client wishes no calls. */
  isDoNotCall: z.boolean(),
  trunk: z.object({ id, name: z.string() }).nullable(),
  otherTrunks: z.array(z.object({ id, name: z.string() })),
  /** The number of ours that the client sees. */
  callerId: z.string().nullable()
})

export const callbackRules = callbackSettings.extend({ revision: revision.optional() })
export const callbackRulesNow = callbackSettings.extend({ revision })

export const clickToCall = z.object({
  to: anyNumber,
  /** Whose telephones ring first; by default those of whoever asks. */
  userId: id.optional(),
  /** The number of ours that the client shall see. */
  numberId: id.optional(),
  contactId: id.optional()
})
export const clickToCallAnswer = z.object({
  callId: id,
  /** `do_not_call`: the client wishes no calls. */
  warnings: z.array(z.enum(['do_not_call']))
})

export const callbackStates = ['waiting', 'calling', 'retry', 'done', 'failed', 'cancelled'] as const
export const attemptResults = [
  'talked',
  'noOperator',
  'operatorLeft',
  'clientBusy',
  'clientNoAnswer',
  'failed',
  'refused',
  'lost',
  'returned'
] as const

export const callback = z.object({
  id,
  phone: e164,
  name: z.string().nullable(),
  note: z.string().nullable(),
  /** When the client wishes it; null: as soon as possible. */
  at: isoTime.nullable(),
  kind: z.enum(['form', 'missed', 'queue', 'scheme', 'manual', 'api']),
  siteId: id.nullable(),
  sourceId: id.nullable(),
  numberId: id.nullable(),
  visitId: id.nullable(),
  inquiryId: id.nullable(),
  parentCallId: id.nullable(),
  contactId: id.nullable(),
  groupId: id.nullable(),
  userId: id.nullable(),
  state: z.enum(callbackStates),
  /** Attempts in which the client was called. */
  attempts: z.number().int(),
  nextAttemptAt: isoTime.nullable(),
  /** `returned`: a talk settled it before its turn came. */
  lastResult: z.enum(attemptResults).nullable(),
  lastReason: z.string().nullable(),
  /** The call of the last attempt. */
  callId: id.nullable(),
  /** It keeps its place in a queue. */
  isQueued: z.boolean(),
  /** How often it was asked for while it was open. */
  requests: z.number().int(),
  createdBy: id.nullable(),
  createdAt: isoTime,
  updatedAt: isoTime,
  doneAt: isoTime.nullable()
})
export const callbackTry = z.object({
  at: isoTime,
  endedAt: isoTime.nullable(),
  callId: id.nullable(),
  result: z.enum(attemptResults).nullable(),
  reason: z.string().nullable(),
  operatorId: id.nullable()
})
export const callbackWithTries = callback.extend({ tries: z.array(callbackTry) })
export const callbackCreate = z.object({
  phone: anyNumber,
  name: text(200).nullable().default(null),
  note: text(2000).nullable().default(null),
  at: isoTime.nullable().default(null),
  siteId: id.nullable().default(null),
  sourceId: id.nullable().default(null),
  numberId: id.nullable().default(null),
  visitId: id.nullable().default(null),
  inquiryId: id.nullable().default(null),
  parentCallId: id.nullable().default(null),
  contactId: id.nullable().default(null),
  groupId: id.nullable().default(null),
  userId: id.nullable().default(null)
})
/** `isMerged`: the client had an open callback already, and this wish joined it. */
export const callbackCreated = callback.extend({ isMerged: z.boolean() })
export const callbackPatch = z
  .object({
    name: text(200).nullable(),
    note: text(2000).nullable(),
    at: isoTime.nullable(),
    groupId: id.nullable(),
    userId: id.nullable(),
    state: z.literal('cancelled')
  })
  .partial()
export const callNow = z.object({ userId: id.optional() })

const entryStates = ['waiting', 'calling', 'retry', 'done', 'failed', 'stopped'] as const
export const dialList = z.object({
  id,
  name: z.string(),
  groupId: id.nullable(),
  userId: id.nullable(),
  /** The number that clients see. */
  numberId: id.nullable(),
  /** Null: those of the company. Never before nine or after eight where the client lives. */
  hours: hoursSettings.nullable(),
  state: z.enum(['draft', 'running', 'paused', 'done']),
  maxAttempts: z.number().int(),
  pauseMinutes: z.number().int(),
  ringSeconds: z.number().int(),
  isRecorded: z.boolean(),
  counts: z.object(
    Object.fromEntries(entryStates.map((state) => [state, z.number().int()])) as Record<
      (typeof entryStates)[number],
      z.ZodNumber
    >
  ),
  createdBy: id.nullable(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const dialListCreate = z.object({
  name: text(200),
  groupId: id.nullable().default(null),
  userId: id.nullable().default(null),
  numberId: id.nullable().default(null),
  hours: hoursSettings.nullable().default(null),
  maxAttempts: z.number().int().min(1).max(10).default(3),
  pauseMinutes: z.number().int().min(10).max(43_200).default(120),
  ringSeconds: z.number().int().min(10).max(60).default(30),
  isRecorded: z.boolean().default(true)
})
export const dialListPatch = patchOf(dialListCreate)
export const dialListEntry = z.object({
  id,
  listId: id,
  position: z.number().int(),
  phone: e164,
  name: z.string().nullable(),
  note: z.string().nullable(),
  state: z.enum(entryStates),
  attempts: z.number().int(),
  nextAttemptAt: isoTime.nullable(),
  lastResult: z.enum(attemptResults).nullable(),
  lastReason: z.string().nullable(),
  callId: id.nullable(),
  updatedAt: isoTime
})
/** Entries one by one, or as the text of a CSV file: phone, name, note. */
export const dialListImport = z.union([
  z.object({
    entries: z
      .array(
        z.object({
          phone: z.string().max(60),
          name: z.string().max(1000).nullable().optional(),
          note: z.string().max(5000).nullable().optional()
        })
      )
      .min(1)
      .max(20_000)
  }),
  z.object({ csv: z.string().min(1).max(900_000) })
])
export const dialListImported = z.object({
  added: z.number().int(),
  /** In the list already. */
  skipped: z.number().int()
})

export const doNotCall = z.object({
  id,
  phone: e164,
  reason: z.string().nullable(),
  callId: id.nullable(),
  createdBy: id.nullable(),
  createdAt: isoTime
})
export const doNotCallCreate = z.object({
  phone: anyNumber,
  reason: text(500).nullable().default(null),
  callId: id.nullable().default(null)
})

export type DialPolicyBody = z.infer<typeof dialPolicy>
export type DialPolicyAnswer = z.infer<typeof dialPolicyAnswer>
export type CallbackItem = z.infer<typeof callback>
export type { TaskItem } from './tasks.ts'
export type DialListItem = z.infer<typeof dialList>
export type DialListEntryItem = z.infer<typeof dialListEntry>
export type DoNotCallItem = z.infer<typeof doNotCall>
