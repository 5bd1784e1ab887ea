import { retryRun } from '../../crm/automation/store.ts'
import { audit } from '../audit.ts'
import { listPage, type Sorts } from '../collection.ts'
import { automationRetried, automationRun, automationRunQuery } from '../contract/automation.ts'
import { page } from '../contract/common.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'

const sorts: Sorts = { createdAt: { column: 'u.created_at', type: 'time' } }
const runId = { column: 'u.id', type: 'uuid' } as const
const left = ['skipped', 'stopped']

/** What rules did, and why they did not. */
export function automationRunRoutes({ db }: ApiDeps): Endpoint[] {
  return [
    endpoint({
      route: 'GET /api/automation-runs',
      summary: 'The log of rules, newest first; `state=acted` leaves out those that did nothing',
      query: automationRunQuery,
      answer: page(automationRun),
      async handle({ query }) {
        const { ruleId, state, contactId } = query
        const runs = db('automation_runs as u')
          .join('automation_rules as r', 'r.id', 'u.rule_id')
          .leftJoin('contacts as c', 'c.id', 'u.contact_id')
          .select('u.*', 'r.name as rule_name', 'c.name as client')
        if (ruleId !== undefined) runs.where('u.rule_id', ruleId)
        if (contactId !== undefined) runs.where('u.contact_id', contactId)
        if (state === 'acted') runs.whereNotIn('u.state', left)
        else if (state !== undefined) runs.where('u.state', state)
        const found = await listPage(db, runs, { ...query, sort: '-createdAt' }, sorts, runId)
        const steps = (await db('automation_steps')
          .whereIn(
            'run_id',
            found.rows.map((row) => String(row['id']))
          )
          .orderBy('position')) as Row[]
        return {
          items: found.rows.map((row) =>
            itemOf(automationRun, row, {
              steps: steps
                .filter((step) => step['run_id'] === row['id'])
                .map((step) => itemOf(automationRun.shape.steps.element, step))
            })
          ),
          nextCursor: found.nextCursor
        }
      }
    }),
    endpoint({
      route: 'POST /api/automation-runs/:id/retry',
      summary: 'Do again what failed of a run, or may not have gone',
      answer: automationRetried,
      async handle(context) {
        await findRow(db, 'automation_runs', context.id)
        const steps = await db.transaction(async (trx) => {
          const again = await retryRun(trx, context.id)
          if (again === 0) throw new ApiError('not_found', { detail: 'Nothing of this run has failed.' })
          await audit(trx, context, {
            action: 'automation_run.retry',
            entity: 'automation_run',
            entityId: context.id,
            data: { steps: again }
          })
          return again
        })
        return { steps }
      }
    })
  ]
}
