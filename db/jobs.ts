import { EventEmitter } from 'node:events'
import { Logger as WorkerLogger, parseCronItems, run, runMigrations } from 'graphile-worker'
import type { Runner, TaskList, WorkerEvents } from 'graphile-worker'
import type { Knex } from 'knex'
import pg from 'pg'
import type { Logger } from 'pino'
import { pause } from '../host/pause.ts'
import { createWorkerMarks, deferred } from './worker-marks.ts'

/** Told to a task beside its payload. */
export interface JobInfo {
  id: string
  /** Starts at 1. */
  attempt: number
  isLastAttempt: boolean
}

/** A job's work. Throwing means: try again later, with growing pauses, up to the job's `maxAttempts`. */
export type JobTask = (payload: unknown, job: JobInfo) => Promise<void>
export type JobTasks = Readonly<Record<string, JobTask>>

/** A task run by the clock; `match` is cron's five fields, in UTC. Missed runs are not caught up. */
export interface JobSchedule {
  task: string
  match: string
}

export interface Jobs {
  /** Whether jobs are being taken at this moment; for health. */
  isRunning(): boolean
  /** Takes no more jobs and waits for running ones. */
  stop(): Promise<void>
}

/**
 * Brings the queue's own schema (`graphile_worker`) up to date. Part of migrating: the tape writer adds jobs in its
 * transactions, so the schema must be there before it starts. Idempotent.
 */
export async function migrateJobs(databaseUrl: string, log: Logger): Promise<void> {
  await runMigrations({ connectionString: databaseUrl, maxPoolSize: 1, logger: pinoLogger(log) })
}

/**
 * Adds a job in the caller's transaction: it exists if and only if the transaction commits.
 * @param options `jobKey`: replaces a waiting job of the same key (a running one goes on); `queueName`: jobs of one
 *   queue run one at a time; `maxAttempts`: 12, which lasts about ten hours
 */
export async function addJob(
  trx: Knex,
  task: string,
  payload: Record<string, unknown>,
  options: { runAfterMs?: number; maxAttempts?: number; queueName?: string; jobKey?: string } = {}
): Promise<void> {
  await trx.raw(
    `select graphile_worker.add_job(:task, cast(:payload as json), queue_name => cast(:queue as text),
       run_at => now() + cast(:after as float8) * interval '1 millisecond', max_attempts => cast(:attempts as int),
       job_key => cast(:key as text))`,
    {
      task,
      payload: JSON.stringify(payload),
      queue: options.queueName ?? null,
      after: options.runAfterMs ?? 0,
      attempts: options.maxAttempts ?? 12,
      key: options.jobKey ?? null
    }
  )
}

/**
 * Runs jobs until `stop()`, whatever PostgreSQL does meanwhile. graphile-worker's own workers end for good when they
 * cannot write a result back, so any sign of that replaces the whole runner, with a pause of `retryMs` between attempts.
 * Never throws for a database that is away: it logs and tries again.
 * @param concurrency jobs at once in this process
 */
export function startJobs(options: {
  databaseUrl: string
  tasks: JobTasks
  schedules?: readonly JobSchedule[]
  log: Logger
  concurrency?: number
  pollMs?: number
  retryMs?: number
}): Jobs {
  const { databaseUrl, tasks, schedules = [], log, concurrency = 3, pollMs = 2000, retryMs = 1000 } = options
  const stopping = new AbortController()
  let running = false

  const supervised = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await runOnce()
      } catch (err) {
        log.warn({ err }, 'job runner ended, starting another')
      }
      if (!stopping.signal.aborted) await pause(retryMs, stopping.signal)
    }
  })()

  /** One runner from start to its end, whether asked for or by failure. */
  async function runOnce(): Promise<void> {
    const pool = new pg.Pool({
      connectionString: databaseUrl,
      max: concurrency + 2,
      application_name: 'ringtrace-jobs'
    })
    pool.on('error', (err) => log.debug({ err }, 'an idle connection of the job queue was lost'))
    const marks = createWorkerMarks(databaseUrl, log)
    const events: WorkerEvents = new EventEmitter()
    const ended = deferred<Error | null>()
    events.on('worker:create', ({ worker }) => marks.add(worker.workerId))
    events.on('worker:stop', ({ error }) => ended.resolve(asError(error)))
    events.on('worker:getJob:error', ({ error }) => ended.resolve(asError(error)))
    events.on('pool:listen:error', ({ error }) => ended.resolve(asError(error)))
    marks.lost.then(ended.resolve, ended.resolve)
    const onStop = (): void => ended.resolve(null)
    stopping.signal.addEventListener('abort', onStop, { once: true })
    let runner: Runner | undefined
    try {
      await marks.open()
      runner = await run({
        pgPool: pool,
        taskList: taskList(tasks),
        parsedCronItems: parseCronItems(schedules.map(({ task, match }) => ({ task, match }))),
        concurrency,
        pollInterval: pollMs,
        noHandleSignals: true,
        events,
        logger: pinoLogger(log)
      })
      runner.promise.then(
        () => ended.resolve(null),
        (error: unknown) => ended.resolve(asError(error))
      )
      running = true
      const error = await ended.promise
      if (error) throw error
    } finally {
      running = false
      stopping.signal.removeEventListener('abort', onStop)
      await stopRunner(runner)
      await marks.close()
      await pool.end()
    }
  }

  async function stopRunner(runner: Runner | undefined): Promise<void> {
    if (runner === undefined) return
    try {
      await runner.stop()
    } catch (err) {
      // "Already stopped": it ended by itself, which is why we are here.
      log.debug({ err }, 'job runner had stopped already')
    }
  }

  return {
    isRunning: () => running,
    async stop() {
      stopping.abort()
      await supervised
    }
  }
}

function taskList(tasks: JobTasks): TaskList {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      async (payload: unknown, { job }: { job: { id: string; attempts: number; max_attempts: number } }) => {
        await task(payload, {
          id: job.id,
          attempt: job.attempts,
          isLastAttempt: job.attempts >= job.max_attempts
        })
      }
    ])
  )
}

/** The queue tells every job at `info`; that is our `debug`. A failed attempt is a warning. */
function pinoLogger(log: Logger): WorkerLogger {
  const child = log.child({ part: 'jobs' })
  return new WorkerLogger(() => (level, message, meta) => {
    const name = String(level)
    if (name === 'error') child.warn({ err: meta?.['error'] }, message)
    else if (name === 'warning') child.warn(message)
    else child.debug(message)
  })
}

const asError = (error: unknown): Error | null =>
  error === undefined || error === null
    ? null
    : error instanceof Error
      ? error
      : new Error('failed without an Error', { cause: error })
