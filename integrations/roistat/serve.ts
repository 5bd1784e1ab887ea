import { createHash, timingSafeEqual } from 'node:crypto'
import type { Knex } from 'knex'
import { callOf, keepRequest, placeOfRequest } from '../connectors/foreign-requests.ts'
import type { ServeAnswer, ServeAsk, ServeRequest } from '../connectors/kind.ts'
import { recordOf, textOf } from '../connectors/read.ts'
import { normalise } from '../../tracking/phones.ts'
import { readAsked, type Asked } from './asked.ts'
import { addNote, addTask, orderIdOf } from './deeds.ts'
import { pageOf, readClients, readOrders, readScheme } from './orders.ts'
import type { RoistatSettings } from './settings.ts'

/** How long Roistat waits while the CRM finds a place for a lead. */
const placeMs = 5000

const bad = (status: number, error: string): ServeAnswer => ({ status, body: { status: 'error', error } })
const ok = (body: Record<string, unknown>): ServeAnswer => ({ status: 200, body: { status: 'ok', ...body } })

/** Answers Roistat's "own CRM" interface: one address, `action` says what is wanted. */
export async function serve(request: ServeRequest, ask: ServeAsk): Promise<ServeAnswer> {
  const settings = ask.settings as RoistatSettings
  const given = { ...recordOf(request.body), ...request.query }
  if (settings.user === '' || !ask.keys['password']) return bad(403, 'no user and password are set up')
  if (!isGenuine(given, settings.user, ask.keys['password'])) return bad(401, 'wrong user or token')
  const asked = readAsked(given, settings, ask.nowMs)
  switch (asked.do) {
    case 'nothing':
      return bad(400, asked.error)
    case 'scheme':
      return { status: 200, body: await readScheme(ask.db, settings.locale) }
    case 'export':
      return exported(asked, settings, ask)
    case 'clients':
      return clients(asked, ask)
    case 'lead':
      return lead(asked, ask)
    case 'call':
      return call(asked, ask)
    case 'note':
    case 'task':
      return (await deed(asked, ask)) ? ok({}) : bad(404, 'there is no such order')
  }
}

/** `token` is the MD5 of the name and the password. */
function isGenuine(given: Record<string, unknown>, user: string, password: string): boolean {
  const expected = Buffer.from(
    createHash('md5')
      .update(user + password)
      .digest('hex')
  )
  const token = Buffer.from(textOf(given['token']).toLowerCase())
  const isToken = token.length === expected.length && timingSafeEqual(token, expected)
  return isToken && textOf(given['user']) === user
}

async function exported(
  { since, offset, limit }: Extract<Asked, { do: 'export' | 'clients' }>,
  settings: RoistatSettings,
  { db, connectorId, nowMs }: ServeAsk
): Promise<ServeAnswer> {
  const page = await pageOf(db, { connectorId, what: 'orders', since, nowMs }, { offset, limit })
  const scheme = await readScheme(db, settings.locale)
  const orders = await readOrders(db, page.ids, settings)
  return { status: 200, body: { ...scheme, orders, pagination: { total_count: page.total, limit } } }
}

async function clients(
  { since, offset, limit }: Extract<Asked, { do: 'export' | 'clients' }>,
  { db, connectorId, nowMs }: ServeAsk
): Promise<ServeAnswer> {
  const page = await pageOf(db, { connectorId, what: 'clients', since, nowMs }, { offset, limit })
  return {
    status: 200,
    body: { clients: await readClients(db, page.ids), pagination: { total_count: page.total, limit } }
  }
}

async function lead(asked: Extract<Asked, { do: 'lead' | 'call' }>, ask: ServeAsk): Promise<ServeAnswer> {
  const own = asked.ours === null ? null : await orderIdOf(ask.db, asked.ours)
  if (own !== null) return ok({ order_id: own })
  const formId = await keep(asked, ask)
  const place = await placeOfRequest(ask.db, formId, placeMs)
  // It is kept: Roistat asks again, and then the answer is known.
  if (!place) return bad(503, 'the lead is being worked out, ask again')
  const id = place.dealId ?? place.inquiryId
  // What somebody has marked as spam is nobody's order, but it was taken.
  return ok({ order_id: id === null ? formId : ((await orderIdOf(ask.db, id)) ?? id) })
}

const keep = (
  { request }: Extract<Asked, { do: 'lead' | 'call' }>,
  { connectorId, once }: ServeAsk
): Promise<string> => once(request.key, (trx: Knex) => keepRequest(trx, connectorId, request))

/** A call that came through us is in our journal; one that Roistat took elsewhere becomes an inquiry. */
async function call(asked: Extract<Asked, { do: 'lead' | 'call' }>, ask: ServeAsk): Promise<ServeAnswer> {
  const phone = normalise(asked.caller, 'RU')?.e164
  const ours = phone === undefined ? null : await callOf(ask.db, phone, asked.atMs)
  return ok({ call_id: ours ?? (await keep(asked, ask)) })
}

async function deed(
  asked: Extract<Asked, { do: 'note' | 'task' }>,
  { db, once }: ServeAsk
): Promise<boolean> {
  const orderId = await orderIdOf(db, asked.order)
  if (orderId === null) return false
  // They have no ids: the same words about the same order are said once.
  const due = asked.do === 'task' ? String(asked.dueMs) : ''
  const hash = createHash('sha256').update(`${due} ${asked.text}`).digest('hex').slice(0, 32)
  await once(`${asked.do} ${orderId} ${hash}`, async (trx) => {
    await (asked.do === 'note'
      ? addNote(trx, orderId, asked.text)
      : addTask(trx, orderId, asked.text, asked.dueMs))
    return null
  })
  return true
}
