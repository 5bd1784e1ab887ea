import pg from 'pg'
import type { Logger } from 'pino'

/** First key of the advisory locks by which workers show that they live. */
const markClass = 0x72_74_6a

/**
 * Shows which workers of the job queue live, so that jobs held by a killed process are taken over at once.
 *
 * The queue itself frees a dead worker's jobs after four hours. Here each worker holds an advisory lock named by its
 * id in one session of its process; PostgreSQL drops the session with the process, and whoever can take such a lock
 * knows that nobody holds it. No table, no heartbeat, no clock.
 */
export interface WorkerMarks {
  /** Connects and frees the jobs of the dead. @throws when the database is away */
  open(): Promise<void>
  /** Marks a worker of this process as living. */
  add(workerId: string): void
  /** Settles with the reason when the session is gone, and with it the marks. */
  readonly lost: Promise<Error>
  close(): Promise<void>
}

/** @param sweepMs how often the jobs of processes that died meanwhile are freed */
export function createWorkerMarks(databaseUrl: string, log: Logger, sweepMs = 30_000): WorkerMarks {
  const client = new pg.Client({
    connectionString: databaseUrl,
    keepAlive: true,
    application_name: 'ringtrace-marks'
  })
  const lost = deferred<Error>()
  client.on('error', (error) => lost.resolve(error))
  client.on('end', () => lost.resolve(new Error('the session that marks our workers ended')))
  let timer: NodeJS.Timeout | undefined
  let marking = Promise.resolve()

  async function freeJobsOfTheDead(): Promise<void> {
    const { rows } = await client.query<{ worker: string }>(
      `with holders as (
         select locked_by as worker from graphile_worker._private_jobs where locked_by is not null
         union select locked_by from graphile_worker._private_job_queues where locked_by is not null
       )
       select worker from holders
       where not exists (
         select 1 from pg_locks
         where locktype = 'advisory' and classid = $1::int::oid and objsubid = 2 and granted
           and database = (select oid from pg_database where datname = current_database())
           and objid = (hashtext(worker)::bigint & 4294967295)::oid)`,
      [markClass]
    )
    if (rows.length === 0) return
    const workers = rows.map(({ worker }) => worker)
    await client.query('select graphile_worker.force_unlock_workers($1::text[])', [workers])
    log.warn({ workers }, 'jobs of workers that died were freed')
  }

  return {
    lost: lost.promise,
    async open() {
      await client.connect()
      await freeJobsOfTheDead()
      timer = setInterval(() => {
        freeJobsOfTheDead().catch((err: unknown) =>
          log.warn({ err }, 'jobs of the dead could not be looked for')
        )
      }, sweepMs)
    },
    add(workerId) {
      // One after another: the driver takes one query at a time.
      marking = marking
        .then(() => client.query('select pg_advisory_lock($1::int, hashtext($2))', [markClass, workerId]))
        .then(
          () => undefined,
          (error: unknown) => lost.resolve(error instanceof Error ? error : new Error(String(error)))
        )
    },
    async close() {
      clearInterval(timer)
      await marking
      try {
        await client.end()
      } catch (err) {
        log.debug({ err }, 'the session of the marks was gone already')
      }
    }
  }
}

/** A promise with its key outside; Node 20 has no `Promise.withResolvers`. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
