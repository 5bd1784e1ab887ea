import type { Strategy } from '../../ivr/block.ts'

/** An operator who could take a call now. */
export interface Candidate {
  userId: string
  /** Since when they have had nothing to do, ms since the epoch. */
  idleSinceMs: number
  /** When they were last offered a call, ms since the epoch; 0 for never. */
  lastOfferedMs: number
}

/**
 * Orders free operators by a strategy and says how many of them ring.
 * `longestIdle`: who has waited longest since their last talk. `roundRobin`: who was offered a call longest ago,
 * answered or not; ties go in the group's own order. `ringAll`: everyone at once.
 */
export function choose(strategy: Strategy, free: readonly Candidate[]): Candidate[] {
  switch (strategy) {
    case 'ringAll':
      return [...free]
    case 'longestIdle':
      return least(free, (one) => one.idleSinceMs)
    case 'roundRobin':
      return least(free, (one) => one.lastOfferedMs)
  }
}

/** The first of those with the smallest value; empty for nobody. One pass: this runs for every call over a whole group. */
function least(free: readonly Candidate[], value: (one: Candidate) => number): Candidate[] {
  let best: Candidate | undefined
  for (const one of free) if (best === undefined || value(one) < value(best)) best = one
  return best === undefined ? [] : [best]
}
