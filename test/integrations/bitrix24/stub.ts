import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { wrongWith } from './methods.ts'

export interface PortalCall {
  id: string
  params: Record<string, unknown>
  shownTo: number[]
  finished: Record<string, unknown> | null
  records: string[]
  uploads: number[]
}

interface Asked {
  method: string
  params: Record<string, unknown>
}

/** A portal of Bitrix24 that takes nothing which the real one would refuse, with the server of its tokens. */
export interface Portal {
  readonly url: string
  readonly oauthUrl: string
  clientId: string
  clientSecret: string
  readonly memberId: string
  readonly applicationToken: string
  readonly calls: PortalCall[]
  readonly comments: Record<string, unknown>[]
  readonly lines: Set<string>
  readonly handlers: Map<string, string>
  /** Everything that was asked, refused or not. */
  readonly asked: Asked[]
  refreshes: number
  /** Answers everything with 503 until it is false again. */
  isAway: boolean
  /** The next requests of a method are done, and their answers are lost. */
  losesAnswersOf: string | null
  /** Refuses a method with this error. */
  refuses: { method: string; status: number; error: string; text: string } | null
  people: { ID: string; NAME: string; LAST_NAME: string; EMAIL: string; UF_PHONE_INNER: string | null }[]
  owners: Map<string, { NAME: string; ASSIGNED_BY_ID: string }>
  /** What the portal sends when the application is installed. */
  installEvent(): Record<string, string>
  event(name: string, data: Record<string, string>): Record<string, string>
  /** The same portal under another name too. @returns its address */
  rename(): Promise<string>
  close(): Promise<void>
}

const tokenMs = 3600_000
const dedupMs = 30 * 60_000

