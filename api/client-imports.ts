import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import type { Knex } from 'knex'
import type { ClientThings } from '../crm/imports/fields.ts'
import type { Known } from '../crm/imports/row.ts'
import { countsOf, takeRows, type FileLine, type ImportPlan } from '../crm/imports/take.ts'
import { undoRows } from '../crm/imports/undo.ts'
import { JobCancelled, type JobKind } from '../jobs/jobs.ts'
import { readCompany } from '../reports/queries/company.ts'
import { CsvFault, csvRows, decodeText, separatorOf } from './csv.ts'
import { xlsxLines, type SheetLine } from './imports-sheet.ts'
import { isZip, XlsxFault } from './imports-xlsx.ts'
import { ApiError, type FieldError } from './problems.ts'

export const importKind = 'import.clients'
export const undoKind = 'import.clients.undo'
export const mostClientRows = 200_000
const batchRows = 500
const insertRows = 2000

export interface ReadFile {
  hash: string
  dialect: { format: 'csv' | 'xlsx'; encoding: string | null; separator: string | null }
  headings: string[]
  lines: AsyncGenerator<FileLine>
}

/** A file as a table, its first row the headings; the rest is read as it is asked for. @throws ApiError invalid */
export async function openTable(bytes: Buffer): Promise<ReadFile> {
  const hash = createHash('sha256').update(bytes).digest('hex')
  const decoded = isZip(bytes) ? null : decodeText(bytes)
  const separator = decoded && separatorOf(decoded.text)
  const lines = inWords(decoded && separator ? csvRows(decoded.text, separator) : xlsxLines(bytes))
  const first = await lines.next()
  if (first.done === true) throw fault('has no rows', 'noRows')
  const headings = first.value.cells.map((cell) => cell.trim().slice(0, 200)).slice(0, 100)
  return {
    hash,
    dialect: {
      format: decoded ? 'csv' : 'xlsx',
      encoding: decoded?.encoding ?? null,
      separator: separator ?? null
    },
    headings,
    lines
  }
}

async function* inWords(
  rows: AsyncGenerator<SheetLine> | AsyncIterable<{ line: number; cells: readonly string[] }>
): AsyncGenerator<FileLine> {
  try {
    for await (const { line, cells } of rows) yield { line, cells: cells.map(withoutGuard) }
  } catch (error) {
    if (error instanceof CsvFault) throw fault(error.message, error.code, `line ${error.line}`)
    if (error instanceof XlsxFault) throw fault(error.message, 'invalid')
    throw error
  }
}

const fault = (message: string, code: FieldError['code'], path = 'file'): ApiError =>
  new ApiError('invalid', { errors: [{ path, message, ...(code && { code }) }] })

