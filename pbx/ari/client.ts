import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { eventTypes, parseEvent } from './events.ts'
import type { AriEvent } from './events.ts'
import { createHttp } from './http.ts'
import type { AriFailureCode } from './http.ts'
import { createRequests } from './requests.ts'
import type { AriRequests } from './requests.ts'
import { createSignals } from './signals.ts'
import type { Signals } from './signals.ts'
import { openEventSocket } from './socket.ts'

export type AriSignals = {
  /** Events flow, and only those that we name. What happened while we were away was not kept: compare and repair. */
  up: []
  /** Events have stopped; why. Requests may still work. */
  down: [reason: string]
  /** Another controller took the application. We do not fight for it: the lease decides who calls `connect()`. */
  replaced: []
  event: [event: AriEvent]
}

export interface AriStats {
  events: Readonly<Record<string, number>>
  /** Events of types that we do not name, by type; they should be zero once the filter stands. */
  ignored: Readonly<Record<string, number>>
  malformed: number
  reconnects: number
}

export interface Ari extends AriRequests {
  readonly app: string
  readonly isUp: boolean
  on: Signals<AriSignals>['on']
  /** Opens the event socket and keeps it open, for ever, with growing pauses (100 ms to 2 s). Safe to repeat. */
  connect(): void
  /** Closes the event socket; requests go on working. */
  disconnect(): void
  stats(): AriStats
  /** Closes everything; no timer and no connection is left. */
  close(): Promise<void>
}

export interface AriOptions {
  host: string
  port: number
  user: string
  password: string
  /** Name of the Stasis application. */
  app: string
  log: Logger
  observe?: (name: string, outcome: 'ok' | AriFailureCode, tookMs: number) => void
  /** Asked before each request; see `pbx/runtime/lease.ts`. */
  mayAct?: () => true | Promise<boolean>
}

const firstPauseMs = 100
const longestPauseMs = 2000

/**
 * The one client of Asterisk's REST interface: requests over kept HTTP connections, events over one WebSocket
 * with `subscribeAll`, because legs that we originate into the dialplan belong to no application until answered.
 * Listeners are added before `connect()`.
 */
export function createAri(options: AriOptions): Ari {
  const { app, log } = options
  const http = createHttp(options)
  const requests = createRequests(http)
  const signals = createSignals<AriSignals>(log)
  const counted = {
    events: {} as Record<string, number>,
    ignored: {} as Record<string, number>,
    malformed: 0,
    reconnects: 0
  }
  let wanted = false
  let isUp = false
  let pauseMs = firstPauseMs
  let timer: NodeJS.Timeout | undefined
  let socket: { close(): void } | undefined
  /** Counts sockets, so that a late answer about an old one is not taken for the present one. */
  let life = 0

  function open(): void {
    const mine = ++life
    socket = openEventSocket({
      url: `ws://${options.host}:${options.port}/ari/events?app=${encodeURIComponent(app)}&subscribeAll=true`,
      authorization: `Basic ${Buffer.from(`${options.user}:${options.password}`).toString('base64')}`,
      onMessage: (text) => onMessage(text),
      onOpen: () => void settle(mine).catch((error: unknown) => lost(mine, String(error))),
      onClose: (reason) => lost(mine, reason)
    })
  }

  /** Sets the filter, then declares us up. The application may be registered a moment after the handshake. */
  async function settle(mine: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const result = await requests.setEventFilter(app, eventTypes)
      if (mine !== life) return
      if (result.ok) break
      if (result.code !== 'gone' || attempt === 20)
        return lost(mine, `The event filter was not set: ${result.message}`)
      await delay(20)
    }
    isUp = true
    pauseMs = firstPauseMs
    log.info({ app }, 'Events of Asterisk flow')
    signals.emit('up')
  }

  function onMessage(text: string): void {
    const parsed = parseEvent(text)
    if (parsed.kind === 'unknown') {
      counted.ignored[parsed.type] = (counted.ignored[parsed.type] ?? 0) + 1
    } else if (parsed.kind === 'malformed') {
      counted.malformed++
      log.warn({ message: text.slice(0, 500) }, 'An event of Asterisk could not be read')
    } else {
      const { event } = parsed
      counted.events[event.type] = (counted.events[event.type] ?? 0) + 1
      if (event.type === 'ApplicationReplaced') return replaced()
      signals.emit('event', event)
    }
  }

  function replaced(): void {
    log.warn({ app }, 'Another controller has taken the application')
    stop()
    sayDown('replaced')
    signals.emit('replaced')
  }

  function lost(mine: number, reason: string): void {
    if (mine !== life || !wanted) return
    life++
    socket?.close()
    socket = undefined
    sayDown(reason)
    log.debug({ reason, pauseMs }, 'The event socket is closed; trying again')
    timer = setTimeout(() => {
      counted.reconnects++
      open()
    }, pauseMs)
    pauseMs = Math.min(pauseMs * 2, longestPauseMs)
  }

  function sayDown(reason: string): void {
    if (!isUp) return
    isUp = false
    log.warn({ reason }, 'Events of Asterisk have stopped')
    signals.emit('down', reason)
  }

  function stop(): void {
    wanted = false
    life++
    clearTimeout(timer)
    socket?.close()
    socket = undefined
  }

  return {
    ...requests,
    app,
    get isUp() {
      return isUp
    },
    on: (name, listener) => signals.on(name, listener),
    connect() {
      if (wanted) return
      wanted = true
      pauseMs = firstPauseMs
      open()
    },
    disconnect() {
      stop()
      sayDown('disconnected')
    },
    stats: () => structuredClone(counted),
    async close() {
      stop()
      sayDown('closed')
      signals.clear()
      await http.close()
    }
  }
}
