import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { methods, wrongWith } from './methods.ts'

type Given = Record<string, unknown>

/** The Data API of one account, which takes nothing that the real one would refuse. */
export interface Account {
  readonly url: string
  readonly accessKey: string
  readonly login: string
  readonly password: string
  readonly calls: Map<string, Given>
  readonly requests: Given[]
  readonly contacts: Map<string, Given>
  /** Stages and their orders, by funnel. */
  readonly funnels: Map<string, Map<string, number>>
  /** What was told of each deal, in order. */
  readonly deals: Map<string, Given[]>
  /** Methods that were asked, refused or not. */
  readonly asked: string[]
  sessions: number
  /** Points that are left in this minute. */
  minuteLimit: number
  timezone: string
  isAway: boolean
  /** An address that is not on the list of this account. */
  isStranger: boolean
  losesAnswersOf: string | null
  refuses: { method: string; code: number; mnemonic: string } | null
  close(): Promise<void>
}

const points = (method: string): number => (method === 'upload.calls' ? 5 : 1)
const wrongCode = -32602

/** @param now its clock */
export async function startAccount(now: () => number): Promise<Account> {
  const tokens = new Map<string, number>()
  let minute = 0
  let used = 0
  const server = createServer((req, res) => {
    handle(req, res).catch((error: unknown) => res.writeHead(500).end(String(error)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const account: Account = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ accessKey: 'permanent-5f0c2d', login: 'ringtrace', password: 'seven-seals' },
    ...{
      calls: new Map(),
      requests: [],
      contacts: new Map(),
      funnels: new Map(),
      deals: new Map(),
      asked: []
    },
    ...{ sessions: 0, minuteLimit: 1000, timezone: 'Europe/Moscow', isAway: false, isStranger: false },
    ...{ losesAnswersOf: null, refuses: null },
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    }
  }

  function limits(): Given {
    const minute_reset = 60 - (Math.floor(now() / 1000) % 60)
    return {
      ...{ day_limit: 100_000, day_remaining: 90_000, day_reset: 3600 },
      ...{ minute_limit: account.minuteLimit, minute_remaining: account.minuteLimit - used, minute_reset }
    }
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks)
    const answer = (body: Given): void => {
      res
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', ...body }))
    }
    if (account.isAway) {
      res.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Service Temporarily Unavailable</h1>')
      return
    }
    const { jsonrpc, id, method, params } = JSON.parse(text.toString('utf8')) as {
      jsonrpc: string
      id: unknown
      method: string
      params: Given
    }
    account.asked.push(method)
    const refuse = (code: number, mnemonic: string, field?: string): void =>
      answer({
        id,
        error: {
          code,
          message: mnemonic,
          data: { mnemonic, ...(field && { field }), metadata: { limits: limits() } }
        }
      })
    if (req.url !== '/v2.0' || req.method !== 'POST') return refuse(-32601, 'method_not_found')
    if (!/^application\/json; charset=utf-8$/i.test(req.headers['content-type'] ?? ''))
      return refuse(-32700, 'parse_error')
    if (jsonrpc !== '2.0') return refuse(-32600, 'invalid_request')
    if (typeof id !== 'number') return refuse(-32099, 'notifications_not_supported')
    if (text.length > 512 * 1024 + 1024) return refuse(wrongCode, 'data_limit_exceeded')
    const shape = methods[method]
    if (!shape) return refuse(-32601, 'method_not_found')
    if (account.isStranger) return refuse(-32003, 'ip_not_whitelisted')
    const thisMinute = Math.floor(now() / 60_000)
    if (thisMinute !== minute) [minute, used] = [thisMinute, 0]
    if (used + points(method) > account.minuteLimit) return refuse(-32029, 'limit_exceeded')
    const { access_token: token, ...rest } = params
    if (method !== 'login.user' && token !== account.accessKey) {
      const untilMs = tokens.get(String(token))
      if (untilMs === undefined) return refuse(-32001, 'access_token_invalid')
      if (untilMs <= now()) return refuse(-32001, 'access_token_expired')
    }
    if (account.refuses?.method === method) return refuse(account.refuses.code, account.refuses.mnemonic)
    const wrong = wrongWith(shape, rest)
    if (wrong) return refuse(wrongCode, ...wrong)
    const done = perform(method, rest)
    if (account.losesAnswersOf === method) {
      account.losesAnswersOf = null
      req.socket.destroy()
      return
    }
    if ('mnemonic' in done) return refuse(done.code, done.mnemonic)
    // Only requests that went well cost points.
    used += points(method)
    answer({ id, result: { data: done.data, metadata: { limits: limits() } } })
  }

  type Done = { data: unknown } | { code: number; mnemonic: string }
  const wrong = (mnemonic: string): Done => ({ code: wrongCode, mnemonic })

  function perform(method: string, given: Given): Done {
    switch (method) {
      case 'login.user': {
        if (given['login'] !== account.login || given['password'] !== account.password)
          return { code: -32001, mnemonic: 'auth_error' }
        account.sessions += 1
        const token = `session-${account.sessions}`
        tokens.set(token, now() + 3_600_000)
        return { data: { access_token: token, expire_at: Math.floor(now() / 1000) + 3600, app_id: 4735 } }
      }
      case 'get.account':
        return { data: [{ app_id: 4735, name: 'Окна', timezone: account.timezone }] }
      case 'get.sites':
        return { data: [{ id: 24, domain_name: 'okna.example.com' }] }
      case 'get.campaigns':
        return { data: [{ id: 435, name: 'Директ' }] }
      case 'get.employees':
        return { data: [{ id: 7, full_name: 'Анна', login: 'anna', email: null, extension: null }] }
      case 'upload.calls':
        return uploadCalls(given['calls'] as Given[])
      case 'upload.offline_messages':
        return uploadRequests(given['offline_messages'] as Given[])
      case 'create.deal_contacts': {
        const contacts = given['contacts'] as Given[]
        if (contacts.some((one) => account.contacts.has(String(one['ext_id']))))
          return wrong('duplicate_entity')
        for (const one of contacts) account.contacts.set(String(one['ext_id']), one)
        return { data: {} }
      }
      case 'update.deal_contacts': {
        const id = String(given['ext_id'])
        if (!account.contacts.has(id)) return wrong('entity_not_found')
        account.contacts.set(id, given)
        return { data: {} }
      }
      case 'get.sales_funnel':
        return {
          data: [...account.funnels].map(([ext_id, stages]) => ({
            ext_id,
            stages: [...stages].map(([stage_ext_id, stage_order]) => ({ stage_ext_id, stage_order }))
          }))
        }
      case 'create.sales_funnel': {
        const id = String(given['ext_id'])
        if (account.funnels.has(id)) return wrong('duplicate_entity')
        const { success, failed, in_process } = given['stages'] as {
          success: Given
          failed: Given
          in_process: Given[]
        }
        const orders = in_process.map(({ order }) => order)
        if (new Set(orders).size !== orders.length) return wrong('already_in_use')
        account.funnels.set(
          id,
          new Map([
            ...in_process.map((one) => [String(one['ext_id']), Number(one['order'])] as const),
            ...[success, failed].map((one) => [String(one['ext_id']), 10_000] as const)
          ])
        )
        return { data: { ext_id: id } }
      }
      case 'create.sales_funnel_stages': {
        const funnel = account.funnels.get(String(given['sales_funnel_ext_id']))
        if (!funnel) return wrong('entity_not_found')
        if (funnel.has(String(given['ext_id']))) return wrong('duplicate_entity')
        if ([...funnel.values()].includes(Number(given['order']))) return wrong('already_in_use')
        funnel.set(String(given['ext_id']), Number(given['order']))
        return { data: { ext_id: given['ext_id'] } }
      }
      default:
        return uploadDeals(given['deals'] as Given[])
    }
  }

  function uploadCalls(calls: Given[]): Done {
    for (const one of calls) {
      if (String(one['finish_time']) < String(one['start_time'])) return wrong('invalid_date_time')
      if (one['direction'] !== 'out' && one['called_phone_number'] === '')
        return wrong('required_parameter_missed')
    }
    // One that was taken before is ignored.
    for (const one of calls)
      if (!account.calls.has(String(one['ext_id']))) account.calls.set(String(one['ext_id']), one)
    return { data: { success: true } }
  }

  function uploadRequests(requests: Given[]): Done {
    for (const one of requests) {
      if (!one['phone'] && !one['email']) return wrong('required_parameter_missed')
      if (!('visitor_session_id' in one || 'campaign_id' in one || 'site_id' in one))
        return wrong('required_parameter_missed')
      if (moment(one['date_time']) > now()) return wrong('invalid_date_time')
    }
    const ids = requests.map((one) => {
      const place = account.requests.findIndex(
        (kept) => one['ext_id'] !== undefined && kept['ext_id'] === one['ext_id']
      )
      if (place >= 0) account.requests[place] = one
      else account.requests.push(one)
      return { id: 9000 + (place >= 0 ? place : account.requests.length - 1) }
    })
    return { data: ids }
  }

  function uploadDeals(deals: Given[]): Done {
    const added = new Map<string, Given[]>()
    for (const one of deals) {
      const id = String(one['ext_id'])
      if (!account.funnels.get(String(one['sales_funnel_ext_id']))?.has(String(one['stage_ext_id'])))
        return wrong('entity_not_found')
      const main = one['main_contact_ext_id'] as string | undefined
      if ((main === undefined) !== (one['contact_ext_ids'] === undefined))
        return wrong('required_parameter_missed')
      if (main !== undefined && !account.contacts.has(main)) return wrong('entity_not_found')
      if ((one['communication_id'] === undefined) !== (one['communication_type'] === undefined))
        return wrong('required_parameter_missed')
      const told = [...(account.deals.get(id) ?? []), ...(added.get(id) ?? [])]
      const [at, created] = [String(one['modified_stage_date_time']), String(one['created_date_time'])]
      const last = told.at(-1)?.['modified_stage_date_time'] as string | undefined
      const closed = one['closed_date_time'] as string | undefined
      if (at < created || at < (last ?? '') || (closed !== undefined && closed < created))
        return wrong('invalid_date_time')
      if (moment(created) > now()) return wrong('invalid_date_time')
      added.set(id, [...(added.get(id) ?? []), one])
    }
    // What was told before is told again: it changes what stands there, and adds nothing.
    for (const [id, list] of added) {
      const told = account.deals.get(id) ?? []
      for (const one of list) {
        const place = told.findIndex(
          (kept) =>
            kept['stage_ext_id'] === one['stage_ext_id'] &&
            kept['modified_stage_date_time'] === one['modified_stage_date_time']
        )
        if (place >= 0) told[place] = one
        else told.push(one)
      }
      account.deals.set(id, told)
    }
    return { data: {} }
  }

  return account
}

/** A time of the account: Moscow has no summer time. */
const moment = (text: unknown): number => Date.parse(`${String(text).replace(' ', 'T')}+03:00`)
