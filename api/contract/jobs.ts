import { z } from 'zod'
import { id, isoTime, page } from './common.ts'

/** Long work that somebody asked for. */
export const job = z.object({
  id,
  /** What is done: `export.calls`, `export.report`, `attribution.recompute`, `reports.rebuild` … */
  kind: z.string(),
  params: z.record(z.string(), z.unknown()),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  done: z.number().int(),
  /** Null: not known yet. */
  total: z.number().int().nullable(),
  result: z.record(z.string(), z.unknown()).nullable(),
  error: z.string().nullable(),
  /** Null where the work makes no file, or not yet, or it is gone: `GET /api/jobs/{id}/file`. */
  fileName: z.string().nullable(),
  fileBytes: z.number().nullable(),
  createdBy: id.nullable(),
  createdAt: isoTime,
  startedAt: isoTime.nullable(),
  endedAt: isoTime.nullable()
})
export const jobPage = page(job)
/** What `POST` of an export or recomputation answers. */
export const jobOrdered = z.object({ jobId: id })

export type Job = z.infer<typeof job>
