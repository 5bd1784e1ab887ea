import { expect } from 'chai'
import { pino } from 'pino'
import { addJob } from '../../db/jobs.ts'
import { connect } from '../../db/knex.ts'
import { keepDue, type DueKeeper } from '../../jobs/clock-set.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { openDatabasePipe, type Pipe } from './pipe.ts'

const log = pino({ level: 'silent' })
const hourMs = 3_600_000

describe('A clock that was set back by an hour, and what waits in the database', function () {
  this.timeout(30_000)
  let base: TestDatabase
  let pipe: Pipe
  let db: TestDatabase['db']
  let keeper: DueKeeper
  let step: (byMs: number) => void = () => undefined

  before(async () => {
    base = await createTestDatabase()
    const found = await openDatabasePipe(base.url)
    pipe = found.pipe
    db = connect(found.url, log, 2)
    keeper = keepDue({
      ...{ db, log, retryMs: 50 },
      onStep(listener) {
        step = listener
        return () => undefined
      }
    })
  })
  after(async () => {
    await keeper.stop()
    await db.destroy()
    await pipe.close()
    await base.drop()
  })

  /** As it stands after the clock was set: what was due at once is due in an hour, and a retry in an hour and its pause. */
  async function wait(key: string, pauseMs: number): Promise<void> {
    await addJob(base.db, 'nobody.does', {}, { jobKey: key, runAfterMs: hourMs + pauseMs })
  }
  async function secondsTo(key: string): Promise<number> {
    const { rows } = await base.db.raw<{ rows: { seconds: number }[] }>(
      'select extract(epoch from run_at - now())::float8 as seconds from graphile_worker.jobs where key = ?',
      [key]
    )
    return rows[0]?.seconds ?? NaN
  }

  it('is due as soon as before, and not sooner than at once', async () => {
    await wait('at once', -30_000)
    await wait('after a pause', 600_000)
    step(-hourMs)
    await until(async () => (await secondsTo('at once')) < 1, { what: 'it is due' })
    expect(await secondsTo('at once')).to.be.within(-15, 0.1)
    expect(await secondsTo('after a pause')).to.be.within(580, 600)
  })

  it('is left alone when the clock was set ahead', async () => {
    await wait('ahead', 0)
    step(hourMs)
    step(-1)
    await keeper.stop()
    expect(await secondsTo('ahead')).to.be.within(hourMs / 1000 - 15, hourMs / 1000)
  })

  it('is brought nearer later when PostgreSQL was away', async () => {
    keeper = keepDue({
      ...{ db, log, retryMs: 50 },
      onStep(listener) {
        step = listener
        return () => undefined
      }
    })
    await wait('away', 0)
    pipe.cut()
    step(-hourMs)
    await expectFailure(db)
    pipe.heal()
    await until(async () => (await secondsTo('away')) < 1, { what: 'it is due' })
  })
})

/** PostgreSQL cannot be reached. */
async function expectFailure(db: TestDatabase['db']): Promise<void> {
  const error: unknown = await db.raw('select 1').then(
    () => null,
    (failed: unknown) => failed
  )
  expect(error).not.to.equal(null)
}
