import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { Knex } from 'knex'
import { pino, type Logger } from 'pino'
import { migrateJobs } from '../../db/jobs.ts'
import { connect, migrate } from '../../db/knex.ts'
import type { RunningPostgres } from '../../db/embedded.ts'
import { endPid, pidAlive, run, waitFor } from '../../host/process.ts'
import { projectRoot } from '../../host/project-root.ts'
import type { Scheme } from '../../ivr/scheme.ts'
import type { AsteriskHome } from '../../pbx/provision/home.ts'
import { operatorHost, operatorPort, trunkHost } from './load.ts'
import { consoleOf, type Variant } from './variant.ts'

export interface RingtraceOptions {
  basePort: number
  rtpStart: number
  operators: number
  home: AsteriskHome
  postgres: RunningPostgres
  dir: string
  /** Where recordings go. */
  audioDir: string
  /** Folder for a CPU profile of the controller. */
  profileDir?: string | undefined
  /** Port on which the controller lets its memory be looked into. */
  inspectPort?: number
  /** The sources as they are, instead of the build: while others work on them. */
  isFromSources?: boolean
  /** Of the recordings, which share is encoded as in life: 0 to 1. */
  encoded?: number
}

/** What else is of use of a Ringtrace that runs. */
export interface RunningRingtrace extends Variant {
  databaseUrl: string
  httpUrl: string
}

