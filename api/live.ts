import type { Server as HttpServer } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import { Server, type Socket } from 'socket.io'
import { z } from 'zod'
import { leadRoles, panelRoles } from './access.ts'
import { cookieNameOf, createDoorkeeper, stillSignedIn, type Who } from './auth/sessions.ts'
import { presenceWish, type PresenceWish } from './contract/operators.ts'
import type { Role } from './contract/common.ts'
import type { ClientEvents, LiveCall, ServerEvents } from './contract/live.ts'
import type { ApiDeps } from './deps.ts'
import { isDatabaseAway, toApiError } from './errors.ts'
import { differsForOperators, forOperators, project, projectAll, withTone } from './live/board.ts'
import { createClients } from './live/clients.ts'
import { EventBuffer, type Audience, type EventName } from './live/events.ts'
import { createTeller, packed, togetherRooms } from './live/teller.ts'
import { isOwnRequest } from './origin.ts'
import { ApiError } from './problems.ts'
import { checkHealth } from './routes/health.ts'
import { pauseReasonFor } from './routes/pause-reasons.ts'

type Io = Server<ClientEvents, ServerEvents, Record<string, never>, { who: Who }>
type Client = Socket<ClientEvents, ServerEvents, Record<string, never>, { who: Who }>

export interface LiveOptions {
  /** How often sessions are looked up again, and health is checked. */
  recheckMs?: number
  healthMs?: number
}
export interface Live {
  io: Io
  close(): Promise<void>
}

const handshake = z.object({
  epoch: z.string().optional(),
  seq: z.number().optional(),
  token: z.string().optional(),
  together: z.boolean().optional()
})

/**
 * The live feed at `/live`. Rooms follow from the role that the server knows; a client only says what it saw last.
 * Calls reach screens straight from the feed, without the database.
 */
