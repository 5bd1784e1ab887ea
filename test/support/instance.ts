import { spawn, type ChildProcess } from 'node:child_process'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { projectRoot } from '../../host/project-root.ts'
import { asteriskRoot } from './asterisk-root.ts'
import { cloneTemplate } from './database.ts'
import { isBuilt } from './built.ts'
import { endChild } from './child.ts'
import { until } from './until.ts'

/** A whole Ringtrace in a folder of its own, as `npm start` runs it: a process that may be killed. */
export interface Instance {
  readonly url: string
  readonly dataDir: string
  readonly sipPort: number
  readonly ports: Ports
  /** Calls the API as the admin; throws on a status other than 2xx, with the problem in its text. */
  api<T = unknown>(method: string, apiPath: string, body?: unknown): Promise<T>
  /** Asks Asterisk itself, past the controller. */
  asterisk<T>(ariPath: string): Promise<T>
  /** Headers of the admin's session, for requests that are not JSON. */
  headers(): Promise<Record<string, string>>
  readonly password: string
  start(extra?: Record<string, string>): Promise<void>
  /** As a crash or an out-of-memory kill would: Asterisk and PostgreSQL live on. */
  kill(): Promise<void>
  /** As Ctrl-C would. */
  stop(): Promise<void>
  /** Standard error so far: the log. */
  readonly output: () => string
}

export interface Ports {
  http: number
  sip: number
  ari: number
  ami: number
  rtp: number
}

/** `npm test` builds first, and runs what `npm start` runs; a single test file runs the sources as they are. */
const server = isBuilt ? ['--enable-source-maps', 'dist/main.js'] : ['--import', 'tsx', 'main.ts']

/** Ports of one test file; `base` ends in 000 and leaves room for 400 RTP ports. */
export function portsFrom(base: number): Ports {
  // Above that Linux hands ports out by itself, to anything.
  if (base + 500 > 32_768) throw new Error(`Ports from ${base} may be taken by anybody: begin lower`)
  return { http: base, sip: base + 60, ari: base + 88, ami: base + 38, rtp: base + 100 }
}

/**
 * Starts a Ringtrace on `base`…, with an empty database. Call `stop` in `after`.
 * @param env what is added to its environment; `DATABASE_URL` for a database of the caller's
 * @param options `ownPostgres`: with the PostgreSQL that Ringtrace starts itself, for tests of it and for tests that stop
 *   it; others get a database on the server of all tests, which is there much sooner
 */
export async function startInstance(
  base: number,
  env: Record<string, string> = {},
  options: { ownPostgres?: boolean } = {}
): Promise<Instance> {
  const ports = portsFrom(base)
  const dataDir = await fs.mkdtemp(path.join(os.tmpdir(), `rt-${base}-`))
  // PostgreSQL runs as another user when we are root, and must get through.
  await fs.chmod(dataDir, 0o711)
  await shareSounds(dataDir)
  const password = 'a-long-test-password'
  let child: ChildProcess | undefined
  let output = ''
  let session: { cookie: string; csrf: string } | undefined
  const isGiven = options.ownPostgres === true || env['DATABASE_URL'] !== undefined
  const database = isGiven ? undefined : await cloneTemplate()
  const url = `${env['TLS'] === 'on' ? 'https' : 'http'}://127.0.0.1:${ports.http}`

  async function start(extra: Record<string, string> = {}): Promise<void> {
    session = undefined
    const started = spawn(process.execPath, server, {
      cwd: projectRoot(),
      env: {
        ...process.env,
        ASTERISK_HOME: await asteriskRoot(),
        DATA_DIR: dataDir,
        HTTP_HOST: '127.0.0.1',
        HTTP_PORT: String(ports.http),
        SIP_PORT: String(ports.sip),
        RTP_PORTS: `${ports.rtp}-${ports.rtp + 399}`,
        ARI_PORT: String(ports.ari),
        AMI_PORT: String(ports.ami),
        ADMIN_PASSWORD: password,
        DEMO: '0',
        WEBHOOKS_TO_PRIVATE: '1',
        LOG_LEVEL: 'info',
        ...(database && { DATABASE_URL: database.url }),
        ...env,
        ...extra
      },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    child = started
    for (const stream of [started.stdout, started.stderr]) {
      stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    }
    const deadline = Date.now() + 60_000
    await until(
      async () => {
        if (started.exitCode !== null) throw new Error(`Ringtrace did not start:\n${output.slice(-3000)}`)
        if (Date.now() > deadline) throw new Error(`Ringtrace is not up:\n${output.slice(-3000)}`)
        return fetch(`${url}/api/health`).then(
          (response) => response.ok,
          () => false
        )
      },
      { timeoutMs: 65_000, everyMs: 50, what: 'health answers' }
    )
  }

  const end = (signal: NodeJS.Signals): Promise<void> => endChild(child, signal, () => output)

  async function api<T>(method: string, apiPath: string, body?: unknown): Promise<T> {
    session ??= await login()
    const response = await fetch(`${url}${apiPath}`, {
      method,
      headers: {
        cookie: session.cookie,
        'x-csrf-token': session.csrf,
        ...(body === undefined ? {} : { 'content-type': 'application/json' })
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${apiPath}: ${response.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  async function login(): Promise<{ cookie: string; csrf: string }> {
    const response = await fetch(`${url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login: 'admin', password })
    })
    if (!response.ok) throw new Error(`Login: ${response.status} ${await response.text()}`)
    const { csrfToken } = (await response.json()) as { csrfToken: string }
    const cookie = (response.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''
    return { cookie, csrf: csrfToken }
  }

  const isTaken = await fetch(url).then(
    () => true,
    () => false
  )
  if (isTaken) throw new Error(`Something else answers at ${url}: does another run of these tests go on?`)
  await start()
  return {
    url,
    dataDir,
    sipPort: ports.sip,
    ports,
    password,
    api,
    async asterisk<T>(ariPath: string): Promise<T> {
      const { ariPassword } = JSON.parse(await fs.readFile(path.join(dataDir, 'instance.json'), 'utf8')) as {
        ariPassword: string
      }
      const authorization = `Basic ${Buffer.from(`ringtrace:${ariPassword}`).toString('base64')}`
      const response = await fetch(`http://127.0.0.1:${ports.ari}/ari${ariPath}`, {
        headers: { authorization }
      })
      if (!response.ok) throw new Error(`Asterisk says ${response.status} to ${ariPath}`)
      return (await response.json()) as T
    },
    async headers() {
      session ??= await login()
      return { cookie: session.cookie, 'x-csrf-token': session.csrf }
    },
    start,
    kill: () => end('SIGKILL'),
    async stop() {
      try {
        await end('SIGTERM')
      } finally {
        await database?.drop()
        if (!process.env['KEEP_TEST_DATA']) await fs.rm(dataDir, { recursive: true, force: true })
      }
    },
    output: () => output
  }
}

/** The spoken prompts are the same for every instance: those of the runtime folder are used when they are there. */
async function shareSounds(dataDir: string): Promise<void> {
  const made = path.join(projectRoot(), '.runtime/sounds')
  await fs.cp(made, path.join(dataDir, 'sounds'), { recursive: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  })
}
