import { randomUUID } from 'node:crypto'
import type { Channels } from '../../integrations/channels/channels.ts'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { page } from '../contract/common.ts'
import {
  channelTest,
  mailSenders,
  messageChannel,
  messageChannelCreate,
  messageChannelPatch
} from '../contract/messages.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'

const sorts: Sorts = { name: { column: 'name', type: 'text' } }
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const at = (settings: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((found, key) => (found as Record<string, unknown> | null | undefined)?.[key], settings)

/** Mailboxes and bots. Their secrets go in and never out. */
export function messageChannelRoutes({ db, channels }: ApiDeps): Endpoint[] {
  const there = (): Channels => {
    if (!channels) throw new ApiError('not_found')
    return channels
  }
  const kindOf = (name: string): Channels['kinds'][number] => {
    const found = there().kinds.find((one) => one.name === name)
    if (!found) throw new ApiError('not_found')
    return found
  }
  const itemOfRow = (row: Row) =>
    itemOf(messageChannel, row, {
      keys: there().keysOf({ id: textOf(row['id']), secrets: textOf(row['secrets']) })
    })
  /** @throws ApiError invalid */
  function settingsOf(kind: string, given: unknown): Record<string, unknown> {
    const found = kindOf(kind).settings.safeParse(given)
    if (found.success) return found.data
    throw new ApiError('invalid', {
      errors: found.error.issues.map(({ path, message }) => ({
        path: ['settings', ...path].join('.'),
        message
      }))
    })
  }
  /** @throws ApiError invalid */
  function keysOf(kind: string, given: Record<string, string>): Record<string, string> {
    const strange = Object.keys(given).find((key) => !kindOf(kind).keys.includes(key))
    if (strange !== undefined)
      throw new ApiError('invalid', { errors: [{ path: `keys.${strange}`, message: 'is not a known key' }] })
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
  }

  return [
    endpoint({
      route: 'GET /api/message-channels',
      summary: 'List mailboxes and bots, and how they stand',
      query: listQuery(sorts, 'name', {}),
      answer: page(messageChannel),
      async handle({ query }) {
        const { rows, nextCursor } = await listPage(db, db('message_channels').select('*'), query, sorts)
        return { items: rows.map(itemOfRow), nextCursor }
      }
    }),
    endpoint({
      route: 'POST /api/message-channels',
      summary: 'Add a mailbox or a bot',
      body: messageChannelCreate,
      answer: messageChannel,
      status: 201,
      isUnrepeatable: true,
      async handle(context) {
        const { kind, name, isActive, settings, keys } = context.body
        const id = randomUUID()
        const row = {
          ...{ id, kind, name, is_active: isActive },
          settings: JSON.stringify(settingsOf(kind, settings)),
          secrets: there().seal(id, '', keysOf(kind, keys))
        }
        await db.transaction(async (trx) => {
          await trx('message_channels').insert(row)
          await audit(trx, context, {
            action: 'message_channel.create',
            entity: 'message_channel',
            entityId: id,
            data: { kind, name }
          })
        })
        context.res.set('Location', `/api/message-channels/${id}`)
        return itemOfRow(await findRow(db, 'message_channels', id))
      }
    }),
    endpoint({
      route: 'GET /api/message-channels/:id',
      summary: 'Get a mailbox or a bot',
      answer: messageChannel,
      handle: async ({ id }) => itemOfRow(await findRow(db, 'message_channels', id))
    }),
    endpoint({
      route: 'PATCH /api/message-channels/:id',
      summary: 'Change a mailbox or a bot; secrets that are left out stay, settings are replaced as a whole',
      body: messageChannelPatch,
      answer: messageChannel,
      async handle(context) {
        const { name, isActive, settings, keys } = context.body
        await db.transaction(async (trx) => {
          const before = await trx('message_channels')
            .where({ id: context.id })
            .forUpdate()
            .first<Row | undefined>()
          if (!before) throw new ApiError('not_found')
          const kind = textOf(before['kind'])
          const checked = settings === undefined ? undefined : settingsOf(kind, settings)
          const given = keys === undefined ? {} : keysOf(kind, keys)
          const secrets = textOf(before['secrets'])
          const moved =
            checked && kindOf(kind).bound.find((path) => at(checked, path) !== at(before['settings'], path))
          // Else a change of the host alone would send the password to whoever answers there.
          const kept = there().keysOf({ id: context.id, secrets })
          if (moved !== undefined && kept.length > 0 && Object.keys(given).length === 0) {
            const message = 'must be given again when the server or user changes'
            throw new ApiError('invalid', { errors: [{ path: `keys.${kept[0] ?? ''}`, message }] })
          }
          await trx('message_channels')
            .where({ id: context.id })
            .update({
              ...(name !== undefined && { name }),
              ...(isActive !== undefined && { is_active: isActive }),
              ...(checked && { settings: JSON.stringify(checked), trouble: null, trouble_detail: null }),
              ...(Object.keys(given).length > 0 && {
                secrets: there().seal(context.id, moved === undefined ? secrets : '', given),
                trouble: null,
                trouble_detail: null
              }),
              updated_at: trx.fn.now()
            })
          const shown = (row: Row): Row => ({
            ...{ name: row['name'], isActive: row['is_active'], settings: row['settings'] }
          })
          const after = (await trx('message_channels').where({ id: context.id }).first<Row>()) ?? {}
          await audit(trx, context, {
            action: 'message_channel.change',
            entity: 'message_channel',
            entityId: context.id,
            data: { keys: Object.keys(given) },
            change: { before: shown(before), after: shown(after) }
          })
        })
        return itemOfRow(await findRow(db, 'message_channels', context.id))
      }
    }),
    endpoint({
      route: 'DELETE /api/message-channels/:id',
      summary: 'Remove a mailbox or a bot; conversations stay, to be read',
      async handle(context) {
        await db.transaction(async (trx) => {
          const row = await trx('message_channels').where({ id: context.id }).first<Row | undefined>()
          if (!row) throw new ApiError('not_found')
          await trx('message_channels').where({ id: context.id }).delete()
          await audit(trx, context, {
            action: 'message_channel.delete',
            entity: 'message_channel',
            entityId: context.id,
            data: { kind: row['kind'], name: row['name'] }
          })
        })
      }
    }),
    endpoint({
      route: 'POST /api/message-channels/:id/test',
      summary: 'Try a mailbox or a bot out as it is saved, a step after the other',
      answer: channelTest,
      isUnrepeatable: true,
      async handle({ id }) {
        await findRow(db, 'message_channels', id)
        return { steps: await there().test(id) }
      }
    }),
    endpoint({
      route: 'GET /api/mail-senders',
      summary: 'Mailboxes from which a new mail may be sent',
      answer: mailSenders,
      async handle() {
        const rows = await db('message_channels')
          .where({ kind: 'mail', is_active: true })
          .orderBy('name')
          .select<{ id: string; name: string; settings: { address?: string } }[]>('id', 'name', 'settings')
        return {
          items: rows.map(({ id, name, settings }) => ({ id, name, address: settings.address ?? '' }))
        }
      }
    })
  ]
}
