import { readFile, stat, statfs } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import type { Knex } from 'knex'
import { run } from '../host/process.ts'
import { codeOf, messageOf } from '../host/setup-error.ts'
import { projectRoot } from '../host/project-root.ts'
import type { InUse } from '../host/tls/keeper.ts'
import { ownHttps } from './certificates.ts'
import type { LogLine } from './log.ts'
import { noteStart } from './updates.ts'
import type { Facts } from './judge.ts'

/** Facts that this machine and the database tell; the rest comes from the exchange. */
export type MachineFacts = Pick<
  Facts,
  | 'disk'
  | 'growthBytesPerDay'
  | 'databaseBytesPerDay'
  | 'retentionDays'
  | 'jobs'
  | 'webhooks'
  | 'https'
  | 'clock'
> & {
  databaseBytes: number | null
  recordingBytes: number | null
  versions: { node: string; postgres: string | null; asterisk: string | null; system: string }
  schema: string | null
  startedAt: string
}

/** The state of an installation, for its admin. */
export interface Upkeep {
  look(): Promise<MachineFacts>
  log(): LogLine[]
  /** What is new, as the change log tells it; empty when there is none. */
  notes(): Promise<string>
  /** To be told at each start: what is new against the version that ran here last is found out by it. */
  noteStart(version: string): Promise<void>
}

const tlsTimeoutMs = 3000

interface UpkeepOptions {
  db: Knex
  dataDir: string
  publicUrl: string | undefined
  /** Of our own web port; null where a proxy has it, or nobody. */
  certificate?: () => InUse | null
  asterisk: string | null
  lines: () => LogLine[]
  now?: () => number
}

/** At the start of the product: also finds out what is new against the version that ran here last. */
export async function openUpkeep({
  version,
  ...options
}: UpkeepOptions & { version: string }): Promise<Upkeep> {
  const upkeep = createUpkeep(options)
  await upkeep.noteStart(version)
  return upkeep
}

export function createUpkeep(options: UpkeepOptions): Upkeep {
  const { db, dataDir, publicUrl, asterisk, now = Date.now } = options
  const startedAt = new Date(now()).toISOString()
  const changeLog = (): Promise<string> => textOf(path.join(projectRoot(), 'CHANGELOG.md'))
  return {
    log: options.lines,
    notes: async () => firstSection(await changeLog()),
    noteStart: async (version) =>
      noteStart(db, { version, changeLog: await changeLog(), at: new Date(now()).toISOString() }),
    async look() {
      const own = options.certificate?.() ?? null
      const [disk, figures, https, isSynchronised] = await Promise.all([
        diskOf(dataDir),
        // Everything that the database tells is unknown while it is away; the page says that it is.
        databaseFigures(db, now).catch(() => null),
        own ? ownHttps(own, publicUrl) : httpsOf(publicUrl),
        clockSynchronised()
      ])
      return {
        disk,
        growthBytesPerDay: figures?.growthBytesPerDay ?? null,
        databaseBytesPerDay: figures?.databaseBytesPerDay ?? null,
        retentionDays: figures?.retentionDays ?? null,
        jobs: figures?.jobs ?? null,
        webhooks: figures?.webhooks ?? null,
        databaseBytes: figures?.databaseBytes ?? null,
        recordingBytes: figures?.recordingBytes ?? null,
        https,
        clock: { isSynchronised, databaseOffMs: figures?.offMs ?? null },
        versions: {
          node: process.versions.node,
          postgres: figures?.postgres ?? null,
          asterisk,
          system: `${os.type()} ${os.release()} ${os.arch()}`
        },
        schema: figures?.schema ?? null,
        startedAt
      }
    }
  }
}

async function diskOf(dir: string): Promise<Facts['disk']> {
  try {
    const { bavail, blocks, bsize } = await statfs(dir)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  } catch (error) {
    if (codeOf(error) === undefined) throw error
    return null
  }
}

interface Figures {
  growthBytesPerDay: number | null
  databaseBytesPerDay: number | null
  retentionDays: number | null
  jobs: Facts['jobs']
  webhooks: Facts['webhooks']
  databaseBytes: number
  recordingBytes: number
  postgres: string
  schema: string
  offMs: number
}

