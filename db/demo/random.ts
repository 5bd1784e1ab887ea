/** Chance from a seed: the same company every time, so that tests and screenshots agree. */
export interface Random {
  /** At least 0, below 1. */
  next(): number
  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number
  between(from: number, to: number): number
  chance(probability: number): boolean
  /** @throws Error on an empty list */
  pick<T>(list: readonly T[]): T
  /** @throws Error on an empty list */
  weighted<T>(list: readonly (readonly [value: T, weight: number])[]): T
  shuffled<T>(list: readonly T[]): T[]
  /** Long to the right, as talks are: half are shorter than `median`. */
  skewed(median: number, spread: number): number
  /** Hexadecimal digits. */
  hex(digits: number): string
}

/** @param seed any whole number */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  // Mulberry32: small, even enough, and the same on every machine.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const random: Random = {
    next,
    whole: (from, to) => from + Math.floor(next() * (to - from + 1)),
    between: (from, to) => from + next() * (to - from),
    chance: (probability) => next() < probability,
    pick(list) {
      if (list.length === 0) throw new Error('Nothing to choose from')
      return list[Math.floor(next() * list.length)] as (typeof list)[number]
    },
    weighted(list) {
      let left = next() * list.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [value, weight] of list) {
        left -= weight
        if (left < 0) return value
      }
      const last = list.at(-1)
      if (last === undefined) throw new Error('Nothing to choose from')
      return last[0]
    },
    shuffled(list) {
      const keyed = list.map((value) => ({ value, key: next() }))
      return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value)
    },
    skewed(median, spread) {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
      return median * Math.exp(spread * normal)
    },
    hex: (digits) => Array.from({ length: digits }, () => random.whole(0, 15).toString(16)).join('')
  }
  return random
}

/** A UUIDv7 of that moment, ms since the epoch. */
export function uuidAt(random: Random, atMs: number): string {
  const time = Math.floor(atMs).toString(16).padStart(12, '0')
  const variant = random.pick(['8', '9', 'a', 'b'])
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.hex(3)}-${variant}${random.hex(3)}-${random.hex(12)}`
}
