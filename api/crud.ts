import type { Knex } from 'knex'
import type { z } from 'zod'
import type { RouteKey } from './access.ts'
import { audit } from './audit.ts'
import { isUsageThing, keepDeleted } from './deleted.ts'
import { listPage, listQuery, type PageRequest, type Sorts } from './collection.ts'
import { page } from './contract/common.ts'
import type { Usage } from './contract/usage.ts'
import { endpoint, type Context, type Endpoint } from './endpoint.ts'
import { refuseIfNewer } from './meanwhile.ts'
import { ApiError } from './problems.ts'
import { columnsOf, type Row } from './rows.ts'
import { breaking, inWords } from './usage.ts'
import { usageOf } from './usage-store.ts'

/** What has all five routes. */
/** Whatever has all the usual routes. */
type Thing = {
  [K in RouteKey]: K extends `PATCH /api/${infer T}/:id`
    ? `GET /api/${T}` | `POST /api/${T}` | `GET /api/${T}/:id` | `DELETE /api/${T}/:id` extends RouteKey
      ? T
      : never
    : never
}[RouteKey]

/** A collection with the five usual routes. The differences between things stand in the functions. */
export interface Crud<I extends z.ZodObject, C extends z.ZodObject, P extends z.ZodObject> {
  things: Thing
  /** Where it is not called as the collection is. */
  table?: string
  /** In the singular, for the documentation and the audit. */
  thing: string
  item: I
  create: C
  patch: P
  /** What `POST` answers with, when that is more than the item. */
  created?: z.ZodObject
  sorts: Sorts
  firstSort: string
  filters?: z.ZodRawShape
  /** Narrows the list by the filters given. */
  filter?(query: Knex.QueryBuilder, filters: Record<string, unknown>, context: Context): void
  hasUpdatedAt?: boolean
  /** Rows as the caller may see them. */
  read(db: Knex, rows: Row[], context: Context): Promise<z.output<I>[]>
  /** The body as columns, where that is more than a change of case. */
  columns?: (body: Partial<z.output<C>> & Partial<z.output<P>>) => Promise<Row>
  /** Columns that only a new row gets. */
  inserted?(): Row
  /** What hangs on the row, inside its transaction. */
  saved?(
    trx: Knex.Transaction,
    id: string,
    body: Partial<z.output<C>> & Partial<z.output<P>>,
    context: Context,
    before: Row | null
  ): Promise<void>
  /** What follows a change once it is committed. */
  committed?(id: string, body: Partial<z.output<C>> & Partial<z.output<P>>): Promise<void>
  /** More to the answer of `POST`, such as a secret shown once. */
  extra?(row: Row): Row
  /** Names of what still needs the row, beside what `usage-store.ts` finds by itself; a thing in use is not deleted. */
  usedBy?(trx: Knex.Transaction, row: Row): Promise<string[]>
  /** Asked before the row goes; what it gives is done once that is committed. */
  afterDelete?(trx: Knex.Transaction, row: Row, context: Context): Promise<() => Promise<void>>
}

/** Finds a row by id. @throws ApiError not_found */
export async function findRow(db: Knex, table: string, id: string): Promise<Row> {
  const row = await db(table).where({ id }).first<Row | undefined>()
  if (!row) throw new ApiError('not_found')
  return row
}

