import { createSocket, type Socket } from 'node:dgram'
import { networkInterfaces } from 'node:os'
import type { Logger } from 'pino'
import { decodeHep, type HepAddress, type HepPacket } from './hep.ts'
import { longestText, readStart, withoutSecrets } from './sip-message.ts'
import type { SipCopy } from './types.ts'

export interface CollectorOptions {
  /** UDP, on loopback. */
  port: number
  /** What Asterisk puts into each packet. */
  password: string
  /** Ports at which our own Asterisk hears SIP. */
  ownPorts: readonly number[]
  onCopy: (copy: SipCopy) => void
  log: Logger
}

export interface Collector {
  /** False when the port is somebody else's: then there is no trace, and everything else works. */
  readonly isListening: boolean
  close(): Promise<void>
}

const sipType = 1

/** Hears Asterisk's copies of SIP messages. Whatever else comes to its port is dropped without a word. */
export async function openCollector(options: CollectorOptions): Promise<Collector> {
  const { log } = options
  // A controller that hangs keeps its port: of two that share it so, Linux gives all to whoever came last.
  const socket = createSocket({ type: 'udp4', reuseAddr: true, recvBufferSize: 4 * 1024 ** 2 })
  const isOurs = ownSide(options.ownPorts)
  socket.on('message', (data) => {
    const packet = decodeHep(data)
    if (packet?.type !== sipType || packet.password !== options.password) return
    const copy = copyOf(packet, isOurs)
    if (copy) options.onCopy(copy)
  })
  const isListening = await bound(socket, options.port).catch((error: unknown) => {
    log.warn({ err: error, port: options.port }, 'There is no SIP trace: its port cannot be used')
    return false
  })
  if (isListening) socket.on('error', (error) => log.warn({ err: error }, 'The SIP trace'))
  return {
    isListening,
    async close() {
      if (isListening) await new Promise<void>((resolve) => socket.close(() => resolve()))
    }
  }
}

function bound(socket: Socket, port: number): Promise<true> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(port, '127.0.0.1', () => {
      socket.off('error', reject)
      resolve(true)
    })
  })
}

type IsOurs = (first: HepAddress, second: HepAddress) => boolean

/** A copy in which nothing is secret; null for what is no SIP message (a lone line break keeps a connection open). */
export function copyOf(packet: HepPacket, isSourceOurs: IsOurs): SipCopy | null {
  if (packet.payload.length < 20) return null
  const whole = packet.payload.toString('utf8', 0, longestText)
  const start = readStart(whole)
  if (!start) return null
  const isOut = isSourceOurs(packet.source, packet.destination)
  const [local, remote] = isOut ? [packet.source, packet.destination] : [packet.destination, packet.source]
  // Tens of thousands of these are kept: written out, one object each, and sharing what all of them say.
  return {
    atMs: packet.atMs,
    direction: isOut ? 'out' : 'in',
    transport: shared(start.transport),
    local: shared(`${local.address}:${local.port}`),
    remote: shared(`${remote.address}:${remote.port}`),
    dialog: shared(start.dialog),
    method: shared(start.method),
    status: start.status,
    reason: start.reason === null ? null : shared(start.reason),
    // PostgreSQL's text takes no NUL.
    text: withoutSecrets(whole).replaceAll('\u0000', '\uFFFD')
  }
}

const mostShared = 5000
const sharedTexts = new Map<string, string>()

/**
 * The same text, once for all who say it, and by itself: a part of a longer one would keep all of that in memory, its
 * secrets included.
 */
function shared(text: string): string {
  const known = sharedTexts.get(text)
  if (known !== undefined) return known
  if (sharedTexts.size >= mostShared) sharedTexts.clear()
  const own = Buffer.from(text).toString()
  sharedTexts.set(own, own)
  return own
}

/** Whether the first of two addresses is Asterisk's own: both may be of this machine, and both ports 5060. */
export function ownSide(ownPorts: readonly number[]): IsOurs {
  let here = localAddresses()
  let readMs = Date.now()
  const score = ({ address, port }: HepAddress): number => {
    const isAny = address === '0.0.0.0' || /^[0:]+$/.test(address)
    const place = isAny
      ? 3
      : address === '127.0.0.1'
        ? 2
        : here.has(address) || /^127\./.test(address)
          ? 1
          : 0
    return place * 2 + (ownPorts.includes(port) ? 1 : 0)
  }
  return (first, second) => {
    // Networks come and go: a laptop, a tunnel.
    if (Date.now() - readMs > 60_000) {
      here = localAddresses()
      readMs = Date.now()
    }
    return score(first) > score(second)
  }
}

function localAddresses(): Set<string> {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return new Set(all.map(({ address }) => address))
}
