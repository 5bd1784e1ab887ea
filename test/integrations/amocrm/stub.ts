import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { z } from 'zod'
import { bodies, queries } from './contract.ts'

type Thing = Record<string, unknown>
export interface Entity {
  id: number
  type: 'contacts' | 'leads'
  name: string
  phone: string
  responsible_user_id: number
}

/** An account of amoCRM that takes nothing which the real one would refuse, with its tokens. */
export interface Account {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUrl: string
  /** Works once. */
  code: string
  /** Long-lived. */
  readonly token: string
  readonly entities: Entity[]
  /** By whom each was put where. */
  readonly calls: Thing[]
  readonly unsorted: Thing[]
  readonly notes: Thing[]
  readonly tasks: Thing[]
  readonly pops: Thing[]
  readonly users: Thing[]
  /** `METHOD path` of everything that was asked, refused or not. */
  readonly asked: string[]
  refreshes: number
  accountId: number
  tooMany: number
  isAway: boolean
  /** How it says that nobody has a phone. */
  nobody: 'item' | 'embedded' | 'whole' | 'hollow'
  /** The next request to this path is done, and its answer is lost. */
  losesAnswersOf: string | null
  refuses: { path: string; status: number; body: object } | null
  forgetTokens(): void
  /** The same account under another name too. @returns its address */
  rename(): Promise<string>
  close(): Promise<void>
}

const tokenMs = 86_400_000
const singular = { contacts: 'contact', leads: 'lead' } as const

