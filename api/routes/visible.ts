import type { Knex } from 'knex'
import type { Who } from '../auth/sessions.ts'
import type { Row } from '../rows.ts'

interface Columns {
  user: string
  group: string
}

/**
 * Narrows a list of work to what an operator may see: their own, what nobody has in their own groups or in none, and
 * what they made. Everybody else sees all.
 */
export function seenBy(db: Knex, query: Knex.QueryBuilder, who: Who, columns: Columns): void {
  if (who.role !== 'operator') return
  query.where((either) => {
    either.where('created_by', who.userId)
    either.orWhere((desk) => onDeskOf(db, desk, who.userId, columns))
  })
}

/** Narrows it to one person's desk, whatever their role: their own, and what nobody has in their groups or in none. */
export function onDeskOf(db: Knex, query: Knex.QueryBuilder, userId: string, columns: Columns): void {
  const groups = db('group_members').where({ user_id: userId }).select('group_id')
  query.where((either) => {
    either.where(columns.user, userId).orWhere((unassigned) => {
      unassigned.whereNull(columns.user).where((group) => {
        group.whereNull(columns.group).orWhereIn(columns.group, groups)
      })
    })
  })
}

/** Keeps what is due before a moment, and what has no time: that is due at once. */
export function whereDue(query: Knex.QueryBuilder, column: string, before: string): void {
  query.where((either) => {
    either.where(column, '<', before).orWhereNull(column)
  })
}

/** Whether an operator may see one row; by the same rule as the list. */
export async function maySee(
  db: Knex,
  table: string,
  row: Row,
  who: Who,
  columns: Columns
): Promise<boolean> {
  const query = db(table).where({ id: row['id'] })
  seenBy(db, query, who, columns)
  return Boolean(await query.first<unknown>('id'))
}
