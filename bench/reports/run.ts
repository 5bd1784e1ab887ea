import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { startPostgres } from '../../db/embedded.ts'
import { connect, migrate } from '../../db/knex.ts'
import { measureTracking } from '../tracking/measure.ts'
import { startApi } from './api.ts'
import { followSources } from './indexes.ts'
import { measureJournal, type PageFigures } from './journal.ts'
import { isMade, make } from './make.ts'
import { measureReports } from './quarter.ts'
import { print, row, type Row } from './table.ts'

const { values } = parseArgs({
  options: {
    /** One folder or several: with two sizes the journal's rows show whether it stays flat. */
    dir: { type: 'string', multiple: true, default: ['/tmp/ringtrace-bench'] },
    /** Of a folder that is empty yet. */
    calls: { type: 'string', default: '1000000' },
    visits: { type: 'string', default: '5000000' },
    /** Such as `journal,reports,tracking`. */
    only: { type: 'string', default: 'journal,reports,tracking' },
    /** How often each page is asked for. */
    times: { type: 'string', default: '40' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' }
  }
})
const only = new Set(values.only.split(','))
const log = pino({ level: 'warn' })
const budget = { page: 100, report: 1500 }

for (const dir of values.dir) {
  const size = { calls: Number(values.calls), visits: Number(values.visits), days: 730 }
  if (!(await isMade(dir))) await make(dir, size)
  const postgres = await startPostgres({ dir, log })
  const db = connect(postgres.url, log, 2)
  try {
    await migrate(db)
    await followSources(db, postgres)
    const { rows } = await db.raw<{ rows: { calls: string; visits: string }[] }>(
      `select (select reltuples::bigint from pg_class where relname = 'calls' and relnamespace = 'public'::regnamespace) as calls,
         (select reltuples::bigint from pg_class where relname = 'visits') as visits`
    )
    const sizes = `${(Number(rows[0]?.calls) / 1e6).toFixed(1)} million calls, ${(Number(rows[0]?.visits) / 1e6).toFixed(1)} million visits`
    if (only.has('journal') || only.has('reports')) {
      const api = await startApi(postgres.url)
      try {
        if (only.has('journal')) {
          const figures = await measureJournal(db, api, Number(values.times))
          print(`A page of the journal, ms (${sizes})`, figures.flatMap(pageRows))
        }
        if (only.has('reports')) {
          const figures = await measureReports(db, api, 5)
          const rows = figures.map(({ name, first, median }) =>
            row(name, `${median.toFixed(0)} (first ${first.toFixed(0)})`, {
              value: Math.max(first, median),
              most: budget.report
            })
          )
          print(`Reports of three months, ms (${sizes})`, rows)
        }
      } finally {
        await api.close()
      }
    }
    if (only.has('tracking'))
      print(
        `Call tracking (${sizes})`,
        await measureTracking(postgres.url, {
          rounds: Number(values.rounds),
          seconds: Number(values.seconds)
        })
      )
  } finally {
    await db.destroy()
    await postgres.stop()
  }
}

function pageRows({ name, first, deep }: PageFigures): Row[] {
  const text = ({ p50, p95 }: { p50: number; p95: number }): string =>
    `p50 ${p50.toFixed(0)}, p95 ${p95.toFixed(0)}`
  return [
    row(name, text(first), { value: first.p95, most: budget.page }),
    ...(deep ? [row(`${name}, far down`, text(deep), { value: deep.p95, most: budget.page })] : [])
  ]
}