/** The apostrophe that keeps a table program from taking a text for a formula; and what no database holds. */
const withoutGuard = (cell: string): string =>
  (/^'[=+\-@\t\r\n＝＋－＠]/.test(cell) ? cell.slice(1) : cell).replaceAll('\u0000', '')

/** Keeps the rows of a file, to be taken later. @returns how many */
export async function keepRows(
  trx: Knex,
  importId: string,
  lines: AsyncIterable<FileLine>,
  columns: number
): Promise<number> {
  let total = 0
  let batch: FileLine[] = []
  const write = async (): Promise<void> => {
    await trx.raw(
      `insert into client_import_rows (import_id, line, cells)
       select ?, x.line, array(select jsonb_array_elements_text(x.cells)) from jsonb_to_recordset(cast(? as jsonb))
         as x(line int, cells jsonb)`,
      [importId, JSON.stringify(batch)]
    )
    total += batch.length
    batch = []
  }
  for await (const { line, cells } of lines) {
    batch.push({ line, cells: cells.slice(0, columns) })
    if (total + batch.length > mostClientRows)
      throw fault(`has more than ${mostClientRows} rows`, 'tooManyRows')
    if (batch.length >= insertRows) await write()
  }
  if (batch.length > 0) await write()
  if (total === 0) throw fault('has no rows', 'noRows')
  return total
}

/** What rows are read against. */
export async function knownOf(db: Knex, things: ClientThings): Promise<Known> {
  const users = await db('users').select<{ id: string; login: string; name: string }[]>('id', 'login', 'name')
  const custom = await db('custom_fields')
    .where({ things: 'contacts' })
    .orderBy(['position', 'name'])
    .select<Known['custom']>('id', 'name', 'kind', 'choices')
  const stages = await db('pipeline_stages as s')
    .join('pipelines as p', 'p.id', 's.pipeline_id')
    .orderByRaw(`p.position, p.created_at, s.kind <> 'open', s.position, s.id`)
    .select<Known['stages']>('s.id', 's.name', 's.kind', 's.pipeline_id as pipelineId', 'p.name as pipeline')
  return {
    users: new Map(
      users.flatMap(({ id, login, name }) => [login, name].map((word) => [word.toLowerCase(), id]))
    ),
    custom: things === 'contacts' ? custom : [],
    stages,
    currency: (await readCompany(db)).currency
  }
}

/** An import as its row has it. */
export interface ImportRow extends Record<string, unknown> {
  id: string
  things: ClientThings
  headings: string[]
  columns: (string | null)[] | null
  duplicates: ImportPlan['duplicates']
  owner_id: string | null
  state: string
  total: number
}

export const planOf = (row: ImportRow): ImportPlan => ({
  ...{ id: row.id, things: row.things, duplicates: row.duplicates },
  columns: row.columns ?? [],
  ownerId: row.owner_id
})

/**
 * Takes the rows of a file that has been kept, batch by batch, each in a transaction of its own: what a restart cuts off goes
 * on where it was. One that is cancelled stops with what it has taken, and can go on or be undone.
 */
export function clientImport(db: Knex): JobKind<{ importId: string }> {
  return {
    kind: importKind,
    async run(job) {
      const { importId } = job.params
      const row = await db('client_imports').where({ id: importId }).first<ImportRow | undefined>()
      if (row?.state !== 'running') return null
      const known = await knownOf(db, row.things)
      const plan = planOf(row)
      const [had] = await db('client_import_rows')
        .where({ import_id: importId })
        .whereNotNull('state')
        .count<{ n: string }[]>('* as n')
      let done = Number(had?.n ?? 0)
      try {
        for (;;) {
          const taken = await db.transaction(async (trx) => {
            const lines = await trx('client_import_rows')
              .where({ import_id: importId, state: null })
              .orderBy('line')
              .limit(batchRows)
              .forUpdate()
              .select<FileLine[]>('line', 'cells')
            if (lines.length > 0) await takeRows(trx, plan, lines, known)
            else await end(trx, importId, 'done')
            return lines.length
          })
          if (taken === 0) break
          done += taken
          await job.progress(done, row.total)
        }
      } catch (error) {
        if (error instanceof JobCancelled) await end(db, importId, 'stopped')
        throw error
      }
      const counts = await db('client_imports')
        .where({ id: importId })
        .first<Record<string, number> | undefined>('created', 'updated', 'skipped', 'refused')
      return { importId, ...counts }
    }
  }
}

/** Takes a whole import back, in one transaction: all of it, or nothing. */
export function clientImportUndo(db: Knex): JobKind<{ importId: string }> {
  return {
    kind: undoKind,
    run: (job) =>
      db.transaction(async (trx) => {
        const { importId } = job.params
        const row = await trx('client_imports')
          .where({ id: importId })
          .forUpdate()
          .first<ImportRow | undefined>()
        if (row?.state !== 'undoing') return null
        const undo = await undoRows(trx, importId)
        await trx('client_imports')
          .where({ id: importId })
          .update({ state: 'undone', undo: JSON.stringify(undo) })
        return { importId, ...undo }
      })
  }
}

const end = (db: Knex, id: string, state: 'done' | 'stopped') =>
  db('client_imports').where({ id }).update({ state, ended_at: db.fn.now() })

/** Takes every row in a transaction that is rolled back: what would come of them, without keeping any of it. */
export async function tryRows(
  db: Knex,
  plan: ImportPlan,
  lines: readonly FileLine[],
  known: Known
): Promise<ReturnType<typeof countsOf> & { outcomes: Awaited<ReturnType<typeof takeRows>> }> {
  const trx = await db.transaction()
  try {
    const outcomes = []
    for (let from = 0; from < lines.length; from += batchRows) {
      outcomes.push(...(await takeRows(trx, plan, lines.slice(from, from + batchRows), known)))
      await turn()
    }
    return { ...countsOf(outcomes), outcomes }
  } finally {
    await trx.rollback()
  }
}
