import { z } from 'zod'
import { id, isoTime, pageQuery, patchOf } from './common.ts'

export const channelKinds = ['mail', 'telegram'] as const
const kind = z.enum(channelKinds)
const name = z.string().trim().min(1).max(100)
const keys = z.record(z.string().max(40), z.string().max(1000))

/** A way to talk with clients. `settings` depend on the kind; see docs/messages.md. */
export const messageChannel = z.object({
  id,
  kind,
  name,
  isActive: z.boolean(),
  settings: z.record(z.string(), z.unknown()),
  /** Names of the secrets that are there; they go in and never out. */
  keys: z.array(z.string()),
  /** Why nothing goes in or out just now. */
  trouble: z.string().nullable(),
  troubleDetail: z.string().nullable(),
  lastOkAt: isoTime.nullable(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const messageChannelCreate = z.object({
  kind,
  name,
  isActive: z.boolean().default(true),
  settings: z.record(z.string().max(60), z.unknown()),
  keys: keys.default({})
})
/** Secrets that are left out stay, but not for another server or user. */
export const messageChannelPatch = patchOf(messageChannelCreate.omit({ kind: true }))
export const channelTest = z.object({
  /** What was tried, in order; the first that fails is the last. */
  steps: z.array(
    z.object({
      name: z.string(),
      isOk: z.boolean(),
      trouble: z.string().nullable(),
      detail: z.string().nullable()
    })
  )
})
/** Mailboxes from which a new mail may be sent. */
export const mailSenders = z.object({
  items: z.array(z.object({ id, name: z.string(), address: z.string() }))
})

export const conversation = z.object({
  id,
  kind,
  /** Null where the channel was removed: it can be read only. */
  channel: z.object({ id, name: z.string(), isActive: z.boolean() }).nullable(),
  contact: z.object({ id, name: z.string() }).nullable(),
  inquiryId: id.nullable(),
  dealId: id.nullable(),
  /** A mail address, or the id of a chat. */
  peer: z.string(),
  peerName: z.string().nullable(),
  subject: z.string().nullable(),
  unread: z.number().int(),
  isBlocked: z.boolean(),
  /** Nothing but letters of machines so far. */
  isAuto: z.boolean(),
  lastAt: isoTime,
  lastText: z.string(),
  lastDirection: z.enum(['in', 'out']),
  createdAt: isoTime
})
export const conversationFilters = {
  contactId: id.optional(),
  channelId: id.optional(),
  /** `machines`: automatic letters, lists and spam, which stand apart from the rest. */
  show: z.enum(['all', 'unread', 'machines']).default('all'),
  /** In names, addresses and subjects. */
  search: z.string().max(100).default('')
}
export const messageFile = z.object({
  id,
  name: z.string(),
  contentType: z.string(),
  bytes: z.number().int(),
  /** False: it was too large to keep. */
  isKept: z.boolean()
})
export const message = z.object({
  id,
  conversationId: id,
  direction: z.enum(['in', 'out']),
  at: isoTime,
  author: z.object({ id, name: z.string() }).nullable(),
  fromName: z.string().nullable(),
  fromAddress: z.string().nullable(),
  toAddresses: z.array(z.string()),
  ccAddresses: z.array(z.string()),
  subject: z.string().nullable(),
  text: z.string(),
  /** Ask `GET /api/messages/:id/html` for it. */
  hasHtml: z.boolean(),
  hasRemoteImages: z.boolean(),
  isAuto: z.boolean(),
  state: z.enum(['received', 'queued', 'sending', 'sent', 'failed', 'bounced']),
  trouble: z.string().nullable(),
  troubleDetail: z.string().nullable(),
  nextAt: isoTime.nullable(),
  files: z.array(messageFile)
})
export const messageQuery = pageQuery
export const htmlQuery = z.object({ images: z.enum(['0', '1']).default('0') })
export const fileQuery = z.object({ show: z.enum(['0', '1']).default('0') })

const addresses = z.array(z.email().max(254).toLowerCase()).max(50)
const text = z.string().max(100_000)
const subject = z
  .string()
  .trim()
  .max(500)
  .regex(/^\P{Cc}*$/u, 'must be one line')
const draft = {
  text,
  subject: subject.nullable().default(null),
  cc: addresses.default([]),
  /** From `POST /api/message-files`. */
  fileIds: z.array(id).max(20).default([])
}
const saysSomething = (body: { text: string; fileIds: string[] }): boolean =>
  body.text.trim() !== '' || body.fileIds.length > 0
const empty = { message: 'must not be empty', path: ['text'] }

/** `to`: instead of the client, in mails. */
export const messageCreate = z.object({ ...draft, to: addresses.default([]) }).refine(saysSomething, empty)
/** A new mail. `forwardOf`: its files come along. */
export const conversationCreate = z.object({
  ...draft,
  channelId: id,
  contactId: id.nullable().default(null),
  to: addresses.min(1),
  forwardOf: id.nullable().default(null)
})
export const unreadCount = z.object({ conversations: z.number().int() })

export const messageTemplate = z.object({
  id,
  name,
  subject: z.string(),
  text: z.string(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const messageTemplateCreate = z.object({
  name,
  subject: subject.default(''),
  text: z.string().trim().min(1).max(20_000)
})
export const messageTemplatePatch = patchOf(messageTemplateCreate)
export const filledQuery = z.object({ contactId: id.optional(), conversationId: id.optional() })
export const filledTemplate = z.object({ subject: z.string(), text: z.string() })

export type MessageChannel = z.infer<typeof messageChannel>
export type ChannelTest = z.infer<typeof channelTest>
export type Conversation = z.infer<typeof conversation>
export type Message = z.infer<typeof message>
export type MessageFile = z.infer<typeof messageFile>
export type MessageTemplate = z.infer<typeof messageTemplate>
export type MailSenders = z.infer<typeof mailSenders>
