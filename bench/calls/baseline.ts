import fs from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import type { Logger } from 'pino'
import { projectRoot } from '../../host/project-root.ts'
import type { RunningPostgres } from '../../db/embedded.ts'
import { startAsterisk } from '../../pbx/provision/asterisk.ts'
import type { AsteriskHome } from '../../pbx/provision/home.ts'
import { wantedObjects } from '../../pbx/provision/objects.ts'
import { operatorHost, operatorPort, trunkHost } from './load.ts'
import { consoleOf, type Variant } from './variant.ts'

export interface BaselineOptions {
  name: 'dial' | 'queue'
  title: string
  basePort: number
  rtpStart: number
  operators: number
  home: AsteriskHome
  postgres: RunningPostgres
  dir: string
  /** Where recordings go. */
  audioDir: string
  log: Logger
}

/**
 * A hand-made dialplan on an Asterisk of its own: Ringtrace's configuration, with the files of `variants/shared` and
 * `variants/<name>` instead of those of the same name, and the modules that CDR, CEL and queues need.
 */
export async function startBaseline(options: BaselineOptions): Promise<Variant> {
  const { name, title, home, dir, basePort } = options
  const database = `baseline_${name}`
  const url = await options.postgres.createDatabase(database)
  await makeTables(url)
  const templatesDir = path.join(dir, 'templates')
  await writeTemplates(templatesDir, options, url, database)
  const sipPort = basePort + 60
  const asterisk = await startAsterisk({
    home,
    dir,
    templatesDir,
    settings: {
      app: 'unused',
      sipHost: '0.0.0.0',
      sipPort,
      rtpStart: options.rtpStart,
      rtpEnd: options.rtpStart + 3999,
      ariPort: basePort + 88,
      ariUser: 'bench',
      ariPassword: 'bench',
      amiPort: basePort + 38,
      amiUser: 'bench',
      amiPassword: 'bench',
      recordingsDir: path.join(options.audioDir, name),
      systemName: 'bench'
    },
    log: options.log
  })
  return {
    name,
    title,
    sipPort,
    processes: { asterisk: asterisk.pid, postgres: options.postgres.pid },
    cli: consoleOf(home, path.join(dir, 'etc/asterisk.conf')),
    stop: () => asterisk.stop()
  }
}

async function writeTemplates(
  folder: string,
  options: BaselineOptions,
  url: string,
  database: string
): Promise<void> {
  await fs.mkdir(folder, { recursive: true })
  const variants = path.join(import.meta.dirname, 'variants')
  for (const from of [
    path.join(projectRoot(), 'dialplan'),
    path.join(variants, 'shared'),
    path.join(variants, options.name)
  ]) {
    await fs.cp(from, folder, { recursive: true })
  }
  const { username, password, searchParams } = new URL(url)
  const members = Array.from({ length: options.operators }, (_, index) => `member => PJSIP/op-${index}`)
  const values: Record<string, string> = {
    pgSocketDir: searchParams.get('host') ?? '',
    pgDatabase: database,
    pgUser: username,
    pgPassword: password,
    objects: pjsipText(options.name === 'queue' ? options.operators : 1),
    members: members.join('\n')
  }
  for (const file of await fs.readdir(folder)) {
    const text = await fs.readFile(path.join(folder, file), 'utf8')
    const filled = text.replace(/\{\{(\w+)\}\}/g, (place, key: string) => values[key] ?? place)
    const more = file === 'modules.conf' ? modulesOf(options.name) : ''
    await fs.writeFile(path.join(folder, file), filled + more)
  }
}

function modulesOf(name: BaselineOptions['name']): string {
  const modules = ['cdr_pgsql.so', 'cel_pgsql.so', ...(name === 'queue' ? ['app_queue.so'] : [])]
  return `\n${modules.map((module) => `load = ${module}`).join('\n')}\nnoload = cel_custom.so\n`
}

/** The very objects that Ringtrace gives to Asterisk, as lines of pjsip.conf. */
function pjsipText(operators: number): string {
  const objects = wantedObjects({
    operators: Array.from({ length: operators }, (_, index) => ({
      name: `Operator ${index}`,
      sipUser: `op-${index}`,
      sipSecret: 'secret',
      device: 'sip' as const,
      sipAddress: `sip:op-${index}@${operatorHost}:${operatorPort}`
    })),
    trunks: [
      {
        id: 'bench',
        endpoint: 'trunk-bench',
        name: 'Bench',
        kind: 'address',
        host: trunkHost,
        port: 5060,
        transport: 'udp',
        username: null,
        secret: null,
        matchAddresses: [],
        codecs: ['alaw', 'ulaw']
      }
    ]
  })
  return objects
    .map(({ type, id, fields }) =>
      [
        `[${type === 'identify' ? `${id}-identify` : id}]`,
        `type = ${type}`,
        ...Object.entries(fields).map(([name, value]) => `${name} = ${value}`)
      ].join('\n')
    )
    .join('\n\n')
}

/** The tables of Asterisk's own manual, with the usual indexes. */
async function makeTables(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`
      create table cdr (
        id bigint generated always as identity primary key,
        calldate timestamptz not null default now(), clid text, src text, dst text, dcontext text, channel text,
        dstchannel text, lastapp text, lastdata text, start timestamptz, answer timestamptz, "end" timestamptz,
        duration int, billsec int, disposition text, amaflags int, accountcode text, uniqueid text, linkedid text,
        peeraccount text, sequence int, userfield text
      );
      create index on cdr (calldate);
      create index on cdr (uniqueid);
      create table cel (
        id bigint generated always as identity primary key,
        eventtype text, eventtime timestamptz not null default now(), userdeftype text, cid_name text, cid_num text,
        cid_ani text, cid_rdnis text, cid_dnid text, exten text, context text, channame text, appname text,
        appdata text, amaflags int, accountcode text, peeraccount text, uniqueid text, linkedid text,
        userfield text, peer text, extra text
      );
      create index on cel (eventtime);
      create index on cel (linkedid);`)
  } finally {
    await client.end()
  }
}
