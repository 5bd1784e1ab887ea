import { pipeline } from 'node:stream/promises'
import type { Knex } from 'knex'
import { clientFields, guessColumns } from '../../crm/imports/fields.ts'
import { readRow } from '../../crm/imports/row.ts'
import { csvRows } from '../../reports/sheets/csv.ts'
import { fileTypes, type Sheet, type SheetRow } from '../../reports/sheets/sheet.ts'
import { xlsxRows } from '../../reports/sheets/xlsx.ts'
import { audit } from '../audit.ts'
import {
  importKind,
  keepRows,
  knownOf,
  openTable,
  planOf,
  tryRows,
  undoKind,
  type ImportRow
} from '../client-imports.ts'
import { listPage, type Sorts } from '../collection.ts'
import {
  clientImport,
  clientImportBody,
  clientImportFile,
  clientImportPage,
  clientImportPreview,
  clientImportQuery,
  clientImportWish,
  type ClientImport
} from '../contract/client-imports.ts'
import { jobOrdered } from '../contract/jobs.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError, type FieldError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'

const sorts: Sorts = { createdAt: { column: 'created_at', type: 'time' } }
/** So many rows are tried for a preview; of the others only the counts are not known yet. */
const triedRows = 500
const shownRows = 50
const mostProblems = 200
/** Rows of files are kept so long after they were taken: for the undo, and for what was refused. */
const keptDays = 30

