import type { ReportRow } from '../../../api/contract/reports.ts'
import { isMeasure } from './measures.ts'

const below = ['medium', 'campaign', 'keyword'] as const
export type Level = 'inquiryChannel' | 'source' | (typeof below)[number]

/** The levels of the tree, from the trunk to the leaves. */
export function levelsOf(top: 'inquiryChannel' | 'source'): readonly Level[] {
  return top === 'source' ? ['source', ...below] : ['inquiryChannel', 'source', ...below]
}

/** A branch in one word, for addresses. Values may hold anything; an empty one means "not given". */
export function pathId(values: readonly string[]): string {
  return values.map((value) => `/${encodeURIComponent(value)}`).join('')
}

/** The values of a branch; null where somebody wrote nonsense into the address. */
export function pathOf(id: string): string[] | null {
  if (!id.startsWith('/')) return null
  try {
    return id.slice(1).split('/').map(decodeURIComponent)
  } catch {
    // A lone percent sign: no branch of ours.
    return null
  }
}

/** The values of a branch by their levels, as the API and the journal name them. */
export function pathQuery(
  levels: readonly Level[],
  values: readonly string[]
): Partial<Record<Level, string>> {
  return Object.fromEntries(values.map((value, index) => [levels[index] ?? '', value]))
}

/** The rows of a branch, or what became of asking for them. */
export interface Branch {
  rows: readonly ReportRow[] | null
  isFailed: boolean
}

export type Line =
  | {
      kind: 'row'
      id: string
      values: string[]
      level: Level
      depth: number
      isLeaf: boolean
      isOpen: boolean
      row: ReportRow
    }
  | { kind: 'waiting' | 'failed' | 'none'; id: string; depth: number }

/** Rows in the order asked for: by name, or by a measure with what has none at the end. */
export function sorted<T extends ReportRow>(
  rows: readonly T[],
  sort: string,
  nameOf: (row: T) => string,
  locale: string
): T[] {
  const isDown = sort.startsWith('-')
  const by = sort.replace(/^-/, '')
  const way = isDown ? -1 : 1
  const byName = (a: T, b: T): number => nameOf(a).localeCompare(nameOf(b), locale, { numeric: true })
  if (!isMeasure(by)) return [...rows].sort((a, b) => way * byName(a, b))
  return [...rows].sort((a, b) => {
    const [x, y] = [a.values[by], b.values[by]]
    if (x === null || y === null) return x === y ? byName(a, b) : x === null ? 1 : -1
    return way * (x - y) || byName(a, b)
  })
}

/** The tree as the lines of a table: opened branches with what lies below them. */
export function linesOf(
  levels: readonly Level[],
  roots: readonly ReportRow[],
  branches: ReadonlyMap<string, Branch>,
  arrange: (rows: readonly ReportRow[], level: Level) => readonly ReportRow[]
): Line[] {
  const lines: Line[] = []
  const add = (rows: readonly ReportRow[], above: readonly string[]): void => {
    const depth = above.length
    const level = levels[depth]
    if (!level) return
    for (const row of arrange(rows, level)) {
      const values = [...above, row.key]
      const id = pathId(values)
      const isLeaf = depth === levels.length - 1
      const branch = isLeaf ? undefined : branches.get(id)
      lines.push({ kind: 'row', id, values, level, depth, isLeaf, isOpen: branch !== undefined, row })
      if (!branch) continue
      if (branch.isFailed) lines.push({ kind: 'failed', id, depth: depth + 1 })
      else if (!branch.rows) lines.push({ kind: 'waiting', id, depth: depth + 1 })
      else if (branch.rows.length === 0) lines.push({ kind: 'none', id, depth: depth + 1 })
      else add(branch.rows, values)
    }
  }
  add(roots, [])
  return lines
}
