import type { Strategy, Weights } from '../../ivr/block.ts'

/** An operator who could take a call now. Candidates are given in the order of their group. */
export interface Candidate {
  userId: string
  /** Since when they have had nothing to do, ms since the epoch. */
  idleSinceMs: number
  /** When they were last offered a call, ms since the epoch; 0 for never. */
  lastOfferedMs: number
  /** Average mark of the last 30 days; null when nobody rated them. */
  rating: number | null
  /** Talk time since midnight, seconds. */
  talkSeconds: number
}

/** One candidate's weighted score with its parts, each 0 … 1 among those who are free: 1 is the best of them. */
export interface Score {
  userId: string
  rating: number
  idle: number
  load: number
  /** The parts by their weights, 0 … 1. */
  total: number
}

export interface ChoiceOptions {
  /** Of `weighted`; equal shares when left out. */
  weights?: Weights | undefined
  /** Average mark of the whole company, which stands for whoever was not rated; null when nobody was. */
  companyRating?: number | null
}

const equalWeights: Weights = { rating: 1, idle: 1, load: 1 }

/**
 * Orders free operators by a strategy and says how many of them ring.
 * `longestIdle`: who has waited longest since their last talk. `roundRobin`: who was offered a call longest ago,
 * answered or not; ties go in the group's own order. `inOrder`: the first in the group. `byRating`: the best average
 * mark. `leastLoaded`: the least talk time today. `weighted`: the best score. `ringAll`: everyone at once.
 * Equals among the last three go by longest idle.
 */
export function choose<C extends Candidate>(
  strategy: Strategy,
  free: readonly C[],
  { weights = equalWeights, companyRating = null }: ChoiceOptions = {}
): C[] {
  switch (strategy) {
    case 'ringAll':
      return [...free]
    case 'inOrder':
      return free.slice(0, 1)
    case 'longestIdle':
      return least(free, longestIdle)
    case 'roundRobin':
      return least(free, (one) => one.lastOfferedMs)
    case 'byRating':
      return least(free, (one) => -(one.rating ?? companyRating ?? 0), longestIdle)
    case 'leastLoaded':
      return least(free, (one) => one.talkSeconds, longestIdle)
    case 'weighted': {
      const totals = new Map(score(free, weights, companyRating).map((one) => [one.userId, one.total]))
      return least(free, (one) => -(totals.get(one.userId) ?? 0), longestIdle)
    }
  }
}

/**
 * The weighted score of each, in the order given, with the parts that people see beside it. Where all are equal in a
 * part, each has 1 in it. With all weights 0 every total is 0, and longest idle decides.
 */
export function score(
  free: readonly Candidate[],
  weights: Weights,
  companyRating: number | null = null
): Score[] {
  const rating = share(free.map((one) => one.rating ?? companyRating ?? 0))
  const idle = share(free.map((one) => -one.idleSinceMs))
  const load = share(free.map((one) => -one.talkSeconds))
  const sum = weights.rating + weights.idle + weights.load
  return free.map(({ userId }, index) => {
    const parts = { rating: rating[index] ?? 0, idle: idle[index] ?? 0, load: load[index] ?? 0 }
    const weighed = parts.rating * weights.rating + parts.idle * weights.idle + parts.load * weights.load
    return { userId, ...parts, total: sum > 0 ? weighed / sum : 0 }
  })
}

/** Brings values to 0 … 1, the greatest to 1. */
function share(values: readonly number[]): number[] {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return values.map((value) => (high > low ? (value - low) / (high - low) : 1))
}

const longestIdle = (one: Candidate): number => one.idleSinceMs

/**
 * The one with the smallest value; of equals the one with the smaller second value, else the first. Empty for nobody.
 * One pass: this runs for every call over a whole group.
 */
function least<C extends Candidate>(
  free: readonly C[],
  value: (one: C) => number,
  second: (one: C) => number = () => 0
): C[] {
  let best: C | undefined
  let bestValue = 0
  for (const one of free) {
    const mine = value(one)
    const isBetter =
      best === undefined || mine < bestValue || (mine === bestValue && second(one) < second(best))
    if (isBetter) [best, bestValue] = [one, mine]
  }
  return best === undefined ? [] : [best]
}
