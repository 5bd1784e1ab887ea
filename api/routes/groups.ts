import type { Knex } from 'knex'
import { z } from 'zod'
import { group, groupCreate, groupPatch } from '../contract/config.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { columnsOf, itemOf, likePart } from '../rows.ts'

/** Groups of operators; the order of members is the order in which they were given. */
export const groupRoutes = ({ db }: ApiDeps) =>
  crud(db, {
    things: 'groups',
    thing: 'group',
    item: group,
    create: groupCreate,
    patch: groupPatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'name',
    hasUpdatedAt: false,
    filters: { search: z.string().max(100).optional() },
    filter(query, { search }) {
      if (typeof search === 'string') query.whereILike('name', likePart(search))
    },
    async read(reader, rows) {
      const members = await reader('group_members')
        .whereIn(
          'group_id',
          rows.map((row) => String(row['id']))
        )
        .orderBy('position')
        .select<{ group_id: string; user_id: string }[]>('group_id', 'user_id')
      return rows.map((row) =>
        itemOf(group, row, {
          memberIds: members.filter((m) => m.group_id === row['id']).map((m) => m.user_id)
        })
      )
    },
    columns: ({ memberIds: _members, ...own }) => Promise.resolve(columnsOf(own)),
    saved: (trx, id, { memberIds }) => (memberIds ? saveMembers(trx, id, memberIds) : Promise.resolve())
  })

async function saveMembers(trx: Knex.Transaction, groupId: string, memberIds: string[]): Promise<void> {
  await trx('group_members').where({ group_id: groupId }).delete()
  const unique = [...new Set(memberIds)]
  if (unique.length === 0) return
  await trx('group_members').insert(
    unique.map((userId, position) => ({ group_id: groupId, user_id: userId, position }))
  )
}
