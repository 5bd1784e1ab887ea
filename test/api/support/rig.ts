import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hash as argon2 } from '@node-rs/argon2'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { createApp } from '../../../api/app.ts'
import { createMedia } from '../../../media/media.ts'
import { roles, type Role } from '../../../api/contract/common.ts'
import { outsideOf } from '../../../api/outside.ts'
import type { ApiDeps, Demo, MediaStore } from '../../../api/deps.ts'
import type { RecordingFound } from '../../../recordings/recordings.ts'
import { readSealing } from '../../../recordings/sealing.ts'
import { createDialling, type Dialling } from '../../../dialling/dialling.ts'
import { createFakeExchange, takeNode, type FakeExchange } from '../../dialling/support/exchange.ts'
import { createTestDatabase } from '../../support/database.ts'
import { createFakePbx, type FakePbx } from './fake-pbx.ts'

export const password = 'correct horse'
/**
 * As the product keeps it, but made and compared at little cost: a hash says what it cost. Each rig signs four people in,
 * and what a real one costs is a matter of the tests of passwords.
 */
let kept: Promise<string> | undefined
const keptPassword = (): Promise<string> =>
  (kept ??= argon2(password, { memoryCost: 64, timeCost: 1, parallelism: 1 }))

export interface Answer {
  status: number
  headers: Headers
  // Tests read answers freely; the contract itself is checked by `checkAnswers`.
  body: Json
}
export type Json = Record<string, unknown>

/** The id in an answer. */
export const idOf = (answer: Answer): string => String(answer.body['id'])
/** The items of a page. */
export const itemsOf = (answer: Answer): Record<string, unknown>[] =>
  answer.body['items'] as Record<string, unknown>[]

/** A signed-in person, as their browser would be. */
export interface Person {
  userId: string
  cookie: string
  csrfToken: string
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

export interface Rig {
  db: Knex
  url: string
  port: number
  server: Server
  deps: ApiDeps
  pbx: FakePbx
  as: Record<Role, Person>
  /** Files that `recordings.open` finds, by recording id. */
  files: Map<string, RecordingFound>
  sent: { replayed: string[]; tested: string[] }
  /** Calls that are placed, and how they go. */
  exchange: FakeExchange
  dialling: Dialling
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>
  signIn(login: string, password?: string): Promise<Person>
  close(): Promise<void>
}
interface RequestOptions {
  body?: unknown
  headers?: Record<string, string>
}

/** The sounds of an installation without voice programs. */
function silentMedia(): MediaStore {
  const command = (): never => {
    throw new Error('These tests make no sound')
  }
  return createMedia({
    home: { command },
    dataDir: '/nonexistent/ringtrace',
    asteriskDir: '/nonexistent/ringtrace',
    reloadMusic: () => Promise.resolve(),
    log: pino({ level: 'silent' })
  })
}

/** The whole API on a real database and a free port, with one user per role (login = role). */
export async function startRig(
  options: {
    uiDir?: string
    demo?: Demo | null
    media?: MediaStore
    before?: (deps: ApiDeps, databaseUrl: string) => ApiDeps | Promise<ApiDeps>
  } = {}
): Promise<Rig> {
  const database = await createTestDatabase()
  const { db } = database
  const pbx = createFakePbx(db)
  const files = new Map<string, RecordingFound>()
  const sent = { replayed: [] as string[], tested: [] as string[] }
  const metrics = new Registry()
  const exchange = createFakeExchange(db, await takeNode(db, 'test'))
  const dialling = createDialling({
    ...{ db, databaseUrl: database.url, fence: exchange.fence, registry: metrics },
    ports: {
      ...exchange.ports,
      feed: pbx.feed,
      operators: () => pbx.operators(),
      endWrapUp: (userId) => pbx.endWrapUp(userId),
      trunkState: (id) => pbx.trunkStateOf.get(id)
    },
    log: pino({ level: process.env['LOG_LEVEL'] ?? 'silent' })
  })
  await dialling.prepare()
  const given: ApiDeps = {
    db,
    dialling,
    log: pino({ level: process.env['LOG_LEVEL'] ?? 'silent' }),
    pbx,
    media: options.media ?? silentMedia(),
    recordings: {
      open: (id) => Promise.resolve(files.get(id) ?? null),
      sealing: () => readSealing(db, [])
    },
    webhooks: {
      replay: (id) =>
        Promise.resolve(sent.replayed.push(id) > 0 ? ('queued' as const) : ('notFound' as const)),
      sendTest: (id) => {
        sent.tested.push(id)
        const answer = { deliveryId: id, isOk: true, status: 204, error: null, response: '', tookMs: 3 }
        return Promise.resolve(answer)
      },
      countReplay: () => Promise.resolve(0),
      replayMany: () => Promise.resolve(0),
      samples: () => Promise.resolve([]),
      refresh: () => Promise.resolve()
    },
    demo: options.demo ?? null,
    metrics,
    uiDir: options.uiDir ?? null,
    version: '0.0.0-test',
    publicUrl: undefined,
    checkAnswers: true,
    // As behind a proxy on this machine: tests come from addresses of their own.
    outside: outsideOf(null, { isTls: false, trustProxy: ['loopback'], sipTlsPort: null })
  }
  const deps = (await options.before?.(given, database.url)) ?? given
  const hash = await keptPassword()
  await db('users').insert(
    roles.map((role) => ({ login: role, name: `The ${role}`, role, password_hash: hash }))
  )

  const server = createServer(createApp(deps))
  // Some tests keep this one process busy for seconds: no connection shall end meanwhile.
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`

  async function request(
    method: string,
    path: string,
    { body, headers }: RequestOptions = {}
  ): Promise<Answer> {
    const isText = typeof body === 'string'
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body) })
    })
    const text = await response.text()
    const isJson = response.headers.get('Content-Type')?.includes('json') === true && text !== ''
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : { text }) as Json
    }
  }

  async function signIn(login: string, secret = password): Promise<Person> {
    const answer = await request('POST', '/api/auth/login', { body: { login, password: secret } })
    if (answer.status !== 200) throw new Error(`${login} could not sign in: ${answer.status}`)
    const cookie = (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''
    const csrfToken = String(answer.body['csrfToken'])
    return {
      userId: String((answer.body['user'] as Json)['id']),
      cookie,
      csrfToken,
      get: (path, headers) => request('GET', path, { headers: { cookie, ...headers } }),
      send: (method, path, body, headers) =>
        request(method, path, { body, headers: { cookie, 'X-CSRF-Token': csrfToken, ...headers } })
    }
  }

  const [admin, supervisor, operator, marketer] = await Promise.all([
    signIn('admin'),
    signIn('supervisor'),
    signIn('operator'),
    signIn('marketer')
  ])
  return {
    db,
    url,
    port,
    server,
    deps,
    pbx,
    files,
    sent,
    exchange,
    dialling,
    as: { admin, supervisor, operator, marketer },
    request,
    signIn,
    async close() {
      await dialling.stop()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await database.drop()
    }
  }
}
