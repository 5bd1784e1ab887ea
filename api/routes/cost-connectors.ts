import type { Knex } from 'knex'
import { z } from 'zod'
import { addJob } from '../../db/jobs.ts'
import { costsTask } from '../../integrations/costs/keeper.ts'
import { audit } from '../audit.ts'
import { costConnector, type CostConnectorItem } from '../contract/costs.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'

interface Run {
  name: string
  last_run_at: Date | null
  last_success_at: Date | null
  last_error: string | null
}

/** Advertising systems that tell what was paid, and how that went. */
export function costConnectorRoutes({ db, connectors }: ApiDeps): Endpoint[] {
  async function items(reader: Knex): Promise<CostConnectorItem[]> {
    const there = (await connectors?.costs()) ?? []
    const runs = await reader<Run>('cost_connectors').select('*')
    return there.map(({ name, label }) => {
      const run = runs.find((one) => one.name === name)
      return {
        ...{ name, label: label ?? name, lastError: run?.last_error ?? null },
        lastRunAt: run?.last_run_at?.toISOString() ?? null,
        lastSuccessAt: run?.last_success_at?.toISOString() ?? null
      }
    })
  }

  return [
    endpoint({
      route: 'GET /api/cost-connectors',
      summary: 'List the advertising systems that are asked for costs each night, and how it went',
      answer: z.object({ items: z.array(costConnector) }),
      handle: async () => ({ items: await items(db) })
    }),
    endpoint({
      route: 'POST /api/cost-connectors/load',
      summary: 'Ask them all for the costs of the last seven days now, in the background',
      async handle(context) {
        const there = await items(db)
        if (there.length === 0) throw new ApiError('not_found')
        await db.transaction(async (trx) => {
          // Once is enough however often it is asked for. Who fails is asked again by people, or at night.
          await addJob(trx, costsTask, {}, { jobKey: `${costsTask}.now`, maxAttempts: 1 })
          const data = { names: there.map(({ label }) => label) }
          await audit(trx, context, { action: 'cost_import.load', entity: 'cost_import', data })
        })
      }
    })
  ]
}
