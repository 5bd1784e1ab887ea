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
      return free.toSorted((a, b) => a.idleSinceMs - b.idleSinceMs).slice(0, 1)
    case 'roundRobin':
      return free.toSorted((a, b) => a.lastOfferedMs - b.lastOfferedMs).slice(0, 1)
  }
}
