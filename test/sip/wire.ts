import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'

export interface Address {
  host: string
  port: number
}

/** What carries the messages of one peer. */
export interface Wire {
  /** As a Via names it. */
  readonly name: 'UDP' | 'TLS'
  /** Where this side is. */
  readonly port: number
  send(bytes: string | Buffer, to: Address): void
  /** SHA-256 of the server's certificate; null without one. */
  readonly fingerprint: string | null
  close(): Promise<void>
}

type Hear = (data: Buffer, from: Address) => void

export async function udpWire(host: string, port: number, hear: Hear): Promise<Wire> {
  const socket = createSocket('udp4')
  socket.bind(port, host)
  await once(socket, 'listening')
  socket.on('message', (data, from) => hear(data, { host: from.address, port: from.port }))
  return {
    name: 'UDP',
    port,
    fingerprint: null,
    send: (bytes, to) => socket.send(bytes, to.port, to.host),
    close: () => new Promise<void>((resolve) => socket.close(() => resolve()))
  }
}

/** One connection to the server, by which everything comes and goes. */
export async function tlsWire(host: string, server: Address, hear: Hear): Promise<Wire> {
  const plain = net.connect({ ...server, localAddress: host })
  const socket = tls.connect({ socket: plain, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  socket.on('error', () => socket.destroy())
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', (data: Buffer) => {
    rest = Buffer.concat([rest, data])
    for (let message = next(); message !== null; message = next()) hear(message, server)
  })

  function next(): Buffer | null {
    // Empty lines keep the connection alive.
    while (rest.length >= 2 && rest[0] === 13 && rest[1] === 10) rest = rest.subarray(2)
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) return null
    const length = /^(?:content-length|l)\s*:\s*(\d+)/im.exec(rest.subarray(0, end).toString())?.[1]
    const total = end + 4 + Number(length ?? 0)
    if (rest.length < total) return null
    const message = rest.subarray(0, total)
    rest = rest.subarray(total)
    return message
  }

  return {
    name: 'TLS',
    port: socket.localPort ?? 0,
    fingerprint: socket.getPeerCertificate().fingerprint256,
    send: (bytes) => void socket.write(bytes),
    async close() {
      if (socket.destroyed) return
      const closed = once(socket, 'close')
      socket.destroy()
      await closed
    }
  }
}
