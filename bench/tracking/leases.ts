import { randomUUID } from 'node:crypto'
import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { connect } from '../../db/knex.ts'
import { run } from '../../host/process.ts'
import { lease, type LeaseWish } from '../../tracking/store/leases.ts'
import { newVisitId } from '../../tracking/store/visits.ts'
import { median } from '../reports/api.ts'
import type { Target } from './target.ts'

export const connections = 8

export interface LeaseFigures {
  /** A second. */
  pgbench: number | null
  lease: number
  /** Of each round; the budget is for their median. */
  ratios: number[]
  ratio: number | null
}

/**
 * How many numbers a second are lent by the product's code, and by pgbench running the very same statement: by turns, so
 * that both meet the same neighbours, over the same number of connections.
 */
export async function measureLeases(
  databaseUrl: string,
  target: Target,
  { rounds, seconds }: { rounds: number; seconds: number }
): Promise<LeaseFigures> {
  const db = connect(databaseUrl, pino({ level: 'warn' }), connections)
  const program = await findPgbench()
  const dir = await mkdtemp(path.join(tmpdir(), 'rt-bench-leases-'))
  try {
    const script = path.join(dir, 'lease.sql')
    await writeFile(script, await pgbenchScript(db, wishFor(target)))
    const ours = (): Promise<number> => forSeconds(seconds, () => lease(db, wishFor(target)))
    await forSeconds(1, () => lease(db, wishFor(target)))
    const theirs: number[] = []
    const own: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      if (program !== null) theirs.push(await pgbench(program, databaseUrl, script, seconds))
      own.push(await ours())
      await pause(200)
    }
    const ratios = theirs.map((rate, i) => (own[i] ?? 0) / rate)
    return {
      pgbench: program === null ? null : median(theirs),
      lease: median(own),
      ratios,
      ratio: ratios.length === 0 ? null : median(ratios)
    }
  } finally {
    await db.destroy()
    await rm(dir, { recursive: true, force: true })
  }
}

const wishFor = ({ siteId, poolId }: Target): LeaseWish => ({
  ...{ siteId, poolId, visitorId: randomUUID(), visitId: newVisitId(Date.now()) },
  ...{ holdSeconds: 210, quarantineSeconds: 1200 }
})

/**
 * The statement as it reaches the server, with pgbench's own ids in the place of ours: a visitor and a visit that nobody
 * has had.
 */
async function pgbenchScript(db: Knex, wish: LeaseWish): Promise<string> {
  const sent: { sql: string; bindings: readonly unknown[] }[] = []
  const note = (query: { sql: string; bindings: readonly unknown[] }): void => void sent.push(query)
  db.on('query', note)
  await lease(db, wish)
  db.off('query', note)
  const [query] = sent
  if (!query) throw new Error('No statement was sent')
  const id = (first: string): string =>
    `cast(lpad(to_hex(cast(:a as bigint)), 16, '${first}') || lpad(to_hex(cast(:b as bigint)), 16, '${first}') as uuid)`
  const given = (value: unknown): string => {
    if (value === wish.visitorId) return id('0')
    if (value === wish.visitId) return id('1')
    return typeof value === 'number' ? String(value) : `cast('${String(value)}' as uuid)`
  }
  const sql = query.sql.replace(/\$(\d+)/g, (_, place: string) => given(query.bindings[Number(place) - 1]))
  const random = ['a', 'b'].map((name) => `\\set ${name} random(1, 1000000000000000)`)
  return `${random.join('\n')}\n${sql.replaceAll('\n', ' ')};\n`
}

/** On PATH, or where Debian puts it; null when this machine has none. */
async function findPgbench(): Promise<string | null> {
  const debian = '/usr/lib/postgresql'
  const versions = await readdir(debian).catch((): string[] => [])
  const folders = [
    ...(process.env['PATH'] ?? '').split(':'),
    ...versions
      .toSorted()
      .toReversed()
      .map((version) => `${debian}/${version}/bin`)
  ]
  for (const folder of folders) {
    const file = path.join(folder, 'pgbench')
    const isThere = await access(file).then(
      () => true,
      () => false
    )
    if (isThere) return file
  }
  return null
}

async function pgbench(
  program: string,
  databaseUrl: string,
  script: string,
  seconds: number
): Promise<number> {
  const url = new URL(databaseUrl)
  const args = [
    '-n',
    '-M',
    'prepared',
    '-c',
    String(connections),
    '-j',
    '1',
    '-T',
    String(seconds),
    '-f',
    script
  ]
  const { code, stdout, stderr } = await run(
    program,
    [
      ...args,
      '-h',
      url.searchParams.get('host') ?? url.hostname,
      '-p',
      url.port,
      '-U',
      url.username,
      url.pathname.slice(1)
    ],
    { env: { ...process.env, PGPASSWORD: decodeURIComponent(url.password) } }
  )
  const rate = Number(/tps = ([\d.]+)/.exec(stdout)?.[1])
  if (code !== 0 || !(rate > 0)) throw new Error(`pgbench: ${stderr.slice(-1000)} ${stdout.slice(-500)}`)
  return rate
}

/** How often a second `work` is done by so many at once. */
async function forSeconds(seconds: number, work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  const endMs = startedMs + seconds * 1000
  let count = 0
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < endMs) {
        await work()
        count += 1
      }
    })
  )
  return (count * 1000) / (performance.now() - startedMs)
}
