import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { startPostgres } from '../../db/embedded.ts'
import { connect, migrate } from '../../db/knex.ts'
import { print } from '../reports/table.ts'
import { measureTracking } from './measure.ts'

const { values } = parseArgs({
  options: {
    /** A folder that `bench/reports/make.ts` has filled; without it an empty database that goes away afterwards. */
    dir: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' }
  }
})
const log = pino({ level: 'warn' })
const own = values.dir === undefined ? await mkdtemp(path.join(tmpdir(), 'rt-bench-tracking-')) : null
if (own !== null) await chmod(own, 0o755)
const postgres = await startPostgres({ dir: values.dir ?? own ?? '', log })
try {
  const db = connect(postgres.url, log, 1)
  await migrate(db)
  await db.destroy()
  print(
    'Call tracking',
    await measureTracking(postgres.url, { rounds: Number(values.rounds), seconds: Number(values.seconds) })
  )
} finally {
  await postgres.stop()
  if (own !== null) await rm(own, { recursive: true, force: true })
}
