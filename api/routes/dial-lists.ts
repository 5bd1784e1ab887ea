import { z } from 'zod'
import { wakeRunner } from '../../dialling/callbacks.ts'
import { readEntries, readRows, type Parsed } from '../../dialling/core/entries.ts'
import { addEntries, countEntries } from '../../dialling/lists.ts'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { page } from '../contract/common.ts'
import {
  dialList,
  dialListCreate,
  dialListEntry,
  dialListImport,
  dialListImported,
  dialListPatch,
  type DialListItem
} from '../contract/dialling.ts'
import { crud, findRow } from '../crud.ts'
import { CsvFault, csvRows, type CsvRow } from '../csv.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, itemOf, whereFound, type Row } from '../rows.ts'

const entrySorts: Sorts = {
  position: { column: 'position', type: 'int' },
  updatedAt: { column: 'updated_at', type: 'time' }
}
const nothing = { waiting: 0, calling: 0, retry: 0, done: 0, failed: 0, stopped: 0 }
/** How many faulty lines an answer names. */
const mostProblems = 50

/** Lists of clients to call: one call per free operator, within polite limits. */
export function dialListRoutes({ db, dialling }: ApiDeps): Endpoint[] {
  async function items(rows: Row[]): Promise<DialListItem[]> {
    const counts = await countEntries(
      db,
      rows.map((row) => String(row['id']))
    )
    return rows.map((row) =>
      itemOf(dialList, row, { counts: { ...nothing, ...counts.get(String(row['id'])) } })
    )
  }

  const usual = crud(db, {
    things: 'dial-lists',
    table: 'dial_lists',
    thing: 'dial list',
    item: dialList,
    create: dialListCreate,
    patch: dialListPatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: '-createdAt',
    filters: { state: z.enum(['draft', 'running', 'paused', 'done']).optional() },
    filter(query, { state }) {
      if (typeof state === 'string') query.where('state', state)
    },
    read: (_db, rows) => items(rows),
    columns: ({ hours, ...rest }) =>
      Promise.resolve({
        ...columnsOf(rest),
        ...(hours !== undefined && { hours: hours === null ? null : JSON.stringify(hours) })
      }),
    async saved(trx, listId, _body, { who }, before) {
      if (before === null) await trx('dial_lists').where({ id: listId }).update({ created_by: who.userId })
      else await wakeRunner(trx)
    },
    usedBy(_trx, row) {
      if (row['state'] === 'running') throw new ApiError('list_running')
      return Promise.resolve([])
    }
  })

  async function turn(context: Context, to: 'running' | 'paused'): Promise<DialListItem> {
    const row = await db.transaction(async (trx) => {
      const list = await trx('dial_lists').where({ id: context.id }).forUpdate().first<Row | undefined>()
      if (!list) throw new ApiError('not_found')
      if (to === 'running') {
        const isStaffed = list['group_id'] ?? list['user_id'] ?? dialling.policy.settings.groupId
        if (isStaffed === null) throw new ApiError('list_not_ready', { detail: 'Nobody is named to talk.' })
        const left: unknown = await trx('dial_list_entries')
          .where({ list_id: context.id })
          .whereIn('state', ['waiting', 'calling', 'retry'])
          .first('id')
        if (left === undefined) throw new ApiError('list_not_ready', { detail: 'Nobody is left to call.' })
      } else if (list['state'] !== 'running') return list
      const [after] = (await trx('dial_lists')
        .where({ id: context.id })
        .update({ state: to, updated_at: trx.fn.now() })
        .returning('*')) as Row[]
      await wakeRunner(trx)
      await audit(trx, context, {
        action: to === 'running' ? 'dial list.start' : 'dial list.pause',
        entity: 'dial list',
        entityId: context.id
      })
      return after ?? list
    })
    const [item] = await items([row])
    if (!item) throw new ApiError('not_found')
    return item
  }

  return [
    ...usual,
    endpoint({
      route: 'POST /api/dial-lists/:id/start',
      summary: 'Begin to call, or go on',
      answer: dialList,
      handle: (context) => turn(context, 'running')
    }),
    endpoint({
      route: 'POST /api/dial-lists/:id/pause',
      summary: 'Place no more calls; those in progress go on',
      answer: dialList,
      handle: (context) => turn(context, 'paused')
    }),
    endpoint({
      route: 'GET /api/dial-lists/:id/entries',
      summary: 'List the clients of a dialling list',
      query: listQuery(entrySorts, 'position', {
        state: dialListEntry.shape.state.optional(),
        search: z.string().max(100).optional()
      }),
      answer: page(dialListEntry),
      async handle({ id, query }) {
        await findRow(db, 'dial_lists', id)
        const rows = db('dial_list_entries').where({ list_id: id }).select('*')
        if (query.state !== undefined) rows.where('state', query.state)
        if (query.search !== undefined) whereFound(rows, query.search, { names: ['name'], phones: ['phone'] })
        const found = await listPage(db, rows, query, entrySorts)
        return { items: found.rows.map((row) => itemOf(dialListEntry, row)), nextCursor: found.nextCursor }
      }
    }),
    endpoint({
      route: 'POST /api/dial-lists/:id/entries',
      summary: 'Add clients, one by one or as CSV. One faulty line, and nothing is added',
      body: dialListImport,
      answer: dialListImported,
      async handle(context) {
        const { body } = context
        const { homeCountry } = dialling.policy.policy.rules
        const { entries, problems } =
          'csv' in body
            ? await readCsv(body.csv, homeCountry)
            : readEntries(
                body.entries.map((entry, index) => ({
                  line: index + 1,
                  phone: entry.phone,
                  name: entry.name ?? null,
                  note: entry.note ?? null
                })),
                homeCountry
              )
        if (problems.length > 0) {
          const more = problems.length - mostProblems
          throw new ApiError('invalid', {
            ...(more > 0 && { detail: `${more} more lines cannot be read.` }),
            errors: problems
              .slice(0, mostProblems)
              .map(({ line, message, code }) => ({ path: `line ${line}`, message, code }))
          })
        }
        return db.transaction(async (trx) => {
          const list: unknown = await trx('dial_lists').where({ id: context.id }).forUpdate().first('id')
          if (list === undefined) throw new ApiError('not_found')
          const done = await addEntries(trx, context.id, entries)
          await audit(trx, context, {
            action: 'dial list.import',
            entity: 'dial list',
            entityId: context.id,
            data: done
          })
          return done
        })
      }
    })
  ]
}

async function readCsv(text: string, homeCountry: string): Promise<Parsed> {
  const rows: CsvRow[] = []
  try {
    for await (const row of csvRows(text)) rows.push(row)
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error
    return { entries: [], problems: [{ line: error.line, message: error.message, code: error.code }] }
  }
  return readRows(rows, homeCountry)
}
