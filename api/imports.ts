import type { ImportProblem } from './contract/imports.ts'
import type { ImportThing } from './contract/settings-words.ts'
import { codeOfIssue } from './field-codes.ts'
import {
  importFields,
  keyOf,
  readCell,
  type ImportField,
  type ImportValue,
  type Reference
} from './imports-fields.ts'
import type { FileRow } from './imports-read.ts'

export type Values = Readonly<Record<string, ImportValue>>
/** What is there already; references by their names. */
export interface Existing {
  id: string
  values: Values
}
export interface Known {
  /** By the key. */
  existing: ReadonlyMap<string, Existing>
  /** Ids by the name. */
  references: Readonly<Record<Reference, ReadonlyMap<string, string>>>
}
export interface RowChange {
  line: number
  key: string
  /** Null: it is new. */
  existing: Existing | null
  /** The fields that differ; of a new one all that the file gives. */
  values: Values
}
export interface Plan {
  changes: RowChange[]
  same: number
  problems: ImportProblem[]
}

const messages: Readonly<Record<string, string>> = {
  required: 'is needed',
  reference: 'does not exist',
  taken: 'stands in the file twice, or belongs to another',
  e164: 'must be a number in E.164, such as +74951234567',
  invalid: 'cannot be accepted'
}

/** What a file would change, and all that is wrong with it; nothing is decided by half a file. */
export function planImport(
  things: ImportThing,
  columns: readonly (string | null)[],
  rows: readonly FileRow[],
  known: Known
): Plan {
  const [head, ...body] = rows
  const key = keyOf(things)
  const headings = head?.cells ?? []
  const problems: ImportProblem[] = []
  const columnOf = (field: ImportField): string | null => headings[columns.indexOf(field.name)] ?? null
  const fault = (line: number, field: ImportField, code: string, value: string | null): void => {
    const message = messages[code] ?? messages['invalid'] ?? code
    problems.push({ line, column: columnOf(field), field: field.name, code, message, value })
  }
  if (!columns.includes(key.name)) {
    fault(head?.line ?? 1, key, 'required', null)
    return { changes: [], same: 0, problems }
  }

  const changes: RowChange[] = []
  const seen = new Set<string>()
  const owners = uniqueOwners(things, known)
  let same = 0
  for (const { line, cells } of body) {
    const before = problems.length
    const given: Record<string, ImportValue> = {}
    for (const field of importFields[things]) {
      const place = columns.indexOf(field.name)
      if (place < 0) continue
      const cell = cells[place] ?? ''
      const read = readCell(field, cell)
      if ('code' in read) {
        // What is never empty stays as it is where a row says nothing.
        if (cell.trim() !== '' || field.isNeeded) fault(line, field, read.code, cell.trim() || null)
        continue
      }
      given[field.name] = read.value
      const wrong = wrongWith(field, read.value, known)
      if (wrong) fault(line, field, wrong.code, wrong.value)
    }
    const name = String(given[key.name] ?? '')
    if (name === '') continue
    if (seen.has(name)) fault(line, key, 'taken', name)
    seen.add(name)
    const existing = known.existing.get(name) ?? null
    for (const field of importFields[things]) {
      if (!existing && field.isNeeded && !columns.includes(field.name)) fault(line, field, 'required', null)
      const value = given[field.name]
      if (!field.isUnique || typeof value !== 'string') continue
      const owner = owners.get(`${field.name}\n${value}`)
      if (owner !== undefined && owner !== name) fault(line, field, 'taken', value)
      owners.set(`${field.name}\n${value}`, name)
    }
    if (problems.length > before) continue
    const values = existing ? differing(given, existing.values) : given
    if (existing && Object.keys(values).length === 0) same += 1
    else changes.push({ line, key: name, existing, values })
  }
  return { changes, same, problems }
}

function differing(given: Values, is: Values): Values {
  return Object.fromEntries(
    Object.entries(given).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(is[name] ?? null)
    )
  )
}

/** Who has what only one may have, of those whom the file leaves as they are. */
function uniqueOwners(things: ImportThing, { existing }: Known): Map<string, string> {
  const owners = new Map<string, string>()
  for (const field of importFields[things].filter(({ isUnique }) => isUnique)) {
    for (const [name, { values }] of existing) {
      const value = values[field.name]
      if (typeof value === 'string') owners.set(`${field.name}\n${value}`, name)
    }
  }
  return owners
}

function wrongWith(
  field: ImportField,
  value: ImportValue,
  { references }: Known
): { code: string; value: string } | null {
  if (field.of && value !== null) {
    const names = typeof value === 'object' ? value : [String(value)]
    const lost = names.find((name) => field.of !== undefined && !references[field.of].has(name))
    if (lost !== undefined) return { code: 'reference', value: lost }
  }
  const result = field.schema?.safeParse(value)
  const issue = result?.error?.issues[0]
  return issue ? { code: codeOfIssue(issue), value: String(value) } : null
}
