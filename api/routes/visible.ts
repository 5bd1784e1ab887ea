import type { Knex } from 'knex'
import type { Who } from '../auth/sessions.ts'
import type { Row } from '../rows.ts'

/**
 * Narrows a list of work to what an operator may see: their own, what nobody has in their own groups or in none, and
 * what they made. Everybody else sees all.
 */
export function seenBy(
  db: Knex,
  query: Knex.QueryBuilder,
  who: Who,
  columns: { user: string; group: string }
): void {
  if (who.role !== 'operator') return
  query.where((either) => {
    either
      .where(columns.user, who.userId)
      .orWhere('created_by', who.userId)
      .orWhere((unassigned) => {
        unassigned.whereNull(columns.user).where((group) => {
          group
            .whereNull(columns.group)
            .orWhereIn(columns.group, db('group_members').where({ user_id: who.userId }).select('group_id'))
        })
      })
  })
}

/** Whether an operator may see one row; by the same rule as the list. */
export async function maySee(
  db: Knex,
  table: string,
  row: Row,
  who: Who,
  columns: { user: string; group: string }
): Promise<boolean> {
  const query = db(table).where({ id: row['id'] })
  seenBy(db, query, who, columns)
  return Boolean(await query.first<unknown>('id'))
}
