import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { deserialize, serialize } from 'node:v8'
import type { Logger } from 'pino'
import { WebSocketServer, type WebSocket } from 'ws'
import { SetupError, messageOf } from '../../host/setup-error.ts'
import type { Tracking } from '../../tracking/store/tracking.ts'
import type { Exchange } from '../exchange.ts'
import { methodsOf, type Asked, type Said, type Standing } from './methods.ts'

/** How often trunks are compared with what was told: nobody is told of their changes. */
const trunksMs = 1000

export interface DoorServer {
  readonly address: string
  readonly key: string
  /** Lets others in, until the given function is called. */
  open(exchange: Exchange, tracking: Tracking): () => void
  close(): Promise<void>
}

/**
 * The door of a controller: other processes of this installation ask and hear the exchange through it. Whoever comes
 * shows the key, which is made anew at each start and lies sealed in the lease. Closed while this process leads no calls.
 * @throws SetupError when it cannot listen there
 */
export async function openDoor(options: { host: string; port: number; log: Logger }): Promise<DoorServer> {
  const { host, log } = options
  const key = randomBytes(32).toString('base64url')
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 ** 2 })
  const server = createServer((_req, res) => res.writeHead(404).end())
  let current: { exchange: Exchange; tracking: Tracking } | null = null
  server.on('upgrade', (req, socket, head) => {
    socket.on('error', (err) => log.debug({ err }, 'Somebody left the door'))
    const status = !isKey(req.headers.authorization, key)
      ? '401 Unauthorized'
      : current
        ? null
        : '503 Not Now'
    if (status !== null || !current) {
      socket.end(`HTTP/1.1 ${status ?? '503 Not Now'}\r\nConnection: close\r\n\r\n`)
      return
    }
    const { exchange, tracking } = current
    sockets.handleUpgrade(req, socket, head, (client) => serve(client, exchange, tracking, log))
  })
  try {
    server.listen(options.port, host)
    await once(server, 'listening')
  } catch (error) {
    throw new SetupError(
      `The door for other processes cannot be opened at ${host}: ${messageOf(error)}`,
      'Set DOOR_HOST to an address of this machine, and DOOR_PORT to a free port or 0.',
      { cause: error }
    )
  }
  const { port } = server.address() as AddressInfo
  const cut = (): void => {
    for (const client of sockets.clients) client.terminate()
  }
  return {
    address: `ws://${host.includes(':') ? `[${host}]` : host}:${port}`,
    key,
    open(exchange, tracking) {
      current = { exchange, tracking }
      return () => {
        current = null
        cut()
      }
    },
    async close() {
      cut()
      server.close()
      await once(server, 'close')
    }
  }
}

function serve(client: WebSocket, exchange: Exchange, tracking: Tracking, log: Logger): void {
  const { pbx, sipTrace } = exchange
  const methods = methodsOf(exchange, tracking) as Record<string, (...given: never[]) => unknown>
  const say = (said: Said): void => client.send(serialize(said))
  const trunksNow = (): Standing['trunks'] => [...pbx.trunkStates()].toSorted(([a], [b]) => (a < b ? -1 : 1))

  // How things stand, and whatever comes after: nothing falls in between.
  let trunks = JSON.stringify(trunksNow())
  say({
    is: 'standing',
    standing: {
      operators: pbx.operators(),
      queues: pbx.queues(),
      rows: pbx.openCallRows(),
      trunks: trunksNow(),
      isTraceListening: sipTrace.isListening
    }
  })
  const stop = [
    pbx.feed.onRow((row) => say({ is: 'row', row })),
    pbx.feed.onOperator((operator) => say({ is: 'operator', operator })),
    pbx.feed.onQueue((queue) => say({ is: 'queue', queue })),
    pbx.feed.onJournal((callId) => say({ is: 'journal', callId }))
  ]
  const looking = setInterval(() => {
    const now = trunksNow()
    const text = JSON.stringify(now)
    if (text === trunks) return
    trunks = text
    say({ is: 'trunks', trunks: now })
  }, trunksMs)

  async function answer({ id, method, given }: Asked): Promise<void> {
    const ask = Object.hasOwn(methods, method) ? methods[method] : undefined
    if (!ask) throw new Error(`The exchange cannot be asked ${method}`)
    say({ is: 'answer', id, value: await ask(...(given as never[])) })
  }

  client.on('message', (data: Buffer) => {
    // Only processes of this installation have the key.
    const asked = deserialize(data) as Asked
    answer(asked).catch((error: unknown) => {
      const { name, message } = error instanceof Error ? error : new Error(String(error))
      log.debug({ err: error, method: asked.method }, 'Another process was told no')
      say({ is: 'failed', id: asked.id, name, message })
    })
  })
  client.on('error', (err) => log.debug({ err }, 'Another process is gone'))
  client.on('close', () => {
    clearInterval(looking)
    for (const end of stop) end()
  })
}

function isKey(given: string | undefined, key: string): boolean {
  const sum = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(sum(given ?? ''), sum(`Bearer ${key}`))
}
