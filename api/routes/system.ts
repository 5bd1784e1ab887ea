import type { Knex } from 'knex'
import { readBackupSettings } from '../../backup/settings.ts'
import { writeBundle } from '../../upkeep/bundle.ts'
import { daysLeft, judge, type Facts } from '../../upkeep/judge.ts'
import type { LogLine } from '../../upkeep/log.ts'
import { markSeen, readUpdate } from '../../upkeep/updates.ts'
import { audit } from '../audit.ts'
import {
  logLevels,
  logLines,
  logQuery,
  systemState,
  systemUpdate,
  type SystemState
} from '../contract/system.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { checkHealth } from './health.ts'

/** How the installation stands, for its admin. */
export const systemRoutes = (deps: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/system',
    summary: 'How each part of the installation stands, versions, disk and what is new',
    answer: systemState,
    handle: () => stateOf(deps)
  }),
  endpoint({
    route: 'GET /api/system/log',
    summary: 'The last lines of the log since the start, without personal data, the newest first',
    query: logQuery,
    answer: logLines,
    handle: ({ query }) => Promise.resolve({ items: linesFrom(deps, query.level).slice(0, 200) })
  }),
  endpoint({
    route: 'GET /api/system/log/file',
    summary: 'The same lines as a text, all that are remembered, the oldest first',
    query: logQuery,
    raw: 'text/plain',
    async handle(context) {
      const { res, query } = context
      const lines = linesFrom(deps, query.level).toReversed()
      await audit(deps.db, context, { action: 'log.download', data: { lines: lines.length } })
      res.set('Content-Type', 'text/plain; charset=utf-8').attachment('ringtrace-log.txt')
      res.send(lines.map((line) => `${textOf(line)}\n`).join(''))
    }
  }),
  endpoint({
    route: 'GET /api/system/update',
    summary: 'What is new against the version that ran here before, and whether one has read it',
    answer: systemUpdate,
    async handle({ who }) {
      const found = await readUpdate(deps.db)
      if (!found)
        return {
          ...{ version: deps.version, previousVersion: null, updatedAt: null },
          ...{ fresh: [], isSeen: true }
        }
      const { version, previousVersion, updatedAt, fresh, seenBy } = found
      const isSeen = fresh.length === 0 || seenBy.includes(who.userId)
      return { version, previousVersion, updatedAt, fresh, isSeen }
    }
  }),
  endpoint({
    route: 'POST /api/system/update/seen',
    summary: 'Note that one has read what is new',
    handle: ({ who }) => markSeen(deps.db, who.userId)
  }),
  endpoint({
    route: 'GET /api/system/diagnostics',
    summary: 'State, log and sizes in one archive for whoever helps; no personal data, no secrets',
    raw: 'application/gzip',
    async handle(context) {
      const { res } = context
      const state = await stateOf(deps)
      const files = {
        'state.json': JSON.stringify(state, null, 2),
        'log.ndjson': (deps.upkeep?.log() ?? []).map((line) => `${JSON.stringify(line)}\n`).join(''),
        'tables.json': JSON.stringify(await tableSizes(deps.db), null, 2)
      }
      await audit(deps.db, context, { action: 'system.diagnostics' })
      const day = state.at.slice(0, 10)
      res.set('Content-Type', 'application/gzip').attachment(`ringtrace-diagnostics-${day}.tar.gz`)
      await writeBundle(files, res)
    }
  })
]

/** The newest first. */
function linesFrom({ upkeep }: ApiDeps, level: LogLine['level'] = 'info'): LogLine[] {
  const least = logLevels.indexOf(level)
  return (upkeep?.log() ?? []).filter((line) => logLevels.indexOf(line.level) >= least)
}

function textOf({ at, level, part, text, about }: LogLine): string {
  const rest = Object.entries(about).map(([name, value]) => ` ${name}=${value}`)
  return `${at} ${level.toUpperCase()} ${part === null ? '' : `${part}: `}${text}${rest.join('')}`
}

async function stateOf(deps: ApiDeps): Promise<SystemState> {
  const { upkeep, pbx, db, backups, version } = deps
  if (!upkeep) throw new ApiError('not_found')
  const [health, machine, kept] = await Promise.all([checkHealth(deps), upkeep.look(), backups?.list() ?? []])
  const isUp = health.checks['database']?.status === 'ok'
  const states = pbx.trunkStates()
  const trunks = isUp
    ? await db('trunks')
        .where({ is_active: true })
        .orderBy('name')
        .select<{ id: string; name: string }[]>('id', 'name')
    : []
  const nowMs = Date.now()
  const newest = kept[0]?.createdAt
  const facts: Facts = {
    nowMs,
    database: { isUp },
    exchange: health.checks,
    trunks: trunks.map(({ id, name }) => ({ name, state: states.get(id) ?? 'unknown' })),
    lastBackupMs: newest === undefined ? null : Date.parse(newest),
    isBackupScheduled: isUp && (await readBackupSettings(db)).isOn,
    disk: machine.disk,
    growthBytesPerDay: machine.growthBytesPerDay,
    databaseBytesPerDay: machine.databaseBytesPerDay ?? null,
    recordingBytes: machine.recordingBytes,
    retentionDays: machine.retentionDays ?? null,
    jobs: machine.jobs,
    webhooks: machine.webhooks,
    https: machine.https,
    ways: deps.outside?.ways.findings() ?? [],
    clock: machine.clock
  }
  return {
    at: new Date(nowMs).toISOString(),
    startedAt: machine.startedAt,
    checks: judge(facts),
    versions: { product: version, schema: machine.schema, ...machine.versions },
    disk: {
      freeBytes: machine.disk?.freeBytes ?? null,
      totalBytes: machine.disk?.totalBytes ?? null,
      databaseBytes: machine.databaseBytes,
      recordingBytes: machine.recordingBytes,
      bytesPerDay: machine.growthBytesPerDay,
      daysLeft: daysLeft(facts),
      retentionDays: machine.retentionDays ?? null
    },
    notes: await upkeep.notes()
  }
}

/** About how many rows each table has, and its size. */
async function tableSizes(db: Knex): Promise<Record<string, { rows: number; bytes: number }>> {
  const { rows } = await db.raw<{ rows: { name: string; rows: string; bytes: string }[] }>(`
    select relname as name, greatest(reltuples, 0)::bigint as rows, pg_total_relation_size(oid) as bytes from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace order by 3 desc`)
  return Object.fromEntries(
    rows.map(({ name, rows: count, bytes }) => [name, { rows: Number(count), bytes: Number(bytes) }])
  )
}
