import { readHeadings, type Headings } from './headings.ts'
import { readAmount, readCount, readCurrency, readDay, readText, type Read } from './values.ts'
import type { CostDialect, CostField, CostProblemCode, DecimalSign } from './words.ts'

/** What was paid on a day for one path. */
export interface CostRow {
  /** ISO. */
  readonly day: string
  readonly source: string
  readonly medium: string
  readonly campaign: string
  readonly keyword: string
  /** Hundredths of the currency. */
  readonly cents: number
  readonly currency: string
  readonly clicks: number | null
  readonly impressions: number | null
  readonly note: string | null
}
export interface CostProblem {
  readonly line: number
  readonly field: CostField | null
  readonly code: CostProblemCode
  /** What stands there, cut short. */
  readonly value: string | null
}

/** What holds for rows whose file does not say it. */
export interface CostDefaults {
  readonly source: string
  readonly medium: string
  readonly campaign: string
  readonly currency: string
}
export interface ReadOptions {
  /** What the person says of each column, from the left; absent: by the headings. */
  readonly columns?: readonly (CostField | null)[] | undefined
  readonly decimal: DecimalSign
  /** What the person says; the rest by the headings. */
  readonly defaults: Partial<CostDefaults>
  readonly companyCurrency: string
}

export interface CostFile {
  readonly headings: readonly string[]
  /** Null: there are none. */
  readonly headingLine: number | null
  readonly columns: readonly (CostField | null)[]
  readonly dialect: CostDialect | null
  readonly defaults: CostDefaults
  /** The first rows as they stand in the file. */
  readonly samples: readonly (readonly string[])[]
  readonly rows: readonly (CostRow & { readonly line: number })[]
  /** The first of them; `problemCount` counts all. */
  readonly problems: readonly CostProblem[]
  readonly problemCount: number
  /** Lines with sums, which are no costs of a day. */
  readonly sumLines: readonly number[]
}

export const mostRows = 50_000
const mostProblems = 500
/** Exports begin with a title and a period before the headings. */
const headRows = 15
const mostSamples = 5

interface Line {
  readonly line: number
  readonly cells: readonly string[]
}

/** Reads costs row by row: give all rows to `take` until it says false, then ask `end`. */
export function createCostReader(options: ReadOptions): { take(row: Line): boolean; end(): CostFile } {
  let head: Line[] | null = []
  let table: Table | null = null
  const rows: (CostRow & { line: number })[] = []
  const problems: CostProblem[] = []
  const sumLines: number[] = []
  const samples: (readonly string[])[] = []
  let problemCount = 0
  let lines = 0
  const say = (problem: CostProblem): void => {
    problemCount += 1
    if (problems.length < mostProblems) problems.push(problem)
  }

  function settle(): Table {
    const begun = head ?? []
    head = null
    const found = findTable(begun, options)
    table = found
    for (const [field, code] of lacking(found))
      say({ line: found.headingLine ?? 1, field, code, value: null })
    for (const row of begun.slice(found.skip)) read(row, found)
    return found
  }

  function read(row: Line, { columns, defaults, width }: Table): void {
    lines += 1
    if (samples.length < mostSamples) samples.push(row.cells.map((cell) => cell.slice(0, 100)))
    if (isSum(row.cells, columns)) {
      sumLines.push(row.line)
      return
    }
    if (problemCount > 0 && problems[0]?.code.startsWith('no') === true) return
    const { length } = row.cells
    if (length < width || row.cells.slice(width).some((cell) => cell.trim() !== '')) {
      say({ line: row.line, field: null, code: 'cells', value: `${length} ≠ ${width}` })
      return
    }
    const { cost, faults } = readRow(row.cells, columns, defaults, options.decimal)
    for (const fault of faults) say({ line: row.line, ...fault })
    if (faults.length === 0) rows.push({ line: row.line, ...cost })
  }

  return {
    take(row) {
      if (head) {
        head.push(row)
        if (head.length === headRows) settle()
        return true
      }
      if (lines >= mostRows) {
        say({ line: row.line, field: null, code: 'tooManyRows', value: null })
        return false
      }
      if (table) read(row, table)
      return true
    },
    end() {
      const { headings, headingLine, columns, dialect, defaults } = table ?? settle()
      if (rows.length === 0 && problemCount === 0)
        say({ line: headingLine ?? 1, field: null, code: 'noRows', value: null })
      return {
        ...{ headings, headingLine, columns, dialect, defaults },
        ...{ samples, rows, problems, problemCount, sumLines }
      }
    }
  }
}

