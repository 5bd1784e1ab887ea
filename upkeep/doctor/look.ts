import { X509Certificate } from 'node:crypto'
import { access, constants, readFile, statfs } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Agent, request } from 'undici'
import pg from 'pg'
import { migrationNames } from '../../db/knex.ts'
import { commandLineOf, pidAlive } from '../../host/process.ts'
import { codeOf, messageOf } from '../../host/setup-error.ts'
import { clockSynchronised } from '../look.ts'
import { addressOf, localAddresses } from '../nat-look.ts'
import type { DoctorFacts, Holder } from './findings.ts'
import { listeners, shortCommand } from './sockets.ts'

/** What of the configuration is looked at; a part of `Config`. */
export interface Looked {
  http: { port: number; publicUrl: string | undefined; redirectPort: number | undefined }
  tls: { isOn: boolean; files: { cert: string; key: string } | null }
  dataDir: string
  databaseUrl: string | undefined
  sip: { port: number; tlsPort: number | null; externalAddress: string | undefined }
  ariPort: number
  amiPort: number
}

const waitMs = 4000

/**
 * Gathers the facts without changing or starting anything.
 * @param settings why the environment cannot be used; what it should be is taken as usual then
 * @param asterisk finds an Asterisk that can be run; throws where there is none
 */
export async function lookAround(
  config: Looked,
  settings: string | null,
  asterisk: () => Promise<{ version: string }>
): Promise<DoctorFacts> {
  const runningPid = await pidIn(config.dataDir)
  const [data, ports, health, database, openFiles, found, certificate, isClockKept] = await Promise.all([
    dataOf(config.dataDir),
    portsOf(config, runningPid),
    runningPid === null ? null : healthOf(config),
    databaseOf(config.databaseUrl),
    openFilesLimit(),
    asterisk().catch((error: unknown) => ({ problem: messageOf(error) })),
    config.tls.files ? certificateOf(config.tls.files.cert) : null,
    clockSynchronised()
  ])
  const told = config.sip.externalAddress
  return {
    nowMs: Date.now(),
    ...{ settings, runningPid, data, ports, health, database, openFiles, certificate, isClockKept },
    asterisk: found,
    memoryBytes: os.totalmem(),
    addresses: localAddresses(),
    publicAddress: told === undefined ? null : { name: told, address: await addressOf(told) }
  }
}

async function pidIn(dataDir: string): Promise<number | null> {
  const pid = Number(await readFile(path.join(dataDir, 'ringtrace.pid'), 'utf8').catch(absent('0')))
  return pid > 0 && pidAlive(pid) && /node/.test(commandLineOf(pid)) ? pid : null
}

async function dataOf(dir: string): Promise<DoctorFacts['data']> {
  const may = (folder: string, how: number): Promise<boolean> =>
    access(folder, how).then(
      () => true,
      () => false
    )
  const isThere = await may(dir, constants.F_OK)
  let nearest = dir
  while (!(await may(nearest, constants.F_OK)) && path.dirname(nearest) !== nearest)
    nearest = path.dirname(nearest)
  const space = await statfs(nearest).catch(absent(null))
  return {
    dir,
    isThere,
    isWritable: await may(nearest, constants.W_OK),
    freeBytes: space && space.bavail * space.bsize
  }
}

async function portsOf(config: Looked, runningPid: number | null): Promise<DoctorFacts['ports']> {
  const held = await listeners()
  const { http, sip, ariPort, amiPort } = config
  const needed: [what: string, port: number | null | undefined, by: string, protocols: string[]][] = [
    ['the web port', http.port, 'HTTP_PORT', ['tcp']],
    ['the port that leads to https', http.redirectPort, 'HTTP_REDIRECT_PORT', ['tcp']],
    ['SIP', sip.port, 'SIP_PORT', ['udp', 'tcp']],
    ['SIP over TLS', sip.tlsPort, 'SIP_TLS_PORT', ['tcp']],
    ['ARI', ariPort, 'ARI_PORT', ['tcp']],
    ['AMI', amiPort, 'AMI_PORT', ['tcp']]
  ]
  const isOurs = (pid: number): boolean =>
    pid === runningPid || commandLineOf(pid).includes(path.join(config.dataDir, 'pbx'))
  const holderOf = (port: number, protocols: readonly string[]): Holder | null => {
    const pids = protocols.flatMap((protocol) => {
      const pid = held.get(`${protocol} ${port}`)
      return pid === undefined ? [] : [pid ?? 0]
    })
    const [pid] = pids.sort((a, b) => Number(isOurs(a)) - Number(isOurs(b)))
    return pid === undefined ? null : { pid, command: shortCommand(pid), isOurs: isOurs(pid) }
  }
  return needed.flatMap(([what, port, by, protocols]) =>
    port === null || port === undefined ? [] : [{ what, port, by: [by], holder: holderOf(port, protocols) }]
  )
}

/** The product's own certificate need not be one that this program trusts. */
async function healthOf({ http, tls }: Looked): Promise<DoctorFacts['health']> {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })
  try {
    const url = `${tls.isOn ? 'https' : 'http'}://127.0.0.1:${http.port}/api/health`
    const answer = await request(url, { dispatcher, signal: AbortSignal.timeout(waitMs) })
    return (await answer.body.json()) as DoctorFacts['health']
  } catch (error) {
    // No answer is a finding; whatever else goes wrong here means the same to whoever asks.
    if (error instanceof Error) return null
    throw error
  } finally {
    await dispatcher.destroy()
  }
}

async function databaseOf(url: string | undefined): Promise<DoctorFacts['database']> {
  if (url === undefined) return { kind: 'embedded' }
  const db = new pg.Client({ connectionString: url, connectionTimeoutMillis: waitMs, query_timeout: waitMs })
  try {
    await db.connect()
    const askedMs = Date.now()
    const { rows } = await db.query<{ version: string; at: string; has: boolean }>(
      `select current_setting('server_version_num') as version, extract(epoch from clock_timestamp()) * 1000 as at,
         to_regclass('public.migrations') is not null as has`
    )
    const offMs = Number(rows[0]?.at) - (askedMs + Date.now()) / 2
    const wanted = await migrationNames()
    const made = rows[0]?.has
      ? (await db.query<{ name: string }>('select name from migrations')).rows.map(({ name }) => name)
      : []
    return {
      ...{ kind: 'named', version: Number(rows[0]?.version), offMs },
      strange: made.filter((name) => !wanted.includes(name)),
      pending: wanted.filter((name) => !made.includes(name)).length
    }
  } catch (error) {
    return { kind: 'named', problem: messageOf(error) || String(codeOf(error)) }
  } finally {
    await db.end()
  }
}

async function openFilesLimit(): Promise<number | null> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(absent(''))
  const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1]
  if (soft === 'unlimited') return Infinity
  return soft === undefined ? null : Number(soft)
}

async function certificateOf(file: string): Promise<NonNullable<DoctorFacts['certificate']>> {
  try {
    return { file, endsMs: Date.parse(new X509Certificate(await readFile(file)).validTo) }
  } catch (error) {
    return { file, problem: messageOf(error) }
  }
}

/** For what may not be there. */
const absent =
  <T>(otherwise: T) =>
  (error: unknown): T => {
    if (codeOf(error) === undefined) throw error
    return otherwise
  }
