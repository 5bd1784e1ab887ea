import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Logger } from 'pino'
import { endLiving, spawnDetached } from '../../host/detached.ts'
import { commandLineOf, pidAlive, signalPid, waitFor } from '../../host/process.ts'
import { SetupError } from '../../host/setup-error.ts'
import type { EdgeHome } from './install.ts'
import { realm, renderCarriers, renderEdge, renderNodes, type EdgeNode, type EdgeSettings } from './render.ts'

/** Whom the edge knows. */
export interface EdgePicture {
  nodes: readonly EdgeNode[]
  /** Carriers by address: whoever comes from there is that trunk. */
  carriers: readonly { endpoint: string; address: string }[]
  phones: readonly { sipUser: string; sipSecret: string }[]
}

export interface RunningEdge {
  readonly pid: number
  readonly exited: Promise<number | null>
  /** Nodes, carriers and telephones from now on; calls in progress go on. */
  tell(picture: EdgePicture): Promise<void>
  /** Which nodes the edge sends calls to, by `host:port`, as it found out by asking them. */
  nodes(): Promise<Map<string, 'active' | 'silent' | 'draining'>>
  /** SIP users of the telephones that are registered. */
  phones(): Promise<string[]>
  /** Sources that get no answer for a while. */
  banned(): Promise<string[]>
  stop(): Promise<void>
}

/**
 * Runs the edge. It keeps nothing that cannot be told anew but the telephones' addresses, which are in PostgreSQL.
 * @throws SetupError when it does not come up
 */