export function attachLive(
  httpServer: HttpServer | SecureServer,
  deps: ApiDeps,
  options: LiveOptions = {}
): Live {
  const { pbx, log } = deps
  const io: Io = new Server(httpServer, {
    path: '/live',
    serveClient: false,
    // `/sip` upgrades on the same server and is none of Socket.IO's business.
    destroyUpgrade: false,
    maxHttpBufferSize: 16_384,
    pingInterval: 10_000,
    pingTimeout: 10_000,
    allowRequest: (req, done) => done(null, isOwnRequest(req))
  })
  let buffer = new EventBuffer()
  const teller = createTeller(io)
  const board = projectAll(pbx.openCallRows())
  const clients = createClients(deps, (audience, client) => tell('client', audience, { client }))
  for (const call of board.values()) clients.ask(call)
  const admit = createDoorkeeper(deps.db, cookieNameOf(deps), 'live:read')

  function tell(name: EventName, audience: Audience, data: Record<string, unknown>): void {
    teller.tell(buffer.add(name, audience, data))
  }

  function changed(before: LiveCall | null, call: LiveCall): void {
    if (call.phase === 'ended') {
      board.delete(call.id)
      clients.forget(call.id)
    } else board.set(call.id, call)
    const shown = forOperators(call)
    const isSame = shown === call && (before === null || forOperators(before) === before)
    if (isSame) {
      tell('call', 'panel', { call })
      return
    }
    // Somebody listens in silence, or has just stopped: operators see and hear of nothing.
    tell('call', 'leads', { call })
    if (differsForOperators(before, call)) tell('call', 'operators', { call: shown })
  }

  /** A call of an earlier process that the exchange took over after this feed began. */
  function adopted(callId: string): LiveCall | null {
    return projectAll(pbx.openCallRows().filter((row) => row.callId === callId)).get(callId) ?? null
  }

  const stopFeed = [
    pbx.feed.onRow((row) => {
      const shown = board.get(row.callId)
      // A call's first rows cannot be in the middle of one that was taken over; looking through all calls is dear.
      const isNew = row.seq === 1 || row.type === 'call.initiated'
      const before = shown ?? (isNew ? null : adopted(row.callId))
      const projected = project(before, row)
      const after = projected && withTone(projected, pbx.ringToneOf)
      if (!after || after === shown) return
      changed(before, after)
      // Whoever is given the call shall see what the last one has made of its client.
      const isGivenOn = row.type === 'call.transfer' || row.type === 'call.parked'
      if (after.phase !== 'ended' && (shown === undefined || isGivenOn)) clients.ask(after)
    }),
    pbx.feed.onOperator((operator) => tell('operator', 'panel', { operator })),
    pbx.feed.onQueue((queue) => tell('queue', 'panel', { queue })),
    // Another controller leads the calls: every screen is told how things stand with it.
    pbx.feed.onReset?.(() => {
      buffer = new EventBuffer()
      teller.drop()
      for (const id of board.keys()) clients.forget(id)
      board.clear()
      for (const [id, call] of projectAll(pbx.openCallRows())) {
        board.set(id, call)
        clients.ask(call)
      }
      for (const socket of io.sockets.sockets.values()) greet(socket, roomsOf(socket.data.who))
    }) ?? (() => undefined),
    deps.clientNews?.hear(() => {
      for (const call of board.values()) clients.ask(call)
    }) ?? (() => undefined),
    deps.notices?.hear((userId) => tell('notice', `user:${userId}`, {})) ?? (() => undefined),
    deps.channels?.onNews((conversationId) => tell('messages', 'panel', { conversationId })) ??
      (() => undefined),
    pbx.feed.onJournal((callId) => tell('journal', 'everyone', { callId }))
  ]

  io.use((socket, next) => {
    const auth = handshake.safeParse(socket.handshake.auth)
    admit(socket.request, auth.data?.token)
      .then((who) => {
        if (!who) {
          next(new Error('not_signed_in'))
          return
        }
        socket.data.who = who
        next()
      })
      .catch((error: unknown) => {
        if (!isDatabaseAway(error)) log.error({ err: error }, 'A live connection could not be checked')
        next(new Error('database_away'))
      })
  })

  io.on('connection', (socket) => {
    const rooms = roomsOf(socket.data.who)
    // Joining, hello and what was missed happen in one go: no event can fall in between.
    teller.flush()
    Promise.resolve(socket.join(takesTogether(socket) ? togetherRooms(rooms) : rooms)).catch(
      (error: unknown) => log.error({ err: error }, 'No room to join')
    )
    greet(socket, rooms)
    socket.on('setPresence', (value, done) => {
      setPresence(socket, value).then(
        (result) => answer(done, result),
        (error: unknown) => {
          log.warn({ err: error }, 'Presence could not be set')
          answer(done, { ok: false, error: toApiError(error).code })
        }
      )
    })
  })

  function greet(socket: Client, rooms: readonly string[]): void {
    const { data } = handshake.safeParse(socket.handshake.auth)
    const missed = buffer.since(data?.epoch, data?.seq)
    const isPanel = rooms.includes('panel')
    const mayKnowAll = rooms.includes('leads')
    socket.emit('hello', {
      epoch: buffer.epoch,
      seq: missed ? (data?.seq ?? 0) : buffer.seq,
      resync: missed === null,
      calls:
        missed || !isPanel ? [] : [...board.values()].map((call) => (mayKnowAll ? call : forOperators(call))),
      clients:
        missed || !isPanel ? [] : clients.seenBy({ userId: socket.data.who.userId, isLead: mayKnowAll }),
      operators: missed || !isPanel ? [] : pbx.operators(),
      queues: missed || !isPanel ? [] : pbx.queues()
    })
    const own = (missed ?? []).filter(({ audience }) => rooms.includes(audience))
    if (!takesTogether(socket)) for (const event of own) socket.emit(event.name, event.payload as never)
    else if (own.length > 0) socket.emit('together', packed(own))
  }

  async function setPresence(socket: Client, value: unknown): Promise<{ ok: boolean; error?: string }> {
    const wanted = presenceWish.safeParse(typeof value === 'string' ? { presence: value } : value)
    if (!wanted.success) return { ok: false, error: 'invalid' }
    const { who } = socket.data
    const role = await roleNow(who)
    if (role === undefined) {
      socket.disconnect(true)
      return { ok: false, error: 'not_signed_in' }
    }
    if (!panelRoles.includes(role)) return { ok: false, error: 'forbidden' }
    const own = pbx.operators().find((operator) => operator.userId === who.userId)
    if (wanted.data.presence === 'available' && (own?.owesCode ?? null) !== null)
      return { ok: false, error: 'wrap_up_code_owed' }
    const reason = await reasonNow(wanted.data)
    if (reason === undefined) return { ok: false, error: 'invalid' }
    await pbx.setPresence(who.userId, { presence: wanted.data.presence, reason })
    return { ok: true }
  }

  /** Undefined when there is no such reason. While the database is away, any will do. */
  async function reasonNow(wish: PresenceWish): Promise<string | null | undefined> {
    try {
      return await pauseReasonFor(deps.db, wish)
    } catch (error) {
      if (isDatabaseAway(error)) return wish.reason ?? null
      if (error instanceof ApiError) return undefined
      throw error
    }
  }

  async function roleNow(who: Who): Promise<Role | undefined> {
    try {
      return (await stillSignedIn(deps.db, [who.key])).get(who.key)
    } catch (error) {
      if (!isDatabaseAway(error)) throw error
      // Operators must be able to step away while the database is.
      return who.role
    }
  }

  /** Whoever was signed out, switched off or given another role since is cut; the client signs in or comes back. */
  async function recheck(): Promise<void> {
    const sockets = [...io.sockets.sockets.values()]
    if (sockets.length === 0) return
    const valid = await stillSignedIn(deps.db, [...new Set(sockets.map((socket) => socket.data.who.key))])
    for (const socket of sockets) {
      if (valid.get(socket.data.who.key) !== socket.data.who.role) socket.disconnect(true)
    }
  }

  let lastHealth = ''
  async function watchHealth(): Promise<void> {
    const { status, checks } = await checkHealth(deps)
    const short = Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, check.status]))
    const text = JSON.stringify([status, short])
    const isNews = lastHealth !== '' && text !== lastHealth
    lastHealth = text
    if (isNews) tell('health', 'everyone', { status, checks: short })
  }

  const stopTimers = [
    every(options.recheckMs ?? 15_000, recheck, (error) => {
      // While the database is away, everybody stays: the panel must go on.
      if (!isDatabaseAway(error)) log.warn({ err: error }, 'Live sessions could not be checked')
    }),
    every(options.healthMs ?? 10_000, watchHealth, (error) => log.warn({ err: error }, 'No health to tell'))
  ]
  return {
    io,
    async close() {
      for (const stop of [...stopFeed, ...stopTimers]) stop()
      teller.drop()
      await io.close()
    }
  }
}

const roomsOf = (who: Who): string[] => [
  'everyone',
  `user:${who.userId}`,
  ...(panelRoles.includes(who.role) ? ['panel', leadRoles.includes(who.role) ? 'leads' : 'operators'] : [])
]

const takesTogether = ({ handshake: { auth } }: Client): boolean =>
  handshake.safeParse(auth).data?.together === true

/** A hostile client may leave the acknowledgement out. */
function answer(done: unknown, result: { ok: boolean; error?: string }): void {
  if (typeof done === 'function') (done as (value: unknown) => void)(result)
}

/** Runs `work` again and again, never twice at once. @returns what stops it */
function every(ms: number, work: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let isStopped = false
  let timer: NodeJS.Timeout
  const plan = (): void => {
    if (isStopped) return
    timer = setTimeout(() => {
      work().catch(onError).finally(plan).catch(onError)
    }, ms)
    timer.unref()
  }
  plan()
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
