import type { Knex } from 'knex'
import { MessageRefusal } from '../../crm/messages/refusal.ts'
import type { Who } from '../auth/sessions.ts'
import { conversation, message, type Conversation, type Message } from '../contract/messages.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'

/** An operator sees conversations of their own clients and deals, and those that are nobody's. */
export function onlySeen(query: Knex.QueryBuilder, who: Who): void {
  if (who.role !== 'operator') return
  query.whereRaw(
    `(not exists (select from contacts k where k.id = conversations.contact_id and k.owner_id is not null and k.owner_id <> :me)
      or exists (select from inquiries i where i.id = conversations.inquiry_id and i.responsible_id = :me)
      or exists (select from deals d where d.id = conversations.deal_id and d.responsible_id = :me))`,
    { me: who.userId }
  )
}

/** In which something waits hidden as spam, or whose inquiry is spam. They come back with the mark that is taken back. */
export const spamTalks = `(conversations.deal_id is null and conversations.id in (select m.conversation_id from spam_hits h
    join messages m on m.id = h.subject_id where h.subject = 'message')
  or exists (select from inquiries i where i.id = conversations.inquiry_id and i.state = 'spam'))`

/** @throws ApiError not_found */
export async function seenConversation(db: Knex, id: unknown, who: Who): Promise<Row> {
  const query = db('conversations').where({ id })
  onlySeen(query, who)
  const row = await query.first<Row | undefined>()
  if (!row) throw new ApiError('not_found')
  return row
}

/** @throws ApiError not_found */
export async function seenMessage(db: Knex, id: string, who: Who): Promise<Row> {
  const row = await db('messages').where({ id }).first<Row | undefined>()
  if (!row) throw new ApiError('not_found')
  await seenConversation(db, row['conversation_id'], who)
  return row
}

const idsOf = (rows: readonly Row[], column: string): string[] => [
  ...new Set(rows.map((row) => row[column]).filter((id): id is string => typeof id === 'string'))
]

export async function conversationItems(db: Knex, rows: Row[]): Promise<Conversation[]> {
  const [channels, contacts] = await Promise.all([
    db('message_channels')
      .whereIn('id', idsOf(rows, 'channel_id'))
      .select<{ id: string; name: string; is_active: boolean }[]>('id', 'name', 'is_active'),
    db('contacts')
      .whereIn('id', idsOf(rows, 'contact_id'))
      .select<{ id: string; name: string }[]>('id', 'name')
  ])
  return rows.map((row) => {
    const channel = channels.find(({ id }) => id === row['channel_id'])
    return itemOf(conversation, row, {
      channel: channel ? { id: channel.id, name: channel.name, isActive: channel.is_active } : null,
      contact: contacts.find(({ id }) => id === row['contact_id']) ?? null
    })
  })
}

export async function messageItems(db: Knex, rows: Row[]): Promise<Message[]> {
  const [authors, files] = await Promise.all([
    db('users').whereIn('id', idsOf(rows, 'author_id')).select<{ id: string; name: string }[]>('id', 'name'),
    db('message_files').whereIn('message_id', idsOf(rows, 'id')).orderBy('position').select<
      {
        id: string
        message_id: string
        name: string
        content_type: string
        bytes: number
        content_id: string | null
        is_kept: boolean
      }[]
    >('id', 'message_id', 'name', 'content_type', 'bytes', 'content_id', db.raw('content is not null as is_kept'))
  ])
  return rows.map((row) => {
    const html = typeof row['html'] === 'string' ? row['html'] : ''
    return itemOf(message, row, {
      author: authors.find(({ id }) => id === row['author_id']) ?? null,
      hasHtml: html !== '',
      hasRemoteImages: html.includes(' data-remote="'),
      files: files
        .filter((file) => file.message_id === row['id'])
        // Pictures that stand in the letter itself are no files to a reader.
        .filter((file) => file.content_id === null || !html.includes(` data-cid="${file.content_id}"`))
        .map((file) => ({
          ...{ id: file.id, name: file.name, contentType: file.content_type },
          ...{ bytes: file.bytes, isKept: file.is_kept }
        }))
    })
  })
}

/** What the CRM refuses, as an answer. */
export function refused(error: unknown): unknown {
  if (!(error instanceof MessageRefusal)) return error
  return new ApiError(error.code, { cause: error })
}
