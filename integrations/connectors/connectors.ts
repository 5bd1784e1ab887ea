import { AsyncLocalStorage } from 'node:async_hooks'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { JobSchedule, JobTasks } from '../../db/jobs.ts'
import { listen, type Listening } from '../../db/listen.ts'
import type { Secrets } from '../../db/secrets.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import type { CostConnector } from '../costs/port.ts'
import { guardedAgent } from '../webhooks/guard.ts'
import { costConnectors } from './costs.ts'
import { exchange } from './http.ts'
import { takeEvent, type Answered } from './hooks.ts'
import { ForeignError, type Connection, type Keys, type Kind } from './kind.ts'
import type * as foreign from './kind.ts'
import { connectorsChannel, enqueueCalls } from './outbox.ts'
import { noteOwed, owedTo } from './owed.ts'
import { ourUser } from './our-user.ts'
import type { ConnectorPorts } from './ports.ts'
import { change, type Wanted } from './rejoin.ts'
import { createRounds } from './rounds.ts'
import { createServer } from './serve.ts'
import * as store from './store.ts'
import type { ConnectorRow } from './store.ts'
import { createVault, hookHash, newHookToken } from './vault.ts'
import { stopAll, workOff, type About, type Open } from './work.ts'

export interface Connectors {
  readonly kinds: readonly Kind[]
  /** In the tape's transaction; costs no query when no connector is active. */
  enqueueCalls(trx: Knex, rows: readonly TapeRow[]): Promise<void>
  /** Sealed keys and the address for events, for a connector that is made now. */
  newSecrets(
    connectorId: string,
    kind: string,
    keys: Keys
  ): { secrets: string; hook_hash: string; owed: string[] }
  /** The path for the other side's events. */
  hookPath(row: Pick<ConnectorRow, 'id' | 'kind' | 'secrets'>): string
  /** Names of the keys that are there. */
  keysOf(row: Pick<ConnectorRow, 'id' | 'secrets'>): string[]
  /** Puts keys of a person in; where they are enough, the other side is joined at once. */
  changeKeys(connectorId: string, keys: Keys): Promise<void>
  /**
   * Joins, where that was not done, and makes everything ready there. What is wrong is told, not thrown.
   * @param baseUrl as the other side reaches us; null where it cannot, so that nothing comes in from there
   */
  test(connectorId: string, baseUrl: string | null): Promise<Answered>
  /** Other keys or settings for a link that was joined: kept where they work. What is wrong is told, not thrown. */
  rejoin(connectorId: string, wanted: Wanted, baseUrl: string | null): Promise<Answered>
  people(connectorId: string): Promise<foreign.ForeignUser[]>
  /** What there is to choose from there; null for a list that its kind does not have. */
  list(connectorId: string, name: string): Promise<{ id: string; name: string }[] | null>
  /** A file that is made for this connector; null where its kind has none of that name. */
  file(connectorId: string, name: string, baseUrl: string): Promise<foreign.MadeFile | null>
  /** Whose client this is, asked of the connector whose address it is; null when it is none of ours, or says nothing. */
  owner(
    url: string,
    phone: string,
    timeoutMs: number
  ): Promise<(foreign.Owner & { userId: string | null }) | null>
  isOwn(url: string): boolean
  resend(connectorId: string, jobId: string | null): Promise<number>
  /** A foreign event that came in. */
  event(kind: string, token: string, event: Record<string, unknown>): Promise<'taken' | 'unknown' | 'refused'>
  /** Answers a request of a kind that serves; null when there is no such connector, or its kind only takes events. */
  serve(kind: string, token: string, request: foreign.ServeRequest): Promise<foreign.ServeAnswer | null>
  costs(): Promise<CostConnector[]>
  /** Brings over all that is due now. */
  work(): Promise<void>
  start(): void
  stop(): Promise<void>
  readonly tasks: JobTasks
  readonly schedules: readonly JobSchedule[]
}

