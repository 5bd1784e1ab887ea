import { execFile } from 'node:child_process'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { cloneTemplate, testServer } from '../../test/support/database.ts'
import { until } from '../../test/support/until.ts'
import { openCluster, type Cluster } from '../../test/scale/cluster.ts'
import { openLoad, type Load } from '../../test/scale/load.ts'
import { canHaveMachines } from '../../test/scale/machines.ts'
import { costs, planned, type Measured } from './plan.ts'
import { bytesOf, cpuOf, processOfRoles } from './usage.ts'

const rates = (process.env['RATES'] ?? '3,6').split(',').map(Number)
const seconds = Number(process.env['SECONDS_EACH'] ?? 20)
const talks = Number(process.env['TALKS'] ?? 40)
const shortTalkMs = 1000
const longTalkMs = 20_000

/**
 * What calls and talks use of each part, with one node and with two: networks of their own on one machine. It prints tables
 * for `docs/scale.md`; there is nothing that it asserts but that no call fails.
 */
describe('Growth by nodes', function () {
  this.timeout(0)
  let cluster: Cluster | undefined
  let load: Load | undefined
  let database: Awaited<ReturnType<typeof cloneTemplate>> | undefined
  let dir = ''
  const net = 19

  before(async () => {
    if (!(await canHaveMachines())) throw new Error('Networks of their own need root')
    database = await cloneTemplate()
    cluster = await openCluster({
      ...{ base: 18_400, net, lane: 51, databaseUrl: database.url },
      operators: Math.max(16, Math.ceil(talks * 1.4))
    })
    dir = await fs.mkdtemp(path.join(os.tmpdir(), 'rt-growth-'))
    const { edge, carrier, phones, number } = cluster
    load = await openLoad({ dir, edge, carrier, phones, to: number, callersSpeak: true })
  })
  after(async () => {
    await load?.stop()
    await cluster?.close()
    await database?.drop()
    await fs.rm(dir, { recursive: true, force: true })
  })

  it('is measured', async () => {
    if (!cluster || !load) throw new Error('No cluster')
    const world = cluster
    const going = load
    const usage = await usageOf(world, net)
    const idleMs = 8000
    const before = await usage()
    await delay(idleMs)
    const idle = less(await usage(), before)

    async function measure(order: { rate: number; seconds: number; talkMs: number }) {
      const [from, fromMs, busy] = [await usage(), performance.now(), machineBusyMs(await stat())]
      const callers = await (await going.start(order)).done
      await until(async () => (await world.sql('select 1 from calls where ended_at is null')).length === 0, {
        timeoutMs: 60_000,
        what: 'every call has ended'
      })
      // Of the recordings the last are encoded now.
      await until(
        async () =>
          (await world.sql("select 1 from recordings where state in ('recording', 'processing')")).length ===
          0,
        { timeoutMs: 20_000, everyMs: 500, what: 'the recordings are encoded' }
      ).catch((error: unknown) => console.log(String(error)))
      const tookMs = performance.now() - fromMs
      const used = less(await usage(), from)
      for (const [part, value] of Object.entries(idle))
        if (part.endsWith('CPU, ms')) used[part] = (used[part] ?? 0) - (value * tookMs) / idleMs
      const whole = callers.filter(({ answeredMs, leftMs }) => answeredMs !== null && leftMs !== null)
      const talked = whole.reduce((sum, one) => sum + ((one.leftMs ?? 0) - (one.answeredMs ?? 0)) / 1000, 0)
      const cores = (machineBusyMs(await stat()) - busy) / tookMs
      return {
        ...{ calls: callers.length, talkSeconds: talked, used, cores },
        failed: callers.length - whole.length,
        tookSeconds: tookMs / 1000
      }
    }

    await measure({ rate: 3, seconds: 5, talkMs: shortTalkMs })
    const lines: string[] = []
    const note = (name: string, one: Awaited<ReturnType<typeof measure>>): void => {
      const per = Object.entries(one.used).map(
        ([part, value]) => `${part}: ${(value / one.calls).toFixed(2)}`
      )
      lines.push(
        `${name}: ${one.calls} calls, ${one.failed} failed, ${one.talkSeconds.toFixed(0)} s of talk, the machine used ${one.cores.toFixed(2)} cores; for each call ${per.join(', ')}`
      )
      console.log(lines.at(-1))
    }
    for (const isDraining of [true, false]) {
      await world.sql(`update asterisk_nodes set is_draining = ${isDraining} where name = 'b'`)
      await delay(3000)
      for (const rate of rates)
        note(
          `${isDraining ? 'one node' : 'two nodes'}, ${rate}/s`,
          await measure({ rate, seconds, talkMs: shortTalkMs })
        )
    }
    const short = await measure({ rate: rates.at(-1) ?? 1, seconds, talkMs: shortTalkMs })
    note('two nodes, short talks', short)
    const rate = talks / (longTalkMs / 1000)
    const long = await measure({ rate, seconds: seconds + longTalkMs / 1000, talkMs: longTalkMs })
    note(`two nodes, ${talks} talks at a time`, long)
    tell(short, long)
  })
})

