import { createWriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Knex } from 'knex'
import type { JobKind } from '../jobs/jobs.ts'
import { csvRows } from '../reports/sheets/csv.ts'
import { fileTypes, type Sheet, type SheetRow } from '../reports/sheets/sheet.ts'
import { xlsxRows } from '../reports/sheets/xlsx.ts'
import { fileColumns, fileRow, type CallNames } from './call-columns.ts'
import { callWord, type FileLocale } from './call-words.ts'
import { companyZone } from './company-zone.ts'
import { callSelection, type CallSelection, type ExportOrder } from './contract/journal.ts'
import { callColumns, type CallColumn } from './contract/journal-fields.ts'
import { applySelection, selectionOf, type Selection } from './routes/call-filters.ts'
import { callItems } from './routes/call-item.ts'
import { callRows, placeOf, type Place } from './routes/call-list.ts'

export const exportKind = 'export.calls'
const batchRows = 500

/** What goes into a file. */
export interface CallFile {
  query: CallSelection
  columns: readonly CallColumn[]
  format: 'csv' | 'xlsx'
  locale: FileLocale
}

/** Writes all calls that the filters let through, batch by batch: however many, memory stays the same. */
export function callExport(db: Knex): JobKind<ExportOrder> {
  return {
    kind: exportKind,
    async run(job) {
      const { query, format, locale, columns = callColumns } = job.params
      const file: CallFile = { query: callSelection.parse(query), columns, format, locale }
      const selection = selectionOf(file.query, await companyZone(db))
      const total = await countCalls(db, selection)
      await job.progress(0, total)
      const to = await job.file(fileName(file, new Date()), fileTypes[format])
      let done = 0
      const counted = async (rows: number): Promise<void> => {
        done += rows
        await job.progress(done, Math.max(total, done))
      }
      await pipeline(await callFile(db, file, { onRows: counted }), createWriteStream(to))
      return { calls: done }
    }
  }
}

/**
 * The file itself, as it is read.
 * @param atMost calls; null takes all
 */
export async function callFile(
  db: Knex,
  { query, columns, format, locale }: CallFile,
  { atMost = null, onRows }: { atMost?: number | null; onRows?: (rows: number) => Promise<void> } = {}
): Promise<Readable> {
  const timeZone = await companyZone(db)
  const selection = selectionOf(query, timeZone)
  const names = await namesOf(db)
  async function* rows(): AsyncGenerator<SheetRow> {
    let after: Place | null = null
    let left = atMost ?? Infinity
    while (left > 0) {
      const found = await callRows(db, selection, query.sort, after, Math.min(batchRows, left))
      for (const call of await callItems(db, found)) yield fileRow(call, columns, locale, names)
      await onRows?.(found.length)
      left -= found.length
      const last = found.at(-1)
      if (!last || found.length < batchRows) return
      after = placeOf(last)
    }
  }
  const sheet: Sheet = {
    ...{ name: callWord('sheet', 'calls', locale), columns: fileColumns(columns, locale), locale, timeZone }
  }
  return format === 'csv' ? csvRows(sheet, rows()) : xlsxRows(sheet, rows())
}

/**
 * How many calls the filters let through.
 * @param atMost counts no further
 */
export async function countCalls(db: Knex, selection: Selection, atMost?: number): Promise<number> {
  const calls = db('calls').select(db.raw('1'))
  applySelection(calls, selection)
  if (atMost !== undefined) calls.limit(atMost)
  const [row] = await db.from(calls.as('found')).count<{ n: string }[]>('* as n')
  return Number(row?.n ?? 0)
}

/** `calls-2026-11-22.csv`: by the day on which it is made. */
export function fileName({ format }: Pick<CallFile, 'format'>, now: Date): string {
  return `calls-${now.toISOString().slice(0, 10)}.${format}`
}

async function namesOf(db: Knex): Promise<CallNames> {
  const read = async (table: string): Promise<Map<string, string>> => {
    const rows = await db(table).select<{ id: string; name: string }[]>('id', 'name')
    return new Map(rows.map(({ id, name }) => [id, name]))
  }
  const [sites, users] = await Promise.all([read('sites'), read('users')])
  return { sites, users }
}