/** The five routes of a collection. Every change and its audit row are one transaction. */
export function crud<I extends z.ZodObject, C extends z.ZodObject, P extends z.ZodObject>(
  db: Knex,
  definition: Crud<I, C, P>
): Endpoint[] {
  // Inside, which fields a thing has does not matter; outside, `Crud` ties its functions to its schemas.
  const of = definition as unknown as Crud<z.ZodObject, z.ZodObject, z.ZodObject>
  const { things, thing, table = things } = of
  const columns = of.columns ?? ((body: Row) => Promise.resolve(columnsOf(body)))
  const one = async (row: Row, context: Context): Promise<Row> => {
    const [item] = await of.read(db, [row], context)
    if (!item) throw new ApiError('not_found')
    return item
  }

  /** The fields that were sent, as they were and as they have become. */
  const changed = async (trx: Knex, body: object, was: Row | undefined, row: Row, context: Context) => {
    const [is] = await of.read(trx, [row], context)
    return { before: only(was ?? {}, Object.keys(body)), after: given(body, is) }
  }

  return [
    endpoint({
      route: `GET /api/${things}`,
      summary: `List ${things}`,
      query: listQuery(of.sorts, of.firstSort, of.filters ?? {}),
      answer: page(of.item),
      async handle(context) {
        const query = db(table).select(`${table}.*`)
        const asked = context.query as PageRequest & Record<string, unknown>
        of.filter?.(query, asked, context)
        const { rows, nextCursor } = await listPage(db, query, asked, of.sorts)
        return { items: await of.read(db, rows, context), nextCursor }
      }
    }),
    endpoint({
      route: `POST /api/${things}`,
      summary: `Create a ${thing}`,
      body: of.create,
      answer: of.created ?? of.item,
      status: 201,
      async handle(context) {
        const { body } = context
        const values = { ...(await columns(body)), ...of.inserted?.() }
        const row = await db.transaction(async (trx) => {
          const [made] = (await trx(table).insert(values).returning('*')) as Row[]
          if (!made) throw new Error(`No row came back from ${table}`)
          const id = String(made['id'])
          await of.saved?.(trx, id, body, context, null)
          const [after] = await of.read(trx, [made], context)
          await audit(trx, context, {
            action: `${thing}.create`,
            entity: thing,
            entityId: id,
            change: { before: null, after: given(body, after) }
          })
          return made
        })
        await of.committed?.(String(row['id']), body)
        context.res.set('Location', `/api/${things}/${String(row['id'])}`)
        return { ...(await one(row, context)), ...of.extra?.(row) }
      }
    }),
    endpoint({
      route: `GET /api/${things}/:id`,
      summary: `Get a ${thing}`,
      answer: of.item,
      handle: async (context) => one(await findRow(db, table, context.id), context)
    }),
    endpoint({
      route: `PATCH /api/${things}/:id`,
      summary: `Change a ${thing}: fields that are left out stay as they are`,
      body: of.patch,
      answer: of.item,
      async handle(context) {
        const { body } = context
        const values = await columns(body)
        const row = await db.transaction(async (trx) => {
          const before = await trx(table).where({ id: context.id }).forUpdate().first<Row | undefined>()
          if (!before) throw new ApiError('not_found')
          await refuseIfNewer(trx, context.req, before, () => one(before, context))
          if (of.hasUpdatedAt !== false) values['updated_at'] = trx.fn.now()
          const [was] = await of.read(trx, [before], context)
          const update = Object.keys(values).length > 0
          const [after] = update
            ? ((await trx(table).where({ id: context.id }).update(values).returning('*')) as Row[])
            : [before]
          await of.saved?.(trx, context.id, body, context, before)
          await audit(trx, context, {
            action: `${thing}.change`,
            entity: thing,
            entityId: context.id,
            data: { fields: Object.keys(body), ...named(before) },
            change: await changed(trx, body, was, after ?? before, context)
          })
          return after ?? before
        })
        await of.committed?.(context.id, body)
        return one(row, context)
      }
    }),
    endpoint({
      route: `DELETE /api/${things}/:id`,
      summary: `Delete a ${thing}`,
      async handle(context) {
        const after = await db.transaction(async (trx) => {
          const row = await trx(table).where({ id: context.id }).forUpdate().first<Row | undefined>()
          if (!row) throw new ApiError('not_found')
          const users = (await of.usedBy?.(trx, row)) ?? []
          if (users.length > 0)
            throw new ApiError('in_use', { detail: `It is still used by ${listed(users)}.` })
          if (isUsageThing(things)) {
            const used = await usageOf(trx, things, row)
            if (!used.canDelete) throw inUse(used)
            if (used.canRestore) await keepDeleted(trx, things, context.id, context.who.userId)
          }
          const [gone] = await of.read(trx, [row], context)
          const after = await of.afterDelete?.(trx, row, context)
          await trx(table).where({ id: context.id }).delete()
          await audit(trx, context, {
            action: `${thing}.delete`,
            entity: thing,
            entityId: context.id,
            data: named(row),
            change: { before: gone ?? null, after: null }
          })
          return after
        })
        await after?.()
      }
    })
  ]
}

const only = (item: Row, names: readonly string[]): Row =>
  Object.fromEntries(names.flatMap((name) => (name in item ? [[name, item[name]]] : [])))

/** What was sent, in the words of the item where it has them: a password has none. */
const given = (body: object, item: Row | undefined): Row => ({
  ...body,
  ...only(item ?? {}, Object.keys(body))
})

const named = (row: Row): { name: unknown } => ({ name: row['name'] ?? row['e164'] ?? null })

const listed = (names: string[]): string =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`

/** The refusal that names all that would break. */
const inUse = (used: Usage): ApiError =>
  new ApiError('in_use', {
    detail: `It is still used by ${inWords(breaking(used))}.`,
    usage: used.references
  })

/** Schemes that mention an id, in their draft or in what is published: for things that nobody can be asked the use of. */
export async function schemesNaming(trx: Knex.Transaction, id: string): Promise<string[]> {
  const rows = await trx('schemes as s')
    .leftJoin('scheme_versions as v', (on) => {
      on.on('v.scheme_id', 's.id').andOn('v.version', 's.published_version')
    })
    .whereRaw('(cast(s.draft as text) like ? or cast(v.body as text) like ?)', [`%${id}%`, `%${id}%`])
    .select<{ name: string }[]>('s.name')
  return rows.map((row) => `scheme “${row.name}”`)
}
