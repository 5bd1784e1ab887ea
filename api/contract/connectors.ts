import { z } from 'zod'
import { id, isoTime, pageQuery, patchOf } from './common.ts'
import { connectorKinds } from './connector-words.ts'

const kind = z.enum(connectorKinds)
const name = z.string().trim().min(1).max(100)
/** What they are depends on the kind; see docs/integrations.md. */
const settings = z.record(z.string().max(60), z.unknown())
/** Go in and never out. One that is left out stays. */
const keys = z.record(z.string().max(60), z.string().trim().max(2000))

/** A link to a foreign system. */
export const connector = z.object({
  id,
  kind,
  name,
  isActive: z.boolean(),
  /** `new`: the other side was not joined yet; `needsLogin`: it takes our keys no more. */
  state: z.enum(['new', 'ready', 'needsLogin']),
  settings,
  /** Names of the keys that are there. */
  keys: z.array(z.string()),
  /** Where the other side sends its events; holds a token, so it is shown to admins only. */
  hookUrl: z.string(),
  /** For the block `lookup`: asks the other side whose client calls. */
  ownerUrl: z.string(),
  /** What stops it as a whole: a code of ours or of the other side. */
  trouble: z.string().nullable(),
  troubleDetail: z.string().nullable(),
  /** When it is tried again. */
  pausedUntil: isoTime.nullable(),
  lastOkAt: isoTime.nullable(),
  /** Calls, inquiries and deals of the last thirty days. */
  counts: z.object({ waiting: z.number().int(), failed: z.number().int(), done: z.number().int() }),
  /** Names of files that are made for it. */
  files: z.array(z.string()),
  createdAt: isoTime,
  updatedAt: isoTime
})
const subject = z.enum(['call', 'inquiry', 'deal'])
export const connectorCreate = z.object({
  kind,
  name,
  isActive: z.boolean().default(true),
  settings,
  keys: keys.default({})
})
export const connectorPatch = patchOf(connectorCreate.omit({ kind: true }))
/** Keys that are left out stay; settings are replaced as a whole. Neither is kept where they do not work. */
export const connectorRejoin = z.object({ keys: keys.default({}), settings: settings.optional() })
/** `code` and `message` say what is wrong. */
export const connectorTest = z.object({
  isOk: z.boolean(),
  code: z.string().nullable(),
  message: z.string().nullable()
})
/** People of the other side, and which of ours they seem to be. */
export const connectorPeople = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      extension: z.string().nullable(),
      mail: z.string().nullable(),
      /** By short number, else by name. */
      userId: id.nullable()
    })
  )
})
export const connectorJob = z.object({
  id,
  subject,
  subjectId: id,
  state: z.enum(['pending', 'done', 'failed']),
  attempts: z.number().int(),
  nextAttemptAt: isoTime.nullable(),
  lastError: z.string().nullable(),
  lastErrorCode: z.string().nullable(),
  /** The client's number, or what the inquiry or the deal is called. */
  client: z.string().nullable(),
  startedAt: isoTime.nullable(),
  updatedAt: isoTime
})
export const connectorJobQuery = pageQuery.extend({ state: connectorJob.shape.state.optional() })
/** What was said, with its secrets hidden. */
export const connectorExchange = z.object({
  id,
  subject: subject.nullable(),
  subjectId: id.nullable(),
  direction: z.enum(['out', 'in']),
  method: z.string(),
  request: z.unknown(),
  status: z.number().int().nullable(),
  response: z.string().nullable(),
  error: z.string().nullable(),
  tookMs: z.number().int().nullable(),
  at: isoTime
})
export const connectorExchangeQuery = pageQuery.extend({ subjectId: id.optional() })
/** Something on the other side that a setting may name. */
export const connectorChoice = z.object({ id: z.string(), name: z.string() })
/** Without `jobId` all that was given up. */
export const connectorResend = z.object({ jobId: id.optional() })
export const connectorResent = z.object({ sent: z.number().int() })

export type ConnectorChoice = z.infer<typeof connectorChoice>
export type ConnectorItem = z.infer<typeof connector>
export type ConnectorJobItem = z.infer<typeof connectorJob>
export type ConnectorExchangeItem = z.infer<typeof connectorExchange>
export type ConnectorPeople = z.infer<typeof connectorPeople>
export type ConnectorTest = z.infer<typeof connectorTest>
