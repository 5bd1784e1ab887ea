import type { Knex } from 'knex'
import { access } from '../access.ts'
import { audit } from '../audit.ts'
import { changedSince, changeOf } from '../bulk.ts'
import { applyBulk, bulkStates } from '../bulk-store.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import {
  bulkBody,
  bulkChange,
  bulkPage,
  bulkPreview,
  type BulkBody,
  type BulkChange,
  type BulkItem
} from '../contract/bulk.ts'
import { bulkThings, type BulkThing } from '../contract/settings-words.ts'
import { z } from 'zod'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'

const sorts: Sorts = { createdAt: { column: 'created_at', type: 'time' } }
const mostNamed = 20

/** Many things changed at once: shown first, done as one, and undone as one. */
export const bulkChangeRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'POST /api/bulk-changes/preview',
    summary: 'See what a change of many would make of each; nothing is changed',
    body: bulkBody,
    answer: bulkPreview,
    async handle(context) {
      refuseOthers(context, context.body.things)
      return previewOf(db, context.body)
    }
  }),
  endpoint({
    route: 'POST /api/bulk-changes',
    summary: 'Change many things at once: all of them, or none',
    body: bulkBody,
    answer: bulkChange,
    status: 201,
    async handle(context) {
      const { body, who } = context
      refuseOthers(context, body.things)
      return db.transaction(async (trx) => {
        const { items } = await previewOf(trx, body)
        const [made] = (await trx('bulk_changes')
          .insert({
            things: body.things,
            change: JSON.stringify(body.change),
            items: JSON.stringify(items),
            created_by: who.userId
          })
          .returning('*')) as Row[]
        if (!made) throw new Error('No row came back from bulk_changes')
        await applyBulk(trx, context, body.things, items, String(made['id']))
        return one(trx, made)
      })
    }
  }),
  endpoint({
    route: 'GET /api/bulk-changes',
    summary: 'List changes of many, the newest first',
    query: listQuery(sorts, '-createdAt', { things: z.enum(bulkThings).optional() }),
    answer: bulkPage,
    async handle(context) {
      const query = db('bulk_changes').select('*')
      if (context.query.things !== undefined) query.where({ things: context.query.things })
      const visible = bulkThings.filter((things) => mayChange(context, things))
      query.whereIn('things', visible)
      const { rows, nextCursor } = await listPage(db, query, context.query, sorts)
      return { items: await Promise.all(rows.map((row) => one(db, row))), nextCursor }
    }
  }),
  endpoint({
    route: 'POST /api/bulk-changes/:id/undo',
    summary: 'Give everything that a change of many has changed its former values again',
    answer: bulkChange,
    handle: (context) =>
      db.transaction(async (trx) => {
        const row = await trx('bulk_changes')
          .where({ id: context.id })
          // What changes tags is kept beside them, and undone in its own way.
          .whereIn('things', [...bulkThings])
          .forUpdate()
          .first<Row | undefined>()
        if (!row) throw new ApiError('not_found')
        const things = row['things'] as BulkThing
        refuseOthers(context, things)
        if (row['undone_at'] !== null) throw new ApiError('not_undoable')
        const items = row['items'] as BulkItem[]
        const states = await bulkStates(
          trx,
          things,
          items.map(({ id }) => id)
        )
        refuseLost(changedSince(items, states))
        const back = items.map((item) => ({ ...item, before: item.after, after: item.before }))
        await applyBulk(trx, context, things, back, context.id)
        const [undone] = (await trx('bulk_changes')
          .where({ id: context.id })
          .update({ undone_at: trx.fn.now() })
          .returning('*')) as Row[]
        await audit(trx, context, {
          action: 'bulk change.undo',
          entity: 'bulk change',
          entityId: context.id,
          data: { things, count: items.length }
        })
        return one(trx, undone ?? row)
      })
  })
]

async function previewOf(reader: Knex, { things, ids, change }: BulkBody) {
  const states = await bulkStates(reader, things, ids)
  const items = states.map((state) => changeOf(state, change)).filter((item) => item !== null)
  return { items, same: states.length - items.length, missing: ids.length - states.length }
}

async function one(db: Knex, row: Row): Promise<BulkChange> {
  const by = await db('users')
    .where({ id: row['created_by'] })
    .first<{ id: string; name: string } | undefined>('id', 'name')
  return itemOf(bulkChange, row, { count: (row['items'] as unknown[]).length, createdBy: by ?? null })
}

/** As a change of one; but that many contacts are one client's each, which operators change one by one. */
const mayChange = ({ who }: Pick<Context, 'who'>, things: BulkThing): boolean =>
  (access[`PATCH /api/${things}/:id`] as readonly string[]).includes(who.role) &&
  !(things === 'contacts' && who.role === 'operator')

function refuseOthers(context: Pick<Context, 'who'>, things: BulkThing): void {
  if (!mayChange(context, things)) throw new ApiError('forbidden')
}

function refuseLost(lost: readonly BulkItem[]): void {
  if (lost.length === 0) return
  const more = lost.length > mostNamed ? ` and ${lost.length - mostNamed} more` : ''
  throw new ApiError('changed_since', {
    detail: `${lost
      .slice(0, mostNamed)
      .map(({ name }) => name)
      .join(', ')}${more}`,
    errors: lost.slice(0, mostNamed).map(({ id, name }) => ({ path: id, message: name }))
  })
}
