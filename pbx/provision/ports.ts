import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { SetupError, codeOf } from '../../host/setup-error.ts'

/** One port that must be free, and the environment variable by which its owner moves it. */
export type NeededPort = {
  protocol: 'tcp' | 'udp'
  host: string
  port: number
  variable: string
  purpose: string
}

/**
 * Tries each port by listening on it for a moment.
 * @throws SetupError naming the first port that is taken, or may not be used, and the variable to change
 */
export async function requirePorts(ports: readonly NeededPort[]): Promise<void> {
  for (const needed of ports) {
    try {
      await (needed.protocol === 'tcp' ? tryTcp(needed) : tryUdp(needed))
    } catch (error) {
      const code = codeOf(error)
      const what = `Port ${needed.port}/${needed.protocol} for ${needed.purpose}`
      const advice = `Stop what uses it, or set ${needed.variable} to another port, and start again.`
      if (code === 'EADDRINUSE')
        throw new SetupError(`${what} is taken by another program`, advice, { cause: error })
      if (code === 'EACCES')
        throw new SetupError(`${what} may not be used by this user`, advice, { cause: error })
      if (code === 'EADDRNOTAVAIL') {
        throw new SetupError(
          `The address ${needed.host} is not one of this machine`,
          'Correct it and start again.',
          {
            cause: error
          }
        )
      }
      throw error
    }
  }
}

async function tryTcp({ host, port }: NeededPort): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()))
  })
}

async function tryUdp({ host, port }: NeededPort): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    socket.once('error', reject)
    socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => resolve()))
  })
}
