import { createHash } from 'node:crypto'
import { lstatSync } from 'node:fs'
import { access, chmod, mkdir, readFile, rmdir, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { endLiving, livingForeign, spawnDetached } from '../../host/detached.ts'
import type { Living } from '../../host/detached.ts'
import { withLock } from '../../host/lock.ts'
import { commandLineOf, endPid, pidAlive, run, waitFor } from '../../host/process.ts'
import { SetupError, codeOf } from '../../host/setup-error.ts'
import { shortFolderFor } from '../../host/short-path.ts'
import { ensureHoldMusic } from './hold-music.ts'
import type { AsteriskHome } from './home.ts'
import { requirePorts } from './ports.ts'
import { iceLines, readAddressAnew, transportLines, withoutAddress } from './public-address.ts'
import { isSameOnDisk, renderFolder, writeFolder } from './render.ts'
import type { TemplateValues } from './render.ts'

/** What the templates are filled with. Passwords must stay the same over restarts, or a living Asterisk is replaced. */
export type AsteriskSettings = {
  /** Name of the Stasis application. */
  app: string
  sipHost: string
  sipPort: number
  rtpStart: number
  rtpEnd: number
  /** Where ARI and AMI listen: loopback unless the controller is on another machine. */
  controlHost?: string
  ariPort: number
  ariUser: string
  ariPassword: string
  amiPort: number
  amiUser: string
  amiPassword: string
  /** Absolute folder of raw recordings. */
  recordingsDir: string
  /** The public IP address when this machine stands behind NAT; it may change while Asterisk runs. */
  externalAddress?: string | null
  /** Carriers by TLS: the port, and the file with key and certificate chain. Without it there is no such transport. */
  tls?: { port: number; file: string }
  /** Copies of SIP messages go to the UDP port with AMI's number; by default they do. */
  sipTrace?: boolean
  /** Prefix of Asterisk's own channel ids: letters, digits, `-`. */
  systemName: string
}

export type StartOptions = {
  home: AsteriskHome
  /** Everything Asterisk writes lives here: etc, lib (astdb), log, spool, run, moh. */
  dir: string
  /** The folder `dialplan/` of this project. */
  templatesDir: string
  settings: AsteriskSettings
  log: Logger
  /** Told once when Asterisk ends without `stop()`: the exit code, or null when a signal ended it or it is unknown. */
  onExit?: (code: number | null) => void
  readyTimeoutMs?: number
}

export type RunningAsterisk = {
  readonly pid: number
  /** True when an Asterisk that outlived an earlier controller was taken over, calls and all. */
  readonly adopted: boolean
  /** Settles when it has ended, for whatever reason; never rejects. */
  readonly exited: Promise<number | null>
  /** Ends Asterisk with all its calls; safe to repeat. */
  stop(): Promise<void>
  /** Runs a command of Asterisk's own console and gives what it printed. */
  cli(command: string): Promise<string>
  /** Another public address from now on, or none. Talks go on. */
  takeAddress(address: string | null): Promise<void>
}

type Controls = Pick<RunningAsterisk, 'cli' | 'takeAddress'>

const stopGraceMs = 10_000
const loopback = '127.0.0.1'
const controlHostOf = ({ controlHost = loopback }: AsteriskSettings): string => controlHost

/**
 * Starts Asterisk, or adopts the one that still lives in `dir` with the same configuration. It runs in a session of
 * its own and writes to a file, so that neither Ctrl-C in the terminal nor `kill -9` of this process ends its calls.
 * @throws SetupError when a port is taken or Asterisk does not come up
 */
export async function startAsterisk(options: StartOptions): Promise<RunningAsterisk> {
  const dir = resolve(options.dir)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  return withLock(join(dir, 'start.lock'), async () => startIn(dir, options))
}

async function startIn(dir: string, options: StartOptions): Promise<RunningAsterisk> {
  const { home, settings, log } = options
  const etc = join(dir, 'etc')
  const runDir = await shortFolderFor(join(dir, 'run'), 'asterisk.ctl')
  const render = async (now: AsteriskSettings): Promise<Map<string, string>> =>
    renderFolder(options.templatesDir, await templateValues(home, dir, runDir, now))
  const files = await render(settings)
  const cli = async (command: string): Promise<string> => runCli(home, etc, command)
  const controls: Controls = {
    cli,
    async takeAddress(externalAddress) {
      await writeFolder(etc, await render({ ...settings, externalAddress }))
      await readAddressAnew(cli)
    }
  }

  const earlier = await findLiving(dir, etc)
  if (earlier !== undefined) {
    if ((await isSameOnDisk(etc, files, withoutAddress)) && (await answers(cli))) {
      log.info({ asteriskPid: earlier }, 'Adopted the Asterisk that was left running')
      if (!(await isSameOnDisk(etc, files))) await controls.takeAddress(settings.externalAddress ?? null)
      return watch(livingForeign(earlier), true, controls, options)
    }
    log.warn(
      { asteriskPid: earlier },
      'Stopping an Asterisk that was left running with another configuration'
    )
    await endPid(earlier, stopGraceMs, 'SIGTERM')
  }

  const { sipHost, sipPort, ariPort, amiPort } = settings
  const controlHost = controlHostOf(settings)
  await requirePorts([
    { protocol: 'udp', host: sipHost, port: sipPort, variable: 'SIP_PORT', purpose: 'SIP' },
    { protocol: 'tcp', host: sipHost, port: sipPort, variable: 'SIP_PORT', purpose: 'SIP' },
    {
      protocol: 'tcp',
      host: controlHost,
      port: ariPort,
      variable: 'ARI_PORT',
      purpose: "Asterisk's REST interface"
    },
    {
      protocol: 'tcp',
      host: controlHost,
      port: amiPort,
      variable: 'AMI_PORT',
      purpose: "Asterisk's manager interface"
    }
  ])
  if (settings.tls) {
    const { port } = settings.tls
    await requirePorts([
      { protocol: 'tcp', host: sipHost, port, variable: 'SIP_TLS_PORT', purpose: 'SIP over TLS' }
    ])
  }
  await prepareFolders(dir, settings.recordingsDir)
  await writeFolder(etc, files)

  const command = home.command('asterisk', ['-C', join(etc, 'asterisk.conf'), '-f', '-n'])
  const living = await spawnDetached({ ...command, cwd: dir, logFile: join(dir, 'log/console.log') })
  const { pid } = living
  await waitReady(options, dir, pid)
  await cli('core waitfullybooted')
  log.info({ asteriskPid: pid, version: home.version }, 'Asterisk is running')
  return watch(living, false, controls, options)
}

function watch(
  { pid, exited }: Living,
  adopted: boolean,
  controls: Controls,
  options: StartOptions
): RunningAsterisk {
  let stopping: Promise<void> | undefined
  const end = async (): Promise<void> => {
    const clean = await endLiving({ pid, exited }, stopGraceMs, 'SIGTERM')
    if (!clean) options.log.warn({ asteriskPid: pid }, 'Asterisk did not end by itself and was killed')
  }
  exited
    .then((code) => {
      if (stopping !== undefined) return
      options.log.error({ asteriskPid: pid, code }, 'Asterisk has ended unexpectedly')
      options.onExit?.(code)
    })
    .catch((error: unknown) => options.log.error({ error }, 'The answer to the end of Asterisk failed'))
  return { pid, adopted, exited, ...controls, stop: async () => (stopping ??= end()) }
}

async function waitReady(options: StartOptions, dir: string, pid: number): Promise<void> {
  const { ariPort, ariUser, ariPassword } = options.settings
  const headers = { authorization: `Basic ${Buffer.from(`${ariUser}:${ariPassword}`).toString('base64')}` }
  const timeoutMs = options.readyTimeoutMs ?? 30_000
  const url = `http://${controlHostOf(options.settings)}:${ariPort}/ari/asterisk/ping`
  const pinged = await waitFor(async () => !pidAlive(pid) || (await pings(url, headers)), {
    timeoutMs
  })
  const ended = !pidAlive(pid)
  if (pinged && !ended) return
  const logFile = join(dir, 'log/messages.log')
  if (!ended) await endPid(pid, 2000, 'SIGTERM')
  throw new SetupError(
    ended ? 'Asterisk ended while it was starting' : `Asterisk did not answer within ${timeoutMs / 1000} s`,
    `Its last words (${logFile}): ${await lastLines(dir)}`
  )
}

async function pings(url: string, headers: Record<string, string>): Promise<boolean> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(2000) })
    await response.body?.cancel()
    return response.status === 200
  } catch (error) {
    // fetch gives TypeError while nothing listens there, DOMException when there is no answer yet.
    if (error instanceof TypeError || error instanceof DOMException) return false
    throw error
  }
}

