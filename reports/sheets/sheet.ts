export type CellKind = 'text' | 'number' | 'integer' | 'money' | 'percent' | 'seconds' | 'day' | 'time'
export type Cell = string | number | boolean | Date | null
/** One cell for each column. */
export type SheetRow = readonly Cell[]
export type SheetRows = Iterable<SheetRow> | AsyncIterable<SheetRow>
export type SheetFormat = 'csv' | 'xlsx'

export interface Column {
  title: string
  kind: CellKind
  /** In characters; else what suits the kind. */
  width?: number
}

/** What a file looks like; its rows come apart from it. */
export interface Sheet {
  /** Of the XLSX sheet. */
  name: string
  columns: readonly Column[]
  locale: 'ru' | 'en'
  /** In which `time` cells are shown. */
  timeZone: string
}

export const fileTypes: Readonly<Record<SheetFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
}

/** What a table program may take for the beginning of a formula; the wide ones in East Asian settings. */
const formulaStart = /^[=+\-@\t\r\n＝＋－＠]/

/** Whether a text could run as a formula once a table program opens it. */
export const looksLikeFormula = (text: string): boolean => formulaStart.test(text)

/** A text that no table program takes for a formula. */
export const neutral = (text: string): string => (looksLikeFormula(text) ? `'${text}` : text)

/** What stands in a cell, by what it is rather than by what its column promised; null where nothing stands. */
export type Content =
  | { is: 'text'; text: string }
  | { is: 'number'; number: number }
  | { is: 'time'; at: Date }
  | { is: 'day'; day: string }
  | null

const dayShape = /^\d{4}-\d{2}-\d{2}$/

export function contentOf(cell: Cell, kind: CellKind): Content {
  if (cell === null) return null
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? null : { is: 'time', at: cell }
  if (typeof cell === 'boolean') return { is: 'number', number: cell ? 1 : 0 }
  if (typeof cell === 'number') return Number.isFinite(cell) ? { is: 'number', number: cell } : null
  if (kind === 'day' && dayShape.test(cell)) return { is: 'day', day: cell }
  return cell === '' ? null : { is: 'text', text: cell }
}

/** Digits after the point that a kind keeps; undefined: all of them. */
export const decimals: Readonly<Partial<Record<CellKind, number>>> = { money: 2, integer: 0, seconds: 0 }

/** A number as its kind keeps it. Shares and fractions of calls get six digits: no noise of binary fractions. */
export function roundedFor(kind: CellKind, value: number): number {
  const scale = 10 ** (decimals[kind] ?? 6)
  return Math.round(value * scale) / scale
}
