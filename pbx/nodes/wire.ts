import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Ami } from '../ami/client.ts'
import { createAmi } from '../ami/client.ts'
import type { Ari, AriOptions } from '../ari/client.ts'
import { createAri } from '../ari/client.ts'
import { readCelTail } from '../runtime/cel.ts'
import { createNodesAmi } from './ami.ts'
import { createNodesAri } from './ari.ts'
import { createMembers, type Front, type Member, type Members } from './members.ts'
import { followNodes, type NodeRow } from './store.ts'

/** How far back Asterisk's log is read after a connection was lost. */
const celTailBytes = 16 * 1024 * 1024

/** The name of the Asterisk that an installation keeps itself; calls are named after it since the beginning. */
export const ownName = 'rt'

export interface NodesOptions {
  db: Knex
  databaseUrl: string
  /** Name of the ARI application, and of both users; all nodes know the same. */
  app: string
  ariPassword: string
  amiPassword: string
  /** The Asterisk of this installation; null where all of them stand in the table. */
  own: { host: string; ariPort: number; amiPort: number; celFile: string } | null
  observe?: AriOptions['observe']
  mayAct?: AriOptions['mayAct']
  log: Logger
  /** What stands before the nodes. */
  front?: Front | null
  lostAfterMs?: number
}

export interface Nodes {
  readonly members: Members
  readonly ari: Ari
  readonly ami: Ami
  /** The table is not followed any longer. Nodes that are there stay. */
  stop(): Promise<void>
}

/** All Asterisk nodes of this installation: its own, and those of the table, which come and go while calls run. */
export function openNodes(options: NodesOptions): Nodes {
  const { app, own, log } = options
  const members = createMembers({
    log,
    front: options.front ?? null,
    ...(options.lostAfterMs === undefined ? {} : { lostAfterMs: options.lostAfterMs })
  })
  const addresses = new Map<string, string>()

  function memberOf(node: Pick<NodeRow, 'name' | 'host' | 'ariPort' | 'amiPort' | 'celFile'>): Member {
    const { name, host, celFile } = node
    const access = { host, user: app, log }
    return {
      name,
      ari: createAri({
        ...access,
        port: node.ariPort,
        password: options.ariPassword,
        app,
        ...(options.observe && { observe: options.observe }),
        ...(options.mayAct && { mayAct: options.mayAct })
      }),
      ami: createAmi({ ...access, port: node.amiPort, password: options.amiPassword }),
      readCel: () => (celFile === null ? Promise.resolve([]) : readCelTail(celFile, celTailBytes))
    }
  }

  if (own) members.add(memberOf({ name: ownName, ...own }))

  async function follow(rows: readonly NodeRow[]): Promise<void> {
    const wanted = new Map(rows.map((row) => [row.name, addressOf(row)]))
    for (const { name } of members.all()) {
      if (name === ownName && own) continue
      if (wanted.get(name) === addresses.get(name)) continue
      log.info({ node: name }, 'A node is taken out')
      addresses.delete(name)
      await members.remove(name)
    }
    for (const row of rows) {
      if (!members.get(row.name)) {
        log.info({ node: row.name, host: row.host }, 'A node is taken in')
        addresses.set(row.name, addressOf(row))
        members.add(memberOf(row))
      }
      members.drain(row.name, row.isDraining)
    }
  }

  const ari = createNodesAri(members, { app, log })
  const ami = createNodesAmi(members, log)
  const following = followNodes({ ...options, onNodes: follow })
  return { members, ari, ami, stop: () => following.stop() }
}

const addressOf = (row: NodeRow): string => [row.host, row.ariPort, row.amiPort, row.celFile ?? ''].join(' ')
