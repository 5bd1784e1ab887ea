import { normalise } from '../../tracking/phones.ts'

export interface NewEntry {
  phone: string
  name: string | null
  note: string | null
}
export interface LineProblem {
  /** From 1. */
  line: number
  message: string
}
export type Parsed = { entries: NewEntry[]; problems: [] } | { entries: []; problems: LineProblem[] }

const longestName = 200
const longestNote = 1000

/**
 * Reads entries of a dialling list from CSV: `phone`, then name and note, with comma, semicolon or tab between, quotes
 * as usual, and an optional first line of headings. All or nothing: one bad line, and there are problems only.
 */
export function parseCsv(text: string, homeCountry: string): Parsed {
  const { rows, unclosed } = splitCsv(text.replace(/^\uFEFF/, ''))
  if (unclosed !== null)
    return { entries: [], problems: [{ line: unclosed, message: 'a quote is opened and never closed' }] }
  const [first] = rows
  const hasHeadings = first !== undefined && !/\d/.test(first.cells[0] ?? '')
  const headings = hasHeadings ? first.cells.map((cell) => cell.trim().toLowerCase()) : []
  const place = (names: readonly string[], usual: number): number => {
    const at = headings.findIndex((heading) => names.includes(heading))
    return at === -1 ? usual : at
  }
  const phoneAt = place(['phone', 'телефон', 'номер', 'number'], 0)
  const nameAt = place(['name', 'имя', 'фио', 'клиент'], hasHeadings && headings.length === 1 ? -1 : 1)
  const noteAt = place(['note', 'комментарий', 'заметка', 'comment'], hasHeadings ? -1 : 2)
  const lines = (hasHeadings ? rows.slice(1) : rows).map(({ line, cells }) => ({
    line,
    phone: cells[phoneAt] ?? '',
    name: cells[nameAt] ?? '',
    note: cells[noteAt] ?? ''
  }))
  return readEntries(lines, homeCountry)
}

/** Checks entries given one by one; `line` is how problems name them. */
export function readEntries(
  lines: readonly { line: number; phone: string; name?: string | null; note?: string | null }[],
  homeCountry: string
): Parsed {
  const problems: LineProblem[] = []
  const seen = new Map<string, number>()
  const entries = lines.flatMap(({ line, phone, name, note }): NewEntry[] => {
    const say = (message: string): NewEntry[] => {
      problems.push({ line, message })
      return []
    }
    if (phone.trim() === '') return say('there is no telephone number')
    const e164 = normalise(phone, homeCountry)?.e164
    if (e164 === undefined) return say(`“${phone.trim().slice(0, 40)}” is not a telephone number`)
    const before = seen.get(e164)
    if (before !== undefined) return say(`${e164} stands in line ${before} already`)
    seen.set(e164, line)
    const cleanName = clean(name)
    const cleanNote = clean(note)
    if ((cleanName?.length ?? 0) > longestName)
      return say(`the name is longer than ${longestName} characters`)
    if ((cleanNote?.length ?? 0) > longestNote)
      return say(`the note is longer than ${longestNote} characters`)
    return [{ phone: e164, name: cleanName, note: cleanNote }]
  })
  if (problems.length > 0) return { entries: [], problems }
  if (entries.length === 0) return { entries: [], problems: [{ line: 1, message: 'there is no entry' }] }
  return { entries, problems: [] }
}

function clean(text: string | null | undefined): string | null {
  const plain = (text ?? '').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trim()
  return plain === '' ? null : plain
}

interface CsvRow {
  line: number
  cells: string[]
}

/** Splits CSV into rows with the numbers of the lines on which they begin; empty lines are left out. */
function splitCsv(text: string): { rows: CsvRow[]; unclosed: number | null } {
  const [head = ''] = text.split('\n', 1)
  const separator = ['\t', ';', ','].find((sign) => head.includes(sign)) ?? ','
  const rows: CsvRow[] = []
  let row: CsvRow = { line: 1, cells: [] }
  let cell = ''
  let line = 1
  let quotedSince: number | null = null
  const endRow = (): void => {
    row.cells.push(cell)
    if (row.cells.some((part) => part.trim() !== '')) rows.push(row)
    cell = ''
    row = { line: line + 1, cells: [] }
  }
  for (let i = 0; i < text.length; i += 1) {
    const sign = text[i] ?? ''
    if (quotedSince !== null) {
      if (sign === '"' && text[i + 1] === '"') {
        cell += '"'
        i += 1
      } else if (sign === '"') quotedSince = null
      else cell += sign
      if (sign === '\n') line += 1
    } else if (sign === '"' && cell.trim() === '') {
      cell = ''
      quotedSince = line
    } else if (sign === separator) {
      row.cells.push(cell)
      cell = ''
    } else if (sign === '\n') {
      endRow()
      line += 1
    } else if (sign !== '\r') cell += sign
  }
  if (cell !== '' || row.cells.length > 0) endRow()
  return { rows, unclosed: quotedSince }
}
