import type { Knex } from 'knex'
import { spentOn } from '../crm/tasks/times.ts'
import type { Who } from './auth/sessions.ts'
import { task, type TaskItem } from './contract/tasks.ts'
import { ApiError } from './problems.ts'
import { onlySeen } from './routes/crm-rows.ts'
import { seenBy } from './routes/visible.ts'
import { itemOf, type Row } from './rows.ts'

export const taskPlaces = { user: 'assignee_id', group: 'group_id' }

/** Operators see their own, what nobody has in their groups, what they made, and tasks of their projects. */
export function seeTasks(db: Knex, query: Knex.QueryBuilder, who: Who): void {
  if (who.role !== 'operator') return
  query.where((either) => {
    either
      .where((own) => seenBy(db, own, who, taskPlaces))
      .orWhereIn('project_id', projectsOf(db, who.userId))
  })
}

/** Projects in which somebody takes part, as a query of their ids. */
export const projectsOf = (db: Knex, userId: string): Knex.QueryBuilder =>
  db('projects')
    .where('owner_id', userId)
    .orWhereIn('id', db('project_members').where({ user_id: userId }).select('project_id'))
    .select('id')

/** A task as far as the caller may see it. @throws ApiError not_found */
export async function seenTask<R extends Row = Row>(
  db: Knex,
  id: string,
  who: Who,
  isLocked = false
): Promise<R> {
  const query = db('tasks').where({ id })
  seeTasks(db, query, who)
  const row = await (isLocked ? query.forUpdate() : query).first<R | undefined>()
  if (!row) throw new ApiError('not_found')
  return row
}

/** What a task is tied to must be there for whoever ties it. @throws ApiError unknown_reference */
export async function checkLinks(
  db: Knex,
  who: Who,
  links: { dealId?: string | null; inquiryId?: string | null; projectId?: string | null }
): Promise<void> {
  const refuse = (path: string): never => {
    throw new ApiError('unknown_reference', { errors: [{ path, message: 'does not exist' }] })
  }
  for (const [path, table] of [
    ['dealId', 'deals'],
    ['inquiryId', 'inquiries']
  ] as const) {
    const id = links[path]
    if (id === undefined || id === null) continue
    const query = db(table).where({ id })
    onlySeen(query, who)
    if (!(await query.first<unknown>('id'))) refuse(path)
  }
  const { projectId } = links
  if (projectId === undefined || projectId === null) return
  const query = db('projects').where({ id: projectId })
  if (who.role === 'operator') query.whereIn('id', projectsOf(db, who.userId))
  if (!(await query.first<unknown>('id'))) refuse('projectId')
}

/** Tasks in the shape of the contract: one question for each kind of thing, however many there are. */
export async function taskItems(db: Knex, rows: Row[], who: Who): Promise<TaskItem[]> {
  const ids = rows.map((row) => String(row['id']))
  const of = (column: string): string[] => [
    ...new Set(rows.map((row) => row[column]).filter((id): id is string => typeof id === 'string'))
  ]
  const deals = db('deals').whereIn('id', of('deal_id'))
  onlySeen(deals, who)
  const [people, contacts, phones, dealNames, projects, spent, timer] = await Promise.all([
    names(db('users').whereIn('id', of('assignee_id')).select('id', 'name')),
    names(db('contacts').whereIn('id', of('contact_id')).select('id', 'name')),
    names(
      db('contact_phones')
        .whereIn('contact_id', of('contact_id'))
        .groupBy('contact_id')
        .select({ id: 'contact_id' }, db.raw('min(e164) as name'))
    ),
    names(deals.select('id', { name: 'title' })),
    names(db('projects').whereIn('id', of('project_id')).select('id', 'name')),
    spentOn(db, ids),
    db('task_times')
      .where({ user_id: who.userId })
      .whereNull('seconds')
      .first<{ task_id: string; started_at: Date } | undefined>('task_id', 'started_at')
  ])
  const named = (known: Map<string, string>, id: unknown): { id: string; name: string } | null => {
    const name = typeof id === 'string' ? known.get(id) : undefined
    return typeof id === 'string' && name !== undefined ? { id, name } : null
  }
  return rows.map((row) =>
    itemOf(task, row, {
      assignee: named(people, row['assignee_id']),
      contact: named(contacts, row['contact_id']),
      contactPhone: phones.get(String(row['contact_id'])) ?? null,
      deal: named(dealNames, row['deal_id']),
      project: named(projects, row['project_id']),
      spentSeconds: spent.get(String(row['id'])) ?? 0,
      timerSince: timer && timer.task_id === row['id'] ? timer.started_at.toISOString() : null
    })
  )
}

async function names(query: Knex.QueryBuilder): Promise<Map<string, string>> {
  const rows = (await query) as { id: string; name: string }[]
  return new Map(rows.map(({ id, name }) => [id, name]))
}
