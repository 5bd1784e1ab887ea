import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { connect } from '../../db/knex.ts'
import { projectRoot } from '../../host/project-root.ts'
import { asteriskRoot } from '../support/asterisk-root.ts'
import { isBuilt } from '../support/built.ts'
import { cloneTemplate } from '../support/database.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { until } from '../support/until.ts'

/** A controller in a process of its own. */
export interface Controller {
  start(): Promise<void>
  signal(name: NodeJS.Signals): void
  /** Kills it without a word. */
  kill(): Promise<void>
  /** As Ctrl-C would. */
  stop(): Promise<void>
  output(): string
}

/** One installation in three processes: Asterisk, API and work in one; two controllers of which one leads the calls. */
export interface World {
  instance: Instance
  db: Knex
  controllers: readonly [Controller, Controller]
  /** Epoch of the lease of calls. */
  epoch(): Promise<number>
  /** Waits until a controller leads the calls, later than `epoch`, and the API reaches it. @returns how long that took */
  led(epoch: number): Promise<number>
  close(): Promise<void>
}

const server = isBuilt ? ['--enable-source-maps', 'dist/main.js'] : ['--import', 'tsx', 'main.ts']

export async function startWorld(base: number): Promise<World> {
  const database = await cloneTemplate()
  const shared = { DATABASE_URL: database.url }
  const instance = await startInstance(base, { ...shared, ROLES: 'asterisk,api,worker' })
  const { ports } = instance
  const environment = {
    ...process.env,
    ...shared,
    ASTERISK_HOME: await asteriskRoot(),
    DATA_DIR: instance.dataDir,
    ROLES: 'pbx',
    ASTERISK: 'external',
    SIP_PORT: String(ports.sip),
    RTP_PORTS: `${ports.rtp}-${ports.rtp + 399}`,
    ARI_PORT: String(ports.ari),
    AMI_PORT: String(ports.ami),
    LOG_LEVEL: 'info'
  }

  function controller(): Controller {
    let child: ChildProcess | undefined
    let output = ''
    async function end(signal: NodeJS.Signals): Promise<void> {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
    }
    return {
      async start() {
        const before = output.length
        const started = spawn(process.execPath, server, {
          cwd: projectRoot(),
          env: environment,
          stdio: ['ignore', 'pipe', 'pipe']
        })
        child = started
        for (const stream of [started.stdout, started.stderr])
          stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
        await until(
          () => {
            if (started.exitCode !== null)
              throw new Error(`The controller did not start:\n${output.slice(-3000)}`)
            return /waits for its turn|is ready for calls/.test(output.slice(before))
          },
          { timeoutMs: 90_000, what: 'a controller waits, or leads' }
        ).catch((error: unknown) => {
          throw new Error(`${String(error)}\n${output.slice(-3000)}`)
        })
      },
      signal: (name) => void child?.kill(name),
      kill: () => end('SIGKILL'),
      stop: () => end('SIGTERM'),
      output: () => output
    }
  }

  const db = connect(database.url, pino({ level: 'silent' }), 2)
  const controllers = [controller(), controller()] as const
  const leases = () =>
    db('node_leases').whereNot('node', 'like', '% work').first<{ epoch: string } | undefined>('epoch')
  return {
    instance,
    db,
    controllers,
    epoch: async () => Number((await leases())?.epoch ?? 0),
    async led(epoch) {
      const startedMs = Date.now()
      await until(
        async () => {
          if (Number((await leases())?.epoch ?? 0) <= epoch) return false
          const { checks } = await instance.api<{ checks: Record<string, { status: string }> }>(
            'GET',
            '/api/health'
          )
          return checks['asterisk']?.status === 'ok'
        },
        { timeoutMs: 40_000, everyMs: 50, what: 'another controller leads the calls' }
      )
      return Date.now() - startedMs
    },
    async close() {
      for (const one of controllers) {
        one.signal('SIGCONT')
        await one.stop()
      }
      await db.destroy()
      await instance.stop()
      await database.drop()
    }
  }
}
