import { access, mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pino } from 'pino'
import { startPostgres } from '../../db/embedded.ts'
import { connect, migrate } from '../../db/knex.ts'
import { factVersion, writeFactState } from '../../reports/facts/settings.ts'
import { sumsOfDay, pathsOfDay, visitsOfDay } from '../../reports/facts/sums-sql.ts'
import { beHasty, beUsual, connected, fill, inLanes } from './bulk.ts'
import * as sql from './make-sql.ts'

const noteOf = (dir: string): string => path.join(dir, 'made.json')

/** Whether the folder holds a whole database, of whatever size. */
export const isMade = (dir: string): Promise<boolean> =>
  access(noteOf(dir)).then(
    () => true,
    () => false
  )

/**
 * Fills a database of its own with calls and visits of two years. Triggers are off; sums are made by the product's own
 * statements.
 * @throws Error when the folder is not empty
 */
export async function make(dir: string, size: sql.Size): Promise<void> {
  if (size.visits < 2 * size.calls) throw new Error('There must be at least twice as many visits as calls')
  await mkdir(dir, { recursive: true, mode: 0o755 })
  if ((await readdir(dir)).length > 0)
    throw new Error(`${dir} holds a database, or a part of one: remove it or name another folder`)
  const startedMs = Date.now()
  const note = (what: string): void =>
    console.log(`${((Date.now() - startedMs) / 1000).toFixed(0).padStart(5)} s  ${what}`)
  const log = pino({ level: 'warn' })
  const first = await startPostgres({ dir, log })
  await beHasty(first.url)
  await first.stop()
  const postgres = await startPostgres({ dir, log })
  try {
    const db = connect(postgres.url, log, 2)
    await migrate(db)
    const client = await connected(postgres.url)
    await client.query('drop schema if exists bench cascade')
    for (const statement of [sql.helpers, sql.setUp, sql.daysOf(size)]) await client.query(statement)
    await client.query('analyze bench.days; analyze bench.paths')
    note('set up')
    await client.query(sql.callCores(size))
    await client.query('analyze bench.calls')
    note('cores of calls')
    await client.query(sql.flags)
    await client.query('analyze bench.flags')
    note('flags')
    const usual = { timeZone: 'Europe/Moscow', currency: 'RUB' }
    await client.query(
      `insert into settings (key, value) values ('tracking.retention', '{"visitDays":3650,"touchpointDays":3650}')
       on conflict (key) do update set value = excluded.value`
    )
    const { rows: days } = await client.query<{ day: string; next: string; begins: Date }>(
      `select day::text as day, (day + 1)::text as next, begins from bench.days order by day`
    )
    await fill(client, 'calls', [{ sql: sql.fillCalls }], note)
    await fill(client, 'call_legs', [{ sql: sql.fillLegs }], note)
    await fill(client, 'visitors', [{ sql: sql.fillVisitors(size) }], note)
    await fill(client, 'visits', [{ sql: sql.fillVisits(size) }], note)
    await fill(client, 'touchpoints', [{ sql: sql.fillTouchpoints(size) }], note)
    await client.query('analyze')
    note('analyzed')
    await fill(
      client,
      'credits',
      quarters(days.map(({ begins }) => begins)).map((given) => ({ sql: sql.fillCredits, given })),
      note
    )
    await client.query(sql.fillCrm(size))
    note('CRM and costs')
    await client.query('vacuum (analyze)')
    note('vacuumed')
    // The product's own statements; without its lock, since nobody else is here.
    const bound = (text: string): string =>
      text.replaceAll(
        /:(day|timeZone|currency)\b/g,
        (_, name: string) => ({ day: '$1', timeZone: '$2', currency: '$3' })[name] ?? ''
      )
    await inLanes(postgres, 2, days, async (lane, { day }) => {
      await lane.query(bound(pathsOfDay), [day, usual.timeZone])
      await lane.query(bound(sumsOfDay), [day, usual.timeZone, usual.currency])
    })
    note('sums')
    await inLanes(postgres, 2, days, (lane, { day }) => lane.query(bound(visitsOfDay), [day, usual.timeZone]))
    note('visits of days')
    const last = days.at(-1)
    await writeFactState(db, { version: factVersion, ...usual, visitsUntil: last?.day ?? null })
    await client.query('delete from report_dirty_days; delete from fact_queue')
    await client.query('vacuum (analyze) report_sums, report_visits, report_dirty_days, fact_queue')
    await client.query('drop table bench.calls, bench.flags')
    await report(client)
    await client.end()
    await db.destroy()
    await beUsual(postgres.url)
  } finally {
    await postgres.stop()
  }
  await writeFile(noteOf(dir), JSON.stringify(size))
  note('done')
}

/** Bounds of pieces that fit into memory. */
function quarters(begins: readonly Date[]): [string, string][] {
  const bounds = begins.filter((_, i) => i % 60 === 0).map((at) => at.toISOString())
  return bounds.map((from, i) => [from, bounds[i + 1] ?? 'infinity'])
}

async function report(client: Awaited<ReturnType<typeof connected>>): Promise<void> {
  const { rows } = await client.query<{
    name: string
    rows: string
    table: string
    indexes: string
    bytes: string
  }>(
    `select relname as name, reltuples::bigint as rows, pg_size_pretty(pg_table_size(oid)) as table,
       pg_size_pretty(pg_indexes_size(oid)) as indexes, pg_total_relation_size(oid) as bytes
     from pg_class where relkind = 'r' and pg_total_relation_size(oid) > 1e7 order by pg_total_relation_size(oid) desc`
  )
  for (const { name, rows: count, table, indexes } of rows)
    console.log(`${name}: ${count} rows, ${table} and indexes of ${indexes}`)
  const total = rows.reduce((sum, { bytes }) => sum + Number(bytes), 0)
  console.log(`${(total / 1e9).toFixed(1)} GB`)
}