/** What each part has used so far. */
async function usageOf(cluster: Cluster, net: number): Promise<() => Promise<Record<string, number>>> {
  const postgres = await testServer()
  const postgresPid = 'pid' in postgres ? (postgres.pid as number) : 0
  const controller = processOfRoles('api,pbx,worker')
  const [rt, b] = cluster.nodes
  return async () => {
    const [row] = await cluster.sql<{ wal: string; writes: string }>(
      `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as wal,
              xact_commit as writes from pg_stat_database where datname = current_database()`
    )
    const product = cpuOf(controller)
    const database = cpuOf(postgresPid)
    const edge = cpuOf(await cluster.edgePid())
    const one = cpuOf(await rt.asteriskPid())
    const other = cpuOf(await b.asteriskPid())
    return {
      'Asterisk rt CPU, ms': one.ownMs,
      'Asterisk b CPU, ms': other.ownMs,
      'controller CPU, ms': product.ownMs,
      'encoding CPU, ms': product.startedMs,
      'edge CPU, ms': edge.ownMs + edge.startedMs,
      'PostgreSQL CPU, ms': database.ownMs + database.startedMs,
      'write-ahead log, kB': Number(row?.wal) / 1000,
      transactions: Number(row?.writes),
      'cables of nodes, kB': (bytesOf(`rt${net}x1`) + bytesOf(`rt${net}x2`)) / 1000,
      'recordings, kB': await kilobytesIn(path.join(cluster.instance.dataDir, 'recordings'))
    }
  }
}

function less(now: Record<string, number>, then: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(now).map(([part, value]) => [part, value - (then[part] ?? 0)]))
}

async function kilobytesIn(dir: string): Promise<number> {
  const { stdout } = await promisify(execFile)('du', ['-s', '--apparent-size', '-B1', dir])
  return Number(stdout.split('\t')[0]) / 1000
}

const stat = (): Promise<string> => fs.readFile('/proc/stat', 'utf8')

/** Of all processors of the machine, neighbours too. */
function machineBusyMs(text: string): number {
  const fields = (text.split('\n')[0] ?? '').trim().split(/\s+/).slice(1, 9).map(Number)
  // user nice system idle iowait irq softirq steal, in hundredths of a second
  return fields.reduce((sum, field, index) => sum + (index === 3 || index === 4 ? 0 : field), 0) * 10
}

/** What a call and a second of talk cost, and what 10 000 talks at a time would use. */
function tell(short: Measured, long: Measured): void {
  const meanSeconds = 180
  const rows = Object.entries(costs(short, long)).map(([part, cost]) => {
    const each = planned(cost, 10_000, meanSeconds)
    return `| ${part} | ${cost.perCall.toFixed(2)} | ${cost.perTalkSecond.toFixed(3)} | ${each.toFixed(0)} |`
  })
  console.log(
    [
      '',
      `| part | a call | a second of talk | 10 000 talks of ${meanSeconds} s, each second |`,
      '|---|---|---|---|'
    ]
      .concat(rows)
      .join('\n')
  )
}
