import { expect } from 'chai'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { migrateJobs } from '../../db/jobs.ts'
import { connect, migrate } from '../../db/knex.ts'
import { faults, isPossible, type Fault, type Surroundings } from './faults.ts'
import { randomOf } from './random.ts'
import { playRound, troubles, type RoundReport } from './round.ts'
import {
  openClock,
  openNameServer,
  openPostgres,
  prepareNetwork,
  type OutsidePostgres
} from './surroundings.ts'
import { openWorld, type World } from './world.ts'

/** `scripts/chaos.mjs` says all of this. */
const seed = Number(process.env['CHAOS_SEED'])
const minutes = Number(process.env['CHAOS_MINUTES'])
const wanted = (process.env['CHAOS_FAULTS'] ?? '').split(',').filter((name) => name !== '')
/** A network and a small disk of our own. */
const disk = process.env['CHAOS_DISK'] ?? null
const logs = process.env['CHAOS_LOGS'] ?? os.tmpdir()
/** Debian's libfaketime. */
const faketime = process.env['CHAOS_FAKETIME'] ?? null

/** The long form: rounds of one fault each, until the time is over, on one Ringtrace that is never made anew. */
describe(`Chaos of seed ${seed}`, function () {
  this.timeout(0)
  let postgres: OutsidePostgres | undefined
  let around: Surroundings
  let world: World | undefined
  const reports: { report: RoundReport; load: string }[] = []

  before(async () => {
    const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'rt-chaos-'))
    await fs.chmod(dir, 0o711)
    if (disk !== null) await prepareNetwork()
    const clock = faketime === null ? null : await openClock(faketime, dir)
    postgres = await openPostgres(path.join(dir, 'pg'), clock)
    await prepare(postgres.url)
    const names = disk === null ? null : await openNameServer()
    around = { postgres, hasNetwork: disk !== null, disk, names, clock }
    world = await openWorld({
      ...{ base: 15_400, lane: 70, databaseUrl: postgres.url, talkMs: 4000, operators: 14 },
      logs,
      ...(names && { hookName: 'receiver.test' }),
      ...(clock && { env: clock.env }),
      pauses: '0.5,1,1,2,2,5,5,5,10,10,10,10,10,10,20,20,20,20'
    })
  })
  after(async () => {
    print(reports)
    await world?.close()
    await postgres?.stop()
    around.names?.close()
  })

  it('loses nothing', async () => {
    if (!world) throw new Error('No world')
    const random = randomOf(seed)
    const pool = faults.filter((fault) => wanted.length === 0 || wanted.includes(fault.name))
    for (const name of wanted)
      if (!pool.some((fault) => fault.name === name)) throw new Error(`There is no fault ${name}`)
    const possible = pool.filter((fault) => isPossible(fault, around))
    for (const fault of pool) if (!possible.includes(fault)) console.log(`not possible here: ${fault.name}`)
    const untilMs = Date.now() + minutes * 60_000
    let queue: Fault[] = []
    while (Date.now() < untilMs) {
      if (queue.length === 0) queue = random.shuffled(possible)
      const fault = queue.pop()
      if (!fault) break
      const report = await playRound({ world, around, random, faults: [fault], rate: 1.5 }).catch(
        (error: unknown) => {
          throw new Error(`In the round of ${fault.name}`, { cause: error })
        }
      )
      reports.push({ report, load: (os.loadavg()[0] ?? 0).toFixed(1) })
      const wrong = troubles(report)
      console.log(
        `${new Date().toISOString().slice(11, 19)} ${fault.name}: ${report.calls} calls, ${wrong.length} wrong`
      )
      for (const line of wrong) console.log(`    ${line}`)
    }
    expect(reports.flatMap(({ report }) => troubles(report))).to.deep.equal([])
  })
})

/** Makes all tables: on a busy machine that takes longer than a start may. */
async function prepare(url: string): Promise<void> {
  const log = pino({ level: 'silent' })
  const db = connect(url, log, 2)
  await migrate(db)
  await migrateJobs(url, log)
  await db.destroy()
}

/** The account of a run, as a table for `docs/reliability.md`. */
function print(all: readonly { report: RoundReport; load: string }[]): void {
  const right = (wrong: readonly string[]): string => (wrong.length === 0 ? 'all' : `${wrong.length} wrong`)
  const seconds = (value: number | null | undefined): string =>
    typeof value === 'number' ? value.toFixed(1) : 'never'
  console.log(
    [
      '',
      '| fault | lasted, s | calls | answered | talks cut | of them lost | journal rows right | webhooks right | recordings right | panel right | next call answered after, s | load |',
      '|---|---|---|---|---|---|---|---|---|---|---|---|',
      ...all.map(({ report, load }) =>
        [
          ...['', report.faults.map(({ name }) => name).join(', '), seconds(report.faults[0]?.seconds)],
          ...[report.calls, report.answered, report.cut, report.talks.length + report.holes.length],
          ...[right(report.journal), right(report.webhooks), right(report.recordings), right(report.panel)],
          ...[seconds(report.faults.at(-1)?.nextCallSeconds), load, '']
        ]
          .join(' | ')
          .trim()
      ),
      ''
    ].join('\n')
  )
}
