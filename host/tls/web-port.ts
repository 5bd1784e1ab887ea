import http, { type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import https from 'node:https'
import net, { type Socket } from 'node:net'
import type { Logger } from 'pino'
import type { TlsKeeper } from './keeper.ts'

/** The web port: what listens, and the server on which requests and upgrades arrive. */
export interface WebPort {
  /** Take upgrades (live feed, telephones) here. */
  readonly server: Server | https.Server
  listen(port: number, host: string): Promise<void>
  /** Also cuts whoever is connected. */
  close(): Promise<void>
}

/** A first byte must come within this time; browsers open connections in advance, and come again. */
const firstByteMs = 60_000
/** A TLS connection begins with it, and no HTTP request does. */
const tlsHello = 22

/** Plain http, for this machine, private networks, and behind a proxy. */
export function plainPort(handler: RequestListener): WebPort {
  const server = http.createServer(handler)
  return {
    server,
    listen: (port, host) => listening(server, port, host),
    close: () => closing(server)
  }
}

/**
 * https and wss on one port. Whoever comes there by plain http is sent on to https; only the health of the
 * installation is told to programs of this machine all the same. A new certificate serves new connections, and cuts none.
 */
export function tlsPort(
  handler: RequestListener,
  keeper: Pick<TlsKeeper, 'current' | 'onChange'>,
  log: Logger
): WebPort {
  const contextOf = ({ cert, key }: { cert: string; key: string }) => ({
    cert,
    key,
    minVersion: 'TLSv1.2' as const
  })
  const secure = https.createServer(contextOf(keeper.current()), handler)
  keeper.onChange((now) => secure.setSecureContext(contextOf(now)))
  // Scanners and browsers that refuse a self-signed certificate: nothing that anybody could act on.
  secure.on('tlsClientError', (error) => log.debug({ err: error }, 'A TLS connection did not come about'))
  const plain = http.createServer((req, res) => {
    if (isHealthFromHere(req)) handler(req, res)
    else sendOn(req, res)
  })
  // A server that does not listen itself looks after its slow connections only when told that it does.
  for (const server of [secure, plain]) server.emit('listening')
  const open = new Set<Socket>()
  const front = net.createServer({ noDelay: true }, (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.setTimeout(firstByteMs, () => socket.destroy())
    socket.once('readable', () => {
      const first = socket.read(1) as Buffer | null
      // Gone without a word.
      if (first === null) return socket.destroy()
      socket.setTimeout(0)
      socket.removeAllListeners('timeout')
      socket.unshift(first)
      ;(first[0] === tlsHello ? secure : plain).emit('connection', socket)
    })
  })
  return {
    server: secure,
    listen: (port, host) => listening(front, port, host),
    async close() {
      const closed = closing(front)
      for (const socket of open) socket.destroy()
      // Ends their timers; they say that they never listened.
      for (const server of [secure, plain]) server.close(() => undefined)
      await closed
    }
  }
}

/** A second port that only sends people on to https. */
export function redirectPort(toPort: number): WebPort {
  const server = http.createServer((req, res) => sendOn(req, res, toPort))
  return { server, listen: (port, host) => listening(server, port, host), close: () => closing(server) }
}

function isHealthFromHere({ url, socket }: IncomingMessage): boolean {
  return url === '/api/health' && /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '')
}

/** To the same address by https. What brings data or asks for an upgrade is refused: it has been said in the open already. */
function sendOn(req: IncomingMessage, res: ServerResponse, toPort?: number): void {
  const host = hostOf(req, toPort)
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' }
  if (host === null || !/^(GET|HEAD)$/.test(req.method ?? '')) {
    res.writeHead(403, headers).end('This port speaks https: write https:// in front of the address.\n')
    return
  }
  const Location = `https://${host}${req.url?.startsWith('/') === true ? req.url : '/'}`
  // Not for ever: browsers would keep it after TLS was switched off again.
  res.writeHead(307, { ...headers, Location }).end(`Go to ${Location}\n`)
}

function hostOf(req: IncomingMessage, toPort?: number): string | null {
  const { host } = req.headers
  if (host === undefined || !/^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/i.test(host)) return null
  if (toPort === undefined) return host
  const name = host.replace(/:\d+$/, '')
  return toPort === 443 ? name : `${name}:${toPort}`
}

async function listening(server: net.Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function closing(server: net.Server): Promise<void> {
  if (server instanceof http.Server) server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}
