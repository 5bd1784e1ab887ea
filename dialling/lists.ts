import type { Knex } from 'knex'
import { wakeRunner } from './callbacks.ts'
import type { NewEntry } from './core/entries.ts'

/** How many rows go into one statement. */
const chunk = 1000

/**
 * Adds entries at the end of a list, in the caller's transaction. Numbers that the list has already stay as they are;
 * a list that was done goes on where it runs again.
 */
export async function addEntries(
  trx: Knex,
  listId: string,
  entries: readonly NewEntry[]
): Promise<{ added: number; skipped: number }> {
  const last = await trx('dial_list_entries')
    .where({ list_id: listId })
    .max<{ max: number | null }>('position as max')
    .first()
  const first = (last?.max ?? 0) + 1
  let added = 0
  for (let at = 0; at < entries.length; at += chunk) {
    const rows = entries.slice(at, at + chunk).map(({ phone, name, note }, index) => ({
      ...{ list_id: listId, phone, name, note },
      position: first + at + index,
      next_attempt_at: trx.fn.now()
    }))
    const made = await trx('dial_list_entries')
      .insert(rows)
      .onConflict(['list_id', 'phone'])
      .ignore()
      .returning<unknown[]>('id')
    added += made.length
  }
  if (added > 0) {
    await trx('dial_lists').where({ id: listId, state: 'done' }).update({ state: 'paused' })
    await wakeRunner(trx)
  }
  return { added, skipped: entries.length - added }
}

/** How many entries of each list are in each state. */
export async function countEntries(
  db: Knex,
  listIds: readonly string[]
): Promise<ReadonlyMap<string, Record<string, number>>> {
  const rows = await db('dial_list_entries')
    .whereIn('list_id', [...listIds])
    .groupBy('list_id', 'state')
    .select<{ list_id: string; state: string; n: string }[]>('list_id', 'state', db.raw('count(*) as n'))
  const counts = new Map<string, Record<string, number>>()
  for (const { list_id: listId, state, n } of rows) {
    counts.set(listId, { ...counts.get(listId), [state]: Number(n) })
  }
  return counts
}
