import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import { z } from 'zod'
import { seal } from '../../db/sealed.ts'
import { audit } from '../audit.ts'
import { listPage, listQuery, type PageRequest, type Sorts } from '../collection.ts'
import { page } from '../contract/common.ts'
import { device, deviceCreate, devicePatch, provisioning, type Device } from '../contract/operators.ts'
import { crud, findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, itemOf, type Row } from '../rows.ts'
import { provisioningOf } from '../provisioning/details.ts'
import { provisioningPage } from '../provisioning/page.ts'

const sorts: Sorts = {
  name: { column: 'name', type: 'text' },
  createdAt: { column: 'created_at', type: 'time' }
}
const filters = { userId: z.uuid().optional() }

/** Telephones. Leads see all, others their own; admins and their owners see the passwords, once per look. */
export function deviceRoutes(deps: ApiDeps): Endpoint[] {
  const { db, pbx } = deps
  const items = (rows: Row[]): Device[] => {
    const reachable = new Set(
      pbx.operators().flatMap(({ devices }) => devices.filter((one) => one.isReachable).map(({ id }) => id))
    )
    return rows.map((row) => itemOf(device, row, { isReachable: reachable.has(String(row['id'])) }))
  }
  const usual = crud(db, {
    things: 'devices',
    thing: 'device',
    item: device,
    create: deviceCreate,
    patch: devicePatch,
    sorts,
    firstSort: 'name',
    read: (_db, rows) => Promise.resolve(items(rows)),
    columns: (body) => Promise.resolve(columnsOf(body)),
    inserted: () => ({ kind: 'sip' }),
    saved(_trx, _id, { sipAddress }, _context, before) {
      if (before?.['kind'] === 'browser' && typeof sipAddress === 'string') {
        throw new ApiError('invalid', {
          errors: [{ path: 'sipAddress', message: 'a browser has no address' }]
        })
      }
      return Promise.resolve()
    },
    usedBy(_trx, row) {
      if (row['kind'] === 'browser') throw new ApiError('browser_device_stays')
      return Promise.resolve([])
    }
  })

  return [
    endpoint({
      route: 'GET /api/devices',
      summary: 'List telephones: all for leads, the own ones for others',
      query: listQuery(sorts, 'name', filters),
      answer: page(device),
      async handle({ query, who }) {
        const asked = query as PageRequest & { userId?: string }
        const select = db('devices').select('devices.*')
        if (asked.userId !== undefined) void select.where({ user_id: asked.userId })
        if (who.role === 'operator') void select.where({ user_id: who.userId })
        const { rows, nextCursor } = await listPage(db, select, asked, sorts)
        return { items: items(rows), nextCursor }
      }
    }),
    ...usual.filter(({ route }) => !route.startsWith('GET ')),
    endpoint({
      route: 'GET /api/devices/:id',
      summary: 'Get a telephone',
      answer: device,
      async handle({ id, who }) {
        const row = await findRow(db, 'devices', id)
        if (who.role === 'operator' && row['user_id'] !== who.userId) throw new ApiError('not_found')
        const [item] = items([row])
        if (!item) throw new ApiError('not_found')
        return item
      }
    }),
    endpoint({
      route: 'POST /api/devices/:id/rotate-secret',
      summary: 'Make a new password; the telephone must be given it before it can register again',
      answer: device,
      isUnrepeatable: true,
      async handle(context) {
        const row = await db.transaction(async (trx) => {
          await ownDevice(trx, context)
          const [changed] = (await trx('devices')
            .where({ id: context.id })
            .update({
              sip_secret: seal(randomBytes(24).toString('hex'), 'devices.sip_secret'),
              updated_at: trx.fn.now()
            })
            .returning('*')) as Row[]
          await audit(trx, context, { action: 'device.rotate', entity: 'device', entityId: context.id })
          return changed ?? {}
        })
        const [item] = items([row])
        if (!item) throw new ApiError('not_found')
        return item
      }
    }),
    endpoint({
      route: 'GET /api/devices/:id/provisioning',
      summary: 'What to type into a SIP phone, with its password; each look is audited',
      answer: provisioning,
      handle: (context) => shown(context, 'json').then(({ details }) => details)
    }),
    endpoint({
      route: 'GET /api/devices/:id/provisioning-page',
      summary: 'The same as a page to print, with a QR code',
      raw: 'text/html',
      async handle(context) {
        const { details, locale } = await shown(context, 'page')
        context.res.type('html').send(provisioningPage(details, locale))
      }
    })
  ]

  /** The look and its audit row are one: whoever cannot be written down sees nothing. */
  async function shown(context: Context<unknown, unknown>, form: 'json' | 'page') {
    return db.transaction(async (trx) => {
      const row = await ownDevice(trx, context)
      if (row['kind'] !== 'sip') throw new ApiError('not_found', { detail: 'A browser sets itself up.' })
      const owner = await findRow(trx, 'users', String(row['user_id']))
      const viewer = await findRow(trx, 'users', context.who.userId)
      await audit(trx, context, {
        action: 'device.provisioning',
        entity: 'device',
        entityId: context.id,
        data: { form }
      })
      const server = deps.publicAddress?.current()?.name ?? context.req.hostname
      return {
        details: provisioningOf(row, owner, { server, port: deps.sip?.port ?? 5060 }),
        locale: viewer['locale'] === 'en' ? ('en' as const) : ('ru' as const)
      }
    })
  }
}

/** The device of the path, if it is the caller's own or the caller is an admin. @throws ApiError not_found, forbidden */
async function ownDevice(trx: Knex.Transaction, { id, who }: Context<unknown, unknown>): Promise<Row> {
  const row = await findRow(trx, 'devices', id)
  if (who.role !== 'admin' && row['user_id'] !== who.userId) throw new ApiError('forbidden')
  return row
}