/** @param now its clock */
export async function startPortal(now: () => number): Promise<Portal> {
  const secret = (): string => randomBytes(12).toString('hex')
  const access = new Map<string, number>()
  const uploads = new Map<string, PortalCall>()
  let refreshToken = secret()
  /** The application that it was given to. */
  let ownerOfToken: string | null = null
  let level = 0
  let levelMs = 0
  let callCount = 0
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
  let endpoint = url

  const portal: Portal = {
    url,
    oauthUrl: `${url}/oauth/token/`,
    clientId: 'local.5f1',
    clientSecret: secret(),
    memberId: secret(),
    applicationToken: secret(),
    calls: [],
    comments: [],
    lines: new Set(),
    handlers: new Map(),
    asked: [],
    refreshes: 0,
    isAway: false,
    losesAnswersOf: null,
    refuses: null,
    people: [],
    owners: new Map(),
    installEvent() {
      if (ownerOfToken !== portal.clientId) refreshToken = secret()
      ownerOfToken = portal.clientId
      return {
        event: 'ONAPPINSTALL',
        'data[VERSION]': '1',
        'auth[refresh_token]': refreshToken,
        'auth[member_id]': portal.memberId,
        'auth[application_token]': portal.applicationToken
      }
    },
    event: (name, data) => ({
      event: name,
      ts: '1790000000',
      ...Object.fromEntries(Object.entries(data).map(([key, value]) => [`data[${key}]`, value])),
      'auth[member_id]': portal.memberId,
      'auth[application_token]': portal.applicationToken
    }),
    async rename() {
      endpoint = await listen()
      return endpoint
    },
    async close() {
      for (const server of servers) {
        server.closeAllConnections()
        await new Promise<void>((resolve) => server.close(() => resolve()))
      }
    }
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await bodyOf(req)
    const { pathname, searchParams } = new URL(req.url ?? '/', url)
    const answer = (status: number, value: unknown): void => {
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    }
    const refuse = (status: number, error: string, error_description: string): void =>
      answer(status, { error, error_description })
    if (portal.isAway) {
      res.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Service Temporarily Unavailable</h1>')
      return
    }
    if (pathname === '/oauth/token/') return token(searchParams, answer, refuse)
    if (pathname.startsWith('/upload/')) {
      const call = uploads.get(pathname)
      if (!call || !/multipart\/form-data/.test(req.headers['content-type'] ?? ''))
        return refuse(400, 'ERROR', 'No upload')
      call.uploads.push(body.length)
      uploads.delete(pathname)
      return answer(200, { result: { FILE_ID: 100 + call.uploads.length } })
    }
    const method = pathname.replace('/rest/', '')
    const { auth, ...params } = JSON.parse(body.toString('utf8')) as Record<string, unknown>
    portal.asked.push({ method, params })
    if (!mayCome()) return refuse(503, 'QUERY_LIMIT_EXCEEDED', 'Too many requests')
    const untilMs = access.get(String(auth))
    if (untilMs === undefined) return refuse(401, 'NO_AUTH_FOUND', 'Wrong authorization data')
    if (untilMs <= now()) return refuse(401, 'expired_token', 'The access token provided has expired')
    if (portal.refuses?.method === method)
      return refuse(portal.refuses.status, portal.refuses.error, portal.refuses.text)
    const wrong = wrongWith(method, params)
    if (wrong !== null) return refuse(400, 'ERROR_ARGUMENT', wrong)
    const result = perform(method, params)
    if (portal.losesAnswersOf === method) {
      portal.losesAnswersOf = null
      req.socket.destroy()
      return
    }
    if (result instanceof Error) return refuse(400, 'ERROR_CORE', result.message)
    answer(200, { result, time: { start: now() / 1000, duration: 0.1, operating: 0.1 } })
  }

  /** Fifty at once, two a second. */
  function mayCome(): boolean {
    level = Math.max(0, level - ((now() - levelMs) * 2) / 1000)
    levelMs = now()
    if (level + 1 > 50) return false
    level += 1
    return true
  }

  function token(
    asked: URLSearchParams,
    answer: (status: number, value: unknown) => void,
    refuse: (status: number, error: string, text: string) => void
  ): void {
    if (asked.get('client_id') !== portal.clientId || asked.get('client_secret') !== portal.clientSecret)
      return refuse(400, 'invalid_client', 'Wrong client')
    if (asked.get('grant_type') !== 'refresh_token')
      return refuse(400, 'unsupported_grant_type', 'Wrong grant')
    // Each works once.
    if (asked.get('refresh_token') !== refreshToken || asked.get('client_id') !== ownerOfToken)
      return refuse(400, 'invalid_grant', 'Wrong refresh token')
    portal.refreshes += 1
    refreshToken = secret()
    const given = secret()
    access.set(given, now() + tokenMs)
    answer(200, {
      access_token: given,
      refresh_token: refreshToken,
      expires_in: tokenMs / 1000,
      scope: 'telephony,crm,user',
      client_endpoint: `${endpoint}/rest/`,
      member_id: portal.memberId,
      status: 'L'
    })
  }

  function perform(method: string, params: Record<string, unknown>): unknown {
    const call = portal.calls.find(({ id }) => id === params['CALL_ID'])
    const open = call && !call.finished ? call : undefined
    switch (method) {
      case 'telephony.externalCall.register':
        return register(params)
      case 'telephony.externalCall.show':
      case 'telephony.externalCall.hide': {
        if (!open) return false
        const users = [params['USER_ID']].flat() as number[]
        open.shownTo = open.shownTo.filter((user) => !users.includes(user))
        if (method.endsWith('show')) open.shownTo.push(...users)
        return true
      }
      case 'telephony.externalCall.finish':
        if (!open) return new Error('Call is not found')
        open.finished = params
        return {
          ...params,
          ID: 1,
          CRM_ACTIVITY_ID: 500 + portal.calls.indexOf(open),
          CALL_VOTE: params['VOTE'] ?? null
        }
      case 'telephony.externalCall.attachRecord': {
        if (!call?.finished) return new Error('Call is not found')
        const path = `/upload/${secret()}`
        uploads.set(path, call)
        call.records.push(String(params['FILENAME']))
        return { uploadUrl: url + path, fieldName: 'file' }
      }
      case 'telephony.externalCall.searchCrmEntities': {
        const owner = portal.owners.get(String(params['PHONE_NUMBER']))
        return owner ? [{ CRM_ENTITY_TYPE: 'CONTACT', CRM_ENTITY_ID: 8, ...owner }] : []
      }
      case 'telephony.externalLine.add':
        if (portal.lines.has(String(params['NUMBER']))) return new Error('Line already exists')
        portal.lines.add(String(params['NUMBER']))
        return { ID: portal.lines.size }
      case 'event.bind':
        if (portal.handlers.get(String(params['event'])) === params['handler'])
          return new Error('Handler already binded')
        portal.handlers.set(String(params['event']), String(params['handler']))
        return true
      case 'crm.timeline.comment.add':
        return portal.comments.push(params['fields'] as Record<string, unknown>)
      case 'user.get': {
        const start = Number(params['start'] ?? 0)
        return portal.people.slice(start, start + 50)
      }
      default:
        return new Error('Method not found')
    }
  }

  /** A repeated one within half an hour is the first. */
  function register(params: Record<string, unknown>): unknown {
    const same = ['PHONE_NUMBER', 'TYPE', 'USER_ID', 'LINE_NUMBER', 'EXTERNAL_CALL_ID']
    const twin = portal.calls.find(
      ({ params: had, id }) =>
        same.every((name) => had[name] === params[name]) && now() - Number(id.split('.').at(-1)) < dedupMs
    )
    const call: PortalCall = twin ?? {
      id: `externalCall.${(callCount += 1)}${secret()}.${now()}`,
      ...{ params, shownTo: [], finished: null, records: [], uploads: [] }
    }
    if (!twin) portal.calls.push(call)
    const isNew = params['CRM_CREATE'] === 1
    return {
      CALL_ID: call.id,
      CRM_CREATED_LEAD: isNew ? 7 : null,
      CRM_CREATED_ENTITIES: isNew ? [{ ENTITY_TYPE: 'LEAD', ENTITY_ID: 7 }] : [],
      CRM_ENTITY_TYPE: isNew ? 'LEAD' : 'CONTACT',
      CRM_ENTITY_ID: isNew ? 7 : 8
    }
  }

  return portal
}

async function bodyOf(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