/** Clients and deals from files: read, looked at, taken in the background, and undone as a whole. */
export const clientImportRoutes = ({ db, jobs }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/client-imports',
    summary: 'List imports of clients and deals, the newest first',
    query: clientImportQuery,
    answer: clientImportPage,
    async handle({ query }) {
      const all = db('client_imports').select('client_imports.*')
      if (query.things) all.where({ things: query.things })
      const { rows, nextCursor } = await listPage(db, all, { ...query, sort: '-createdAt' }, sorts)
      return { items: await items(db, rows), nextCursor }
    }
  }),
  endpoint({
    route: 'GET /api/client-imports/:id',
    summary: 'Get an import of clients or deals, with how far it is',
    answer: clientImport,
    handle: ({ id }) => one(db, id)
  }),
  endpoint({
    route: 'POST /api/client-imports',
    summary: 'Read a CSV or XLSX file of clients or deals; nothing is taken before it is started',
    body: clientImportBody,
    answer: clientImport,
    status: 201,
    takesUpload: true,
    async handle(context) {
      const { body, upload, who } = context
      const bytes = upload?.bytes ?? Buffer.from(body.text ?? '')
      if (bytes.length === 0)
        throw new ApiError('invalid', { errors: [{ path: 'file', message: 'is needed', code: 'required' }] })
      const { lines, ...file } = await openTable(bytes)
      return db.transaction(async (trx) => {
        const known = await knownOf(trx, body.things)
        const guessed = guessColumns(body.things, file.headings, known.custom)
        const columns = (await columnsBefore(trx, body.things, file.headings, known.custom)) ?? guessed
        await trx('client_import_rows')
          .whereIn(
            'import_id',
            trx('client_imports')
              .whereRaw(`coalesce(ended_at, created_at) < now() - interval '${keptDays} days'`)
              .select('id')
          )
          .delete()
        const [made] = await trx('client_imports')
          .insert({
            ...{ things: body.things, file_name: upload?.fileName ?? null, file_hash: file.hash, total: 0 },
            ...{ dialect: JSON.stringify(file.dialect), headings: file.headings, created_by: who.userId },
            columns: JSON.stringify(columns)
          })
          .returning<{ id: string }[]>('id')
        if (!made) throw new Error('No import came back')
        const total = await keepRows(trx, made.id, lines, file.headings.length)
        await trx('client_imports').where({ id: made.id }).update({ total })
        await audit(trx, context, {
          action: 'client import.create',
          entity: 'client import',
          entityId: made.id,
          data: { things: body.things, rows: total, name: upload?.fileName ?? null }
        })
        return one(trx, made.id)
      })
    }
  }),
  endpoint({
    route: 'POST /api/client-imports/:id/preview',
    summary: 'What would become of the first rows with these columns and this rule; nothing is kept',
    body: clientImportWish,
    answer: clientImportPreview,
    async handle({ id, body, who }) {
      const row = (await findRow(db, 'client_imports', id)) as ImportRow
      const known = await knownOf(db, row.things)
      refuseColumns(row, body.columns, known.custom)
      const lines = await db('client_import_rows')
        .where({ import_id: id })
        .orderBy('line')
        .limit(triedRows)
        .select<{ line: number; cells: string[] }[]>('line', 'cells')
      const plan = {
        ...planOf(row),
        columns: body.columns,
        duplicates: body.duplicates,
        ownerId: body.ownerId
      }
      const { outcomes, ...counts } = await tryRows(db, plan, lines, known)
      const locale = await localeOf(db, who.userId)
      return {
        fields: [
          ...clientFields[row.things].map((field) => ({
            name: field.name,
            heading: field[locale],
            isMany: field.isMany ?? false
          })),
          ...known.custom.map((field) => ({ name: `custom:${field.id}`, heading: field.name, isMany: false }))
        ],
        samples: lines.slice(0, 3).map(({ line, cells }) => ({ line, cells })),
        rows: outcomes.slice(0, shownRows).map(({ line, state }, index) => {
          const { contact, deal } = readRow(row.things, body.columns, lines[index]?.cells ?? [], known)
          const { name, phones, emails, company } = contact
          return { line, state, name: name ?? '', title: deal?.title ?? null, phones, emails, company }
        }),
        ...counts,
        problems: outcomes
          .flatMap(({ line, problem }) => (problem ? [{ line, ...problem }] : []))
          .slice(0, mostProblems)
      }
    }
  }),
  endpoint({
    route: 'POST /api/client-imports/:id/start',
    summary: 'Take the rows in the background, or go on with an import that was stopped',
    body: clientImportWish,
    answer: jobOrdered,
    status: 202,
    async handle(context) {
      const { id, body, who } = context
      if (!jobs) throw new ApiError('not_found')
      return db.transaction(async (trx) => {
        const row = await locked(trx, id)
        if (row.state !== 'read' && row.state !== 'stopped') throw new ApiError('import_state')
        refuseColumns(row, body.columns, (await knownOf(trx, row.things)).custom)
        // What is taken already was taken by the first wish: a part cannot follow another.
        const wish =
          row.state === 'stopped'
            ? {}
            : {
                ...{ columns: JSON.stringify(body.columns), duplicates: body.duplicates },
                ...{ owner_id: body.ownerId, started_at: trx.fn.now() }
              }
        await trx('client_imports')
          .where({ id })
          .update({ ...wish, state: 'running', ended_at: null })
        const jobId = await jobs.order(trx, {
          kind: importKind,
          params: { importId: id },
          userId: who.userId
        })
        await audit(trx, context, {
          action: `${row.things}.import`,
          entity: 'client import',
          entityId: id,
          data: { rows: row.total, duplicates: body.duplicates }
        })
        return { jobId }
      })
    }
  }),
  endpoint({
    route: 'POST /api/client-imports/:id/undo',
    summary:
      'Take an import back: what it made goes, what it changed is as it was; what was used since stays',
    answer: jobOrdered,
    status: 202,
    async handle(context) {
      const { id, who } = context
      if (!jobs) throw new ApiError('not_found')
      return db.transaction(async (trx) => {
        const row = await locked(trx, id)
        if (row.state !== 'done' && row.state !== 'stopped') throw new ApiError('import_state')
        const rows: unknown = await trx('client_import_rows').where({ import_id: id }).first('line')
        if (rows === undefined) throw new ApiError('not_undoable')
        await trx('client_imports').where({ id }).update({ state: 'undoing' })
        const jobId = await jobs.order(trx, { kind: undoKind, params: { importId: id }, userId: who.userId })
        await audit(trx, context, { action: 'client import.undo', entity: 'client import', entityId: id })
        return { jobId }
      })
    }
  }),
  endpoint({
    route: 'DELETE /api/client-imports/:id',
    summary: 'Forget a file that was read and not taken',
    async handle(context) {
      const { id } = context
      await db.transaction(async (trx) => {
        const row = await locked(trx, id)
        if (row.state !== 'read') throw new ApiError('import_state')
        await trx('client_imports').where({ id }).delete()
        await audit(trx, context, { action: 'client import.delete', entity: 'client import', entityId: id })
      })
    }
  }),
  endpoint({
    route: 'GET /api/client-imports/:id/refused',
    summary: 'The rows that were refused, as they stood in the file, with the reason of each',
    query: clientImportFile,
    raw: 'text/csv',
    async handle(context) {
      await audit(db, context, {
        action: 'client import.download',
        entity: 'client import',
        entityId: context.id
      })
      await sendRefused(db, context)
    }
  })
]

async function locked(trx: Knex, id: string): Promise<ImportRow> {
  const row = await trx('client_imports').where({ id }).forUpdate().first<ImportRow | undefined>()
  if (!row) throw new ApiError('not_found')
  return row
}

async function items(db: Knex, rows: readonly Row[]): Promise<ClientImport[]> {
  const people = await db('users')
    .whereIn(
      'id',
      rows.map((row) => row['created_by']).filter((id) => typeof id === 'string')
    )
    .select<{ id: string; name: string }[]>('id', 'name')
  const repeats = await db('client_imports')
    .whereIn(
      'file_hash',
      rows.map((row) => String(row['file_hash']))
    )
    .whereIn('state', ['running', 'stopped', 'done'])
    .select<{ id: string; file_hash: string; things: string }[]>('id', 'file_hash', 'things')
  return rows.map((row) =>
    itemOf(clientImport, row, {
      dialect: row['dialect'] as ClientImport['dialect'],
      columns: (row['columns'] as (string | null)[] | null) ?? [],
      undo: row['undo'] as ClientImport['undo'],
      createdBy: people.find(({ id }) => id === row['created_by']) ?? null,
      isRepeated: repeats.some(
        (other) =>
          other.id !== row['id'] && other.file_hash === row['file_hash'] && other.things === row['things']
      )
    })
  )
}

