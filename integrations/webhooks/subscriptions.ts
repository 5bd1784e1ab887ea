import type { Knex } from 'knex'
import type { Filter } from './core/filter.ts'
import type { Template } from './core/message.ts'

/** What an active webhook wants, as far as it is asked when a moment is written. */
export interface Subscription {
  id: string
  events: ReadonlySet<string>
  filter: Filter | null
  /** By event, the messages of its template; absent for our own format. */
  parts: ReadonlyMap<string, readonly { part: number; needs: string | null }[]> | null
}

interface Row {
  id: string
  events: string[]
  filter: Filter | null
  template: Template | null
}

/** Every active webhook. */
export async function readSubscriptions(db: Knex): Promise<Subscription[]> {
  const rows = await db<Row & { is_active: boolean }>('webhooks')
    .select('id', 'events', 'filter', 'template')
    .where('is_active', true)
  return rows.map(({ id, events, filter, template }) => ({
    id,
    events: new Set(events),
    filter,
    parts: template && partsOf(template)
  }))
}

function partsOf({ messages }: Template): Map<string, { part: number; needs: string | null }[]> {
  const parts = new Map<string, { part: number; needs: string | null }[]>()
  messages.forEach(({ event, needs }, part) => {
    parts.set(event, [...(parts.get(event) ?? []), { part, needs: needs ?? null }])
  })
  return parts
}
