import type { Knex } from 'knex'
import { lockCrm } from '../clients.ts'
import { groupsOf, piecesOf, places } from './owned.ts'
import { countPieces, share, type PieceCounts } from './share.ts'

export interface Wish {
  userId: string
  toIds: readonly string[]
  /** The new ones stand in the groups of the old one, at the same place. */
  withGroups: boolean
  hasBlocked: boolean
  byId: string
}
export type Counts = PieceCounts & { group: number }

/** Things of each kind that came back, and those that somebody has given to others since. */
export interface GivenBack {
  back: number
  kept: number
}

/**
 * Hands over all that somebody has, in the caller's transaction. The caller has made sure that those who take over are
 * there, and blocks whoever leaves.
 */
export async function handOver(trx: Knex, wish: Wish): Promise<{ id: string; counts: Counts }> {
  const { userId, toIds, withGroups, hasBlocked, byId } = wish
  await lockCrm(trx)
  const pieces = await piecesOf(trx, userId)
  const groups = withGroups ? await groupsOf(trx, userId) : []
  const counts = { ...countPieces(pieces), group: groups.length }
  const [made] = await trx('hand_overs')
    .insert({ user_id: userId, has_blocked: hasBlocked, counts: JSON.stringify(counts), created_by: byId })
    .returning<{ id: string }[]>('id')
  if (!made) throw new Error('A hand-over was not written')
  const { id } = made
  const shared = share(pieces, toIds)
  await trx.raw(
    `insert into hand_over_items (hand_over_id, kind, thing_id, to_id)
     select :id, x.kind, x.thing, x.taker
     from unnest(cast(:kinds as text[]), cast(:things as uuid[]), cast(:takers as uuid[])) as x (kind, thing, taker)`,
    {
      id,
      kinds: shared.map(({ kind }) => kind),
      things: shared.map((piece) => piece.id),
      takers: shared.map(({ toId }) => toId)
    }
  )
  for (const [kind, { table, column }] of Object.entries(places))
    await trx.raw(
      `update ?? x set ?? = i.to_id, updated_at = now() from hand_over_items i
       where i.hand_over_id = ? and i.kind = ? and x.id = i.thing_id and x.?? = ?`,
      [table, column, id, kind, column, userId]
    )
  await moveMemberships(trx, id, userId)
  for (const group of groups) await moveGroup(trx, id, group, wish)
  return { id, counts }
}

async function moveMemberships(trx: Knex, id: string, userId: string): Promise<void> {
  await trx.raw(
    `with joined as (
       insert into project_members (project_id, user_id)
       select thing_id, to_id from hand_over_items where hand_over_id = :id and kind = 'membership'
       on conflict do nothing returning project_id, user_id
     )
     update hand_over_items i set is_added = true from joined j
     where i.hand_over_id = :id and i.kind = 'membership' and i.thing_id = j.project_id and i.to_id = j.user_id`,
    { id }
  )
  await trx.raw(
    `delete from project_members m using hand_over_items i
     where i.hand_over_id = ? and i.kind = 'membership' and m.project_id = i.thing_id and m.user_id = ?`,
    [id, userId]
  )
}

async function moveGroup(
  trx: Knex,
  handOverId: string,
  { id, position }: { id: string; position: number },
  { userId, toIds }: Wish
): Promise<void> {
  for (const toId of toIds) {
    const joined = await trx('group_members')
      .insert({ group_id: id, user_id: toId, position })
      .onConflict(['group_id', 'user_id'])
      .ignore()
      .returning<{ user_id: string }[]>('user_id')
    await trx('hand_over_items').insert({
      ...{ hand_over_id: handOverId, kind: 'group', thing_id: id, to_id: toId, position },
      is_added: joined.length > 0
    })
  }
  await trx('group_members').where({ group_id: id, user_id: userId }).delete()
}

/** Gives back what still is with whoever got it. The caller has locked the hand-over, and marks it as undone. */
export async function giveBack(trx: Knex, handOverId: string, userId: string): Promise<GivenBack> {
  await lockCrm(trx)
  let back = 0
  for (const [kind, { table, column }] of Object.entries(places))
    back += await changed(
      trx,
      `update ?? x set ?? = ?, updated_at = now() from hand_over_items i
       where i.hand_over_id = ? and i.kind = ? and x.id = i.thing_id and x.?? = i.to_id`,
      [table, column, userId, handOverId, kind, column]
    )
  const owned = await trx('hand_over_items')
    .where({ hand_over_id: handOverId })
    .whereNotIn('kind', ['membership', 'group'])
    .count<{ count: string }[]>('* as count')
  await rejoin(trx, handOverId, userId)
  return { back, kept: Number(owned[0]?.count ?? 0) - back }
}

/** Memberships come back where the project or the group still is; those who came in their stead go again. */
async function rejoin(trx: Knex, id: string, userId: string): Promise<void> {
  await trx.raw(
    `insert into project_members (project_id, user_id)
     select p.id, :userId from hand_over_items i join projects p on p.id = i.thing_id
     where i.hand_over_id = :id and i.kind = 'membership' on conflict do nothing`,
    { id, userId }
  )
  await trx.raw(
    `insert into group_members (group_id, user_id, position)
     select distinct g.id, cast(:userId as uuid), i.position from hand_over_items i join groups g on g.id = i.thing_id
     where i.hand_over_id = :id and i.kind = 'group' on conflict do nothing`,
    { id, userId }
  )
  for (const [kind, table, column] of [
    ['membership', 'project_members', 'project_id'],
    ['group', 'group_members', 'group_id']
  ] as const)
    await trx.raw(
      `delete from ?? m using hand_over_items i
       where i.hand_over_id = ? and i.kind = ? and i.is_added and m.?? = i.thing_id and m.user_id = i.to_id`,
      [table, id, kind, column]
    )
}

async function changed(trx: Knex, sql: string, values: readonly string[]): Promise<number> {
  const answer = await trx.raw<{ rowCount: number | null }>(sql, [...values])
  return answer.rowCount ?? 0
}
