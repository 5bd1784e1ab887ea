import { once } from 'node:events'
import net from 'node:net'
import path from 'node:path'

/** Which way bytes vanish: both ways, or only what the server answers (it has heard, and did as it was asked). */
export type Hole = 'both' | 'answers'

/** A way to a server that can be made to swallow what goes through, without a word to either side. */
export interface Pipe {
  readonly port: number
  /** Bytes stay on the way until `heal`; new connections get no answer. */
  swallow(hole: Hole): void
  /** Ends all connections, and lets nobody in until `heal`. */
  cut(): void
  heal(): void
  close(): Promise<void>
}

/**
 * Opens a port of 127.0.0.1 that leads to `target`: what a network that drops packets does to TCP, which keeps on
 * sending until they get through.
 */
export async function openPipe(target: net.NetConnectOpts): Promise<Pipe> {
  let hole: Hole | null = null
  let isCut = false
  const ends = new Set<{ client: net.Socket; server: net.Socket }>()
  const apply = ({ client, server }: { client: net.Socket; server: net.Socket }): void => {
    if (hole === 'both') client.pause()
    else client.resume()
    if (hole === null) server.resume()
    else server.pause()
  }
  const listener = net.createServer((client) => {
    if (isCut) return void client.destroy()
    const server = net.connect(target)
    const pair = { client, server }
    ends.add(pair)
    client.on('data', (data) => void server.write(data))
    server.on('data', (data) => void client.write(data))
    client.on('error', () => server.destroy()).on('close', () => server.destroy())
    server.on('error', () => client.destroy())
    server.on('close', () => {
      ends.delete(pair)
      client.end()
    })
    apply(pair)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const change = (next: Hole | null): void => {
    hole = next
    isCut = false
    for (const pair of ends) apply(pair)
  }
  const endAll = (): void => {
    for (const { client, server } of ends) {
      client.destroy()
      server.destroy()
    }
  }
  return {
    port: (listener.address() as net.AddressInfo).port,
    swallow: change,
    cut() {
      isCut = true
      endAll()
    },
    heal: () => change(null),
    async close() {
      endAll()
      const closed = once(listener, 'close')
      listener.close()
      await closed
    }
  }
}

/** A way to the PostgreSQL that `url` names by its unix socket, and the URL of the way. */
export async function openDatabasePipe(url: string): Promise<{ pipe: Pipe; url: string }> {
  const database = new URL(url)
  const folder = database.searchParams.get('host') ?? ''
  const pipe = await openPipe({ path: path.join(folder, `.s.PGSQL.${database.port || '5432'}`) })
  database.search = ''
  database.host = `127.0.0.1:${pipe.port}`
  return { pipe, url: database.toString() }
}
