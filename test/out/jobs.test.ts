import { expect } from 'chai'
import { addJob, startJobs } from '../../db/jobs.ts'
import type { Jobs, JobTasks } from '../../db/jobs.ts'
import { until } from '../support/until.ts'
import { ownPostgres, silent } from './postgres.ts'
import type { TestPostgres } from './postgres.ts'

describe('background jobs', function () {
  this.timeout(60_000)
  let postgres: TestPostgres
  const started: Jobs[] = []
  const start = (tasks: JobTasks): Jobs => {
    const jobs = startJobs({ databaseUrl: postgres.url, tasks, log: silent, pollMs: 100, retryMs: 200 })
    started.push(jobs)
    return jobs
  }

  before(async () => {
    postgres = await ownPostgres(25_020)
  })
  afterEach(async () => {
    await Promise.all(started.splice(0).map((jobs) => jobs.stop()))
    await postgres.db.raw('delete from graphile_worker._private_jobs')
  })
  after(() => postgres.end())

  it('a job exists if and only if the transaction that added it commits', async () => {
    const done: unknown[] = []
    start({ note: (payload) => Promise.resolve(void done.push(payload)) })
    const rolledBack = postgres.db.transaction(async (trx) => {
      await addJob(trx, 'note', { n: 1 })
      throw new Error('rolled back')
    })
    await rolledBack.catch((error: unknown) => expect(String(error)).to.contain('rolled back'))
    await postgres.db.transaction((trx) => addJob(trx, 'note', { n: 2 }))
    await until(() => done.length > 0)
    expect(done).to.deep.equal([{ n: 2 }])
  })

  it('a job that fails is tried again, and told when it is its last chance', async () => {
    const seen: string[] = []
    start({
      fragile: (_payload, { attempt, isLastAttempt }) => {
        seen.push(`${attempt} ${isLastAttempt}`)
        return attempt === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve()
      }
    })
    await addJob(postgres.db, 'fragile', {}, { maxAttempts: 2 })
    await until(() => seen.length === 2)
    expect(seen).to.deep.equal(['1 false', '2 true'])
  })

  it('jobs go on after PostgreSQL was away, also the one that was running', async () => {
    const done: unknown[] = []
    let release = (): void => undefined
    const jobs = start({
      slow: async ({ n }: { n?: number } & object) => {
        if (n === 1 && done.length === 0) await new Promise<void>((resolve) => (release = resolve))
        done.push(n)
      }
    } as JobTasks)
    await addJob(postgres.db, 'slow', { n: 1 })
    await until(async () => {
      const { rows } = await postgres.db.raw<{ rows: unknown[] }>(
        'select 1 from graphile_worker._private_jobs where locked_by is not null'
      )
      return rows.length === 1
    })
    await postgres.goAway()
    await until(() => !jobs.isRunning())
    release()
    await postgres.comeBack()
    await until(() => jobs.isRunning(), { timeoutMs: 20_000 })
    await until(async () => {
      await addJob(postgres.db, 'slow', { n: 2 })
      return true
    })
    await until(() => done.includes(2), { timeoutMs: 20_000 })
    await until(async () => {
      const { rows } = await postgres.db.raw<{ rows: unknown[] }>(
        'select 1 from graphile_worker._private_jobs'
      )
      return rows.length === 0
    })
  })

  it('a job held by a killed process is taken over at once, one held by a living process is not', async () => {
    const done: unknown[] = []
    await addJob(postgres.db, 'orphan', { n: 1 }, { queueName: 'q' })
    await addJob(postgres.db, 'held', { n: 2 })
    // As a process killed in mid-job leaves it.
    await postgres.db.raw(
      `update graphile_worker._private_jobs set locked_by = 'worker-dead', locked_at = now(), attempts = 1
       where task_id = (select id from graphile_worker._private_tasks where identifier = 'orphan')`
    )
    await postgres.db.raw(
      `update graphile_worker._private_job_queues set locked_by = 'worker-dead', locked_at = now()`
    )
    let release = (): void => undefined
    let held = 0
    start({
      held: async () => {
        held++
        await new Promise<void>((resolve) => (release = resolve))
      }
    })
    await until(() => held === 1)
    start({
      orphan: (payload) => Promise.resolve(void done.push(payload)),
      held: () => Promise.resolve(void held++)
    })
    await until(() => done.length === 1)
    expect(held).to.equal(1)
    release()
  })
})
