import type { Knex } from 'knex'
import { z } from 'zod'
import { spentBy } from '../../crm/tasks/times.ts'
import type { Who } from '../auth/sessions.ts'
import { id, patchOf } from '../contract/common.ts'
import { project, projectCreate, type Project } from '../contract/tasks.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import type { Endpoint } from '../endpoint.ts'
import { columnsOf, itemOf, whereFound, type Row } from '../rows.ts'
import { projectsOf } from '../task-rows.ts'
import { onlySeen } from './crm-rows.ts'

/** Work of several people with one end. Operators see those that they take part in. */
export const projectRoutes = ({ db }: ApiDeps): Endpoint[] =>
  crud(db, {
    things: 'projects',
    thing: 'project',
    item: project,
    create: projectCreate,
    patch: patchOf(projectCreate),
    sorts: {
      name: { column: 'name', type: 'text' },
      createdAt: { column: 'created_at', type: 'time' },
      dueOn: { column: 'due_on', type: 'day', nullsAs: 'infinity' }
    },
    firstSort: '-createdAt',
    filters: {
      state: z.enum(['open', 'done']).optional(),
      dealId: id.optional(),
      search: z.string().max(100).optional()
    },
    filter(query, asked, { who }) {
      if (who.role === 'operator') query.whereIn('id', projectsOf(db, who.userId))
      const { state, dealId, search } = asked
      if (state !== undefined) query.where({ state })
      if (dealId !== undefined) query.where({ deal_id: dealId })
      if (typeof search === 'string') whereFound(query, search, { names: ['name', 'note'], phones: [] })
    },
    hasUpdatedAt: true,
    read: (reader, rows, { who }) => projectItems(reader, rows, who),
    columns: ({ memberIds: _, ...rest }) => Promise.resolve(columnsOf(rest)),
    async saved(trx, projectId, { memberIds }) {
      if (memberIds === undefined) return
      await trx('project_members').where({ project_id: projectId }).delete()
      const rows = [...new Set(memberIds)].map((userId) => ({ project_id: projectId, user_id: userId }))
      if (rows.length > 0) await trx('project_members').insert(rows)
    }
  })

async function projectItems(db: Knex, all: Row[], who: Who): Promise<Project[]> {
  const seen =
    who.role === 'operator'
      ? new Set(((await projectsOf(db, who.userId)) as { id: string }[]).map((row) => row.id))
      : null
  const rows = seen ? all.filter((row) => seen.has(String(row['id']))) : all
  const ids = rows.map((row) => String(row['id']))
  const deals = db('deals').whereIn('id', given(rows, 'deal_id'))
  onlySeen(deals, who)
  // One after the other: inside a change they share its connection.
  const members = await db('project_members as m')
    .join('users as u', 'u.id', 'm.user_id')
    .whereIn('m.project_id', ids)
    .orderBy('u.name')
    .select<{ project_id: string; id: string; name: string }[]>('m.project_id', 'u.id', 'u.name')
  const owners = await db('users')
    .whereIn('id', given(rows, 'owner_id'))
    .select<{ id: string; name: string }[]>('id', 'name')
  const dealRows = (await deals.select('id', { name: 'title' })) as unknown as { id: string; name: string }[]
  const counts = await db('tasks')
    .whereIn('project_id', ids)
    .whereNot({ state: 'cancelled' })
    .groupBy('project_id')
    .select<{ project_id: string; all: number; done: number; overdue: number }[]>(
      'project_id',
      db.raw('count(*)::int as "all"'),
      db.raw(`count(*) filter (where state = 'done')::int as done`),
      db.raw(`count(*) filter (where state = 'open' and due_at < now())::int as overdue`)
    )
  const spent = await spentBy(db, ids)
  return rows.map((row) => {
    const own = members.filter(({ project_id }) => project_id === row['id'])
    const count = counts.find(({ project_id }) => project_id === row['id'])
    return itemOf(project, row, {
      dueOn: dayOf(row['due_on']),
      memberIds: own.map((member) => member.id),
      members: own.map((member) => ({ id: member.id, name: member.name })),
      owner: owners.find((each) => each.id === row['owner_id']) ?? null,
      deal: dealRows.find((each) => each.id === row['deal_id']) ?? null,
      tasks: { all: count?.all ?? 0, done: count?.done ?? 0, overdue: count?.overdue ?? 0 },
      spentSeconds: spent.get(String(row['id'])) ?? 0
    })
  })
}

const given = (rows: Row[], column: string): string[] =>
  rows.map((row) => row[column]).filter((id): id is string => typeof id === 'string')

/** A day comes as text, or as the midnight of this machine. */
function dayOf(value: unknown): string | null {
  if (typeof value === 'string') return value.slice(0, 10)
  if (!(value instanceof Date)) return null
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${value.getFullYear()}-${two(value.getMonth() + 1)}-${two(value.getDate())}`
}
