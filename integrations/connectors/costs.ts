import type { Knex } from 'knex'
import type { CostConnector } from '../costs/port.ts'
import { ForeignError } from './kind.ts'
import type { ConnectorRow } from './store.ts'
import { stopAll, wentWell, type Open } from './work.ts'

/** Links that say what advertising has cost, for the costs of the reports. How it goes is shown on the link's page. */
export async function costConnectors(
  db: Knex,
  open: (row: ConnectorRow) => Open | null,
  now: () => number
): Promise<CostConnector[]> {
  const rows = await db<ConnectorRow>('connectors')
    .where({ is_active: true, state: 'ready' })
    .orderBy('created_at')
    .select('*')
  return rows.flatMap((row) => {
    const client = open(row)?.client(null)
    if (!client?.costs) return []
    return [
      {
        name: `${row.kind}:${row.id}`,
        label: row.name,
        inquiryChannel: 'paid',
        async fetch(fromDay: string, toDay: string) {
          try {
            const costs = (await client.costs?.(fromDay, toDay)) ?? []
            await wentWell(db, row.id, now())
            return costs
          } catch (error) {
            const isStopped = error instanceof ForeignError && error.fault !== 'refused'
            if (isStopped) await stopAll(db, row.id, error, now())
            throw error
          }
        }
      }
    ]
  })
}