async function databaseFigures(db: Knex, now: () => number): Promise<Figures> {
  const askedMs = now()
  const { rows } = await db.raw<{ rows: Record<string, unknown>[] }>(`
    select extract(epoch from clock_timestamp()) * 1000 as at, current_setting('server_version') as postgres,
      pg_database_size(current_database()) as database_bytes,
      (select name from migrations order by name desc limit 1) as schema,
      (select coalesce(sum(bytes), 0) from recordings where state = 'ready') as recording_bytes,
      (select sum(bytes) from recordings where state = 'ready' and created_at > now() - interval '7 days') as week_bytes,
      (select extract(epoch from now() - min(created_at)) from recordings
        where state = 'ready' and created_at > now() - interval '7 days') as week_seconds,
      (select count(*) from calls where started_at > now() - interval '7 days') as week_calls,
      (select greatest(reltuples, 0) from pg_class where oid = 'calls'::regclass) as all_calls,
      (select value from settings where key = 'recordings.retentionDays') as retention_days,
      (select count(*) from jobs where state = 'failed' and ended_at > now() - interval '1 day') as failed,
      (select count(*) from webhooks where is_active) as active,
      (select count(*) from webhooks where disabled_reason is not null) as disabled,
      (select count(*) from webhook_deliveries where state = 'pending') as pending,
      (select extract(epoch from now() - min(created_at)) from webhook_deliveries where state = 'pending') as pending_seconds,
      to_regclass('graphile_worker.jobs') is not null as has_queue`)
  const askedForMs = now() - askedMs
  const row = rows[0] ?? {}
  const number = (name: string): number => Number(row[name] ?? 0)
  let queue = { waiting: 0, seconds: 0 }
  if (row['has_queue'] === true) {
    const found = await db.raw<{ rows: { waiting: string; seconds: string | null }[] }>(`
      select count(*) as waiting, extract(epoch from now() - min(run_at)) as seconds from graphile_worker.jobs
      where run_at <= now() and locked_at is null and attempts < max_attempts`)
    queue = { waiting: Number(found.rows[0]?.waiting ?? 0), seconds: Number(found.rows[0]?.seconds ?? 0) }
  }
  // A first day says little: it counts as a whole one.
  const days = Math.max(1, number('week_seconds') / 86_400)
  return {
    growthBytesPerDay: number('week_bytes') > 0 ? number('week_bytes') / days : null,
    // A young database is mostly its own structure.
    databaseBytesPerDay:
      number('all_calls') < 1000
        ? null
        : (number('database_bytes') / number('all_calls')) * (number('week_calls') / 7),
    retentionDays: number('retention_days') >= 1 ? number('retention_days') : null,
    jobs: { waiting: queue.waiting, oldestSeconds: queue.seconds, failed: number('failed') },
    webhooks: {
      active: number('active'),
      pending: number('pending'),
      oldestSeconds: number('pending_seconds'),
      disabled: number('disabled')
    },
    databaseBytes: number('database_bytes'),
    recordingBytes: number('recording_bytes'),
    postgres: String(row['postgres']),
    schema: String(row['schema']),
    // The answer was written at some moment between asking and hearing it.
    offMs: Math.max(0, Math.abs(number('at') - (askedMs + askedForMs / 2)) - askedForMs / 2)
  }
}

/** The certificate that browsers get, by asking for it as they do. */
async function httpsOf(publicUrl: string | undefined): Promise<Facts['https']> {
  if (publicUrl?.startsWith('https:') !== true)
    return { isUsed: false, certificateEndsMs: null, problem: null }
  const { hostname, port } = new URL(publicUrl)
  return new Promise((resolve) => {
    const socket = tls.connect(
      { host: hostname, port: Number(port || 443), servername: hostname, rejectUnauthorized: false },
      () => {
        const endsMs = Date.parse(socket.getPeerCertificate().valid_to)
        const problem = socket.authorized ? null : String(socket.authorizationError)
        done({ isUsed: true, certificateEndsMs: Number.isNaN(endsMs) ? null : endsMs, problem })
      }
    )
    const done = (found: Facts['https']): void => {
      socket.destroy()
      resolve(found)
    }
    const unseen = (problem: string): void => done({ isUsed: true, certificateEndsMs: null, problem })
    socket.setTimeout(tlsTimeoutMs, () => unseen('no answer'))
    socket.on('error', (error) => unseen(messageOf(error)))
  })
}

/** Whether something keeps the machine's clock right; null where that cannot be told, as in a container. */
export async function clockSynchronised(): Promise<boolean | null> {
  const told = await run('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], {
    timeoutMs: 2000
  }).then(
    ({ code, stdout }) => (code === 0 ? stdout.trim() : ''),
    // No such program, or no answer from it: another sign is left.
    () => ''
  )
  if (told === 'yes' || told === 'no') return told === 'yes'
  return stat('/run/systemd/timesync/synchronized').then(
    () => true,
    () => null
  )
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return ''
    throw error
  })
}

/** The newest part of a change log: from its first heading of the second level to the next. */
export function firstSection(text: string): string {
  const start = text.search(/^## /m)
  if (start < 0) return ''
  const rest = text.slice(start)
  const end = rest.slice(3).search(/^## /m)
  return (end < 0 ? rest : rest.slice(0, end + 3)).trim()
}
