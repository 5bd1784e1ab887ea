/** What became of two people's changes of one thing. */
export interface Merge<T> {
  /** Theirs where only they changed something, mine elsewhere. */
  merged: T
  /** Fields, as `outgoing.maxConcurrent`, that they changed and I did not. */
  taken: string[]
  /** Fields that both changed, differently: mine stands in `merged`. */
  both: string[]
}

/** Puts together what two people made of `base`. Objects are merged field by field, all else is one value. Pure. */
export function merge<T extends object>(base: T, mine: T, theirs: T): Merge<T> {
  const taken: string[] = []
  const both: string[] = []
  const merged: Record<string, unknown> = {}
  const [was, my, their] = [base, mine, theirs].map((one) => one as Record<string, unknown>) as [
    Record<string, unknown>,
    Record<string, unknown>,
    Record<string, unknown>
  ]
  for (const name of new Set([...Object.keys(my), ...Object.keys(their)])) {
    const [a, b, c] = [was[name], my[name], their[name]]
    if (isObject(a) && isObject(b) && isObject(c)) {
      const inside = merge(a, b, c)
      merged[name] = inside.merged
      taken.push(...inside.taken.map((path) => `${name}.${path}`))
      both.push(...inside.both.map((path) => `${name}.${path}`))
    } else if (isSame(b, c) || isSame(a, c)) merged[name] = b
    else {
      const isTheirs = isSame(a, b)
      merged[name] = isTheirs ? c : b
      ;(isTheirs ? taken : both).push(name)
    }
  }
  return { merged: merged as T, taken, both }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
