import { createHash, timingSafeEqual } from 'node:crypto'
import { stringify } from 'csv-stringify/sync'
import type { ServeAnswer, ServeAsk, ServeRequest } from '../connectors/kind.ts'
import { recordOf, textOf } from '../connectors/read.ts'
import type { MakeLink } from '../connectors/record-links.ts'
import { mostCalls, readAsked, readCalls } from './list.ts'
import type { RingostatSettings } from './settings.ts'

/** Shorter keys can be guessed. */
export const shortestKey = 16
const dayMs = 24 * 60 * 60_000
/** Their requests have no id: the same one within this time is a repeat. */
const repeatMs = 10_000
const external = 'Api\\V2\\Callback.external'

const refusal = (status: number, error: string): ServeAnswer => ({ status, body: { error } })

/** Answers what programs made for Ringostat ask. */
export async function serve(request: ServeRequest, ask: ServeAsk, makeLink: MakeLink): Promise<ServeAnswer> {
  if (!isGenuine(request.headers['auth-key'] ?? '', ask.keys['authKey'] ?? ''))
    return refusal(401, 'Wrong Auth-key')
  const settings = ask.settings as RingostatSettings
  switch (`${request.method} ${request.path}`) {
    case 'GET /calls/list':
      return list(request, settings, ask, makeLink)
    case 'POST /callback/outward_call':
      return outward(recordOf(request.body), settings, ask)
    case 'POST /a/v2':
      return remote(recordOf(request.body), settings, ask)
    default:
      return refusal(404, 'No such method')
  }
}

/** Of equal length, so that nothing can be told from how long it takes. */
function isGenuine(given: string, expected: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return expected.length >= shortestKey && timingSafeEqual(hash(given), hash(expected))
}

async function list(
  { query }: ServeRequest,
  settings: RingostatSettings,
  { db, nowMs }: ServeAsk,
  makeLink: MakeLink
): Promise<ServeAnswer> {
  const wanted = readAsked(query)
  if (typeof wanted === 'string') return refusal(400, wanted)
  const untilMs = nowMs + settings.recordDays * dayMs
  const calls = await readCalls(db, wanted, settings, (id) =>
    settings.isSendingRecords ? makeLink(id, untilMs) : null
  )
  if (!calls) return refusal(400, `More than ${mostCalls} calls: ask for a shorter time`)
  if (wanted.export_type === 'json') return { status: 200, body: calls }
  const body = stringify(calls, { header: true, columns: wanted.fields, escape_formulas: true })
  return { status: 200, contentType: 'text/csv; charset=utf-8', body }
}

/** A call of one of our people: their telephone first, then the number. */
async function outward(
  said: Record<string, unknown>,
  { isCalling }: RingostatSettings,
  ask: ServeAsk
): Promise<ServeAnswer> {
  if (!isCalling) return refusal(403, 'Calls are not allowed to this key')
  const [extension, phone] = [textOf(said['extension']), textOf(said['destination'])]
  if (extension === '' || !isPhone(phone)) return refusal(400, 'extension and destination are wanted')
  const userId = await userOf(ask, extension)
  if (userId === null) return refusal(404, `Nobody has the extension ${extension.slice(0, 20)}`)
  const placed = await ask.call({
    key: keyOf(ask, `outward ${extension} ${phone}`),
    userId,
    phone,
    line: null
  })
  return 'callId' in placed
    ? { status: 200, body: { status: 'success', uniqueid: placed.callId } }
    : refusal(409, placed.refused)
}

/** The same by JSON-RPC. With a scheme as callee somebody is to be called back, and the scheme is ours to choose. */
async function remote(
  said: Record<string, unknown>,
  { isCalling }: RingostatSettings,
  ask: ServeAsk
): Promise<ServeAnswer> {
  const id = said['id'] ?? null
  const wrong = (code: number, message: string): ServeAnswer => ({
    status: 200,
    body: { jsonrpc: '2.0', id, error: { code, message } }
  })
  if (said['jsonrpc'] !== '2.0') return wrong(-32600, 'Invalid request')
  if (said['method'] !== external) return wrong(-32601, 'Method not found')
  if (!isCalling) return wrong(-32000, 'Calls are not allowed to this key')
  const params = recordOf(said['params'])
  const [caller, callee] = [textOf(params['caller']), textOf(params['callee'])]
  const right = (result: unknown): ServeAnswer => ({ status: 200, body: { jsonrpc: '2.0', id, result } })
  if (params['callee_type'] === 'scheme') {
    if (!isPhone(caller)) return wrong(-32602, 'caller must be a telephone number')
    const key = keyOf(ask, `back ${caller}`)
    const { refused } = await ask.callback({ key, phone: caller, note: null, line: null })
    return refused === null ? right(true) : wrong(-32000, refused)
  }
  const [first, second] = [await userOf(ask, caller), await userOf(ask, callee)]
  const [userId, phone] = first === null ? [second, caller] : [first, callee]
  if (userId === null || !isPhone(phone))
    return wrong(
      -32602,
      'caller or callee must be an extension of ours, and the other one a telephone number'
    )
  const placed = await ask.call({ key: keyOf(ask, `call ${userId} ${phone}`), userId, phone, line: null })
  return 'callId' in placed ? right(true) : wrong(-32000, placed.refused)
}

const isPhone = (text: string): boolean => /^\+?[\d ()-]{5,24}$/.test(text)

const keyOf = ({ nowMs }: ServeAsk, wanted: string): string => `${wanted} ${Math.floor(nowMs / repeatMs)}`

async function userOf({ db }: ServeAsk, extension: string): Promise<string | null> {
  if (!/^\d{1,10}$/.test(extension)) return null
  const row = await db('users').where({ extension, is_active: true }).first<{ id: string } | undefined>('id')
  return row?.id ?? null
}