/** A whole Ringtrace as `npm start` runs it, with a company of many operators whose phones stand at one address. */
export async function startRingtrace(options: RingtraceOptions): Promise<RunningRingtrace> {
  const { home, dir, basePort, isFromSources = false } = options
  if (!isFromSources) await build()
  const url = await options.postgres.createDatabase('ringtrace')
  await found(url, options.operators, options.encoded ?? 0, pino({ level: 'silent' }))
  await fs.mkdir(dir, { recursive: true })
  const audio = path.join(options.audioDir, 'ringtrace')
  await fs.mkdir(audio)
  await fs.symlink(audio, path.join(dir, 'recordings'))
  await shareSounds(dir)
  const sipPort = basePort + 60
  const logFile = await fs.open(path.join(dir, 'ringtrace.log'), 'w')
  const profile = options.profileDir ? ['--cpu-prof', `--cpu-prof-dir=${options.profileDir}`] : []
  const inspect = options.inspectPort ? [`--inspect=127.0.0.1:${options.inspectPort}`] : []
  const program = isFromSources ? ['--import', 'tsx', 'main.ts'] : ['dist/main.js']
  const child = spawn(process.execPath, [...profile, ...inspect, ...program], {
    cwd: projectRoot(),
    env: {
      ...process.env,
      ASTERISK_HOME: home.root,
      DATA_DIR: dir,
      DATABASE_URL: url,
      DEMO: '0',
      ADMIN_PASSWORD: 'a-long-bench-password',
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: String(basePort),
      SIP_PORT: String(sipPort),
      ARI_PORT: String(basePort + 88),
      AMI_PORT: String(basePort + 38),
      RTP_PORTS: `${options.rtpStart}-${options.rtpStart + 3999}`,
      LOG_LEVEL: 'info'
    },
    stdio: ['ignore', logFile.fd, logFile.fd]
  })
  const cli = consoleOf(home, path.join(dir, 'pbx/etc/asterisk.conf'))
  const stop = async (): Promise<void> => {
    await end(child)
    await endOrphan(path.join(dir, 'pbx/run/asterisk.pid'))
    await logFile.close()
  }
  try {
    await ready(child, basePort, cli, options.operators, path.join(dir, 'ringtrace.log'))
    const asterisk = Number(await fs.readFile(path.join(dir, 'pbx/run/asterisk.pid'), 'utf8'))
    return {
      name: 'ringtrace',
      title: 'Ringtrace',
      sipPort,
      processes: { asterisk, node: child.pid ?? 0, postgres: options.postgres.pid },
      cli,
      databaseUrl: url,
      httpUrl: `http://127.0.0.1:${basePort}`,
      stop
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What is measured is what `npm start` runs: the build, not the sources through tsx. */
async function build(): Promise<void> {
  const { code, stdout, stderr } = await run(process.execPath, ['scripts/build.mjs'], { cwd: projectRoot() })
  if (code !== 0) throw new Error(`The build failed:\n${stdout}${stderr}`)
}

async function ready(
  child: ChildProcess,
  httpPort: number,
  cli: Variant['cli'],
  operators: number,
  logFile: string
): Promise<void> {
  const isUp = await waitFor(
    async () =>
      child.exitCode !== null ||
      (await fetch(`http://127.0.0.1:${httpPort}/api/health`).then(
        (response) => response.ok,
        () => false
      )),
    { timeoutMs: 600_000, everyMs: 100 }
  )
  if (!isUp || child.exitCode !== null) {
    throw new Error(`Ringtrace did not start:\n${(await fs.readFile(logFile, 'utf8')).slice(-3000)}`)
  }
  const isPushed = await waitFor(
    async () => ((await cli('pjsip list endpoints')).match(/op-/g)?.length ?? 0) >= operators,
    { timeoutMs: 600_000, everyMs: 500 }
  )
  if (!isPushed) throw new Error('Ringtrace did not bring its operators to Asterisk')
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || !pidAlive(child.pid)) return
  const exited = once(child, 'exit')
  await endPid(child.pid, 60_000, 'SIGTERM')
  await exited
}

/** A controller that had to be killed has left its Asterisk behind. */
async function endOrphan(pidFile: string): Promise<void> {
  const text = await fs.readFile(pidFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const pid = Number(text)
  if (pid > 0 && pidAlive(pid)) await endPid(pid, 10_000, 'SIGTERM')
}

/** The spoken prompts are made once, by whoever started Ringtrace here first. */
async function shareSounds(dir: string): Promise<void> {
  await fs
    .cp(path.join(projectRoot(), '.runtime/sounds'), path.join(dir, 'sounds'), { recursive: true })
    .catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    })
}

async function found(url: string, operators: number, encoded: number, log: Logger): Promise<void> {
  const db = connect(url, log)
  try {
    await migrate(db)
    await migrateJobs(url, log)
    await fill(db, operators)
    await deferAudio(db, encoded)
  } finally {
    await db.destroy()
  }
}

async function fill(db: Knex, operators: number): Promise<void> {
  await db.raw(
    `insert into users (login, name, role, presence)
     select 'op' || n, 'Operator ' || n, 'operator', 'available' from generate_series(0, ?::int - 1) n`,
    [operators]
  )
  await db.raw(
    `insert into devices (user_id, name, kind, sip_address)
     select id, 'SIP phone', 'sip', 'sip:op-' || substr(login, 3) || '@${operatorHost}:${operatorPort}'
     from users where role = 'operator'`
  )
  await db('devices').where({ kind: 'browser' }).update({ is_active: false })
  // The baselines know no wrap-up either.
  await db('settings').insert([
    { key: 'operators.wrapUpSeconds', value: '0' },
    { key: 'operators.autoPauseAfter', value: '0' }
  ])
  const [group] = await db('groups').insert({ name: 'Sales' }).returning<{ id: string }[]>('id')
  await db.raw(
    `insert into group_members (group_id, user_id, position)
     select ?, id, row_number() over (order by login) from users where role = 'operator'`,
    [group?.id ?? '']
  )
  const [trunk] = await db('trunks')
    .insert({ name: 'Carrier', kind: 'address', host: trunkHost })
    .returning<{ id: string }[]>('id')
  const [source] = await db('sources')
    .insert({ name: 'Search', inquiry_channel: 'paid', medium: 'cpc', campaign: 'windows' })
    .returning<{ id: string }[]>('id')
  const body: Scheme = {
    locale: 'en',
    start: 'sales',
    blocks: {
      sales: {
        type: 'ring',
        settings: { groupId: group?.id ?? '', strategy: 'longestIdle', ringSeconds: 20, record: true },
        exits: { talked: null, noAnswer: null }
      }
    }
  }
  const [scheme] = await db('schemes')
    .insert({ name: 'Straight to sales', draft: JSON.stringify(body), published_version: 1 })
    .returning<{ id: string }[]>('id')
  await db('scheme_versions').insert({ scheme_id: scheme?.id, version: 1, body: JSON.stringify(body) })
  await db('numbers').insert({
    e164: '+74950000001',
    label: 'Site header',
    trunk_id: trunk?.id,
    source_id: source?.id,
    scheme_id: scheme?.id
  })
}

/**
 * Mixing and encoding audio is no part of carrying a call, and the baselines do none: the job is written (that counts)
 * but runs a day later, all but a share of them.
 */
async function deferAudio(db: Knex, encoded: number): Promise<void> {
  await db.raw(`
    create function bench_later() returns trigger language plpgsql as $$
    begin
      if random() >= ${encoded.toFixed(4)} then new.run_at := new.run_at + interval '1 day'; end if;
      return new;
    end $$;
    create trigger bench_later before insert on graphile_worker._private_jobs
      for each row when (new.key like 'recording:%') execute function bench_later();`)
}
