/** One field of a change. `isHidden`: that it changed is told, but not how. */
export interface Change {
  before?: unknown
  after?: unknown
  isHidden?: true
}
export type Changes = Record<string, Change>

/** What opens something. */
const secret = /password|secret|token|hash|cookie|csrf|recovery|otp|^key$|apikey/i
/** What people write about others; and what is too long to read in a list: it has a history of its own. */
const unread = /^(note|text|comment|draft|body|pages)$/i
const longestText = 300
const longestList = 50
const deepest = 6

/**
 * The fields that differ, as they were and as they are.
 * @param before null: it did not exist; then only what was given counts
 * @param after null: it is gone
 */
export function changesOf(before: object | null, after: object | null): Changes {
  const [old, now] = [asRecord(before), asRecord(after)]
  const names = new Set([...Object.keys(old), ...Object.keys(now)])
  const found: Changes = {}
  for (const name of names) {
    const [was, is] = [plain(old[name]), plain(now[name])]
    if (JSON.stringify(was) === JSON.stringify(is)) continue
    if (secret.test(name) || unread.test(name)) found[name] = { isHidden: true }
    else
      found[name] = {
        ...(before !== null && { before: readable(was) }),
        ...(after !== null && { after: readable(is) })
      }
  }
  return found
}

const asRecord = (value: object | null): Record<string, unknown> => (value ?? {}) as Record<string, unknown>

/** As JSON would carry it; what is absent is null. */
const plain = (value: unknown): unknown =>
  value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown)

/** A value without the secrets in it, short enough for a list. */
function readable(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return shortened(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === deepest) return '…'
  if (Array.isArray(value)) {
    const items = value.slice(0, longestList).map((item) => readable(item, depth + 1))
    return value.length > longestList ? [...items, `… ${value.length}`] : items
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      secret.test(name) ? '•••' : readable(inner, depth + 1)
    ])
  )
}

/** Addresses carry keys behind their question mark, and passwords before their host. */
function shortened(text: string): string {
  const open = /^https?:/i.test(text) ? text.replace(/\?.*$/s, '?…').replace(/\/\/[^/@]*@/, '//•••@') : text
  // The cut may fall into a letter, whose half no jsonb takes.
  return open.length > longestText ? `${open.slice(0, longestText).replace(/\p{Surrogate}/gu, '')}…` : open
}
