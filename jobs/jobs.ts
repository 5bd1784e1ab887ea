import { mkdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { addJob, type JobSchedule, type JobTasks } from '../db/jobs.ts'

/** How long a finished job and its file are kept. */
export const keptDays = 7
/** Progress is written at most this often. */
const progressMs = 500

/** One job at work. */
export interface JobRun<P = Record<string, unknown>> {
  readonly id: string
  readonly params: P
  /** Who asked for it; null once that user is gone, and for work that the product itself ordered. */
  readonly userId: string | null
  /**
   * Tells how far it is; call it often. Also where a cancelled job ends.
   * @param total null: not known
   * @throws JobCancelled
   */
  progress(done: number, total: number | null): Promise<void>
  /** Announces the file that the job writes, under the path returned. It can be fetched once the job is done. */
  file(name: string, contentType: string): Promise<string>
}

/** A kind of work. Run again from the start after a restart of the controller, so running it twice must do no harm. */
export interface JobKind<P = Record<string, unknown>> {
  readonly kind: string
  /** @returns figures for people, shown with the finished job */
  run(job: JobRun<P>): Promise<Record<string, unknown> | null>
}

export class JobCancelled extends Error {
  override name = 'JobCancelled'
}

/** An expected failure, in words for the person who asked. */
export class JobRefused extends Error {
  override name = 'JobRefused'
}

export interface JobFile {
  path: string
  name: string
  contentType: string
  bytes: number
}

/** Background work that people watch. */
export interface Jobs {
  /** Orders work in the caller's transaction. Jobs of one kind run one after the other. @returns its id */
  order(
    trx: Knex,
    wanted: { kind: string; params: Record<string, unknown>; userId: string | null }
  ): Promise<string>
  /** False: it has ended already. A running job ends at its next sign of progress. */
  cancel(id: string): Promise<boolean>
  /** Null while there is none, or none any more. */
  fileOf(id: string): Promise<JobFile | null>
  readonly tasks: JobTasks
  readonly schedules: readonly JobSchedule[]
}

interface JobRow {
  id: string
  kind: string
  params: Record<string, unknown>
  state: string
  created_by: string | null
  file_name: string | null
  file_type: string | null
}

/** @param dir where files of jobs lie; made when it is missing */
export function createJobs(options: {
  db: Knex
  dir: string
  // Which parameters a kind takes is between it and whoever orders it.
  kinds: readonly JobKind<never>[]
  log: Logger
}): Jobs {
  const { db, dir, log } = options
  const kinds = new Map(options.kinds.map((kind) => [kind.kind, kind as unknown as JobKind]))
  const fileAt = (id: string): string => path.join(dir, id)

  async function run(id: string, isLastAttempt: boolean): Promise<void> {
    const [row] = await db<JobRow>('jobs')
      .where({ id })
      .whereIn('state', ['waiting', 'running'])
      .update({ state: 'running', started_at: db.fn.now(), done: 0, error: null } as never)
      .returning('*')
    if (!row) return
    const kind = kinds.get(row.kind)
    try {
      if (!kind) throw new JobRefused(`This version does not know the work “${row.kind}”`)
      const result = await kind.run(runOf(row))
      const { size } = await sizeOf(id)
      await db('jobs')
        .where({ id, state: 'running' })
        .update({
          state: 'done',
          ended_at: db.fn.now(),
          result: result === null ? null : JSON.stringify(result),
          done: db.raw('coalesce(total, done)'),
          file_bytes: size
        })
    } catch (error) {
      await rm(fileAt(id), { force: true })
      if (error instanceof JobCancelled) return
      const isFinal = error instanceof JobRefused || isLastAttempt
      log.warn({ err: error, job: id, kind: row.kind, isFinal }, 'a background job failed')
      if (!isFinal) throw error
      const message = error instanceof Error ? error.message : String(error)
      await db('jobs')
        .where({ id })
        .whereIn('state', ['waiting', 'running'])
        .update({ state: 'failed', error: message.slice(0, 1000), ended_at: db.fn.now() })
    }
  }

  /** A job that announced a file while it ran has it in its row by now. */
  async function sizeOf(id: string): Promise<{ size: number | null }> {
    try {
      return await stat(fileAt(id))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { size: null }
      throw error
    }
  }

  function runOf(row: JobRow): JobRun {
    let toldMs = 0
    return {
      id: row.id,
      params: row.params,
      userId: row.created_by,
      async progress(done, total) {
        const now = Date.now()
        if (now - toldMs < progressMs) return
        toldMs = now
        const told = await db('jobs').where({ id: row.id, state: 'running' }).update({ done, total })
        if (told === 0) throw new JobCancelled('It was cancelled')
      },
      async file(name, contentType) {
        await mkdir(dir, { recursive: true })
        await db('jobs').where({ id: row.id }).update({ file_name: name, file_type: contentType })
        return fileAt(row.id)
      }
    }
  }

  return {
    async order(trx, { kind, params, userId }) {
      if (!kinds.has(kind)) throw new Error(`There is no kind of work called ${kind}`)
      const [row] = await trx('jobs')
        .insert({ kind, params: JSON.stringify(params), created_by: userId })
        .returning<{ id: string }[]>('id')
      if (!row) throw new Error('No row came back from jobs')
      await addJob(trx, 'job', { id: row.id }, { queueName: `job:${kind}`, maxAttempts: 3 })
      return row.id
    },
    async cancel(id) {
      const ended = await db('jobs')
        .where({ id })
        .whereIn('state', ['waiting', 'running'])
        .update({ state: 'cancelled', ended_at: db.fn.now() })
      return ended > 0
    },
    async fileOf(id) {
      const row = await db<JobRow>('jobs').where({ id, state: 'done' }).first()
      if (!row?.file_name) return null
      const { size } = await sizeOf(id)
      if (size === null) return null
      return {
        path: fileAt(id),
        name: row.file_name,
        contentType: row.file_type ?? 'application/octet-stream',
        bytes: size
      }
    },
    tasks: {
      job: (payload, { isLastAttempt }) => run(String((payload as { id: unknown }).id), isLastAttempt),
      'job.expire': async () => {
        const old = await db('jobs')
          .whereNotNull('ended_at')
          .whereRaw(`ended_at < now() - ? * interval '1 day'`, [keptDays])
          .delete()
          .returning<{ id: string }[]>('id')
        for (const { id } of old) await rm(fileAt(id), { force: true })
      }
    },
    schedules: [{ task: 'job.expire', match: '17 3 * * *' }]
  }
}
