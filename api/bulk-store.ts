import type { Knex } from 'knex'
import { audit } from './audit.ts'
import { endSessions } from './auth/sessions.ts'
import { bulkColumns, type BulkState } from './bulk.ts'
import type { BulkItem } from './contract/bulk.ts'
import type { BulkThing } from './contract/settings-words.ts'
import type { Context } from './endpoint.ts'
import type { Row } from './rows.ts'
import { keepAnAdmin } from './routes/users.ts'

const singular: Record<BulkThing, string> = {
  numbers: 'number',
  users: 'user',
  sources: 'source',
  groups: 'group',
  contacts: 'contact'
}

/** Things as they are now; in a transaction they stay so until it ends. */
export async function bulkStates(db: Knex, things: BulkThing, ids: readonly string[]): Promise<BulkState[]> {
  const query = db(things)
    .whereIn('id', [...ids])
    .orderBy([things === 'numbers' ? 'e164' : 'name', 'id'])
  if (db.isTransaction) query.forUpdate()
  const rows = (await query.select('*')) as Row[]
  const groups = things === 'users' ? await groupsOf(db, ids) : null
  return rows.map((row) => {
    const id = String(row['id'])
    const fields = Object.entries(bulkColumns[things]).map(([field, column]) => [field, row[column] ?? null])
    return {
      id,
      name: String(row['name'] ?? row['e164']),
      fields: {
        ...(Object.fromEntries(fields) as Row),
        ...(Array.isArray(row['skills']) && { skills: row['skills'].map(String).toSorted() }),
        ...(Array.isArray(row['tags']) && { tags: row['tags'].map(String).toSorted() }),
        ...(groups && { groupIds: groups.get(id) ?? [] })
      }
    }
  })
}

async function groupsOf(db: Knex, userIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await db('group_members')
    .whereIn('user_id', [...userIds])
    .orderBy('group_id')
    .select<{ group_id: string; user_id: string }[]>('group_id', 'user_id')
  const found = new Map<string, string[]>()
  for (const row of rows) found.set(row.user_id, [...(found.get(row.user_id) ?? []), row.group_id])
  return found
}

/** Writes what each item becomes, with an audit row for each. In the transaction that read their states. */
export async function applyBulk(
  trx: Knex.Transaction,
  context: Pick<Context, 'who' | 'req'>,
  things: BulkThing,
  items: readonly BulkItem[],
  changeId: string
): Promise<void> {
  for (const { id, name, before, after } of items) {
    const columns = Object.entries(bulkColumns[things]).flatMap(([field, column]) =>
      field in after ? [[column, after[field]]] : []
    )
    const values = Object.fromEntries(columns) as Row
    if (things !== 'groups') values['updated_at'] = trx.fn.now()
    if (Object.keys(values).length > 0) await trx(things).where({ id }).update(values)
    if ('groupIds' in after) await moveUser(trx, id, before['groupIds'], after['groupIds'])
    if (things === 'users' && after['isActive'] === false) await endSessions(trx, id)
    await audit(trx, context, {
      action: `${singular[things]}.change`,
      entity: singular[things],
      entityId: id,
      data: { name, fields: Object.keys(after), bulkChangeId: changeId },
      change: { before, after }
    })
  }
  if (things === 'users') await keepAnAdmin(trx)
}

/** Newcomers stand last in their group; the order of the others stays. */
async function moveUser(trx: Knex.Transaction, userId: string, was: unknown, is: unknown): Promise<void> {
  const [before, after] = [new Set(was as string[]), new Set(is as string[])]
  const left = [...before].filter((id) => !after.has(id))
  await trx('group_members').where({ user_id: userId }).whereIn('group_id', left).delete()
  for (const groupId of [...after].filter((id) => !before.has(id))) {
    await trx.raw(
      `insert into group_members (group_id, user_id, position)
       select ?, ?, coalesce(max(position) + 1, 0) from group_members where group_id = ?`,
      [groupId, userId, groupId]
    )
  }
}