interface Table {
  readonly headings: readonly string[]
  readonly headingLine: number | null
  readonly columns: readonly (CostField | null)[]
  readonly dialect: CostDialect | null
  readonly defaults: CostDefaults
  readonly width: number
  /** How many of the first rows are no data. */
  readonly skip: number
}

function findTable(begun: readonly Line[], { columns, defaults, companyCurrency }: ReadOptions): Table {
  const rated = begun
    .map(({ cells }, index) => ({ index, count: readHeadings(cells).columns.filter(Boolean).length }))
    .sort((a, b) => b.count - a.count || a.index - b.index)
  const [best] = rated
  const firstIsData = (begun[0]?.cells ?? []).some((cell) => 'value' in readDay(cell))
  // Two known headings are a row of headings; else it is the first row, unless that holds a day.
  const at = best && best.count > 1 ? best.index : firstIsData ? -1 : 0
  const row = begun[at]
  const found: Headings = readHeadings(row?.cells ?? [])
  const headings = (row?.cells ?? []).map((cell) => cell.trim().slice(0, 200))
  const width = row ? row.cells.length : (begun[0]?.cells.length ?? 0)
  return {
    headings,
    headingLine: row?.line ?? null,
    columns: Array.from({ length: width }, (_, index) => (columns ?? found.columns)[index] ?? null),
    dialect: found.dialect,
    defaults: {
      source: defaults.source ?? found.source,
      medium: defaults.medium ?? found.medium,
      campaign: defaults.campaign ?? '',
      currency: defaults.currency ?? found.currency ?? companyCurrency
    },
    width,
    skip: at + 1
  }
}

function lacking({ columns, defaults }: Table): [CostField, CostProblemCode][] {
  const list: [CostField, CostProblemCode][] = []
  if (!columns.includes('day')) list.push(['day', 'noDayColumn'])
  if (!columns.includes('amount')) list.push(['amount', 'noAmountColumn'])
  if (!columns.includes('source') && defaults.source === '') list.push(['source', 'noSource'])
  return list
}

function isSum(cells: readonly string[], columns: readonly (CostField | null)[]): boolean {
  const first = cells.find((cell) => cell.trim() !== '') ?? ''
  if (!/^\s*["']?(итого|всего|total|grand total)(?![a-zа-я])/i.test(first)) return false
  const at = columns.indexOf('day')
  return !('value' in readDay(cells[at] ?? ''))
}

type Fault = Omit<CostProblem, 'line'>

function readRow(
  cells: readonly string[],
  columns: readonly (CostField | null)[],
  defaults: CostDefaults,
  decimal: DecimalSign
): { cost: CostRow; faults: Fault[] } {
  const faults: Fault[] = []
  const cell = (field: CostField): string => {
    const at = columns.indexOf(field)
    return at === -1 ? '' : (cells[at] ?? '')
  }
  const fail = (field: CostField, code: CostProblemCode): void => {
    const value = readText(cell(field).slice(0, 60))
    faults.push({ field, code, value: 'value' in value && value.value !== '' ? value.value : null })
  }
  const take = <T>(field: CostField, result: Read<T>, otherwise: T): T => {
    if ('value' in result) return result.value
    fail(field, result.problem)
    return otherwise
  }
  const text = (field: CostField, usual = ''): string => {
    const read = take(field, readText(cell(field)), usual)
    return read === '' ? usual : read
  }
  const source = text('source', defaults.source)
  if (source === '') fail('source', 'sourceMissing')
  const currency = cell('currency').trim() === '' ? defaults.currency : readCurrency(cell('currency'))
  if (currency === null) fail('currency', 'currencyBad')
  const cost: CostRow = {
    day: take('day', readDay(cell('day')), ''),
    source,
    medium: text('medium', defaults.medium),
    campaign: text('campaign', defaults.campaign),
    keyword: text('keyword'),
    cents: take('amount', readAmount(cell('amount'), decimal), 0),
    currency: currency ?? '',
    clicks: take('clicks', readCount(cell('clicks')), null),
    impressions: take('impressions', readCount(cell('impressions')), null),
    note: text('note') || null
  }
  return { cost, faults }
}
