import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { readEmail } from '../clients.ts'
import { MessageRefusal } from './refusal.ts'

/** What somebody of ours wants to say. */
export interface Draft {
  subject: string | null
  text: string
  /** Beside the client; mails only. */
  to?: readonly string[]
  cc?: readonly string[]
  authorId: string | null
  files?: readonly { name: string; contentType: string; content: Buffer }[]
}

interface ConversationRow {
  id: string
  channel_id: string | null
  kind: string
  contact_id: string | null
  inquiry_id: string | null
  peer: string
  subject: string | null
  is_blocked: boolean
}

/**
 * Writes a message into a conversation; it leaves by the outbox, from the same transaction.
 * @returns its id
 * @throws MessageRefusal not_found, channel_gone, client_blocked
 */
export async function say(trx: Knex, conversationId: string, draft: Draft): Promise<string> {
  const talk = await trx('conversations')
    .where({ id: conversationId })
    .forUpdate()
    .first<ConversationRow | undefined>()
  if (!talk) throw new MessageRefusal('not_found')
  if (talk.is_blocked) throw new MessageRefusal('client_blocked')
  const channel = await trx('message_channels')
    .where({ id: talk.channel_id, is_active: true })
    .first<{ id: string; settings: { address?: string } } | undefined>('id', 'settings')
  if (!channel) throw new MessageRefusal('channel_gone')
  const isMail = talk.kind === 'mail'
  const id = randomUUID()
  const chain = isMail ? await threadOf(trx, talk.id) : []
  const domain = channel.settings.address?.split('@')[1] ?? 'ringtrace.invalid'
  const to = isMail ? unique([...(draft.to?.length ? draft.to : [talk.peer])]) : []
  await trx('messages').insert({
    ...{ id, conversation_id: talk.id, channel_id: channel.id, direction: 'out' },
    author_id: draft.authorId,
    to_addresses: to,
    cc_addresses: isMail ? unique([...(draft.cc ?? [])]).filter((each) => !to.includes(each)) : [],
    subject: isMail ? (draft.subject?.trim() || answering(talk.subject)).slice(0, 500) : null,
    text: draft.text,
    // The same at each attempt: a letter that went out twice is one.
    message_id: isMail ? `${id}@${domain}` : null,
    refs: chain,
    state: 'queued',
    next_at: trx.fn.now()
  })
  for (const [position, file] of (draft.files ?? []).entries())
    await trx('message_files').insert({
      ...{ message_id: id, position, name: file.name, content_type: file.contentType },
      ...{ bytes: file.content.length, content: file.content }
    })
  const shown = draft.text.trim().replace(/\s+/g, ' ').slice(0, 200) || draft.files?.[0]?.name || ''
  await trx('conversations').where({ id: talk.id }).update({
    last_at: trx.fn.now(),
    last_text: shown,
    last_direction: 'out',
    is_auto: false,
    // Whoever answers has read.
    unread: 0
  })
  if (draft.authorId !== null && talk.inquiry_id !== null)
    await trx('inquiries')
      .where({ id: talk.inquiry_id })
      .whereNull('first_response_at')
      .update({ first_response_at: trx.fn.now() })
  return id
}

const unique = (addresses: readonly string[]): string[] => [...new Set(addresses)]
const answering = (subject: string | null): string =>
  subject === null ? '' : /^(re|отв)\s*:/i.test(subject) ? subject : `Re: ${subject}`

/** Ids of the mails of a conversation, the last of them last. */
async function threadOf(trx: Knex, conversationId: string): Promise<string[]> {
  const rows = await trx('messages')
    .where({ conversation_id: conversationId })
    .whereNotNull('message_id')
    .whereNot({ state: 'failed' })
    .whereRaw("(direction = 'out' or not is_auto)")
    .orderBy([
      { column: 'at', order: 'desc' },
      { column: 'id', order: 'desc' }
    ])
    .limit(20)
    .select<{ message_id: string }[]>('message_id')
  return rows.map((row) => row.message_id).reverse()
}

/**
 * A new mail conversation with somebody.
 * @returns its id
 * @throws MessageRefusal channel_gone
 */
export async function beginMail(
  trx: Knex,
  wish: { channelId: string; contactId: string | null; address: string; subject: string }
): Promise<string> {
  const channel: unknown = await trx('message_channels')
    .where({ id: wish.channelId, kind: 'mail', is_active: true })
    .first('id')
  if (!channel) throw new MessageRefusal('channel_gone')
  const address = readEmail(wish.address)
  if (address === null) throw new MessageRefusal('no_address')
  const owners = await trx('contact_emails')
    .where({ email: address })
    .limit(2)
    .select<{ contact_id: string }[]>('contact_id')
  const [row] = await trx('conversations')
    .insert({
      channel_id: wish.channelId,
      kind: 'mail',
      contact_id: wish.contactId ?? (owners.length === 1 ? owners[0]?.contact_id : null),
      peer: address,
      subject: wish.subject || null,
      last_direction: 'out'
    })
    .returning<{ id: string }[]>('id')
  if (!row) throw new Error('No conversation came back')
  return row.id
}

/**
 * Says something to a client where they were talked with last; else by mail to their first address.
 * @returns the message's id; null when there is no way to them
 */
export async function sendMessage(
  trx: Knex,
  contactId: string,
  text: string,
  subject = ''
): Promise<string | null> {
  const last = await trx('conversations as c')
    .join('message_channels as h', 'h.id', 'c.channel_id')
    .where({ 'c.contact_id': contactId, 'c.is_blocked': false, 'h.is_active': true })
    .orderBy('c.last_at', 'desc')
    .first<{ id: string } | undefined>('c.id')
  if (last) return say(trx, last.id, { subject: null, text, authorId: null })
  const [email, channel] = await Promise.all([
    trx('contact_emails')
      .where({ contact_id: contactId })
      .orderBy('email')
      .first<{ email: string } | undefined>('email'),
    trx('message_channels')
      .where({ kind: 'mail', is_active: true })
      .orderBy('created_at')
      .first<{ id: string } | undefined>('id')
  ])
  if (!email || !channel) return null
  const wish = { channelId: channel.id, contactId, address: email.email, subject }
  return say(trx, await beginMail(trx, wish), { subject, text, authorId: null })
}
