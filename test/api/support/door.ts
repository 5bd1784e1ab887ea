import net from 'node:net'
import type { ApiDeps } from '../../../api/deps.ts'
import { connect } from '../../../db/knex.ts'

export interface Door {
  /** Cuts every connection to the database and lets none in. */
  shut(): void
  open(): void
  /** The same dependencies with the database behind the door. */
  behind: (deps: ApiDeps, databaseUrl: string) => ApiDeps
  close(): Promise<void>
}

/** A way to a PostgreSQL that can be shut, as when the server is away. */
export async function createDoor(): Promise<Door> {
  let isOpen = true
  let target: net.NetConnectOpts = { port: 0 }
  let db: ApiDeps['db'] | null = null
  const sockets = new Set<net.Socket>()
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const server = net.createServer((client) => {
    if (!isOpen) {
      client.destroy()
      return
    }
    const postgres = net.connect(target)
    for (const socket of [client, postgres]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => sockets.delete(socket))
    }
    client.pipe(postgres).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  return {
    shut() {
      isOpen = false
      cut()
    },
    open() {
      isOpen = true
    },
    behind(deps, databaseUrl) {
      const real = new URL(databaseUrl)
      const folder = real.searchParams.get('host')
      target = folder ? { path: `${folder}/.s.PGSQL.${real.port}` } : { port: Number(real.port) }
      db = connect(`postgres://${real.username}:${real.password}@127.0.0.1:${port}${real.pathname}`, deps.log)
      return { ...deps, db }
    },
    async close() {
      cut()
      server.close()
      await db?.destroy()
    }
  }
}
