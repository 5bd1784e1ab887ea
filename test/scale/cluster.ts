import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import pg from 'pg'
import { createSecrets } from '../../db/secrets.ts'
import { projectRoot } from '../../host/project-root.ts'
import { createParty } from '../ari/party.ts'
import { asteriskRoot } from '../support/asterisk-root.ts'
import { isBuilt } from '../support/built.ts'
import { endChild } from '../support/child.ts'
import { foundCompany, ringScheme } from '../support/company.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { until } from '../support/until.ts'
import { makeEdgeDir, nodesOfEdge, startEdgeCommand } from './edge.ts'
import { openMachines, type Machine } from './machines.ts'

export interface ClusterOptions {
  /** Of ports: an instance's, and 90 more. */
  base: number
  net: 18 | 19
  lane: number
  /** By its unix socket. */
  databaseUrl: string
  operators: number
}

/** A node on a machine of its own, kept by a process of its own there. */
export interface ClusterNode {
  readonly name: string
  readonly machine: Machine
  /** Its own log of calls. */
  readonly celFile: string
  asteriskPid(): Promise<number>
}

/** One controller, an edge in front of two nodes on machines of their own, and telephones that register at the edge. */
export interface Cluster {
  instance: Instance
  nodes: readonly [ClusterNode, ClusterNode]
  /** Where carriers and telephones reach the edge. */
  edge: string
  /** Addresses from which the carrier calls and at which the telephones stand. */
  carrier: string
  phones: { host: string; port: number }
  number: string
  /** Port of the edge’s orders. */
  edgeControl: number
  edgePid(): Promise<number>
  /** Asks the database, past the product. */
  sql<T = Record<string, unknown>>(text: string): Promise<T[]>
  /** Both nodes take calls, as the controller says and as the edge says. */
  bothTakeCalls(): Promise<void>
  /** For a person who reads why it failed. */
  output(): string
  close(): Promise<void>
}

const key = 'ab'.repeat(32)
const phonePort = 5090
const server = isBuilt ? ['--enable-source-maps', 'dist/main.js'] : ['--import', 'tsx', 'main.ts']

export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { base, databaseUrl } = options
  const closing: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).toReversed()) await end()
  }
  let output = ''
  let told: (() => string) | undefined
  try {
    const machines = await openMachines(options.net, 2, [1, 3, 4])
    closing.push(() => machines.close())
    const [first, second] = machines.all
    if (!first || !second) throw new Error('No machines')
    const edgeHost = machines.here(1)
    const [sip, ari, ami, control] = [base + 60, base + 88, base + 38, base + 67]
    const farDatabase = await leadTo(databaseUrl, edgeHost, base + 70)
    closing.push(() => farDatabase.close())
    const shared = {
      SECRET_KEY: key,
      SIP_EDGE: `${edgeHost}:${base + 64}`,
      SIP_EDGE_WEB: `127.0.0.1:${base + 66}`,
      SIP_EDGE_CONTROL: String(control),
      SIP_EDGE_NODES: `${first.address}:${sip}`
    }
    const instance = await startInstance(base, {
      ...shared,
      DATABASE_URL: databaseUrl,
      ROLES: 'api,pbx,worker',
      ASTERISK: 'external',
      ARI_HOST: first.address
    })
    closing.push(() => instance.stop())
    told = () => instance.output().slice(-3000)
    const secondDir = path.join(instance.dataDir, 'second')
    await prepareDir(instance.dataDir, secondDir)

    async function node(name: string, machine: Machine, dataDir: string): Promise<ClusterNode> {
      const { file, args } = machine.there(process.execPath, server)
      const child = spawn(file, args, {
        cwd: projectRoot(),
        env: {
          ...process.env,
          ...shared,
          ASTERISK_HOME: await asteriskRoot(),
          DATA_DIR: dataDir,
          DATABASE_URL: farDatabase.url,
          ROLES: 'asterisk',
          NODE_NAME: name,
          ARI_HOST: machine.address,
          SIP_HOST: machine.address,
          SIP_PORT: String(sip),
          ARI_PORT: String(ari),
          AMI_PORT: String(ami),
          RTP_PORTS: '10000-13999',
          DEMO: '0'
        },
        stdio: ['ignore', 'pipe', 'pipe']
      })
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (output += `${name}: ${chunk.toString()}`))
      closing.push(() => endChild(child, 'SIGTERM', () => output))
      return {
        name,
        machine,
        celFile: path.join(dataDir, 'pbx/log/cel-custom/Master.csv'),
        asteriskPid: async () => Number(await fs.readFile(path.join(dataDir, 'pbx/run/asterisk.pid'), 'utf8'))
      }
    }
    const nodes = [await node('rt', first, instance.dataDir), await node('b', second, secondDir)] as const

    const db = new pg.Client({ connectionString: databaseUrl })
    await db.connect()
    closing.push(() => db.end())
    const sql = async <T>(text: string): Promise<T[]> => (await db.query(text)).rows as T[]
    await sql(
      `insert into asterisk_nodes (name, host, ari_port, ami_port, sip_address, cel_file)
       values ('b', '${second.address}', ${ari}, ${ami}, '${second.address}:${sip}', '${nodes[1].celFile}')`
    )
    const bothTakeCalls = async (): Promise<void> => {
      await until(
        async () => {
          const { checks } = await instance.api<{ checks: Record<string, { status: string }> }>(
            'GET',
            '/api/health'
          )
          return ['rt', 'b'].every((name) => checks[`node ${name}`]?.status === 'ok')
        },
        { timeoutMs: 60_000, everyMs: 100, what: 'the controller has both nodes' }
      )
      await until(async () => [...(await nodesOfEdge(control)).matchAll(/ A/g)].length === 2, {
        timeoutMs: 30_000,
        everyMs: 100,
        what: 'the edge has both nodes'
      })
    }

    const number = '+74951500001'
    const carrier = machines.here(3)
    const phones = { host: machines.here(4), port: phonePort }
    await until(
      async () => {
        const { checks } = await instance.api<{ checks: Record<string, { status: string }> }>(
          'GET',
          '/api/health'
        )
        return checks['node b']?.status === 'ok' && checks['node rt']?.status === 'ok'
      },
      { timeoutMs: 150_000, everyMs: 100, what: 'both nodes are there' }
    )
    await found(instance, { ...options, number, carrier }, sql)
    const edgeDir = await makeEdgeDir()
    const edge = await startEdgeCommand({ ...shared, DATABASE_URL: databaseUrl, DATA_DIR: edgeDir })
    closing.push(() => edge.stop())
    await registerAll({ phones, at: { host: edgeHost, port: base + 64 }, sql })
    await bothTakeCalls()
    await until(
      async () =>
        (await instance.api<{ items: { isReachable: boolean }[] }>('GET', '/api/devices')).items.filter(
          ({ isReachable }) => isReachable
        ).length >= options.operators,
      { what: 'the operators can be reached' }
    )
    return {
      ...{ instance, nodes, carrier, phones, number, sql, bothTakeCalls, close },
      ...{ edge: shared.SIP_EDGE, edgeControl: control },
      edgePid: async () => Number(await fs.readFile(path.join(edgeDir, 'edge/run/edge.pid'), 'utf8')),
      output: () => `${instance.output().slice(-6000)}\n${output.slice(-3000)}`
    }
  } catch (error) {
    await close()
    throw new Error(`The nodes did not come up\n${output.slice(-3000)}\n${told?.() ?? ''}`, { cause: error })
  }
}

