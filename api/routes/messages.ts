import type { Knex } from 'knex'
import { beginMail, say } from '../../crm/messages/send.ts'
import { letterPage, letterPolicy, plainImages } from '../../crm/messages/show.ts'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { page } from '../contract/common.ts'
import {
  conversation,
  conversationCreate,
  conversationFilters,
  fileQuery,
  htmlQuery,
  message,
  messageCreate,
  messageFile,
  messageQuery,
  unreadCount
} from '../contract/messages.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, likePart, type Row } from '../rows.ts'
import {
  conversationItems,
  messageItems,
  onlySeen,
  refused,
  seenConversation,
  seenMessage,
  spamTalks
} from './message-rows.ts'

const sorts: Sorts = { lastAt: { column: 'last_at', type: 'time' } }
const messageSorts: Sorts = { at: { column: 'at', type: 'time' } }
const largestFile = 10 * 1024 ** 2
const largestMail = 25 * 1024 ** 2
/** Of files whose message was never sent. */
const draftHours = 48

/** Conversations with clients by mail and bots. */
export function messageRoutes({ db }: ApiDeps): Endpoint[] {
  /** Files that the sender has brought for this message, now its own. @throws ApiError unknown_reference, body_too_large */
  async function attach(
    trx: Knex,
    messageId: string,
    fileIds: readonly string[],
    userId: string
  ): Promise<void> {
    if (fileIds.length === 0) return
    const files = await trx('message_files')
      .whereIn('id', [...fileIds])
      .where({ uploaded_by: userId, message_id: null })
      .forUpdate()
      .select<{ id: string; bytes: number }[]>('id', 'bytes')
    if (files.length !== new Set(fileIds).size)
      throw new ApiError('unknown_reference', { errors: [{ path: 'fileIds', message: 'does not exist' }] })
    if (files.reduce((sum, { bytes }) => sum + bytes, 0) > largestMail)
      throw new ApiError('body_too_large', { detail: 'All files together may have 25 MB.' })
    for (const [position, id] of fileIds.entries())
      await trx('message_files').where({ id }).update({ message_id: messageId, position })
  }

  async function written<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    try {
      return await db.transaction(work)
    } catch (error) {
      throw refused(error)
    }
  }

  const told = (trx: Knex, context: Context, conversationId: string, messageId: string): Promise<void> =>
    audit(trx, context, {
      action: 'message.send',
      entity: 'conversation',
      entityId: conversationId,
      data: { messageId }
    })

  return [
    endpoint({
      route: 'GET /api/conversations',
      summary: 'List conversations, those of which something was said last first',
      query: listQuery(sorts, '-lastAt', conversationFilters),
      answer: page(conversation),
      async handle({ query, who }) {
        const rows = db('conversations').select('*')
        onlySeen(rows, who)
        if (query.contactId !== undefined) rows.where({ contact_id: query.contactId })
        else if (query.show === 'machines') rows.whereRaw(`(is_auto or ${spamTalks})`)
        else rows.where({ is_auto: false }).whereRaw(`not ${spamTalks}`)
        if (query.channelId !== undefined) rows.where({ channel_id: query.channelId })
        if (query.show === 'unread') rows.where('unread', '>', 0)
        const wanted = query.search.trim()
        if (wanted !== '')
          rows.where((either) => {
            for (const column of ['peer', 'peer_name', 'subject'])
              either.orWhereILike(column, likePart(wanted))
            either.orWhereIn('contact_id', db('contacts').whereILike('name', likePart(wanted)).select('id'))
          })
        const found = await listPage(db, rows, query, sorts)
        return { items: await conversationItems(db, found.rows), nextCursor: found.nextCursor }
      }
    }),
    endpoint({
      route: 'GET /api/unread-messages',
      summary: 'In how many conversations something was not read yet',
      answer: unreadCount,
      async handle({ who }) {
        const rows = db('conversations').where('unread', '>', 0).whereRaw(`not ${spamTalks}`)
        onlySeen(rows, who)
        const [counted] = await rows.count<{ count: string }[]>('*')
        return { conversations: Number(counted?.count ?? 0) }
      }
    }),
    endpoint({
      route: 'POST /api/conversations',
      summary: 'Write a new mail, or forward one',
      body: conversationCreate,
      answer: conversation,
      status: 201,
      async handle(context) {
        const { body, who } = context
        const [address = '', ...others] = body.to
        const forwarded = body.forwardOf === null ? null : await seenMessage(db, body.forwardOf, who)
        const row = await written(async (trx) => {
          const wish = { channelId: body.channelId, address, subject: body.subject ?? '' }
          const id = await beginMail(trx, { ...wish, contactId: body.contactId })
          await seenConversation(trx, id, who)
          const messageId = await say(trx, id, {
            ...{ subject: body.subject, text: body.text, cc: body.cc, authorId: who.userId },
            to: [address, ...others]
          })
          await attach(trx, messageId, body.fileIds, who.userId)
          if (forwarded)
            await trx.raw(
              `insert into message_files (message_id, position, name, content_type, bytes, content)
               select :id, 100 + position, name, content_type, bytes, content from message_files
               where message_id = :from and content is not null`,
              { id: messageId, from: String(forwarded['id']) }
            )
          await told(trx, context, id, messageId)
          return trx('conversations').where({ id }).first<Row>()
        })
        const [item] = await conversationItems(db, row ? [row] : [])
        if (!item) throw new ApiError('not_found')
        return item
      }
    }),
    endpoint({
      route: 'GET /api/conversations/:id',
      summary: 'Get a conversation',
      answer: conversation,
      async handle({ id, who }) {
        const [item] = await conversationItems(db, [await seenConversation(db, id, who)])
        if (!item) throw new ApiError('not_found')
        return item
      }
    }),
    endpoint({
      route: 'GET /api/conversations/:id/messages',
      summary: 'Messages of a conversation, the newest first',
      query: messageQuery,
      answer: page(message),
      async handle({ id, query, who }) {
        await seenConversation(db, id, who)
        const rows = db('messages').where({ conversation_id: id }).select('*')
        const found = await listPage(db, rows, { ...query, sort: '-at' }, messageSorts)
        return { items: await messageItems(db, found.rows), nextCursor: found.nextCursor }
      }
    }),
    endpoint({
      route: 'POST /api/conversations/:id/messages',
      summary: 'Say something to the client; it leaves by itself, and again where that fails',
      body: messageCreate,
      answer: message,
      status: 201,
      async handle(context) {
        const { id, body, who } = context
        const row = await written(async (trx) => {
          await seenConversation(trx, id, who)
          const { subject, text, to, cc } = body
          const messageId = await say(trx, id, { subject, text, to, cc, authorId: who.userId })
          await attach(trx, messageId, body.fileIds, who.userId)
          await told(trx, context, id, messageId)
          return trx('messages').where({ id: messageId }).first<Row>()
        })
        const [item] = await messageItems(db, row ? [row] : [])
        if (!item) throw new ApiError('not_found')
        return item
      }
    }),
    endpoint({
      route: 'POST /api/conversations/:id/read',
      summary: 'All that was said there until now is read',
      async handle({ id, who }) {
        await seenConversation(db, id, who)
        await db('conversations').where({ id }).where('unread', '>', 0).update({ unread: 0 })
      }
    }),
    endpoint({
      route: 'POST /api/messages/:id/retry',
      summary: 'Send a message again that could not be sent',
      answer: message,
      async handle(context) {
        await seenMessage(db, context.id, context.who)
        const row = await db.transaction(async (trx) => {
          const [again] = (await trx('messages')
            .where({ id: context.id, direction: 'out' })
            .whereIn('state', ['failed', 'bounced'])
            .update({
              state: 'queued',
              attempts: 0,
              next_at: trx.fn.now(),
              trouble: null,
              trouble_detail: null
            })
            .returning('*')) as Row[]
          if (!again) throw new ApiError('not_found')
          // Whoever sends it again has seen to the client's door.
          await trx('conversations').where({ id: again['conversation_id'] }).update({ is_blocked: false })
          await audit(trx, context, {
            action: 'message.retry',
            entity: 'conversation',
            entityId: String(again['conversation_id']),
            data: { messageId: context.id }
          })
          return again
        })
        const [item] = await messageItems(db, [row])
        if (!item) throw new ApiError('not_found')
        return item
      }
    }),
    endpoint({
      route: 'GET /api/messages/:id/html',
      summary: 'The HTML of a mail, cleaned; pictures of the web only when asked for',
      query: htmlQuery,
      raw: 'text/html',
      async handle({ id, query, who, res }) {
        const row = await seenMessage(db, id, who)
        if (typeof row['html'] !== 'string') throw new ApiError('not_found')
        const files = await db('message_files')
          .where({ message_id: id })
          .whereNotNull('content_id')
          .whereIn('content_type', [...plainImages])
          .select<{ content_id: string; content_type: string; content: Buffer | null }[]>(
            'content_id',
            'content_type',
            'content'
          )
        const cid = new Map(
          files.flatMap(({ content_id, content_type, content }) =>
            content
              ? [[content_id, `data:${content_type};base64,${content.toString('base64')}`] as const]
              : []
          )
        )
        const isRemoteShown = query.images === '1'
        res.removeHeader('X-Frame-Options')
        res.set('Content-Security-Policy', letterPolicy(isRemoteShown)).set('Referrer-Policy', 'no-referrer')
        res.type('html').send(letterPage(row['html'], { cid, isRemoteShown }))
      }
    }),
    endpoint({
      route: 'POST /api/message-files',
      summary: 'Bring a file for a message that is being written',
      answer: messageFile,
      status: 201,
      takesUpload: true,
      async handle(context) {
        const { upload, who } = context
        if (!upload) throw new ApiError('upload_expected')
        if (upload.bytes.length > largestFile)
          throw new ApiError('body_too_large', { detail: 'A file may have 10 MB.' })
        const row = await db.transaction(async (trx) => {
          await trx('message_files')
            .whereNull('message_id')
            .where('created_at', '<', trx.raw(`now() - interval '${draftHours} hours'`))
            .delete()
          const [made] = (await trx('message_files')
            .insert({
              name:
                (upload.fileName ?? 'file').replace(/[\p{Cc}\p{Cf}"\\/:*?<>|]+/gu, '_').slice(-150) || 'file',
              content_type: 'application/octet-stream',
              bytes: upload.bytes.length,
              uploaded_by: who.userId,
              content: upload.bytes
            })
            .returning('*')) as Row[]
          if (!made) throw new Error('No file came back')
          await audit(trx, context, {
            action: 'message_file.add',
            entity: 'message_file',
            entityId: String(made['id']),
            data: { bytes: upload.bytes.length }
          })
          return made
        })
        return itemOf(messageFile, row, { isKept: true })
      }
    }),
    endpoint({
      route: 'GET /api/message-files/:id',
      summary: 'A file of a message, to be kept; a plain picture may be shown',
      query: fileQuery,
      raw: 'application/octet-stream',
      async handle(context) {
        const { id, query, who, res } = context
        const file = await db('message_files').where({ id }).first<Row | undefined>()
        if (!file || !Buffer.isBuffer(file['content'])) throw new ApiError('not_found')
        if (file['message_id'] === null) {
          if (file['uploaded_by'] !== who.userId) throw new ApiError('not_found')
        } else await seenMessage(db, file['message_id'] as string, who)
        const type = String(file['content_type'])
        const isShown = query.show === '1' && plainImages.has(type)
        res
          .set('X-Content-Type-Options', 'nosniff')
          .set('Content-Security-Policy', "default-src 'none'; sandbox")
        if (isShown) res.set('Content-Disposition', 'inline')
        else {
          await audit(db, context, { action: 'message_file.download', entity: 'message_file', entityId: id })
          res.attachment(String(file['name']))
        }
        res.type(isShown ? type : 'application/octet-stream').send(file['content'])
      }
    })
  ]
}
