import { judgeHttps, judgeWays, type OwnCertificate, type WayFinding } from './certificates.ts'

/** What is looked at. */
export const checkNames = [
  'database',
  'asterisk',
  'trunks',
  'tape',
  'load',
  'disk',
  'growth',
  'backup',
  'jobs',
  'webhooks',
  'https',
  'ways',
  'clock'
] as const
export type CheckName = (typeof checkNames)[number]
/** `unknown`: it cannot be told here, and that is no fault. */
export const checkStates = ['ok', 'warning', 'failed', 'unknown'] as const
export type CheckState = (typeof checkStates)[number]

/** One line of the system page. `reason` has words in every language; `values` go into them. */
export interface Judgement {
  name: CheckName
  state: CheckState
  reason: string
  values: Record<string, string | number>
  /** What the part itself says, in English; for experts. */
  detail: string | null
}

/** What was found. Null: it could not be found out. */
export interface Facts {
  nowMs: number
  database: { isUp: boolean }
  /** What the exchange says of its parts. */
  exchange: Readonly<Record<string, { status: 'ok' | 'degraded' | 'failed'; detail?: string | undefined }>>
  trunks: readonly { name: string; state: string }[]
  disk: { freeBytes: number; totalBytes: number } | null
  /** What recordings take a day, over the last days with calls. */
  growthBytesPerDay: number | null
  /** What the database takes a day; a guess by its size for each call so far. */
  databaseBytesPerDay?: number | null
  /** What recordings take now, and for how many days they are kept (null: for ever). */
  recordingBytes?: number | null
  retentionDays?: number | null
  lastBackupMs: number | null
  /** A daily backup is switched on. */
  isBackupScheduled: boolean
  jobs: { waiting: number; oldestSeconds: number; failed: number } | null
  webhooks: { active: number; pending: number; oldestSeconds: number; disabled: number } | null
  /** Of the address that people use. */
  https: {
    isUsed: boolean
    certificateEndsMs: number | null
    problem: string | null
    /** Our own, where no proxy stands in front. */
    own?: OwnCertificate | null
  }
  /** What is wrong with how people come, the worst first. */
  ways: readonly WayFinding[]
  clock: { isSynchronised: boolean | null; databaseOffMs: number | null }
}

const dayMs = 86_400_000
const gigabyte = 1024 ** 3

/** Farther ahead nobody can see. */
const farthestDays = 3650

/**
 * Until the disk has no room for recordings at the present rate; null when nothing is known, nothing grows, or there is
 * room for years. Recordings that are deleted after a time stop growing once the first of them go.
 */
export function daysLeft(facts: Facts): number | null {
  const { disk, growthBytesPerDay: perDay, retentionDays: kept = null } = facts
  if (!disk || perDay === null || perDay < 1) return null
  const database = facts.databaseBytesPerDay ?? 0
  const free = Math.max(0, disk.freeBytes - gigabyte / 2)
  const growingDays =
    kept === null ? Infinity : Math.max(0, (kept * perDay - (facts.recordingBytes ?? 0)) / perDay)
  const quick = free / (perDay + database)
  if (quick <= growingDays) return quick > farthestDays ? null : Math.floor(quick)
  const slow = growingDays + (free - growingDays * (perDay + database)) / database
  return slow > farthestDays ? null : Math.floor(slow)
}

/** Judges everything, in the order of the page. */
export function judge(facts: Facts): Judgement[] {
  const of: Record<CheckName, () => Found> = {
    database: () => (facts.database.isUp ? ok() : failed('away')),
    asterisk: () => fromExchange(facts, 'asterisk'),
    trunks: () => trunks(facts),
    tape: () => fromExchange(facts, 'tape'),
    load: () => fromExchange(facts, 'load'),
    disk: () => disk(facts),
    growth: () => growth(facts),
    backup: () => backup(facts),
    jobs: () => jobs(facts),
    webhooks: () => webhooks(facts),
    https: () => judgeHttps(facts),
    ways: () => judgeWays(facts.ways),
    clock: () => clock(facts)
  }
  return checkNames.map((name) => ({ name, values: {}, detail: null, ...of[name]() }))
}