async function one(db: Knex, id: string): Promise<ClientImport> {
  const [item] = await items(db, [await findRow(db, 'client_imports', id)])
  if (!item) throw new ApiError('not_found')
  return item
}

/** What somebody has chosen for a file with the same headings, where its fields are still there. */
async function columnsBefore(
  trx: Knex,
  things: 'contacts' | 'deals',
  headings: readonly string[],
  custom: readonly { id: string }[]
): Promise<(string | null)[] | null> {
  const row = await trx('client_imports')
    .where({ things })
    .whereRaw('headings = cast(? as text[]) and started_at is not null', [[...headings]])
    .orderBy('started_at', 'desc')
    .first<{ columns: (string | null)[] } | undefined>('columns')
  const names = new Set([
    ...clientFields[things].map(({ name }) => name),
    ...custom.map(({ id }) => `custom:${id}`)
  ])
  return row?.columns.map((name) => (name !== null && names.has(name) ? name : null)) ?? null
}

function refuseColumns(
  row: ImportRow,
  columns: readonly (string | null)[],
  custom: readonly { id: string }[]
): void {
  const fields = clientFields[row.things]
  const wrong = columns.flatMap((name, index): FieldError[] => {
    if (name === null) return []
    const field = fields.find((each) => each.name === name)
    const isKnown = field !== undefined || custom.some(({ id }) => name === `custom:${id}`)
    const isTwice = field?.isMany !== true && columns.indexOf(name) !== index
    const path = `columns.${index}`
    if (!isKnown) return [{ path, message: 'does not exist', code: 'reference' }]
    return isTwice ? [{ path, message: 'exists already', code: 'taken' }] : []
  })
  if (columns.length !== row.headings.length)
    wrong.push({ path: 'columns', message: `must be ${row.headings.length}`, code: 'invalid' })
  const keys = row.things === 'deals' ? ['title'] : ['name', 'lastName', 'firstName', 'phone', 'email']
  if (!keys.some((name) => columns.includes(name)))
    wrong.push({ path: 'columns', message: `must hold one of: ${keys.join(', ')}`, code: 'required' })
  if (wrong.length > 0) throw new ApiError('invalid', { errors: wrong })
}

async function localeOf(db: Knex, userId: string): Promise<'ru' | 'en'> {
  const row = await db('users').where({ id: userId }).first<{ locale: string } | undefined>('locale')
  return row?.locale === 'en' ? 'en' : 'ru'
}

const reasons: Record<string, readonly [ru: string, en: string]> = {
  required: ['обязательно', 'is needed'],
  phone: ['не похоже на номер телефона', 'is not a telephone number'],
  email: ['не похоже на адрес почты', 'is not a mail address'],
  invalid: ['не удалось прочитать', 'cannot be read'],
  reference: ['такого нет', 'does not exist'],
  noOne: ['нет ни имени, ни номера, ни почты', 'has no name, number or mail'],
  twoContacts: ['номера двух разных клиентов', 'numbers of two different clients'],
  tooLong: ['слишком длинно', 'is too long']
}

async function sendRefused(
  db: Knex,
  { id, query, res, who }: Context<{ format: 'csv' | 'xlsx' }>
): Promise<void> {
  const row = (await findRow(db, 'client_imports', id)) as ImportRow
  const locale = await localeOf(db, who.userId)
  const fields = new Map(clientFields[row.things].map((field) => [field.name, field[locale]]))
  async function* rows(): AsyncGenerator<SheetRow> {
    let after = 0
    for (;;) {
      const found = await db('client_import_rows')
        .where({ import_id: id, state: 'refused' })
        .where('line', '>', after)
        .orderBy('line')
        .limit(1000)
        .select<
          { line: number; cells: string[]; problem: { field: string; code: string; value: string | null } }[]
        >(...['line', 'cells', 'problem'])
      for (const { cells, problem } of found) {
        const word = reasons[problem.code]?.[locale === 'ru' ? 0 : 1] ?? problem.code
        const about = `${fields.get(problem.field) ?? problem.field}: ${word}${problem.value === null ? '' : ` (${problem.value})`}`
        yield [...row.headings.map((_, index) => cells[index] ?? ''), about]
      }
      const last = found.at(-1)
      if (!last) return
      after = last.line
    }
  }
  const titles = [...row.headings, locale === 'ru' ? 'Почему не принято' : 'Why it was refused']
  const sheet: Sheet = {
    ...{ name: 'refused', locale, timeZone: 'UTC' },
    columns: titles.map((title) => ({ title, kind: 'text' as const }))
  }
  res.set('Content-Type', fileTypes[query.format]).attachment(`refused.${query.format}`)
  await pipeline(query.format === 'csv' ? csvRows(sheet, rows()) : xlsxRows(sheet, rows()), res)
}
