import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import os from 'node:os'
import { codeOf, messageOf } from '../host/setup-error.ts'
import type { Loop } from './nat-findings.ts'

const waitMs = 1000
/** Ports that are tried before the range counts as full. */
const tries = 20

/** Addresses of the network cards, without the loopback and those that only this link knows. */
export function localAddresses(): string[] {
  return Object.values(os.networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(
      ({ internal, family, address }) => !internal && family === 'IPv4' && !address.startsWith('169.254.')
    )
    .map(({ address }) => address)
}

/** Whether this is a container with a network of its own: with the host's, its bridge would be seen here. */
export function isBridged(interfaces: readonly string[] = Object.keys(os.networkInterfaces())): boolean {
  const isContainer = existsSync('/.dockerenv') || existsSync('/run/.containerenv')
  return isContainer && !interfaces.some((name) => /^(docker|br-|podman|cni)/.test(name))
}

/** The IPv4 address of a name; null when there is none. */
export async function addressOf(name: string): Promise<string | null> {
  if (isIP(name) !== 0) return name
  return lookup(name, { family: 4 }).then(
    ({ address }) => address,
    // Unknown, or nobody to ask: both mean that nothing can be sent there.
    () => null
  )
}

/**
 * Sends a packet from a free port of the range for sound to the public address, and waits for it to come back. Many
 * routers do not bring packets from within back in: only `seen` proves something.
 */
export async function udpLoop(
  address: string,
  rtp: { start: number; end: number },
  timeoutMs = waitMs
): Promise<Loop> {
  const bound = await freePort(rtp)
  if (!bound) return { result: 'unsent', reason: 'every port is in use' }
  const { socket, port } = bound
  const token = randomBytes(16)
  try {
    return await new Promise<Loop>((resolve) => {
      const timer = setTimeout(() => resolve({ result: 'unseen', port }), timeoutMs)
      const done = (loop: Loop): void => {
        clearTimeout(timer)
        resolve(loop)
      }
      socket.on('error', (error) => done({ result: 'unsent', reason: messageOf(error) }))
      socket.on('message', (data, from) => {
        if (data.equals(token)) done({ result: 'seen', port, fromPort: from.port })
      })
      socket.send(token, port, address, (error) => {
        if (error) done({ result: 'unsent', reason: codeOf(error) ?? messageOf(error) })
      })
    })
  } finally {
    socket.close()
  }
}

/** Sound takes even ports from the start of the range: the end is the quieter side. */
async function freePort({ start, end }: { start: number; end: number }): Promise<{
  socket: Socket
  port: number
} | null> {
  for (let port = end; port > Math.max(start, end - tries); port -= 1) {
    const socket = createSocket('udp4')
    const isOurs = await new Promise<boolean>((resolve, reject) => {
      socket.once('error', (error) => {
        if (codeOf(error) === 'EADDRINUSE' || codeOf(error) === 'EACCES') resolve(false)
        else reject(error)
      })
      socket.bind(port, () => resolve(true))
    })
    if (isOurs) {
      socket.removeAllListeners('error')
      return { socket, port }
    }
    socket.close()
  }
  return null
}
