import type { Knex } from 'knex'
import { readEmail } from '../clients.ts'

/** A file that came with a message; without content it was too large to keep. */
export interface IncomingFile {
  name: string
  contentType: string
  bytes: number
  contentId: string | null
  content: Buffer | null
}

/** A message as a channel tells of it, in words that all channels share. */
export interface Incoming {
  /** The same however often it is told; another for every other message of the channel. */
  foreignId: string
  at: Date
  /** A mail address, or the id of a chat. */
  peer: string
  name: string | null
  /** A number that the client gave as theirs, in E.164. */
  phone: string | null
  subject: string | null
  text: string
  html: string | null
  messageId: string | null
  /** Messages that it answers, the nearest last. */
  refs: readonly string[]
  to: readonly string[]
  cc: readonly string[]
  /** Written by a machine: it asks for nobody's work. */
  isAuto: boolean
  files: readonly IncomingFile[]
  /** It tells that a message of ours did not arrive. */
  bounce: { messageIds: readonly string[]; detail: string } | null
  /** Whether the client wants messages there no more, or does again. */
  isBlocked?: boolean
}

const longestText = 200_000
const longestHtml = 1_000_000
/** PostgreSQL stores no such character. */
const storable = (text: string, length: number): string => text.replaceAll('\u0000', '').slice(0, length)
const orNull = (text: string | null, length: number): string | null =>
  text === null ? null : storable(text, length) || null

/**
 * Writes a message down, once, into the conversation that it goes on with. What it means for the CRM is worked out
 * afterwards, by a row that its trigger writes in the same transaction.
 * @returns false when it was known
 */
export async function receive(
  trx: Knex,
  channel: { id: string; kind: string },
  it: Incoming
): Promise<boolean> {
  const known: unknown = await trx('messages')
    .where({ channel_id: channel.id, foreign_id: it.foreignId })
    .first('id')
  if (known) return false
  if (it.bounce && (await bounced(trx, channel, it, it.bounce))) return true
  await addMessage(trx, channel, it, await conversationOf(trx, channel, it))
  return true
}

async function addMessage(
  trx: Knex,
  channel: { id: string },
  it: Incoming,
  conversationId: string
): Promise<void> {
  const text = storable(it.text, longestText)
  const [row] = await trx('messages')
    .insert({
      conversation_id: conversationId,
      channel_id: channel.id,
      direction: 'in',
      at: it.at,
      from_name: orNull(it.name, 300),
      from_address: storable(it.peer, 320),
      to_addresses: it.to.slice(0, 100).map((each) => storable(each, 320)),
      cc_addresses: it.cc.slice(0, 100).map((each) => storable(each, 320)),
      phone: it.phone,
      subject: orNull(it.subject, 998),
      text,
      html: orNull(it.html, longestHtml),
      is_auto: it.isAuto,
      foreign_id: it.foreignId,
      message_id: orNull(it.messageId, 998),
      refs: it.refs.slice(-50).map((each) => storable(each, 998))
    })
    .returning<{ id: string }[]>('id')
  if (!row) throw new Error('No message came back')
  for (const [position, file] of it.files.entries())
    await trx('message_files').insert({
      message_id: row.id,
      position,
      name: storable(file.name, 200) || 'file',
      content_type: storable(file.contentType, 200),
      bytes: file.bytes,
      content_id: orNull(file.contentId, 300),
      content: file.content
    })
  const shown = text.trim().replace(/\s+/g, ' ').slice(0, 200) || it.files[0]?.name || ''
  await trx.raw(
    `update conversations set
       last_text = case when last_at <= :at then :text else last_text end,
       last_direction = case when last_at <= :at then 'in' else last_direction end,
       last_at = greatest(last_at, :at), unread = unread + :unread,
       peer_name = coalesce(cast(:name as text), peer_name), is_blocked = false,
       is_auto = is_auto and cast(:auto as boolean)
     where id = :id`,
    {
      id: conversationId,
      at: it.at,
      text: storable(shown, 200),
      unread: it.isAuto ? 0 : 1,
      name: orNull(it.name, 300),
      auto: it.isAuto
    }
  )
}

/** Mails go by what they answer; in a chat all is one conversation. */
async function conversationOf(
  trx: Knex,
  channel: { id: string; kind: string },
  it: Incoming
): Promise<string> {
  if (channel.kind !== 'mail') {
    const open = await trx('conversations')
      .where({ channel_id: channel.id, peer: it.peer })
      .first<{ id: string } | undefined>('id')
    return open?.id ?? begin(trx, channel, it)
  }
  const answered =
    it.refs.length === 0
      ? undefined
      : await trx('messages')
          .where({ channel_id: channel.id })
          .whereIn('message_id', [...it.refs])
          .orderBy('at', 'desc')
          .first<{ conversation_id: string } | undefined>('conversation_id')
  return answered?.conversation_id ?? begin(trx, channel, it)
}

async function begin(trx: Knex, channel: { id: string; kind: string }, it: Incoming): Promise<string> {
  const peer = storable(channel.kind === 'mail' ? (readEmail(it.peer) ?? it.peer) : it.peer, 320)
  // A client who writes again, of something else, is known from before.
  const before = await trx('conversations')
    .where({ channel_id: channel.id, peer })
    .whereNotNull('contact_id')
    .orderBy('last_at', 'desc')
    .first<{ contact_id: string } | undefined>('contact_id')
  // Somebody may be merging them into another at this moment; then the CRM finds them by what is known of them.
  const contact =
    before &&
    (await trx('contacts')
      .where({ id: before.contact_id })
      .forKeyShare()
      .first<{ id: string } | undefined>('id'))
  const [row] = await trx('conversations')
    .insert({
      channel_id: channel.id,
      kind: channel.kind,
      contact_id: contact?.id ?? null,
      peer,
      peer_name: orNull(it.name, 300),
      subject: orNull(it.subject, 998),
      is_auto: it.isAuto,
      last_at: it.at
    })
    .returning<{ id: string }[]>('id')
  if (!row) throw new Error('No conversation came back')
  return row.id
}

/** A letter that came back is shown at the message that was sent. @returns false when it is none of ours */
async function bounced(
  trx: Knex,
  channel: { id: string; kind: string },
  it: Incoming,
  bounce: { messageIds: readonly string[]; detail: string }
): Promise<boolean> {
  const sent = await trx('messages')
    .where({ channel_id: channel.id, direction: 'out' })
    .whereIn('message_id', [...bounce.messageIds])
    .first<{ id: string; conversation_id: string } | undefined>('id', 'conversation_id')
  if (!sent) return false
  await trx('messages')
    .where({ id: sent.id })
    .update({ state: 'bounced', trouble: 'bounced', trouble_detail: storable(bounce.detail, 500) })
  await trx('conversations').where({ id: sent.conversation_id }).increment('unread', 1)
  await addMessage(trx, channel, { ...it, isAuto: true }, sent.conversation_id)
  return true
}

/** The client has shut the door, or opened it again. */
export async function blocked(trx: Knex, channelId: string, peer: string, isBlocked: boolean): Promise<void> {
  await trx('conversations').where({ channel_id: channelId, peer }).update({ is_blocked: isBlocked })
}
