import { CsvFault, csvRows, decodeText } from './csv.ts'
import { isZip, xlsxTable, XlsxFault } from './imports-xlsx.ts'
import { ApiError } from './problems.ts'

/** A row of a file: its number there, and its cells. */
export interface FileRow {
  line: number
  cells: readonly string[]
}

export const mostRows = 5000

/** The rows of a CSV or XLSX file, the heading first. @throws ApiError invalid, when it cannot be read as a table */
export async function readTable(bytes: Buffer): Promise<FileRow[]> {
  const rows = isZip(bytes) ? fromXlsx(bytes) : await fromCsv(bytes)
  if (rows.length > mostRows + 1) {
    throw new ApiError('invalid', {
      errors: [{ path: 'file', message: `has more than ${mostRows} rows`, code: 'tooManyRows' }]
    })
  }
  if (rows.length === 0) {
    throw new ApiError('invalid', { errors: [{ path: 'file', message: 'has no rows', code: 'noRows' }] })
  }
  return rows
}

async function fromCsv(bytes: Buffer): Promise<FileRow[]> {
  const rows: FileRow[] = []
  try {
    for await (const { line, cells } of csvRows(decodeText(bytes).text)) {
      rows.push({ line, cells: cells.map(withoutGuard) })
      if (rows.length > mostRows + 1) break
    }
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error
    throw new ApiError('invalid', {
      errors: [{ path: `line ${error.line}`, message: error.message, code: error.code }]
    })
  }
  return rows
}

function fromXlsx(bytes: Buffer): FileRow[] {
  try {
    return xlsxTable(bytes)
      .map((cells, index) => ({ line: index + 1, cells }))
      .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
  } catch (error) {
    if (!(error instanceof XlsxFault)) throw error
    throw new ApiError('invalid', { errors: [{ path: 'file', message: error.message }] })
  }
}

/** The apostrophe that keeps a table program from taking a text for a formula: `'+7495…` → `+7495…`. */
const withoutGuard = (cell: string): string => (/^'[=+\-@\t\r\n＝＋－＠]/.test(cell) ? cell.slice(1) : cell)
