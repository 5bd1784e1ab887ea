import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { connect } from '../../db/knex.ts'
import { projectRoot } from '../../host/project-root.ts'
import { asteriskRoot } from '../support/asterisk-root.ts'
import { isBuilt } from '../support/built.ts'
import { endChild } from '../support/child.ts'
import { cloneTemplate } from '../support/database.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { until } from '../support/until.ts'

/** A process of its own. */
export interface Process {
  /** Resolves when it does what it is there for, or waits for its turn. */
  start(): Promise<void>
  signal(name: NodeJS.Signals): void
  /** Kills it without a word. */
  kill(): Promise<void>
  /** As Ctrl-C would. */
  stop(): Promise<void>
  output(): string
  /** From now on until it is asked: how many times longer its work took because others had the processors. */
  slowness(): () => number
}

/**
 * One installation in four processes: Asterisk, API and work in one; a second API; two controllers of which one leads
 * the calls.
 */
export interface World {
  instance: Instance
  db: Knex
  controllers: readonly [Process, Process]
  /** It is not started yet. */
  web: Process & { readonly url: string }
  /** Epoch of the lease of calls. */
  epoch(): Promise<number>
  /** Waits until a controller leads the calls, later than `epoch`, and the API reaches it. @returns how long that took */
  led(epoch: number): Promise<number>
  close(): Promise<void>
}

/** Nanoseconds for which a process has had a processor, and has waited for one. */
function scheduled(pid = 0): [onCpu: number, waited: number] {
  const [onCpu = 0, waited = 0] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ').map(Number)
  return [onCpu, waited]
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
    ASTERISK: 'external',
    DEMO: '0',
    SIP_PORT: String(ports.sip),
    RTP_PORTS: `${ports.rtp}-${ports.rtp + 399}`,
    ARI_PORT: String(ports.ari),
    AMI_PORT: String(ports.ami),
    LOG_LEVEL: 'info'
  }

  /** @param isReady looks at what it has said since its start */
  function processOf(
    own: Record<string, string>,
    isReady: (said: string) => boolean | Promise<boolean>
  ): Process {
    let child: ChildProcess | undefined
    let output = ''
    const end = (signal: NodeJS.Signals): Promise<void> => endChild(child, signal, () => output)
    return {
      async start() {
        const before = output.length
        const started = spawn(process.execPath, server, {
          cwd: projectRoot(),
          env: { ...environment, ...own },
          stdio: ['ignore', 'pipe', 'pipe']
        })
        child = started
        for (const stream of [started.stdout, started.stderr])
          stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
        await until(
          () => {
            if (started.exitCode !== null) throw new Error(`It did not start:\n${output.slice(-3000)}`)
            return isReady(output.slice(before))
          },
          { timeoutMs: 90_000, what: `${own['ROLES']} waits, or works` }
        ).catch((error: unknown) => {
          throw new Error(`${String(error)}\n${output.slice(-3000)}`)
        })
      },
      signal: (name) => void child?.kill(name),
      kill: () => end('SIGKILL'),
      stop: () => end('SIGTERM'),
      output: () => output,
      slowness() {
        const [onCpu, waited] = scheduled(child?.pid)
        return () => {
          const [onCpuNow, waitedNow] = scheduled(child?.pid)
          return 1 + (waitedNow - waited) / Math.max(1, onCpuNow - onCpu)
        }
      }
    }
  }

  const db = connect(database.url, pino({ level: 'silent' }), 2)
  const controller = (): Process =>
    processOf({ ROLES: 'pbx' }, (said) => /waits for its turn|is ready for calls/.test(said))
  const controllers = [controller(), controller()] as const
  const webUrl = `http://127.0.0.1:${ports.http + 1}`
  const web = processOf({ ROLES: 'api', HTTP_HOST: '127.0.0.1', HTTP_PORT: String(ports.http + 1) }, () =>
    fetch(`${webUrl}/api/health`).then(
      ({ ok }) => ok,
      () => false
    )
  )
  const leases = () =>
    db('node_leases').whereNot('node', 'like', '% work').first<{ epoch: string } | undefined>('epoch')
  return {
    instance,
    db,
    controllers,
    web: { ...web, url: webUrl },
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
      for (const one of [web, ...controllers]) {
        one.signal('SIGCONT')
        await one.stop()
      }
      await db.destroy()
      await instance.stop()
      await database.drop()
    }
  }
}