/** @param now its clock */
export async function startAccount(now: () => number): Promise<Account> {
  const secret = (): string => randomBytes(12).toString('hex')
  const access = new Map<string, number>()
  let refreshToken = ''
  let nextId = 1000
  const moments: number[] = []
  const servers: Server[] = []
  async function listen(): Promise<string> {
    const server = createServer((req, res) => {
      handle(req, res).catch((error: unknown) => res.writeHead(500).end(String(error)))
    })
    server.listen(0, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const url = await listen()

  const account: Account = {
    url,
    ...{ clientId: randomUUID(), clientSecret: secret(), redirectUrl: 'https://pbx.example.com/amocrm' },
    ...{ code: secret(), token: secret() },
    ...{ entities: [], calls: [], unsorted: [], notes: [], tasks: [], pops: [], asked: [], users: [] },
    ...{
      refreshes: 0,
      accountId: 31,
      tooMany: 0,
      isAway: false,
      nobody: 'item',
      losesAnswersOf: null,
      refuses: null
    },
    forgetTokens() {
      for (const one of access.keys()) if (one !== account.token) access.delete(one)
      refreshToken = secret()
    },
    rename: listen,
    async close() {
      for (const server of servers) {
        server.closeAllConnections()
        await new Promise<void>((resolve) => server.close(() => resolve()))
      }
    }
  }
  access.set(account.token, Infinity)

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const text = await bodyOf(req)
    const { pathname, searchParams } = new URL(req.url ?? '/', url)
    const answer = (status: number, value?: unknown): void => {
      const type = status < 400 ? 'application/hal+json' : 'application/problem+json'
      res
        .writeHead(status, { 'content-type': type })
        .end(value === undefined ? undefined : JSON.stringify(value))
    }
    const problem = (status: number, title: string, detail: string, more: object = {}): void =>
      answer(status, { title, type: 'https://httpstatus.es/x', status, detail, ...more })
    if (account.isAway) {
      res.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Service Unavailable</h1>')
      return
    }
    if (pathname === '/oauth2/access_token') return token(JSON.parse(text) as Thing, answer, problem)
    const path = pathname.replace('/api/', '')
    account.asked.push(`${req.method} ${path}`)
    if (!mayCome()) {
      account.tooMany += 1
      return problem(429, 'Too Many Requests', 'Too many requests')
    }
    const untilMs = access.get(String(req.headers.authorization).replace('Bearer ', ''))
    if (untilMs === undefined || untilMs <= now()) return problem(401, 'Unauthorized', 'Unauthorized')
    if (account.refuses?.path === path) return answer(account.refuses.status, account.refuses.body)
    const [status, value] =
      req.method === 'GET' ? list(path, searchParams) : add(path, JSON.parse(text) as unknown)
    if (account.losesAnswersOf === path && req.method === 'POST') {
      account.losesAnswersOf = null
      req.socket.destroy()
      return
    }
    answer(status, value)
  }

  /** Seven in any second. */
  function mayCome(): boolean {
    moments.push(now())
    return moments.filter((at) => at > now() - 1000).length <= 7
  }

  function token(
    asked: Thing,
    answer: (status: number, value: unknown) => void,
    problem: (status: number, title: string, detail: string, more?: object) => void
  ): void {
    const known = ['client_id', 'client_secret', 'grant_type', 'redirect_uri', 'code', 'refresh_token']
    const strange = Object.keys(asked).find((name) => !known.includes(name))
    if (strange !== undefined) return problem(400, 'Bad Request', `Unknown parameter ${strange}`)
    if (asked['client_id'] !== account.clientId || asked['client_secret'] !== account.clientSecret)
      return problem(401, 'Unauthorized', 'Client authentication failed', { hint: 'Wrong client' })
    if (asked['redirect_uri'] !== account.redirectUrl)
      return problem(400, 'Bad Request', 'Wrong redirect', { hint: 'Wrong redirect_uri' })
    const isCode = asked['grant_type'] === 'authorization_code'
    const [given, expected] = isCode ? [asked['code'], account.code] : [asked['refresh_token'], refreshToken]
    // Each works once.
    if (expected === '' || given !== expected)
      return problem(401, 'Unauthorized', 'Wrong token', {
        hint: isCode ? 'Authorization code has been revoked' : 'Token has been revoked'
      })
    if (isCode) account.code = ''
    else account.refreshes += 1
    refreshToken = secret()
    const made = secret()
    access.set(made, now() + tokenMs)
    answer(200, {
      token_type: 'Bearer',
      expires_in: tokenMs / 1000,
      access_token: made,
      refresh_token: refreshToken
    })
  }

  const page = (items: readonly Thing[], name: string, query: URLSearchParams): [number, unknown] => {
    const limit = Number(query.get('limit') ?? 50)
    const from = (Number(query.get('page') ?? 1) - 1) * limit
    const some = items.slice(from, from + limit)
    return some.length === 0 ? [204, undefined] : [200, { _page: 1, _embedded: { [name]: some } }]
  }

  function list(path: string, query: URLSearchParams): [number, unknown] {
    const bare = path.replace(/^v4\//, '')
    const [first = '', second, third] = bare.split('/')
    const shape = bare.endsWith('/notes')
      ? 'notes'
      : second !== undefined && !/^leads\/(unsorted|pipelines)$/.test(bare)
        ? 'entity'
        : bare
    const strange = [...query.keys()].find((name) => !queries[shape]?.includes(name))
    if (!queries[shape] || strange !== undefined)
      return [400, { title: 'Bad Request', status: 400, detail: `Unknown ${shape} ${strange ?? ''}` }]
    if (Number(query.get('limit') ?? 1) > 250) return [400, { status: 400, detail: 'limit' }]
    switch (shape) {
      case 'account':
        return [200, { id: account.accountId, name: 'Company', subdomain: 'company' }]
      case 'leads/pipelines':
        return page([{ id: 77, name: 'Продажи' }], 'pipelines', query)
      case 'users':
        return page(account.users, 'users', query)
      case 'contacts':
        return page(
          account.entities
            .filter(({ type, phone }) => type === 'contacts' && phone.includes(query.get('query') ?? ''))
            .map(({ phone, type: _type, ...rest }) => ({
              ...rest,
              custom_fields_values: [{ field_code: 'PHONE', values: [{ value: phone, enum_code: 'WORK' }] }]
            })),
          'contacts',
          query
        )
      case 'notes': {
        const type = query.get('filter[note_type][]')
        const from = Number(query.get('filter[updated_at][from]') ?? 0)
        const items = (type === 'common' ? account.notes : callNotes()).filter(
          (one) =>
            one['path'] === first &&
            (third === undefined || one['entity_id'] === Number(second)) &&
            one['note_type'] === type &&
            Number(one['updated_at']) >= from
        )
        return page(items, 'notes', query)
      }
      case 'leads/unsorted':
        return page(
          account.unsorted.filter(({ category }) => category === query.get('filter[category][]')),
          'unsorted',
          query
        )
      case 'tasks':
        return page(
          account.tasks.filter(
            (one) =>
              one['entity_type'] === query.get('filter[entity_type]') &&
              one['entity_id'] === Number(query.get('filter[entity_id][]')) &&
              one['is_completed'] !== true
          ),
          'tasks',
          query
        )
      default: {
        const one = account.entities.find(({ type, id }) => type === first && id === Number(second))
        return one ? [200, one] : [404, { title: 'Not Found', status: 404, detail: 'Not found' }]
      }
    }
  }

  const callNotes = (): Thing[] =>
    account.calls.map(({ direction, uniq, link, call_result, path, entity_id, updated_at }) => ({
      ...{ id: (nextId += 1), path, entity_id, updated_at },
      note_type: direction === 'inbound' ? 'call_in' : 'call_out',
      params: { uniq, link, call_result }
    }))

  function add(path: string, body: unknown): [number, unknown] {
    const bare = path.replace(/^v4\//, '')
    const name = bare.endsWith('/notes') ? 'v4/notes' : path
    const schema: z.ZodType | undefined = bodies[`POST ${name}`]
    if (!schema) return [404, { title: 'Not Found', status: 404, detail: `No method ${path}` }]
    const items = name.startsWith('v2') ? [body] : body
    if (!Array.isArray(items)) return [400, { title: 'Bad Request', status: 400, detail: 'Not an array' }]
    for (const item of items as unknown[]) {
      const { error } = schema.safeParse(item)
      if (!error) continue
      const errors = error.issues.map((issue) => ({
        ...{ code: 'InvalidType', path: issue.path.join('.'), detail: issue.message }
      }))
      return [
        400,
        {
          'validation-errors': [{ request_id: '0', errors }],
          ...{ title: 'Bad Request', status: 400, detail: 'Request validation failed' }
        }
      ]
    }
    const [item = {}] = items as Thing[]
    const made: Thing = { ...item, id: (nextId += 1), updated_at: Math.floor(now() / 1000) }
    switch (name) {
      case 'v2/events':
        account.pops.push(...((item['add'] ?? []) as Thing[]))
        return [200, { _embedded: { items: [{ id: 0 }] } }]
      case 'v4/calls':
        return addCall(made)
      case 'v4/leads/unsorted/sip':
      case 'v4/leads/unsorted/forms': {
        const one = { ...item, uid: secret(), category: path.endsWith('sip') ? 'sip' : 'forms' }
        account.unsorted.unshift(one)
        return [
          200,
          { _total_items: 1, _embedded: { unsorted: [{ uid: one.uid, request_id: item['request_id'] }] } }
        ]
      }
      case 'v4/notes':
        account.notes.unshift({ ...made, path: bare.split('/')[0] })
        return [200, { _embedded: { notes: [{ id: made['id'], entity_id: item['entity_id'] }] } }]
      default:
        account.tasks.unshift(made)
        return [200, { _embedded: { tasks: [{ id: made['id'] }] } }]
    }
  }

  /** Put to whoever has the phone; every one, also a repeated one, is a call. */
  function addCall(call: Thing): [number, unknown] {
    const end = String(call['phone']).slice(-10)
    const entity = account.entities.find(({ phone }) => phone.endsWith(end))
    if (!entity) {
      const error = { status: 263, title: 'Entity not found', detail: 'Entity not found', request_id: '0' }
      if (account.nobody === 'whole') return [400, { ...error, title: 'Bad Request' }]
      if (account.nobody === 'hollow') return [200, { _total_items: 0, _embedded: { calls: [] } }]
      if (account.nobody === 'embedded') return [200, { _embedded: { calls: [], errors: [error] } }]
      return [200, { _total_items: 0, errors: [error], _embedded: { calls: [] } }]
    }
    account.calls.unshift({ ...call, path: entity.type, entity_id: entity.id })
    const told = {
      ...{ id: call['id'], entity_id: entity.id, entity_type: singular[entity.type], account_id: 31 },
      request_id: call['request_id']
    }
    return [200, { _total_items: 1, errors: [], _embedded: { calls: [told] } }]
  }

  return account
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
