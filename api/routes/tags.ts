import type { Knex } from 'knex'
import type { z } from 'zod'
import { audit } from '../audit.ts'
import { tagList } from '../contract/calls.ts'
import { tagChange, tagRemove, tagRename, tagUndone, tagUses } from '../contract/tags.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { retag, retagBack, tagsInUse, type Retagged } from '../tag-store.ts'

/** So many of the last tagged calls are looked at: what people write nowadays, and a short walk in a long journal. */
const calls = 3000
const days = 90

interface Change {
  id: string
  change: { from: string; to: string | null }
  calls: number
  created_at: Date
  undone_at: Date | null
  user_id: string | null
  user_name: string | null
}

/** The words that people put on calls. */
export function tagRoutes({ db, pbx }: ApiDeps): Endpoint[] {
  /** Calls under way take it between two steps, and calls that end this very moment after their end. */
  async function tellLive(live: Retagged['live']): Promise<void> {
    for (const { id, add, remove } of live) await pbx.appendMoment(id, 'call.tagged', { add, remove })
  }

  async function change(context: Context, from: string, to: string | null) {
    const { who } = context
    const { made, live } = await db.transaction(async (trx) => {
      const done = await retag(trx, { from, to, userId: who.userId })
      if (done.calls === 0) throw new ApiError('not_found', { detail: `No call has the tag ${from}.` })
      await audit(trx, context, {
        action: to === null ? 'tag.remove' : 'tag.change',
        entity: 'tag',
        entityId: done.change,
        data: { name: from, count: done.calls },
        change: { before: { name: from }, after: to === null ? null : { name: to } }
      })
      return { made: await changeOf(trx, { 'b.id': done.change }), live: done.live }
    })
    if (!made) throw new Error('No row came back from bulk_changes')
    await tellLive(live)
    return made
  }

  return [
    endpoint({
      route: 'GET /api/tags',
      summary: 'Tags that calls of late have, the most used first',
      answer: tagList,
      async handle() {
        const { rows } = await db.raw<{ rows: { name: string; calls: number }[] }>(
          `select tag as name, count(*)::int as calls
         from (select tags from calls where tags <> '{}' and started_at > now() - ? * interval '1 day'
               order by started_at desc limit ?) c, unnest(c.tags) as tag
         group by tag order by count(*) desc, tag limit 100`,
          [days, calls]
        )
        return { items: rows, nextCursor: null }
      }
    }),
    endpoint({
      route: 'GET /api/tags/all',
      summary: 'Every tag of calls, how many carry it, and which schemes set it',
      answer: tagUses,
      async handle() {
        const rows = await tagsInUse(db)
        const last = await changeOf(db, {})
        const isFresh = last?.undoneAt === null && Date.parse(last.createdAt) > Date.now() - undoMs
        return {
          items: rows.map((row) => ({ ...row, lastAt: row.lastAt?.toISOString() ?? null })),
          last: isFresh ? last : null
        }
      }
    }),
    endpoint({
      route: 'POST /api/tags/rename',
      summary:
        'Rename a tag on all calls; to a name that other calls have, both become one. Sends no webhooks',
      body: tagRename,
      answer: tagChange,
      handle: (context) => change(context, context.body.from, context.body.to)
    }),
    endpoint({
      route: 'POST /api/tags/remove',
      summary: 'Take a tag off all calls. Sends no webhooks',
      body: tagRemove,
      answer: tagChange,
      handle: (context) => change(context, context.body.name, null)
    }),
    endpoint({
      route: 'POST /api/tags/changes/:id/undo',
      summary:
        'Give calls the tags again that a change had taken; calls that were changed since stay as they are',
      answer: tagUndone,
      async handle(context) {
        const { id } = context
        const undone = await db.transaction(async (trx) => {
          await trx('bulk_changes').where({ id, things: 'tags' }).forUpdate().first('id')
          const made = await changeOf(trx, { 'b.id': id })
          if (!made) throw new ApiError('not_found')
          if (made.undoneAt !== null) throw new ApiError('not_undoable')
          const back = await retagBack(trx, made)
          await trx('bulk_changes').where({ id }).update({ undone_at: trx.fn.now() })
          await audit(trx, context, {
            action: 'tag.undo',
            entity: 'tag',
            entityId: id,
            data: { name: made.from, count: back.calls }
          })
          return back
        })
        await tellLive(undone.live)
        return { calls: undone.calls }
      }
    })
  ]
}

/** So long the page offers to take the last change back. */
const undoMs = 24 * 3_600_000

/** The latest change of tags among those wanted. */
async function changeOf(db: Knex, wanted: object): Promise<z.output<typeof tagChange> | null> {
  const row = await db('bulk_changes as b')
    .leftJoin('users as u', 'u.id', 'b.created_by')
    .where({ 'b.things': 'tags', ...wanted })
    .orderBy('b.created_at', 'desc')
    .first<Change | undefined>(
      ...['b.id', 'b.change', 'b.created_at', 'b.undone_at', 'u.id as user_id', 'u.name as user_name'],
      db.raw('jsonb_array_length(b.items) as calls')
    )
  if (!row) return null
  const { id, user_id, user_name } = row
  return {
    ...{ id, ...row.change, calls: row.calls },
    createdAt: row.created_at.toISOString(),
    createdBy: user_id !== null && user_name !== null ? { id: user_id, name: user_name } : null,
    undoneAt: row.undone_at?.toISOString() ?? null
  }
}
