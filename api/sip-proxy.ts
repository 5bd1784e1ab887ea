import type { IncomingMessage, Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import net, { type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { cookieNameOf, createDoorkeeper } from './auth/sessions.ts'
import type { ApiDeps } from './deps.ts'
import { isOwnOrigin } from './origin.ts'

/** Time in which Asterisk must take the connection. */
const connectTimeoutMs = 5_000

/**
 * Carries browser telephones from `/sip` to Asterisk's WebSocket, so that one port (and one certificate) serves
 * everything. Bytes are passed on untouched; who may come in is decided before: a signed-in user, from a page of
 * ours, with the subprotocol `sip`. Upgrades to any other address than `/sip` and `/live` are refused here.
 * @returns what detaches it and cuts the telephones
 */
export function attachSipProxy(
  httpServer: Server | SecureServer,
  deps: Pick<ApiDeps, 'db' | 'log' | 'cookieName' | 'outside'> & {
    publicUrl?: string | undefined
    ariPort: number
    /** Where browser telephones are brought instead of to Asterisk: the SIP edge. */
    softphonesAt?: { host: string; port: number } | null
  }
): () => void {
  const admit = createDoorkeeper(deps.db, cookieNameOf(deps), 'calls:dial')
  const open = new Set<Duplex>()

  async function connect(req: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    if (!isOwnOrigin(req, true)) return refuse(client, 403, 'Forbidden')
    if (!offersSip(req)) return refuse(client, 400, 'Bad Request')
    const who = await admit(req)
    if (!who) return refuse(client, 401, 'Unauthorized')
    if (who.role === 'marketer') return refuse(client, 403, 'Forbidden')
    join(req, client, head)
  }

  function join(req: IncomingMessage, client: Duplex, head: Buffer): void {
    if (client.destroyed) return
    const { host, port } = deps.softphonesAt ?? { host: '127.0.0.1', port: deps.ariPort }
    const asterisk = net.connect({ host, port, noDelay: true })
    const timer = setTimeout(() => asterisk.destroy(new Error('Asterisk does not answer')), connectTimeoutMs)
    let isJoined = false
    asterisk.once('connect', () => {
      clearTimeout(timer)
      isJoined = true
      asterisk.write(upgradeRequest(req, `${host}:${port}`))
      if (head.length > 0) asterisk.write(head)
      client.pipe(asterisk).pipe(client)
    })
    open.add(client)
    asterisk.on('error', (error) => {
      deps.log.warn({ err: error }, 'A softphone lost its way to Asterisk')
      if (isJoined) client.destroy()
      else refuse(client, 502, 'Bad Gateway')
    })
    asterisk.on('close', () => {
      clearTimeout(timer)
      client.end()
    })
    client.on('close', () => {
      open.delete(client)
      asterisk.destroy()
    })
  }

  const onUpgrade = (req: IncomingMessage, client: Duplex, head: Buffer): void => {
    deps.outside?.ways.upgrade(req)
    const path = (req.url ?? '').split('?')[0]
    if (path === '/live' || path === '/live/') return
    // A browser that goes away in the middle is no reason to fall over.
    client.on('error', () => client.destroy())
    if (path !== '/sip') {
      refuse(client, 404, 'Not Found')
      return
    }
    if ('setNoDelay' in client) (client as Socket).setNoDelay(true).setKeepAlive(true, 30_000)
    connect(req, client, head).catch((error: unknown) => {
      deps.log.warn({ err: error }, 'A softphone could not be let in')
      refuse(client, 503, 'Service Unavailable')
    })
  }

  httpServer.on('upgrade', onUpgrade)
  return () => {
    httpServer.off('upgrade', onUpgrade)
    for (const client of open) client.destroy()
  }
}

const offersSip = (req: IncomingMessage): boolean =>
  (req.headers['sec-websocket-protocol'] ?? '').split(',').some((name) => name.trim() === 'sip') &&
  /^[A-Za-z0-9+/=]{16,32}$/.test(req.headers['sec-websocket-key'] ?? '') &&
  req.headers['sec-websocket-version'] === '13'

/** Written anew: nothing that a client sent beside the key reaches Asterisk, cookies least of all. */
function upgradeRequest(req: IncomingMessage, host: string): string {
  return [
    'GET /ws HTTP/1.1',
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${req.headers['sec-websocket-key'] ?? ''}`,
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: sip',
    '',
    ''
  ].join('\r\n')
}

function refuse(client: Duplex, status: number, reason: string): void {
  if (client.destroyed) return
  client.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
