import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { Pool } from 'undici'
import { createApp } from '../../api/app.ts'
import type { ApiDeps } from '../../api/deps.ts'
import { startPostgres } from '../../db/embedded.ts'
import { connect, migrate } from '../../db/knex.ts'
import { lease } from '../../tracking/store/leases.ts'
import { createTracking } from '../../tracking/store/tracking.ts'
import { newVisitId } from '../../tracking/store/visits.ts'

const seconds = 8
const connections = 8
const numbers = 500
const perSecond = 300
const log = pino({ level: 'silent' })
const agent =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36'

const dir = await mkdtemp(path.join(tmpdir(), 'rt-bench-leases-'))
await chmod(dir, 0o755)
const postgres = await startPostgres({ dir, log })
const db = connect(postgres.url, log, connections)
try {
  await migrate(db)
  const { siteId, key, poolId } = await found(db)
  const wish = () => ({
    ...{ siteId, poolId, visitorId: randomUUID(), visitId: newVisitId(Date.now()) },
    ...{ holdSeconds: 210, quarantineSeconds: 1200 }
  })
  await forSeconds(2, () => lease(db, wish()))
  const baseline = await forSeconds(seconds, () => lease(db, wish()))

  const tracking = createTracking({ db, databaseUrl: postgres.url, log })
  await tracking.start()
  // The public routes need nothing else of it.
  const server = createServer(
    createApp({ db, log, tracking, uiDir: null, version: 'bench' } as unknown as ApiDeps)
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 32 })
  let visitors = 0
  const visit = async (): Promise<void> => {
    visitors += 1
    const answer = await pool.request({
      path: '/api/track/visits',
      method: 'POST',
      headers: {
        'content-type': 'text/plain',
        origin: 'https://bench.example',
        'user-agent': agent,
        'x-forwarded-for': `10.${(visitors >> 16) & 255}.${(visitors >> 8) & 255}.${visitors & 255}`
      },
      body: JSON.stringify({
        ...{ key, visitor: randomUUID(), url: 'https://bench.example/?utm_source=yandex&utm_medium=cpc' },
        ...{ at: Date.now(), groups: ['main'] }
      })
    })
    const text = await answer.body.text()
    if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${text}`)
  }
  await forSeconds(2, visit, 16)
  const endpoint = await forSeconds(seconds, visit, 16)
  const delays = await paced(visit)
  console.log('| what | a second |\n|---|---|')
  console.log(`| the lease statement alone, ${connections} connections | ${baseline.toFixed(0)} |`)
  console.log(`| POST /api/track/visits | ${endpoint.toFixed(0)} (${(endpoint / baseline).toFixed(2)} ×) |`)
  const at = (share: number): string => (delays[Math.floor(delays.length * share)] ?? 0).toFixed(1)
  console.log(`\nAt ${perSecond} a second: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`)
  await pool.close()
  server.close()
  await tracking.stop()
} finally {
  await db.destroy()
  await postgres.stop()
  await rm(dir, { recursive: true, force: true })
}

async function found(reader: Knex): Promise<{ siteId: string; key: string; poolId: string }> {
  const [site] = await reader('sites')
    .insert({ name: 'Bench', domain: 'bench.example', visits_per_address: 1_000_000 })
    .returning<{ id: string; key: string }[]>(['id', 'key'])
  const [pool] = await reader('number_pools')
    .insert({ name: 'Bench', site_id: site?.id })
    .returning<{ id: string }[]>('id')
  if (!site || !pool) throw new Error('no site')
  const rows = Array.from({ length: numbers }, (_, i) => ({
    e164: `+7495${1_000_000 + i}`,
    pool_id: pool.id
  }))
  await reader('numbers').insert(rows)
  // Numbers are free again at once, so that every request lends one.
  await reader.raw(
    `create function let_go() returns trigger language plpgsql as $$ begin new.held_until = now(); return new; end $$`
  )
  await reader.raw(
    'create trigger let_go before update on number_slots for each row execute function let_go()'
  )
  return { siteId: site.id, key: site.key, poolId: pool.id }
}

/** How often a second `work` is done by so many at once. */
async function forSeconds(
  duration: number,
  work: () => Promise<unknown>,
  lanes = connections
): Promise<number> {
  const startedMs = performance.now()
  const endMs = startedMs + duration * 1000
  let count = 0
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (performance.now() < endMs) {
        await work()
        count += 1
      }
    })
  )
  return (count * 1000) / (performance.now() - startedMs)
}

/** Delays in ms, sorted, of requests that come at a fixed rate whether the last is answered or not. */
async function paced(work: () => Promise<unknown>): Promise<number[]> {
  const delays: number[] = []
  const startedMs = performance.now()
  const running: Promise<void>[] = []
  for (let i = 0; i < perSecond * seconds; i += 1) {
    const dueMs = startedMs + (i * 1000) / perSecond
    const waitMs = dueMs - performance.now()
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs))
    // From when it was due: a load that falls behind must not flatter.
    running.push(
      work().then(() => {
        delays.push(performance.now() - dueMs)
      })
    )
  }
  await Promise.all(running)
  return delays.sort((a, b) => a - b)
}
