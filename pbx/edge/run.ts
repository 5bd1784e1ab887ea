import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import path from 'node:path'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { inTurn } from '../../db/in-turn.ts'
import { listen } from '../../db/listen.ts'
import { unseal } from '../../db/sealed.ts'
import { keepRunning } from '../../host/keep.ts'
import { keepSmall } from '../../host/rotate.ts'
import { SetupError } from '../../host/setup-error.ts'
import { readNodes } from '../nodes/store.ts'
import type { PjsipObject } from '../provision/objects.ts'
import type { Progress } from '../provision/install.ts'
import { readWanted } from '../runtime/provisioning.ts'
import { startEdge, type EdgePicture, type RunningEdge } from './edge.ts'
import { ensureEdge } from './install.ts'
import type { EdgeNode } from './render.ts'

export interface EdgeOptions {
  db: Knex
  /** As TCP: Kamailio keeps the telephones there. */
  databaseUrl: string
  dataDir: string
  edge: {
    host: string
    port: number
    web: { host: string; port: number }
    controlPort: number
    nodes: readonly string[]
  }
  progress: Progress
  log: Logger
}

/**
 * Runs the edge and tells it of every change of nodes, carriers and telephones. It is started again when it dies, and
 * needs no controller.
 * @throws SetupError when it cannot be fetched or does not come up
 */
export async function runEdge(
  options: EdgeOptions
): Promise<{ current(): RunningEdge; stop(): Promise<void> }> {
  const { db, databaseUrl, edge, log } = options
  await refuseOtherKey(db)
  const home = await ensureEdge({ runtimeDir: options.dataDir, progress: options.progress })
  const settings = {
    ...{ sipHost: edge.host, sipPort: edge.port, webHost: edge.web.host, webPort: edge.web.port },
    ...{ controlPort: edge.controlPort, databaseUrl, dir: path.join(options.dataDir, 'edge/run') }
  }
  const read = async (): Promise<EdgePicture> => {
    const rows = await readNodes(db)
    const { objects } = await readWanted(db, () => Promise.resolve(true))
    const own: EdgeNode[] = edge.nodes.map((sipAddress) => ({ sipAddress, isDraining: false }))
    return { nodes: [...own, ...rows], phones: phonesOf(objects), carriers: await carriersOf(objects, log) }
  }
  const kept = await keepRunning(
    'The SIP edge',
    async () => startEdge({ home, settings, picture: await read(), log }),
    log
  )
  let retry: NodeJS.Timeout | undefined
  const telling = inTurn(
    async () => kept.current.tell(await read()),
    (error) => {
      log.warn({ err: error }, 'The SIP edge could not be told of a change; trying again')
      retry = setTimeout(() => telling.soon(), retryMs)
    }
  )
  const listening = listen({
    databaseUrl,
    channels: ['asterisk_nodes', 'ringtrace_config'],
    onNotice: (_channel, payload) => {
      // With each unknown caller there is one.
      if (!/^contact(s|_phones):/.test(payload)) telling.soon()
    },
    onConnected: () => telling.soon(),
    log
  })
  const logs = keepSmall(
    [{ file: path.join(settings.dir, 'edge.log'), maxBytes: 20 * 1024 ** 2, keep: 3, how: 'copy' }],
    log
  )
  return {
    current: () => kept.current,
    async stop() {
      logs.stop()
      await listening.stop()
      clearTimeout(retry)
      telling.close()
      await kept.stop()
    }
  }
}

const retryMs = 2000

/** With another key the edge would know no telephone, and nobody could tell why. */
async function refuseOtherKey(db: Knex): Promise<void> {
  const rows: { text: string }[] = await db('devices').select({ text: 'sip_secret' })
  if (rows.some(({ text }) => unseal(text, 'devices.sip_secret') === null))
    throw new SetupError(
      'The telephones’ passwords were sealed with another key',
      'Set SECRET_KEY to the same value for the edge and for the rest of the installation.'
    )
}

/** Telephones that register, with their passwords. */
function phonesOf(objects: readonly PjsipObject[]): EdgePicture['phones'] {
  return objects.flatMap(({ type, id, fields }) =>
    type === 'auth' && id.startsWith('op-') ? [{ sipUser: id, sipSecret: fields['password'] ?? '' }] : []
  )
}

/** Carriers by the addresses from which they call; names are looked up now and at each change. */
async function carriersOf(objects: readonly PjsipObject[], log: Logger): Promise<EdgePicture['carriers']> {
  const found = objects.flatMap(({ type, id, fields }) =>
    type === 'identify' ? (fields['match'] ?? '').split(',').map((match) => ({ endpoint: id, match })) : []
  )
  const carriers = await Promise.all(
    found.map(async ({ endpoint, match }) => {
      const [host = ''] = match.split('/')
      if (isIP(host)) return [{ endpoint, address: match }]
      try {
        const addresses = await lookup(host, { all: true })
        return addresses.map(({ address }) => ({ endpoint, address }))
      } catch (error) {
        log.warn(
          { err: error, endpoint },
          'A carrier’s name is not known to DNS: its calls are not recognised'
        )
        return []
      }
    })
  )
  return carriers.flat()
}
