/** One figure over time: what it was, and when, in seconds since the start. Pure. */
export interface Point {
  at: number
  value: number
}

export interface Drift {
  /** Of the time that is judged, after the warm-up. */
  median: number
  /** What it grew by over that time, by a slope that no single burst moves. */
  growth: number
  /** Half of the points lie within this of the line. */
  noise: number
  /** What it may grow by. */
  allowed: number
  isFlat: boolean
}

/** How much a figure may grow in a whole run and still count as flat: the larger of the two. */
export interface Allowance {
  share: number
  absolute: number
}

/** So many points are enough for a slope, and keep the pairs few. */
const mostPoints = 240

/** The slope of Theil and Sen: the median of the slopes of all pairs. */
export function driftOf(points: readonly Point[], warmUpSeconds: number, allowance: Allowance): Drift | null {
  const judged = points.filter(({ at }) => at >= warmUpSeconds)
  const every = Math.ceil(judged.length / mostPoints)
  const kept = judged.filter((_, index) => index % every === 0)
  const [first, last] = [kept[0], kept.at(-1)]
  if (kept.length < 5 || !first || !last) return null
  const slopes = kept.flatMap((one, index) =>
    kept.slice(index + 1).map((other) => (other.value - one.value) / (other.at - one.at))
  )
  const slope = middle(slopes)
  const start = middle(kept.map(({ at, value }) => value - slope * (at - first.at)))
  const noise = middle(kept.map(({ at, value }) => Math.abs(value - start - slope * (at - first.at))))
  const median = middle(kept.map(({ value }) => value))
  const growth = slope * (last.at - first.at)
  const allowed = Math.max(allowance.absolute, Math.abs(median) * allowance.share)
  return { median, growth, noise, allowed, isFlat: growth <= allowed }
}

function middle(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}
