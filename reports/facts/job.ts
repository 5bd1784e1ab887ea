import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { JobKind } from '../../jobs/jobs.ts'
import { rebuildAll } from './rebuild.ts'

export const rebuildKind = 'reports.rebuild'

/** Parameters of the job that makes facts anew. Days of the company, both counted; absent: no bound. */
export interface RebuildParams extends Record<string, unknown> {
  from?: string
  to?: string
  onlySums?: boolean
}

/** The job that works flags, credits and sums out again. */
export function createRebuildJob(deps: { db: Knex; log: Logger }): JobKind<RebuildParams> {
  return {
    kind: rebuildKind,
    async run(job) {
      const { from = null, to = null, onlySums = false } = job.params
      const rebuilt = await rebuildAll(deps, { from, to, onlySums }, (done, total) =>
        job.progress(done, total)
      )
      return { ...rebuilt }
    }
  }
}

/** What the product itself orders when facts are missing or mean something else now. */
export const rebuildOrder = (params: RebuildParams) => ({ kind: rebuildKind, params, userId: null })
