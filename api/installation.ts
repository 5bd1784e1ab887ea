import { readBackupSettings } from '../backup/settings.ts'
import { daysLeft, judge, type Facts } from '../upkeep/judge.ts'
import type { SystemState } from './contract/system.ts'
import type { ApiDeps } from './deps.ts'
import { ApiError } from './problems.ts'
import { checkHealth } from './routes/health.ts'

/** How the installation stands. @throws ApiError not_found where nobody looks after it */
export async function installationState(deps: ApiDeps): Promise<SystemState> {
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
