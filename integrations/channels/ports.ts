import type { Knex } from 'knex'

export interface IncomingFile {
  name: string
  contentType: string
  bytes: number
  contentId: string | null
  content: Buffer | null
}

/** As `crm/messages/receive.ts` takes it. */
export interface Incoming {
  foreignId: string
  at: Date
  peer: string
  name: string | null
  phone: string | null
  subject: string | null
  text: string
  html: string | null
  messageId: string | null
  refs: readonly string[]
  to: readonly string[]
  cc: readonly string[]
  isAuto: boolean
  files: readonly IncomingFile[]
  bounce: { messageIds: readonly string[]; detail: string } | null
}

/** What the channels need of the CRM. */
export interface ChannelPorts {
  receive(trx: Knex, channel: { id: string; kind: string }, message: Incoming): Promise<boolean>
  blocked(trx: Knex, channelId: string, peer: string, isBlocked: boolean): Promise<void>
}