async function lastLines(dir: string): Promise<string> {
  for (const name of ['log/messages.log', 'log/console.log']) {
    try {
      const lines = (await readFile(join(dir, name), 'utf8')).trim().split('\n').slice(-4)
      if (lines.join('').trim() !== '') return lines.join(' / ')
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }
  return 'none'
}

/** The pid in Asterisk's own pid file, if it is alive and runs from this folder. */
async function findLiving(dir: string, etc: string): Promise<number | undefined> {
  try {
    const pid = Number((await readFile(join(dir, 'run/asterisk.pid'), 'utf8')).trim())
    if (!Number.isInteger(pid) || pid <= 1 || !pidAlive(pid)) return undefined
    return commandLineOf(pid).includes(join(etc, 'asterisk.conf')) ? pid : undefined
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function answers(cli: RunningAsterisk['cli']): Promise<boolean> {
  try {
    return /uptime/i.test(await cli('core show uptime'))
  } catch (error) {
    // A hung Asterisk cannot be adopted; it is stopped instead.
    if (error instanceof Error) return false
    throw error
  }
}

async function runCli(home: AsteriskHome, etc: string, command: string): Promise<string> {
  const { file, args } = home.command('asterisk', ['-C', join(etc, 'asterisk.conf'), '-rx', command])
  const { code, stdout, stderr } = await run(file, args, { timeoutMs: 10_000 })
  if (code !== 0) throw new Error(`Asterisk did not take "${command}": ${(stdout + stderr).trim()}`)
  return stdout
}

async function prepareFolders(dir: string, recordingsDir: string): Promise<void> {
  for (const name of ['lib/keys', 'cache', 'spool', 'log/cel-custom', 'run']) {
    await mkdir(join(dir, name), { recursive: true })
  }
  await mkdir(recordingsDir, { recursive: true })
  // Talks are nobody else's business on this machine.
  await chmod(recordingsDir, 0o700)
  // ARI records below the spool only; voicemail belongs beside the recordings of talks.
  const spooled = join(dir, 'spool/recording')
  if (!(await isLink(spooled))) await symlink(resolve(recordingsDir), spooled)
  await ensureHoldMusic(join(dir, 'moh'))
}

/** Whether the link is there; an empty folder of that name is removed. */
async function isLink(path: string): Promise<boolean> {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined || found.isSymbolicLink()) return found !== undefined
  await rmdir(path)
  return false
}

async function templateValues(
  home: AsteriskHome,
  dir: string,
  runDir: string,
  settings: AsteriskSettings
): Promise<TemplateValues> {
  const { externalAddress, recordingsDir, sipTrace = true, tls, ...plain } = settings
  const address = externalAddress ?? null
  const controlHost = controlHostOf(settings)
  const outside = transportLines(address)
  return {
    ...plain,
    controlHost,
    // On a private address it is the network, and the password, that keep others away.
    controlPermit: controlHost === loopback ? `${loopback}/255.255.255.255` : '0.0.0.0/0.0.0.0',
    dir,
    runDir,
    version: home.version,
    modulesDir: home.modulesDir,
    dataDir: home.dataDir,
    recordingsDir: resolve(recordingsDir),
    hepEnabled: sipTrace ? 'yes' : 'no',
    hepPassword: hepPassword(settings.amiPassword),
    opusCodec: await opusModule(home),
    externalAddress: outside,
    tlsTransport: tls === undefined ? [] : [...tlsLines(settings.sipHost, tls), ...outside],
    iceHostCandidates: iceLines(address)
  }
}

/**
 * What Asterisk puts into each copy of a SIP message, so that nobody else on this machine can slip one in. Not a
 * password of its managers: it goes out on a port that may be anybody's while the controller is away.
 */
export function hepPassword(amiPassword: string): string {
  return createHash('sha256').update(`hep ${amiPassword}`).digest('hex').slice(0, 32)
}

/**
 * A carrier's own certificate is not checked: most have none that anybody could check, and what is said is sealed all
 * the same. The name of the file never changes, so that a reload takes a new certificate and cuts nobody.
 */
const tlsLines = (host: string, { port, file }: { port: number; file: string }): string[] => [
  '[transport-tls]',
  'type = transport',
  'protocol = tls',
  `bind = ${host}:${port}`,
  `cert_file = ${file}`,
  `priv_key_file = ${file}`,
  // Left out, it means TLS 1.0 and nothing else.
  'method = tlsv1_2',
  'verify_server = no'
]

/** Debian's free codec has another name than Digium's. */
async function opusModule(home: AsteriskHome): Promise<string> {
  const name = 'codec_opus_open_source.so'
  try {
    await access(join(home.modulesDir, name))
    return name
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    return 'codec_opus.so'
  }
}