/** A way by TCP to the PostgreSQL that `url` names by its unix socket: other machines have no other. */
async function leadTo(
  url: string,
  host: string,
  port: number
): Promise<{ url: string; close(): Promise<void> }> {
  const database = new URL(url)
  const socket = path.join(database.searchParams.get('host') ?? '', `.s.PGSQL.${database.port || '5432'}`)
  const ends = new Set<net.Socket>()
  const listener = net.createServer((client) => {
    const far = net.connect(socket)
    for (const [one, other] of [[client, far] as const, [far, client] as const]) {
      ends.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy()).on('close', () => ends.delete(one))
    }
  })
  listener.listen(port, host)
  await once(listener, 'listening')
  database.search = ''
  database.host = `${host}:${port}`
  return {
    url: database.toString(),
    async close() {
      for (const end of ends) end.destroy()
      const closed = once(listener, 'close')
      listener.close()
      await closed
    }
  }
}

/** What a node has of the installation: its passwords, and the folder of recordings. */
async function prepareDir(from: string, dir: string): Promise<void> {
  await fs.mkdir(dir, { recursive: true })
  await fs.copyFile(path.join(from, 'instance.json'), path.join(dir, 'instance.json'))
  for (const folder of ['recordings', 'sounds'])
    await fs.symlink(path.join(from, folder), path.join(dir, folder))
}

async function found(
  instance: Instance,
  options: ClusterOptions & { number: string; carrier: string },
  sql: (text: string) => Promise<unknown>
): Promise<void> {
  const company = await foundCompany(instance, options.lane, 0)
  const [trunk] = (await sql('select id from trunks')) as { id: string }[]
  await instance.api('PATCH', `/api/trunks/${trunk?.id ?? ''}`, { host: options.carrier })
  const memberIds: string[] = []
  for (let index = 0; index < options.operators; index += 1) {
    const { id } = await instance.api<{ id: string }>('POST', '/api/users', {
      ...{ login: `many${index}`, name: `Many ${index}`, role: 'operator', password: 'an-operator-password' },
      device: 'sip'
    })
    await instance.api('PATCH', `/api/users/${id}`, { presence: 'available' })
    memberIds.push(id)
  }
  const { id } = await instance.api<{ id: string }>('POST', '/api/groups', { name: 'Many', memberIds })
  await company.number(options.number, ringScheme(id, { ringSeconds: 20 }))
}

/** All telephones stand at one address; each registers once, for longer than any test. */
async function registerAll(options: {
  phones: { host: string; port: number }
  at: { host: string; port: number }
  sql: Cluster['sql']
}): Promise<void> {
  const secrets = createSecrets(Buffer.from(key, 'hex'))
  const devices = await options.sql<{ sip_user: string; sip_secret: string }>(
    "select sip_user, sip_secret from devices where kind = 'sip'"
  )
  for (const { sip_user: user, sip_secret: sealed } of devices) {
    const secret = secrets.open(sealed.replace('sealed:', ''), 'devices.sip_secret') ?? ''
    const party = await createParty({ ...options.phones, server: options.at, user })
    // The edge hears of each new telephone a moment later.
    await until(async () => (await party.register(secret, 600)) === 200, { what: `${user} registers` })
    await party.close()
  }
}
