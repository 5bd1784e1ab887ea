import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { listen } from '../../db/listen.ts'

/** A row of `asterisk_nodes`: another Asterisk than the one that this installation keeps itself. */
export interface NodeRow {
  name: string
  /** Where the controller reaches its ARI and AMI. */
  host: string
  ariPort: number
  amiPort: number
  /** Where the SIP edge reaches it, `host:port`. */
  sipAddress: string
  /** Its event log as this machine sees it; null where it cannot be read. */
  celFile: string | null
  isDraining: boolean
}

export async function readNodes(db: Knex): Promise<NodeRow[]> {
  return db('asterisk_nodes').orderBy('name').select<NodeRow[]>({
    name: 'name',
    host: 'host',
    ariPort: 'ari_port',
    amiPort: 'ami_port',
    sipAddress: 'sip_address',
    celFile: 'cel_file',
    isDraining: 'is_draining'
  })
}

/**
 * Tells of the nodes now and after each change; one telling at a time.
 * @returns what ends it
 */
export function followNodes(options: {
  db: Knex
  databaseUrl: string
  onNodes: (rows: readonly NodeRow[]) => Promise<void>
  log: Logger
}): { stop(): Promise<void> } {
  const { db, log } = options
  let tail = Promise.resolve()
  const tell = (): void => {
    tail = tail
      .then(async () => options.onNodes(await readNodes(db)))
      .catch((error: unknown) =>
        log.warn({ err: error }, 'The list of nodes could not be read; it stays as it is')
      )
  }
  const listening = listen({
    databaseUrl: options.databaseUrl,
    channels: ['asterisk_nodes'],
    onNotice: tell,
    onConnected: tell,
    log
  })
  return {
    async stop() {
      await listening.stop()
      await tail
    }
  }
}
