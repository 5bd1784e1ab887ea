import { z } from 'zod'
import { id, isoTime, outcome } from './common.ts'

const named = z.object({ id, name: z.string() })

/** A client whose calls rang at whoever asks, or who is theirs, and nobody talked with them. */
export const missedClient = z.object({
  /** The last of their missed calls. */
  callId: id,
  at: isoTime,
  outcome,
  waitSeconds: z.number().int().nullable(),
  /** How many they were, the last of them included. */
  calls: z.number().int(),
  /** Null where the caller hid it: then nobody can call back. */
  phone: z.string().nullable(),
  name: z.string().nullable(),
  contactId: id.nullable(),
  sourceName: z.string().nullable(),
  /** Did it ring at them, and how they took it; null: only the client is theirs. */
  ring: z.string().nullable(),
  /** Calls of ours since then that reached nobody. */
  tries: z.number().int(),
  /** The talk that settled it; null while nobody has talked with them. */
  returned: z
    .object({
      at: isoTime,
      callId: id,
      /** `in`: the client called again and was answered. */
      direction: z.enum(['in', 'out', 'internal']),
      operator: named.nullable()
    })
    .nullable()
})
export const missedClients = z.object({
  items: z.array(missedClient),
  /** How many wait for a call back, whatever the list holds. */
  unreturned: z.number().int()
})

/** What a few letters or digits find to call: clients, and numbers that whoever asks has talked with. */
export const dialFound = z.object({
  kind: z.enum(['contact', 'recent']),
  phone: z.string(),
  contactId: id.nullable(),
  name: z.string().nullable(),
  company: z.string().nullable(),
  /** Of the last call with that number, of whoever asks. */
  lastAt: isoTime.nullable()
})
export const dialFoundList = z.object({ items: z.array(dialFound) })
export const dialSearch = z.object({ search: z.string().trim().max(100).default('') })

export const dialPreviewQuery = z.object({ to: z.string().trim().min(2).max(60) })
/** What a call would be: whom it reaches and which number they see. Nothing is dialled or counted. */
export const dialPreview = z.object({
  allowed: z.boolean(),
  /** A stable code; null when the number may be dialled. */
  reason: z.string().nullable(),
  /** E.164, or an emergency number as it is; null when it is no number. */
  number: z.string().nullable(),
  country: z.string().nullable(),
  region: z.string().nullable(),
  isEmergency: z.boolean(),
  isDoNotCall: z.boolean(),
  /** A colleague whose extension it is: nobody outside is called. */
  colleague: named.nullable(),
  contact: z.object({ id, name: z.string(), company: z.string().nullable() }).nullable(),
  /** The number of ours that the client will see; null where the carrier decides. */
  callerId: z.string().nullable()
})

export type MissedClient = z.infer<typeof missedClient>
export type MissedClients = z.infer<typeof missedClients>
export type DialFound = z.infer<typeof dialFound>
export type DialPreview = z.infer<typeof dialPreview>
