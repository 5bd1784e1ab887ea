import type { z } from 'zod'
import { reportRules } from '../contract/reports.ts'
import { rebuildOrder, recomputeOrder } from '../contract/facts.ts'
import { jobOrdered } from '../contract/jobs.ts'
import { readFactSettings, rulesKey } from '../../reports/facts/settings.ts'
import { rebuildKind } from '../../reports/facts/job.ts'
import { recomputeKind } from '../../tracking/recompute/job.ts'
import { audit } from '../audit.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'

/** By which rules reports count, and working history out again by them. */
export const reportRuleRoutes = ({ db, jobs }: ApiDeps): Endpoint[] => {
  async function order(
    context: Context,
    kind: string,
    params: Record<string, unknown>
  ): Promise<z.output<typeof jobOrdered>> {
    if (!jobs) throw new ApiError('not_found')
    return db.transaction(async (trx) => {
      const jobId = await jobs.order(trx, { kind, params, userId: context.who.userId })
      await audit(trx, context, { action: kind, entity: 'job', entityId: jobId, data: params })
      return { jobId }
    })
  }

  return [
    endpoint({
      route: 'GET /api/report-rules',
      summary: 'Get the rules by which calls are first, unique, repeated and target ones',
      answer: reportRules,
      handle: async () => (await readFactSettings(db)).rules
    }),
    endpoint({
      route: 'PUT /api/report-rules',
      summary:
        'Set those rules; fields that are left out take their usual values. New calls follow them at once, history when it is recomputed',
      body: reportRules,
      answer: reportRules,
      async handle(context) {
        const { body } = context
        await db.transaction(async (trx) => {
          const { rules: before } = await readFactSettings(trx)
          await trx('settings')
            .insert({ key: rulesKey, value: JSON.stringify(body), updated_at: trx.fn.now() })
            .onConflict('key')
            .merge()
          await audit(trx, context, {
            action: 'report_rules.change',
            entity: 'settings',
            entityId: rulesKey,
            change: { before, after: body }
          })
        })
        return body
      }
    }),
    endpoint({
      route: 'POST /api/reports/rebuild',
      summary:
        'Order that flags of calls, credits of models and sums are worked out again from the raw facts; without days, all of them',
      body: rebuildOrder,
      answer: jobOrdered,
      status: 202,
      handle: (context) => order(context, rebuildKind, given(context.body))
    }),
    endpoint({
      route: 'POST /api/attribution/recompute',
      summary:
        'Order that calls of a period are attributed to visits anew by the rules of today; with `dryRun` it only counts what would change',
      body: recomputeOrder,
      answer: jobOrdered,
      status: 202,
      handle: (context) => order(context, recomputeKind, given(context.body))
    })
  ]
}

const given = (body: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