/** What one check gives; what is left out is empty. */
export type Found = Pick<Judgement, 'state' | 'reason'> & Partial<Pick<Judgement, 'values' | 'detail'>>
type Values = Judgement['values']
const ok = (reason = 'ok', values: Values = {}): Found => ({ state: 'ok', reason, values })
const warning = (reason: string, values: Values = {}): Found => ({ state: 'warning', reason, values })
const failed = (reason: string, values: Values = {}): Found => ({ state: 'failed', reason, values })

function fromExchange({ exchange }: Facts, name: string): Found {
  const said = exchange[name]
  if (!said) return { state: 'unknown', reason: 'unknown' }
  const detail = said.detail ?? null
  if (said.status === 'ok') return { ...ok(), detail }
  return { ...(said.status === 'failed' ? failed('failed') : warning('degraded')), detail }
}

function trunks({ trunks: all, exchange }: Facts): Found {
  const detail = exchange['trunks']?.detail ?? null
  if (all.length === 0) return warning('none')
  const down = all.filter(({ state }) => state === 'rejected' || state === 'unknown')
  const names = down.map(({ name }) => name).join(', ')
  if (down.length > 0) return { ...failed('down', { names }), detail }
  const busy = all.filter(({ state }) => state === 'registering')
  if (busy.length > 0)
    return { ...warning('registering', { names: busy.map(({ name }) => name).join(', ') }), detail }
  if (exchange['trunks'] && exchange['trunks'].status !== 'ok') return { ...failed('refused'), detail }
  return ok('ok', { count: all.length })
}

function disk({ disk: space }: Facts): Found {
  if (!space) return { state: 'unknown', reason: 'unknown' }
  const values = { free: space.freeBytes, total: space.totalBytes }
  if (space.freeBytes < gigabyte / 2) return failed('full', values)
  if (space.freeBytes < 2 * gigabyte) return warning('low', values)
  return ok('ok', values)
}

function growth(facts: Facts): Found {
  const days = daysLeft(facts)
  const perDay = Math.round(facts.growthBytesPerDay ?? 0)
  if (days === null) return perDay > 0 && facts.disk ? ok('enough', { perDay }) : ok('still')
  const values = { days, perDay }
  if (days < 7) return failed('soon', values)
  if (days < 30) return warning('soon', values)
  return ok('ok', values)
}

function backup({ lastBackupMs, isBackupScheduled, nowMs }: Facts): Found {
  if (lastBackupMs === null) return failed('never')
  const days = Math.floor((nowMs - lastBackupMs) / dayMs)
  if (days >= 7) return failed('old', { days })
  if (isBackupScheduled && days >= 2) return warning('old', { days })
  return isBackupScheduled ? ok('ok', { at: lastBackupMs }) : warning('byHand', { at: lastBackupMs })
}

function jobs({ jobs: queue }: Facts): Found {
  if (!queue) return { state: 'unknown', reason: 'unknown' }
  const minutes = Math.floor(queue.oldestSeconds / 60)
  if (minutes >= 15) return failed('stuck', { count: queue.waiting, minutes })
  if (queue.failed > 0) return warning('failed', { count: queue.failed })
  return ok('ok', { count: queue.waiting })
}

function webhooks({ webhooks: queue }: Facts): Found {
  if (!queue) return { state: 'unknown', reason: 'unknown' }
  if (queue.disabled > 0) return failed('disabled', { count: queue.disabled })
  if (queue.active === 0) return ok('none')
  const minutes = Math.floor(queue.oldestSeconds / 60)
  if (minutes >= 15) return warning('late', { count: queue.pending, minutes })
  return ok('ok', { count: queue.active })
}

function clock({ clock: { isSynchronised, databaseOffMs } }: Facts): Found {
  const seconds = Math.round(Math.abs(databaseOffMs ?? 0) / 1000)
  if (seconds >= 2) return failed('databaseOff', { seconds })
  if (isSynchronised === null) return { state: 'unknown', reason: 'unknown' }
  return isSynchronised ? ok() : warning('free')
}
