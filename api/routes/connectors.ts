import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { Connectors } from '../../integrations/connectors/connectors.ts'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { page } from '../contract/common.ts'
import {
  connector,
  connectorCreate,
  connectorPatch,
  connectorPeople,
  connectorRejoin,
  connectorResend,
  connectorResent,
  connectorTest,
  type ConnectorItem
} from '../contract/connectors.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { baseOf as baseUrlOf, isForeignError, matched } from '../connector-words.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'

const sorts: Sorts = {
  name: { column: 'name', type: 'text' },
  createdAt: { column: 'created_at', type: 'time' }
}
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Links to foreign systems: CRMs and others that are told of calls, and tell us. */
export function connectorRoutes({ db, connectors, publicUrl }: ApiDeps): Endpoint[] {
  const there = (): Connectors => {
    if (!connectors) throw new ApiError('not_found')
    return connectors
  }
  const kindOf = (name: string): Connectors['kinds'][number] => {
    const found = there().kinds.find((one) => one.name === name)
    if (!found) throw new ApiError('not_found')
    return found
  }

  async function items(rows: readonly Row[], base: string): Promise<ConnectorItem[]> {
    const counts = await countsOf(
      db,
      rows.map((row) => textOf(row['id']))
    )
    return rows.map((row) => {
      const own = { id: textOf(row['id']), kind: textOf(row['kind']), secrets: textOf(row['secrets']) }
      const { keys } = kindOf(own.kind)
      const kept = there().keysOf(own)
      return itemOf(connector, row, {
        keys: kept.filter((name) => keys.includes(name)),
        hookUrl: base + there().hookPath(own),
        ownerUrl: `${kindOf(own.kind).origin(row['settings'])}/ringtrace/owner`,
        counts: counts.get(own.id) ?? { waiting: 0, failed: 0, done: 0 },
        files: Object.keys(kindOf(own.kind).files ?? {})
      })
    })
  }
  const baseOf = (req: Parameters<typeof baseUrlOf>[1]): string => baseUrlOf(publicUrl, req)

  async function one(id: string, req: Parameters<typeof baseOf>[0]): Promise<ConnectorItem> {
    const [item] = await items([await findRow(db, 'connectors', id)], baseOf(req))
    if (!item) throw new ApiError('not_found')
    return item
  }

  /** @throws ApiError invalid */
  function settingsOf(kind: string, given: unknown): Record<string, unknown> {
    const found = kindOf(kind).settings.safeParse(given)
    if (found.success) return found.data as Record<string, unknown>
    throw new ApiError('invalid', {
      errors: found.error.issues.map(({ path, message }) => ({
        path: ['settings', ...path].join('.'),
        message
      }))
    })
  }
  /** @throws ApiError invalid */
  function keysOf(kind: string, given: Record<string, string>): Record<string, string> {
    const { keys } = kindOf(kind)
    const strange = Object.keys(given).find((name) => !keys.includes(name))
    if (strange !== undefined)
      throw new ApiError('invalid', { errors: [{ path: `keys.${strange}`, message: 'is not a known key' }] })
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
  }

  return [
    endpoint({
      route: 'GET /api/connectors',
      summary: 'List links to foreign systems',
      query: listQuery(sorts, 'name', {}),
      answer: page(connector),
      async handle({ query, req }) {
        const found = await listPage(db, db('connectors').select('*'), query, sorts)
        return { items: await items(found.rows, baseOf(req)), nextCursor: found.nextCursor }
      }
    }),
    endpoint({
      route: 'POST /api/connectors',
      summary: 'Link a foreign system; its keys go in and never out',
      body: connectorCreate,
      answer: connector,
      status: 201,
      isUnrepeatable: true,
      async handle(context) {
        const { kind, name, isActive, settings, keys } = context.body
        const id = randomUUID()
        const row = {
          ...{ id, kind, name, is_active: isActive },
          settings: JSON.stringify(settingsOf(kind, settings)),
          ...there().newSecrets(id, kind, keysOf(kind, keys))
        }
        await db.transaction(async (trx) => {
          await trx('connectors').insert(row)
          await audit(trx, context, {
            action: 'connector.create',
            entity: 'connector',
            entityId: id,
            data: { kind, name }
          })
        })
        context.res.set('Location', `/api/connectors/${id}`)
        return one(id, context.req)
      }
    }),
    endpoint({
      route: 'GET /api/connectors/:id',
      summary: 'Get a link to a foreign system, and how it stands',
      answer: connector,
      handle: ({ id, req }) => one(id, req)
    }),
    endpoint({
      route: 'PATCH /api/connectors/:id',
      summary: 'Change a link; keys that are left out stay, settings are replaced as a whole',
      body: connectorPatch,
      answer: connector,
      async handle(context) {
        const { name, isActive, settings, keys } = context.body
        const before = await findRow(db, 'connectors', context.id)
        const kind = textOf(before['kind'])
        const checked = settings === undefined ? undefined : settingsOf(kind, settings)
        const { origin } = kindOf(kind)
        if (checked && before['state'] !== 'new' && origin(checked) !== origin(before['settings'])) {
          const message = 'belongs to the keys: make another link for another address'
          throw new ApiError('invalid', { errors: [{ path: 'settings.portal', message }] })
        }
        const newKeys = keys === undefined ? {} : keysOf(kind, keys)
        await db.transaction(async (trx) => {
          await trx('connectors')
            .where({ id: context.id })
            .update({
              ...(name !== undefined && { name }),
              ...(isActive !== undefined && { is_active: isActive }),
              ...(checked && { settings: JSON.stringify(checked) }),
              updated_at: trx.fn.now()
            })
          await audit(trx, context, {
            action: 'connector.change',
            entity: 'connector',
            entityId: context.id,
            data: { keys: Object.keys(newKeys) },
            change: {
              before: { name: before['name'], isActive: before['is_active'], settings: before['settings'] },
              after: {
                name: name ?? before['name'],
                isActive: isActive ?? before['is_active'],
                settings: checked ?? before['settings']
              }
            }
          })
        })
        if (Object.keys(newKeys).length > 0) await there().changeKeys(context.id, newKeys)
        return one(context.id, context.req)
      }
    }),
    endpoint({
      route: 'DELETE /api/connectors/:id',
      summary: 'Remove a link, with its log and what waits; nothing is deleted on the other side',
      async handle(context) {
        const row = await findRow(db, 'connectors', context.id)
        await db.transaction(async (trx) => {
          await trx('connectors').where({ id: context.id }).delete()
          await audit(trx, context, {
            action: 'connector.delete',
            entity: 'connector',
            entityId: context.id,
            data: { kind: row['kind'], name: row['name'] }
          })
        })
      }
    }),
    endpoint({
      route: 'POST /api/connectors/:id/test',
      summary: 'Join the other side where that was not done, and make all ready there; says what is wrong',
      answer: connectorTest,
      isUnrepeatable: true,
      async handle({ id, req }) {
        await findRow(db, 'connectors', id)
        const base = baseOf(req)
        // Foreign systems send their events to public addresses with TLS only.
        return there().test(id, base.startsWith('https:') ? base : null)
      }
    }),
    endpoint({
      route: 'POST /api/connectors/:id/rejoin',
      summary: 'Try other keys, or another address of the same account, and keep them where they work',
      body: connectorRejoin,
      answer: connectorTest,
      isUnrepeatable: true,
      async handle(context) {
        const { id, body, req } = context
        const before = await findRow(db, 'connectors', id)
        const kind = textOf(before['kind'])
        const settings =
          body.settings === undefined
            ? (before['settings'] as Record<string, unknown>)
            : settingsOf(kind, body.settings)
        const keys = keysOf(kind, body.keys)
        const base = baseOf(req)
        const answer = await there().rejoin(id, { keys, settings }, base.startsWith('https:') ? base : null)
        const after = await findRow(db, 'connectors', id)
        await audit(db, context, {
          action: 'connector.rejoin',
          entity: 'connector',
          entityId: id,
          data: { keys: Object.keys(keys), isOk: answer.isOk, code: answer.code },
          change: { before: { settings: before['settings'] }, after: { settings: after['settings'] } }
        })
        return answer
      }
    }),
    endpoint({
      route: 'GET /api/connectors/:id/people',
      summary: 'People of the other side, and which of ours they seem to be',
      answer: connectorPeople,
      async handle({ id }) {
        await findRow(db, 'connectors', id)
        const users = await db('users')
          .where({ is_active: true })
          .select<{ id: string; name: string; login: string; extension: string | null }[]>(
            'id',
            'name',
            'login',
            'extension'
          )
        try {
          return { items: matched(await there().people(id), users) }
        } catch (error) {
          if (!isForeignError(error)) throw error
          throw new ApiError('foreign_system', { detail: error.message, cause: error })
        }
      }
    }),
    endpoint({
      route: 'POST /api/connectors/:id/resend',
      summary: 'Send again what was given up: all of it, or one',
      body: connectorResend,
      answer: connectorResent,
      status: 202,
      async handle(context) {
        await findRow(db, 'connectors', context.id)
        const { jobId = null } = context.body
        const sent = await there().resend(context.id, jobId)
        if (jobId !== null && sent === 0) throw new ApiError('not_found')
        await audit(db, context, {
          action: 'connector.resend',
          entity: 'connector',
          entityId: context.id,
          data: { jobId, sent }
        })
        return { sent }
      }
    })
  ]
}

async function countsOf(
  db: Knex,
  ids: readonly string[]
): Promise<Map<string, { waiting: number; failed: number; done: number }>> {
  const rows = await db('connector_jobs')
    .whereIn('connector_id', [...ids])
    .groupBy('connector_id')
    .select<{ connector_id: string; waiting: number; failed: number; done: number }[]>(
      'connector_id',
      db.raw("cast(count(*) filter (where state = 'pending') as int) as waiting"),
      db.raw("cast(count(*) filter (where state = 'failed') as int) as failed"),
      db.raw("cast(count(*) filter (where state = 'done') as int) as done")
    )
  return new Map(rows.map(({ connector_id, ...counts }) => [connector_id, counts]))
}
