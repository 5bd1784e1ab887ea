import fs from 'node:fs/promises'
import path from 'node:path'
import { pino } from 'pino'
import pg from 'pg'
import type { JournalCall } from '../../api/contract/calls.ts'
import { signalPid } from '../../host/process.ts'
import { projectRoot } from '../../host/project-root.ts'
import { startAsterisk, type RunningAsterisk } from '../../pbx/provision/asterisk.ts'
import { rowsOf } from '../pbx/chaos.ts'
import { testHome } from '../support/asterisk-root.ts'
import { cloneTemplate } from '../support/database.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { until } from '../support/until.ts'

/** A whole Ringtrace with a second Asterisk beside its own. */
export interface TwoNodes {
  instance: Instance
  /** Where the second node takes SIP. */
  second: { host: string; port: number }
  databaseUrl: string
  /** Asks the database, past the product. */
  sql(text: string): Promise<Record<string, unknown>[]>
  /** The line of a node on the page of the system; undefined while there is none. */
  line(name: string): Promise<{ status: string; detail?: string } | undefined>
  /** Ids of the channels of the second node. */
  channels(): Promise<string[]>
  killSecond(): Promise<void>
  startSecond(): Promise<void>
  stop(): Promise<void>
}

/** @param base of ports; the second node takes the five hundred after the instance's own */
export async function startTwoNodes(base: number, env: Record<string, string> = {}): Promise<TwoNodes> {
  const database = await cloneTemplate()
  const instance = await startInstance(base, { DATABASE_URL: database.url, ...env })
  const { ariPassword, amiPassword } = JSON.parse(
    await fs.readFile(path.join(instance.dataDir, 'instance.json'), 'utf8')
  ) as { ariPassword: string; amiPassword: string }
  const db = new pg.Client({ connectionString: database.url })
  await db.connect()
  const dir = path.join(instance.dataDir, 'second')
  const second = { host: '127.0.0.1', port: base + 62 }
  const ports = { ari: base + 90, ami: base + 40 }
  const home = await testHome()
  let asterisk: RunningAsterisk | undefined

  async function startSecond(): Promise<void> {
    asterisk = await startAsterisk({
      home,
      dir,
      templatesDir: path.join(projectRoot(), 'dialplan'),
      settings: {
        app: 'ringtrace',
        sipHost: second.host,
        sipPort: second.port,
        rtpStart: base + 500,
        rtpEnd: base + 599,
        ariPort: ports.ari,
        ariUser: 'ringtrace',
        ariPassword,
        amiPort: ports.ami,
        amiUser: 'ringtrace',
        amiPassword,
        recordingsDir: path.join(instance.dataDir, 'recordings'),
        systemName: 'b',
        sipTrace: false
      },
      log: pino({ level: 'silent' })
    })
  }

  await startSecond()
  const authorization = `Basic ${Buffer.from(`ringtrace:${ariPassword}`).toString('base64')}`
  return {
    ...{ instance, second, startSecond },
    sql: async (text) =>
      (await db.query<Record<string, unknown>>(text.replace('$ports', `${ports.ari}, ${ports.ami}`))).rows,
    databaseUrl: database.url,
    async line(name) {
      const { checks } = await instance.api<{ checks: Record<string, { status: string; detail?: string }> }>(
        'GET',
        '/api/health'
      )
      return checks[`node ${name}`]
    },
    async channels() {
      const answer = await fetch(`http://127.0.0.1:${ports.ari}/ari/channels`, { headers: { authorization } })
      return ((await answer.json()) as { id: string }[]).map(({ id }) => id)
    },
    async killSecond() {
      if (!asterisk) return
      signalPid(asterisk.pid, 'SIGKILL')
      await asterisk.exited
    },
    async stop() {
      await instance.stop()
      await db.end()
      await asterisk?.stop()
    }
  }
}

/** The row of a call to a number that goes on: it is written a moment after its people hear each other. */
export function openRow(instance: Instance, number: string): Promise<JournalCall> {
  return until(async () => (await rowsOf(instance, number)).find(({ endedAt }) => !endedAt), {
    what: `the call to ${number} is in the journal`
  })
}

/** The row of a call when that has ended. */
export function endedRow(instance: Instance, { id, dialedNumber }: JournalCall): Promise<JournalCall> {
  return until(
    async () => (await rowsOf(instance, dialedNumber ?? '')).find((row) => row.id === id && row.endedAt),
    { timeoutMs: 20_000, what: `the call to ${dialedNumber} has ended` }
  )
}

/** Adds the second node, and waits until calls can come to it. */
export async function takeIn(nodes: TwoNodes): Promise<void> {
  await nodes.sql(
    `insert into asterisk_nodes (name, host, ari_port, ami_port, sip_address)
     values ('b', '127.0.0.1', $ports, '127.0.0.1:${nodes.second.port}')`
  )
  await until(async () => (await nodes.line('b'))?.status === 'ok', { what: 'the second node takes calls' })
}
