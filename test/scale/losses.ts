import fs from 'node:fs/promises'
import { pidAlive, signalPid } from '../../host/process.ts'
import { until } from '../support/until.ts'
import type { Cluster } from './cluster.ts'
import { nodesOfEdge } from './edge.ts'
import type { Load, RunningLoad } from './load.ts'
import { account, type Account, type Gap, type Loss } from './truth.ts'

export interface LossesReport {
  account: Account
  /** From the moment it was taken away to the first answer to somebody who called after it, in seconds. */
  nextCall: Record<'cable' | 'edge' | 'asterisk', number>
  /** From its return until it takes calls again by itself. */
  backAfter: Record<'cable' | 'asterisk', number>
}

/**
 * Under one steady load: the second node's cable is pulled, the edge is killed meanwhile, the cable is back, the node's
 * Asterisk is killed. Nobody is told anything.
 */
export async function playLosses(
  cluster: Cluster,
  load: Load,
  order: { rate: number; talkMs: number }
): Promise<LossesReport> {
  const [, second] = cluster.nodes
  const running = await load.start({ ...order, seconds: 120 })
  const losses: Loss[] = []
  const gaps: Gap[] = []
  const since = (atMs: number): number => Math.round((Date.now() - atMs) / 100) / 10
  await answeredOn(cluster, second.name, Date.now() - 1000)

  const pulledMs = Date.now()
  await second.machine.unplug()
  const cable = await nextAnswer(running, pulledMs)
  await until(async () => / I/.test(await nodesOfEdge(cluster.edgeControl)), {
    what: 'the edge sees that the node is silent'
  })
  // By then nobody waits any more for a word of that node.
  await nextAnswer(running, Date.now() + 2500)

  const killedMs = Date.now()
  const killed = await cluster.edgePid()
  const workers = await childrenOf(killed)
  signalPid(killed, 'SIGKILL')
  await until(async () => (await cluster.edgePid()) !== killed && !workers.some(pidAlive), {
    timeoutMs: 20_000,
    what: 'the edge is started again, and nothing of the dead one goes on'
  })
  const edge = since(killedMs) + (await nextAnswer(running, Date.now()))
  gaps.push({ fromMs: killedMs, toMs: Date.now() })

  await until(
    async () =>
      (
        await cluster.sql(
          `select 1 from calls where ended_at is null and pbx_unique_id like '${second.name}-%'`
        )
      ).length === 0,
    { timeoutMs: 25_000, what: 'the calls of the node that is away have ended' }
  )
  const pluggedMs = Date.now()
  await second.machine.plug()
  await cluster.bothTakeCalls()
  const cableBack = since(pluggedMs)
  losses.push({ node: second.name, atMs: pulledMs, backMs: Date.now() })
  await answeredOn(cluster, second.name, Date.now())

  const diedMs = Date.now()
  signalPid(await second.asteriskPid(), 'SIGKILL')
  const asterisk = await nextAnswer(running, diedMs)
  await answeredOn(cluster, second.name, diedMs + 500)
  const asteriskBack = since(diedMs)
  losses.push({ node: second.name, atMs: diedMs, backMs: Date.now() })

  running.enough()
  const callers = await running.done
  await until(async () => (await cluster.sql('select 1 from calls where ended_at is null')).length === 0, {
    timeoutMs: 20_000,
    what: 'every call has ended'
  })
  return {
    account: await account(cluster, callers, losses, gaps),
    nextCall: { cable, edge, asterisk },
    backAfter: { cable: cableBack, asterisk: asteriskBack }
  }
}

/** A call that began after `atMs` was answered on this node, says the journal. */
async function answeredOn(cluster: Cluster, node: string, atMs: number): Promise<void> {
  const begun = new Date(atMs).toISOString()
  await until(
    async () =>
      (
        await cluster.sql(
          `select 1 from calls where pbx_unique_id like '${node}-%' and answered_at is not null
           and started_at > '${begun}'`
        )
      ).length > 0,
    { timeoutMs: 30_000, everyMs: 100, what: `a call is answered on ${node}` }
  )
}

/** @returns after how many seconds somebody was answered who called after `atMs` */
async function nextAnswer({ seen }: RunningLoad, atMs: number): Promise<number> {
  const first = await until(
    async () => {
      const answers = (await seen()).flatMap(({ sentMs, answeredMs }) =>
        sentMs >= atMs && answeredMs !== null ? answeredMs : []
      )
      return answers.length === 0 ? null : Math.min(...answers)
    },
    { timeoutMs: 20_000, everyMs: 100, what: 'a later call is answered' }
  )
  return Math.round((first - atMs) / 100) / 10
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await fs.readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  const children = text.trim().split(' ').filter(Boolean).map(Number)
  if (children.length === 0) throw new Error('The edge has no workers')
  return children
}
