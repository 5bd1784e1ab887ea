/** Who waits in a queue. */
export interface Waiter {
  /** Calls of one queue are served in one order, whichever scheme they came through. */
  queueId: string
  /** The greater, the sooner. */
  priority: number
  /** Since when they wait, ms since the epoch; kept over a restart and over a ring that nobody answered. */
  sinceMs: number
  id: string
}

/** For sorting: by priority, then by waiting time; the id only keeps equals in one order. */
export function byTurn(a: Waiter, b: Waiter): number {
  return b.priority - a.priority || a.sinceMs - b.sinceMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/** How fast a queue has been moving: its last waits that ended with an operator. */
export type Pace = readonly { id: string; waitMs: number; place: number }[]

/** As many as make a fair average; older ones tell of another hour. */
const kept = 20

/** Adds a wait. A call that was served before (nobody answered, so it came back) counts once, with its whole wait. */
export function withWait(pace: Pace, wait: Pace[number]): Pace {
  return [...pace.filter(({ id }) => id !== wait.id), wait].slice(-kept)
}

/** Average wait, ms; null while nobody has been served. */
export function averageWaitMs(pace: Pace): number | null {
  return pace.length === 0 ? null : pace.reduce((sum, { waitMs }) => sum + waitMs, 0) / pace.length
}

/**
 * How long somebody at a place (from 1) will wait: recent waits by the places that they began from.
 * @returns whole seconds, at least 1; null while there is nothing to estimate from
 */
export function estimateSeconds(pace: Pace, position: number): number | null {
  const places = pace.reduce((sum, { place }) => sum + place, 0)
  if (places === 0) return null
  const waited = pace.reduce((sum, { waitMs }) => sum + waitMs, 0)
  return Math.max(1, Math.round((waited / places / 1000) * position))
}
