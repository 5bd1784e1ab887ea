/** Chance that a seed repeats. */
export interface Random {
  /** 0 … 1 */
  next(): number
  between(from: number, to: number): number
  pick<T>(from: readonly T[]): T
  shuffled<T>(from: readonly T[]): T[]
}

/** Mulberry32: small, and the same everywhere. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const pick = <T>(from: readonly T[]): T => {
    const [one] = from.slice(Math.floor(next() * from.length))
    if (one === undefined) throw new Error('Nothing to pick from')
    return one
  }
  return {
    next,
    pick,
    between: (from, to) => from + next() * (to - from),
    shuffled: (from) =>
      from
        .map((one) => ({ one, at: next() }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ one }) => one)
  }
}