const logDays = 30
/** A notice may be lost, and a clock may jump: nobody waits longer. */
const lookEveryMs = 30_000

/**
 * Links to foreign systems. The tape's transaction writes which calls they are owed (`outbox.ts`), triggers which
 * inquiries and deals; `work.ts` brings them over, a kind's pure mapping says how.
 * @param now, pause a clock of their own, for tests
 */
export function createConnectors(options: {
  db: Knex
  databaseUrl: string
  secrets: Secrets
  kinds: readonly Kind[]
  ports: ConnectorPorts
  /** Whether foreign systems may live in the own network. */
  allowPrivate: boolean
  log: Logger
  timeoutMs?: number
  atOnce?: number
  now?: () => number
  pause?: (ms: number) => Promise<void>
}): Connectors {
  const { db, databaseUrl, kinds, ports, allowPrivate, timeoutMs = 20_000, atOnce = 4 } = options
  const log = options.log.child({ part: 'connectors' })
  const now = options.now ?? (() => Date.now())
  const stopping = new AbortController()
  const pause =
    options.pause ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref()))
  const vault = createVault(db, options.secrets)
  const dispatcher = guardedAgent(allowPrivate, timeoutMs)
  /** Undefined while unknown, which means ask. */
  let isWanted: boolean | undefined
  let listening: Listening | undefined
  let timer: NodeJS.Timeout | undefined

  /** For the log: what a request is about. */
  const forWhat = new AsyncLocalStorage<About>()
  /** One client of each connector and version of its settings: limits count for all that goes through it. */
  const clients = new Map<string, { settings: string; make: (about: About) => ReturnType<Kind['open']> }>()

  function open(row: ConnectorRow): Open | null {
    const kind = kinds.find(({ name }) => name === row.kind)
    if (!kind) return null
    const settings = JSON.stringify(row.settings)
    const known = clients.get(row.id)
    if (known?.settings === settings) return { row, kind, client: known.make }
    const shared = kind.open(connectionOf(row))
    const make = (about: About): ReturnType<Kind['open']> => ({
      ...shared,
      do: (step, wasAsked) => forWhat.run(about, () => shared.do(step, wasAsked))
    })
    clients.set(row.id, { settings, make })
    return { row, kind, client: make }
  }

  function connectionOf(row: ConnectorRow): Connection {
    return {
      settings: row.settings,
      now,
      pause,
      keys: () => vault.read(row.id),
      renew: (stale, ask) => vault.renew(row.id, stale, ask),
      audio: (recordingId) => ports.audio(recordingId),
      http: (wanted) => {
        const about = forWhat.getStore() ?? null
        return exchange(wanted, {
          ...{ dispatcher, allowPrivate, timeoutMs, stop: stopping.signal },
          keep: (told) => keep({ ...told, connectorId: row.id, about, direction: 'out' })
        })
      }
    }
  }

  /** The log must not stop what it tells of. */
  const keep = (one: store.Exchange): Promise<void> =>
    store
      .addExchange(db, one)
      .catch((err: unknown) => log.warn({ err }, 'An exchange could not be written down'))

  const rowOf = (id: string): Promise<ConnectorRow | undefined> =>
    db('connectors').where({ id }).first<ConnectorRow | undefined>()

  async function opened(id: string): Promise<Open> {
    const row = await rowOf(id)
    const found = row && open(row)
    if (!found) throw new Error(`There is no connector ${id}`)
    return found
  }

  const rounds = createRounds(
    async (id) => {
      const row = await rowOf(id)
      const found = row?.is_active ? open(row) : null
      if (!found) return
      const nextMs = await workOff(found, {
        ...{ db, log, now, atOnce: found.kind.atOnce ?? atOnce },
        isStopped: () => stopping.signal.aborted
      })
      if (nextMs !== null) alarm(nextMs - now())
    },
    () => stopping.signal.aborted
  )

  let alarmAtMs = Infinity
  function alarm(afterMs: number): void {
    if (!listening || stopping.signal.aborted) return
    const atMs = Date.now() + Math.min(Math.max(afterMs, 50), lookEveryMs)
    if (atMs >= alarmAtMs) return
    clearTimeout(timer)
    alarmAtMs = atMs
    timer = setTimeout(() => {
      alarmAtMs = Infinity
      soon()
    }, atMs - Date.now())
  }

  /** In the background; trouble with our own database is told and tried again. */
  function soon(id?: string): void {
    if (stopping.signal.aborted) return
    const run = id === undefined ? work() : rounds.ask(id)
    run
      .catch((err: unknown) =>
        log.warn({ err }, 'What is owed to connectors could not be read, trying again')
      )
      .finally(() => alarm(lookEveryMs))
  }

  async function work(): Promise<void> {
    const rows = await db('connectors').where({ is_active: true }).select<{ id: string }[]>('id')
    isWanted = rows.length > 0
    await Promise.all(rows.map(({ id }) => rounds.ask(id)))
  }

  async function join(id: string, keys: Keys): Promise<void> {
    const { client } = await opened(id)
    const joined = await client(null).join(keys)
    await vault.change(id, (kept) => ({ ...kept, ...joined }))
    await db('connectors')
      .where({ id })
      .update({ state: 'ready', trouble: null, trouble_detail: null, failures: 0, paused_until: null })
    isWanted = undefined
    await db.raw('select pg_notify(?, ?)', [connectorsChannel, id])
  }

  async function byToken(kind: string, token: string): Promise<Open | null> {
    const row = await db<ConnectorRow>('connectors')
      .where({ kind, hook_hash: hookHash(token) })
      .first()
    return row ? open(row) : null
  }

  const server = createServer({ db, log, now, ports, keep })
  const take = (found: Open, event: Record<string, unknown>): Promise<'taken' | 'refused'> =>
    takeEvent(found, vault.open(found.row.id, found.row.secrets), event, {
      ...{ db, log, now, ports, join, keep },
      userOf: (theirs) => ourUser(found.row, theirs)
    })

  const hookPath: Connectors['hookPath'] = (row) =>
    `/api/hooks/${row.kind}/${vault.open(row.id, row.secrets)['hookToken'] ?? ''}`

  async function test(id: string, baseUrl: string | null): Promise<Answered> {
    const { row, client } = await opened(id)
    try {
      const keys = await vault.read(id)
      if (row.state !== 'ready') await join(id, keys)
      await client(null).prepare({
        hookUrl: baseUrl === null ? null : baseUrl + hookPath(row),
        lines: await ports.lines()
      })
      await db('connectors')
        .where({ id })
        .update({
          trouble: null,
          trouble_detail: null,
          failures: 0,
          paused_until: null,
          last_ok_at: new Date(now())
        })
      soon(id)
      return { isOk: true, code: baseUrl === null ? 'noPublicAddress' : null, message: null }
    } catch (error) {
      if (!(error instanceof ForeignError)) throw error
      if (row.state !== 'new' && error.fault === 'login') await stopAll(db, id, error, now())
      return { isOk: false, code: error.code, message: error.message }
    }
  }

  const rejoin: Connectors['rejoin'] = async (id, wanted, baseUrl) => {
    const error = await change(
      { db, vault, connectionOf, lines: ports.lines },
      await opened(id),
      wanted,
      (row) => (baseUrl === null ? null : baseUrl + hookPath(row))
    )
    if (error) return { isOk: false, code: error.code, message: error.message }
    isWanted = undefined
    return test(id, baseUrl)
  }

  return {
    kinds,
    async enqueueCalls(trx, rows) {
      if (isWanted !== false) await enqueueCalls(trx, rows)
    },
    newSecrets(connectorId, kindName, keys) {
      const hookToken = newHookToken()
      const kind = kinds.find(({ name }) => name === kindName)
      return {
        secrets: vault.seal(connectorId, { ...keys, hookToken }),
        hook_hash: hookHash(hookToken),
        owed: kind ? owedTo(kind) : []
      }
    },
    hookPath,
    keysOf: (row) =>
      Object.entries(vault.open(row.id, row.secrets)).flatMap(([name, value]) =>
        value === '' ? [] : [name]
      ),
    async changeKeys(connectorId, keys) {
      await vault.change(connectorId, (kept) => ({ ...kept, ...keys }))
    },
    test,
    rejoin,
    people: async (id) => (await opened(id)).client(null).people(),
    async list(id, name) {
      const { lists } = (await opened(id)).client(null)
      const get = lists && Object.hasOwn(lists, name) ? lists[name] : undefined
      return get ? get() : null
    },
    async file(id, name, baseUrl) {
      const { row, kind } = await opened(id)
      const make = kind.files && Object.hasOwn(kind.files, name) ? kind.files[name] : undefined
      if (!make) return null
      const keys = await vault.read(id)
      return make({ name: row.name, settings: row.settings, keys, hookUrl: baseUrl + hookPath(row) })
    },
    isOwn: (url) => URL.canParse(url) && new URL(url).pathname === ownerPath,
    async owner(url, phone, timeoutMs) {
      const { origin } = new URL(url)
      const rows = await db<ConnectorRow>('connectors').where({ is_active: true, state: 'ready' }).select('*')
      const found = rows
        .flatMap((row) => open(row) ?? [])
        .find(({ kind, row }) => kind.origin(row.settings) === origin)
      if (!found) return null
      const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), timeoutMs).unref())
      const asked = found
        .client(null)
        .owner(phone)
        .catch((err: unknown) => {
          log.warn({ err, connectorId: found.row.id }, 'A connector did not say whose client it is')
          return null
        })
      const owner = await Promise.race([asked, late])
      return owner && { ...owner, userId: owner.userId ?? ourUser(found.row, owner.foreignUser) }
    },
    async resend(id, jobId) {
      const sent = await store.resend(db, id, jobId)
      // Whoever asks for it has seen to the other side: it is not left waiting.
      await db('connectors').where({ id }).update({ paused_until: null })
      soon(id)
      return sent
    },
    async event(kindName, token, event) {
      const found = await byToken(kindName, token)
      return found ? take(found, event) : 'unknown'
    },
    async serve(kindName, token, request) {
      const found = await byToken(kindName, token)
      if (!found?.kind.serve) return null
      const { row } = found
      return server.serve(
        found,
        {
          keys: vault.open(row.id, row.secrets),
          userOf: (theirs) => ourUser(row, theirs),
          event: (event) => take(found, event)
        },
        request
      )
    },
    costs: () => costConnectors(db, open, now),
    work,
    start() {
      listening = listen({
        databaseUrl,
        channels: [connectorsChannel, 'ringtrace_config'],
        log,
        onConnected() {
          noteOwed(db, kinds).catch((err: unknown) =>
            log.warn({ err }, 'What connectors are owed could not be noted')
          )
          soon()
        },
        onLost: () => (isWanted = undefined),
        onNotice: (channel, payload) => {
          if (channel === connectorsChannel) soon(payload)
          else if (payload.startsWith('connectors:')) {
            isWanted = undefined
            soon()
          }
        }
      })
    },
    async stop() {
      stopping.abort()
      clearTimeout(timer)
      await listening?.stop()
      await Promise.allSettled(rounds.all())
      await dispatcher.destroy()
    },
    tasks: {
      'connectors.prune': async () => {
        const deleted = await store.prune(db, logDays)
        log.info({ deleted }, 'old exchanges of connectors were deleted from the log')
      }
    },
    schedules: [{ task: 'connectors.prune', match: '50 3 * * *' }]
  }
}

/** Behind the other side's own origin: the address to enter in the block `lookup`. */
export const ownerPath = '/ringtrace/owner'