export async function startEdge(options: {
  home: EdgeHome
  settings: Omit<EdgeSettings, 'modulesDir'>
  picture: EdgePicture
  log: Logger
}): Promise<RunningEdge> {
  const { home, log } = options
  const database = databaseOf(options.settings.databaseUrl)
  const settings = { ...options.settings, modulesDir: home.modulesDir, databaseUrl: database.url }
  const { dir } = settings
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const config = path.join(dir, 'kamailio.cfg')
  // It names the database with its password.
  await writeFile(config, renderEdge(settings), { mode: 0o600 })
  await writeLists(options.picture)
  const logFile = path.join(dir, 'edge.log')
  await endAllOf(config)
  const run = ['-f', config, '-DD', '-E', '-Y', dir, '-P', path.join(dir, 'edge.pid'), '-m', '64', '-M', '8']
  const living = await spawnDetached({
    ...home.command(run),
    cwd: dir,
    logFile,
    // Nothing else of ours is its business.
    env: database.env
  })
  const known = new Map<string, string>()
  const isUp = await waitFor(
    async () => !pidAlive(living.pid) || (await order('core.version').then(Boolean, () => false)),
    { timeoutMs: 20_000 }
  )
  if (!isUp || !pidAlive(living.pid)) {
    await endLiving(living, 2000, 'SIGTERM')
    await endAllOf(config)
    const why = isUp ? 'it ended by itself' : 'it did not answer within 20 seconds'
    throw new SetupError(
      `The SIP edge did not come up: ${why}`,
      `Its last words, from ${logFile}:\n${await lastWords(logFile)}`
    )
  }
  await tellPhones(options.picture.phones)
  log.info({ edgePid: living.pid, version: home.version }, 'The SIP edge is running')

  async function writeLists({ nodes, carriers }: EdgePicture): Promise<void> {
    await writeFile(path.join(dir, 'dispatcher.list'), renderNodes(nodes))
    await writeFile(path.join(dir, 'address.list'), renderCarriers(carriers))
  }

  async function order(method: string, params: readonly unknown[] = []): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${settings.controlPort}/rpc`, {
      method: 'POST',
      body: JSON.stringify({ jsonrpc: '2.0', method, params, id: 1 }),
      signal: AbortSignal.timeout(5000)
    })
    const answer = (await response.json()) as { result?: unknown; error?: { message?: string } }
    if (answer.error) throw new Error(`The edge refused ${method}: ${answer.error.message ?? ''}`)
    return answer.result
  }

  async function tellPhones(phones: EdgePicture['phones']): Promise<void> {
    const wanted = new Map(phones.map(({ sipUser, sipSecret }) => [sipUser, proofOf(sipUser, sipSecret)]))
    for (const sipUser of [...known.keys()]) {
      if (wanted.has(sipUser)) continue
      await order('htable.delete', ['phones', sipUser])
      known.delete(sipUser)
    }
    for (const [sipUser, proof] of wanted) {
      if (known.get(sipUser) === proof) continue
      await order('htable.sets', ['phones', sipUser, proof])
      known.set(sipUser, proof)
    }
  }

  async function nodes(): Promise<Map<string, 'active' | 'silent' | 'draining'>> {
    const found = new Map<string, 'active' | 'silent' | 'draining'>()
    for (const [uri, flags] of destinationsIn(await order('dispatcher.list')))
      found.set(
        uri.replace(/^sip:/, ''),
        flags.startsWith('D') ? 'draining' : flags.startsWith('A') ? 'active' : 'silent'
      )
    return found
  }

  /** Read anew, a node that the edge knows already keeps the state that it had. */
  async function tellStates(wanted: readonly EdgeNode[]): Promise<void> {
    const now = wanted.length > 0 ? await nodes() : new Map<string, string>()
    for (const { sipAddress, isDraining } of wanted) {
      if (isDraining === (now.get(sipAddress) === 'draining')) continue
      await order('dispatcher.set_state', [isDraining ? 'dx' : 'ax', 1, `sip:${sipAddress}`])
    }
  }

  return {
    ...living,
    async tell(picture) {
      await writeLists(picture)
      await order('dispatcher.reload')
      await tellStates(picture.nodes)
      await order('permissions.addressReload')
      await tellPhones(picture.phones)
    },
    nodes,
    phones: async () => [...new Set(stringsOf(await order('ul.dump').catch(() => null), 'AoR'))],
    banned: async () => stringsOf(await order('htable.dump', ['ban']).catch(() => null), 'name'),
    async stop() {
      await endLiving(living, 5000, 'SIGTERM')
      await endAllOf(config)
    }
  }
}

/** What tells why it ended: its complaints, or whatever it said last. */
async function lastWords(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-200)
  const complaints = lines.filter((line) => /CRITICAL|ERROR|FATAL/.test(line))
  return (complaints.length > 0 ? complaints : lines).slice(-5).join('\n')
}

/**
 * Ends what is left of an edge that ran with this configuration. Kamailio's workers outlive their parent: they would go on
 * with nodes and telephones of then, and hold the ports.
 */
async function endAllOf(config: string): Promise<void> {
  const left = (): number[] =>
    readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 1 && commandLineOf(pid).includes(` -f ${config} -DD`))
  for (const pid of left()) signalPid(pid, 'SIGKILL')
  await waitFor(() => Promise.resolve(left().length === 0), { timeoutMs: 5000 })
}

/**
 * Kamailio's own words for a database: it knows no socket folder, but the library under it takes one from the
 * environment where no host is named.
 */
export function databaseOf(text: string | null): { url: string | null; env: Record<string, string> } {
  if (text === null) return { url: null, env: {} }
  const url = new URL(text)
  const folder = url.searchParams.get('host')
  url.search = ''
  if (folder === null) return { url: url.href, env: {} }
  const user = url.password === '' ? url.username : `${url.username}:${url.password}`
  return { url: `postgres://${user}@${url.pathname}`, env: { PGHOST: folder, PGPORT: url.port || '5432' } }
}

/** What SIP's digest takes for a password: the edge never holds the password itself. */
const proofOf = (sipUser: string, secret: string): string =>
  createHash('md5').update(`${sipUser}:${realm}:${secret}`).digest('hex')

/** All `{ URI, FLAGS }` in an answer of nested lists. */
function destinationsIn(value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return []
  const { URI, FLAGS } = value as { URI?: unknown; FLAGS?: unknown }
  if (typeof URI === 'string' && typeof FLAGS === 'string') return [[URI, FLAGS]]
  return Object.values(value).flatMap(destinationsIn)
}

/** All texts under this name in an answer of nested lists. */
function stringsOf(value: unknown, name: string): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === name && typeof inner === 'string' ? [inner] : stringsOf(inner, name)
  )
}
