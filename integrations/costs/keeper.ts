import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { JobSchedule, JobTasks } from '../../db/jobs.ts'
import { daysOf } from './core/spread.ts'
import type { CostConnector } from './port.ts'
import { insertCosts, lockCosts } from './store.ts'

/** Advertising systems correct their figures for about a week. */
const daysBack = 7
export const costsTask = 'costs.fetch'

export interface CostKeeper {
  /** Asks every connector for the days until yesterday; one that fails keeps no other from its turn. */
  run(today: string): Promise<void>
  readonly tasks: JobTasks
  readonly schedules: readonly JobSchedule[]
}

/** Brings the costs of connectors once a day, and replaces what it brought before for the same days. */
export function createCostKeeper(options: {
  db: Knex
  /** Those there are; a function where they come and go. */
  connectors: readonly CostConnector[] | (() => Promise<readonly CostConnector[]>)
  log: Logger
  now?: () => number
}): CostKeeper {
  const { db, connectors, log, now = Date.now } = options

  async function bring(connector: CostConnector, from: string, to: string): Promise<void> {
    const rows = await connector.fetch(from, to)
    const days = new Set(daysOf(from, to))
    const stray = rows.find(({ day }) => !days.has(day))
    if (stray) throw new Error(`It gave costs of ${stray.day}, which was not asked for`)
    const broken = rows.find(({ cents }) => !Number.isSafeInteger(cents) || cents < 0)
    if (broken) throw new Error(`It gave the amount ${broken.cents / 100} on ${broken.day}`)
    await db.transaction(async (trx) => {
      await lockCosts(trx)
      const importId = await importOf(trx, connector.name, connector.label ?? null)
      await trx('costs').where({ import_id: importId }).whereBetween('day', [from, to]).delete()
      await insertCosts(trx, rows, {
        ...{ importId, inquiryChannel: connector.inquiryChannel, siteId: null, createdBy: null }
      })
      await describe(trx, importId)
    })
  }

  async function run(today: string): Promise<void> {
    const to = dayBefore(today, 1)
    const from = dayBefore(today, daysBack)
    const asked = typeof connectors === 'function' ? await connectors() : connectors
    for (const connector of asked) {
      const { name } = connector
      try {
        await bring(connector, from, to)
        await note(name, { last_success_at: db.fn.now(), last_error: null })
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        log.warn({ err: error, connector: name }, 'The costs of a connector could not be brought')
        await note(name, { last_error: message.slice(0, 1000) })
      }
    }
  }

  async function note(name: string, values: Record<string, unknown>): Promise<void> {
    const row = { name, last_run_at: db.fn.now(), ...values }
    await db('cost_connectors').insert(row).onConflict('name').merge()
  }

  return {
    run,
    tasks: { [costsTask]: () => run(new Date(now()).toISOString().slice(0, 10)) },
    schedules:
      typeof connectors === 'function' || connectors.length > 0
        ? [{ task: costsTask, match: '40 4 * * *' }]
        : []
  }
}

/** The one import under which a connector's costs are kept. */
async function importOf(trx: Knex.Transaction, origin: string, label: string | null): Promise<string> {
  const known = await trx('cost_imports').where({ origin }).first<{ id: string } | undefined>('id')
  if (known) {
    await trx('cost_imports').where({ id: known.id }).update({ label })
    return known.id
  }
  const [made] = await trx('cost_imports')
    .insert({ origin, label, rows: 0 })
    .returning<{ id: string }[]>('id')
  if (!made) throw new Error('No row came back from cost_imports')
  return made.id
}

/** Says in the import what it holds now. */
async function describe(trx: Knex.Transaction, importId: string): Promise<void> {
  await trx.raw(
    `update cost_imports set (rows, from_day, to_day, totals) = (
       select coalesce(sum(costs), 0), min(first), max(last),
         coalesce(jsonb_agg(jsonb_build_object('currency', currency, 'amount', amount) order by currency), '[]')
       from (select currency, count(*) as costs, min(day) as first, max(day) as last, sum(amount) as amount
             from costs where import_id = :importId group by currency) as sums)
     where id = :importId`,
    { importId }
  )
}

const dayBefore = (day: string, days: number): string =>
  new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10)
