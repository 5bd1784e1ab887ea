/**
 * How many numbers a pool needs. Visitors come by chance and hold a number for their visit and the linger after it:
 * exactly a telephone exchange of `n` lines without a queue, so the share that finds no number is Erlang's B.
 */

/** The share of visitors who find every number taken. @param erlangs mean of numbers wanted at once */
export function blocking(erlangs: number, numbers: number): number {
  if (erlangs <= 0) return 0
  let share = 1
  for (let n = 1; n <= numbers; n += 1) share = (erlangs * share) / (n + erlangs * share)
  return share
}

/** The share of visitors who get a number of their own, 0…1. */
export const coverage = (erlangs: number, numbers: number): number => 1 - blocking(erlangs, numbers)

/** The fewest numbers with at least this coverage (below 1). */
export function numbersFor(erlangs: number, wanted: number): number {
  if (!(wanted < 1)) throw new RangeError('No count of numbers covers everybody')
  if (erlangs <= 0) return 0
  let share = 1
  for (let n = 1; ; n += 1) {
    share = (erlangs * share) / (n + erlangs * share)
    if (1 - share >= wanted) return n
  }
}

/** Little's law. @param holdMinutes mean of visit and linger together */
export const erlangsOf = (visitorsPerHour: number, holdMinutes: number): number =>
  (visitorsPerHour * holdMinutes) / 60

export interface PoolAdvice {
  numbers: number
  /** Of the busiest hour. */
  visitorsPerHour: number
  holdMinutes: number
  erlangs: number
  /** Promised for the busiest hour with the numbers there are. */
  coverage: number
  /** Numbers for 90, 95 and 99 % coverage; one more for the overflow is not in it. */
  wanted: { coverage: number; numbers: number }[]
}

/** The adviser's word from what was measured. */
export function advise(numbers: number, visitorsPerHour: number, holdMinutes: number): PoolAdvice {
  const erlangs = erlangsOf(visitorsPerHour, holdMinutes)
  return {
    numbers,
    visitorsPerHour,
    holdMinutes,
    erlangs,
    coverage: coverage(erlangs, numbers),
    wanted: [0.9, 0.95, 0.99].map((share) => ({ coverage: share, numbers: numbersFor(erlangs, share) }))
  }
}
