import type { Knex } from 'knex'
import type { JobKind, JobRun } from '../../jobs/jobs.ts'
import type { Moments } from '../../pbx/call/moments.ts'
import type { CallVisit } from '../../pbx/call/types.ts'
import {
  countCalls,
  readCalls,
  readEarlier,
  readLeases,
  readVisits,
  type Period,
  type TrackedCall
} from './facts.ts'
import { createReplay, type Finding } from './replay.ts'

export const recomputeKind = 'attribution.recompute'

/** Days of the company, both counted. */
export interface RecomputeParams extends Record<string, unknown> {
  from: string
  to: string
  siteId?: string | null
  /** Counts what would change, and changes nothing. */
  dryRun?: boolean
}

/** What came of it. `unknown`: the leases of that time are gone, or the call has no tape; those stay as they are. */
export interface Recomputed extends Record<string, unknown> {
  changed: number
  unchanged: number
  unknown: number
  dryRun: boolean
}

export interface RecomputeDeps {
  db: Knex
  /** Adds a moment to a call's tape; journal and reports follow from it. */
  appendMoment(callId: string, type: 'call.attributed', data: Moments['call.attributed']): Promise<void>
}

const batchSize = 200

/**
 * The job that attributes the calls of a period anew, from leases, visits and earlier calls. What differs becomes a
 * moment of the call's tape, so the journal stays a projection of it. Run again it finds nothing more to change.
 */
export function createRecomputeJob(deps: RecomputeDeps): JobKind<RecomputeParams> {
  return { kind: recomputeKind, run: (job) => recompute(deps, job) }
}

async function recompute(deps: RecomputeDeps, job: JobRun<RecomputeParams>): Promise<Recomputed> {
  const { db } = deps
  const { from, to, siteId = null, dryRun = false } = job.params
  const period: Period = { from, to, siteId, timeZone: await companyZone(db) }
  const total = await countCalls(db, period)
  const result: Recomputed = { changed: 0, unchanged: 0, unknown: 0, dryRun }
  const replay = createReplay()
  let done = 0
  let after: { at: string; id: string } | null = null
  for (;;) {
    const calls: TrackedCall[] = await readCalls(db, period, after, batchSize)
    const last = calls.at(-1)
    if (!last) return result
    after = { at: last.at, id: last.id }
    const leases = await readLeases(db, calls)
    const newcomers = calls.filter((call) => replay.isNew(call))
    const earlier = await readEarlier(db, period, newcomers)
    const findings = calls.map((call): [TrackedCall, Finding] => {
      if (replay.isNew(call)) replay.remember(call, earlier.get(call.id) ?? null)
      return [call, replay.find({ ...call, leases: leases.get(call.id) ?? [] })]
    })
    const differing = findings.flatMap(([call, finding]) =>
      finding.kind === 'changed' && call.hasTape ? [{ call, who: finding.who, model: finding.model }] : []
    )
    const answers = await readVisits(db, differing)
    for (const [call, finding] of findings) {
      const answer = answers.get(call.id)
      if (finding.kind === 'unchanged') result.unchanged += 1
      else if (!answer) result.unknown += 1
      else {
        result.changed += 1
        if (!dryRun)
          await deps.appendMoment(call.id, 'call.attributed', { ...answer, before: beforeOf(call) })
      }
      done += 1
      await job.progress(done, total)
    }
  }
}

async function companyZone(db: Knex): Promise<string> {
  const row = await db('settings')
    .where({ key: 'company.timeZone' })
    .first<{ value: unknown } | undefined>('value')
  return typeof row?.value === 'string' ? row.value : 'Europe/Moscow'
}

function beforeOf({ known }: TrackedCall): Moments['call.attributed']['before'] {
  if (known.rule === null || known.model === null) return null
  return {
    visitId: known.visitId,
    rule: known.rule as CallVisit['rule'],
    model: known.model,
    confidence: known.confidence ?? 0
  }
}
