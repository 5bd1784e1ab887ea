import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { listen } from '../../db/listen.ts'
import type { Front } from '../nodes/members.ts'
import { behindEdge } from './objects.ts'

/**
 * The edge as the controller sees it: what the nodes must know, and which telephones are there, from the table that the
 * edge keeps.
 * @param options `address`: `host:port` at which the nodes reach the edge
 */
export function openFront(options: {
  db: Knex
  databaseUrl: string
  address: string
  log: Logger
}): Front & { stop(): Promise<void> } {
  const { db, address, log } = options
  const listeners = new Set<() => void>()
  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  const listening = listen({
    databaseUrl: options.databaseUrl,
    channels: ['edge_location'],
    onNotice: tell,
    onConnected: tell,
    log
  })
  return {
    address,
    shape: behindEdge(address),
    async phones() {
      try {
        const rows = await db('edge_location').distinct<{ username: string }[]>('username')
        return new Set(rows.map(({ username }) => username))
      } catch (error) {
        log.warn(
          { err: error },
          'The database cannot be asked for the edge’s telephones; they stay as they were'
        )
        return null
      }
    },
    onPhones(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: () => listening.stop()
  }
}
