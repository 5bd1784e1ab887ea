import { parseArgs } from 'node:util'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { startPostgres } from '../../db/embedded.ts'
import { connect } from '../../db/knex.ts'
import { rebuildAll } from '../../reports/facts/rebuild.ts'

/** Works some days of a made database out again by the product's own code, and tells what it changed: nothing, it is hoped. */
async function check(db: Knex, day: string): Promise<void> {
  await db.raw('drop table if exists bench.was_calls, bench.was_credits, bench.was_sums, bench.was_visits')
  const ofDay = `(started_at at time zone 'Europe/Moscow')::date = cast(? as date)`
  const near = `started_at >= cast(? as date) - interval '1 day' and started_at < cast(? as date) + interval '2 days' and ${ofDay}`
  const days = [day, day, day]
  const flags =
    'id, is_first_call, call_number, is_unique, is_repeat, is_target, returned_at, returned_call_id'
  await db.raw(`create table bench.was_calls as select ${flags} from calls where ${near}`, days)
  await db.raw(
    `create table bench.was_credits as select k.* from credits k join bench.was_calls c on c.id = k.subject_id`
  )
  await db.raw(`create table bench.was_sums as select * from report_sums where day = ?`, [day])
  await db.raw(`create table bench.was_visits as select * from report_visits where day = ?`, [day])
  const startedMs = performance.now()
  await rebuildAll({ db, log: pino({ level: 'warn' }) }, { from: day, to: day })
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  const changed = async (before: string, now: string): Promise<string> => {
    const { rows } = await db.raw<{ rows: { changed: string; of: string }[] }>(
      `select (select count(*) from (${before} except ${now}) a) + (select count(*) from (${now} except ${before}) b) as changed,
         (select count(*) from (${before}) c) as of`
    )
    return `${rows[0]?.changed ?? '?'} of ${rows[0]?.of ?? '?'}`
  }
  const pairs: [string, string, string][] = [
    [
      'calls',
      'select * from bench.was_calls',
      `select ${flags} from calls where id in (select id from bench.was_calls)`
    ],
    [
      'credits',
      'select * from bench.was_credits',
      'select * from credits where subject_id in (select id from bench.was_calls)'
    ],
    ['sums', 'select * from bench.was_sums', `select * from report_sums where day = '${day}'`],
    ['visits', 'select * from bench.was_visits', `select * from report_visits where day = '${day}'`]
  ]
  const found = []
  for (const [name, before, now] of pairs) found.push(`${name} ${await changed(before, now)}`)
  console.log(`${day}: changed rows: ${found.join(', ')} (${seconds} s)`)
}

const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: '/tmp/ringtrace-bench' },
    days: { type: 'string', default: '3' }
  }
})
const postgres = await startPostgres({ dir: values.dir, log: pino({ level: 'warn' }) })
const db = connect(postgres.url, pino({ level: 'warn' }), 3)
try {
  const { rows } = await db.raw<{ rows: { day: string }[] }>(
    `select day::text as day from bench.days where calls > 0 order by hashint8(day - date '2020-01-01') limit ?`,
    [Number(values.days)]
  )
  for (const { day } of rows) await check(db, day)
} finally {
  await db.destroy()
  await postgres.stop()
}
