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
  code: 'required' | 'phone' | 'taken' | 'tooLong' | 'noRows' | 'unclosedQuote' | 'longLine'
}
export type Parsed = { entries: NewEntry[]; problems: [] } | { entries: []; problems: LineProblem[] }

const longestName = 200
const longestNote = 1000

/** One row of a CSV file: the line on which it begins, from 1, and its cells. */
export interface Row {
  line: number
  cells: readonly string[]
}

/**
 * Reads entries of a dialling list from the rows of a CSV file: `phone`, then name and note, and an optional first row
 * of headings. All or nothing: one bad line, and there are problems only.
 */
export function readRows(rows: readonly Row[], homeCountry: string): Parsed {
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
    const say = (code: LineProblem['code'], message: string): NewEntry[] => {
      problems.push({ line, message, code })
      return []
    }
    if (phone.trim() === '') return say('required', 'there is no telephone number')
    const e164 = normalise(phone, homeCountry)?.e164
    if (e164 === undefined) return say('phone', `“${phone.trim().slice(0, 40)}” is not a telephone number`)
    const before = seen.get(e164)
    if (before !== undefined) return say('taken', `${e164} stands in line ${before} already`)
    seen.set(e164, line)
    const cleanName = clean(name)
    const cleanNote = clean(note)
    if ((cleanName?.length ?? 0) > longestName)
      return say('tooLong', `the name is longer than ${longestName} characters`)
    if ((cleanNote?.length ?? 0) > longestNote)
      return say('tooLong', `the note is longer than ${longestNote} characters`)
    return [{ phone: e164, name: cleanName, note: cleanNote }]
  })
  if (problems.length > 0) return { entries: [], problems }
  if (entries.length === 0)
    return { entries: [], problems: [{ line: 1, message: 'there is no entry', code: 'noRows' }] }
  return { entries, problems: [] }
}

function clean(text: string | null | undefined): string | null {
  const plain = (text ?? '').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trim()
  return plain === '' ? null : plain
}
