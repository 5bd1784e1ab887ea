import type { Knex } from 'knex'
import { readBackupSettings } from '../../backup/settings.ts'
import { writeBundle } from '../../upkeep/bundle.ts'
import { daysLeft, judge, type Facts } from '../../upkeep/judge.ts'
import { audit } from '../audit.ts'
import { logLines, systemState, type SystemState } from '../contract/system.ts'
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
    answer: logLines,
    handle: () => Promise.resolve({ items: (deps.upkeep?.log() ?? []).slice(0, 200) })
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
      daysLeft: daysLeft(facts)
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
