import type { CallFacts } from './facts.ts'

/** A record may be late; whoever is told of a call once waits for it, but no longer than this after the end. */
const recordWaitMs = 2 * 60_000

/** Until when it is worth waiting for the recordings of an ended call; null when there is nothing to wait for. Pure. */
export function recordsDueMs({ ended, recordings }: CallFacts, nowMs: number): number | null {
  if (!ended || recordings.every(({ state }) => state !== null)) return null
  const dueMs = ended.atMs + recordWaitMs
  return nowMs < dueMs ? dueMs : null
}

/** The one record that stands for a call: the longest of its legs; null while, or because, there is none. Pure. */
export function mainRecord({ recordings }: CallFacts): string | null {
  const [longest] = recordings
    .filter(({ state }) => state === 'ready')
    .toSorted((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0))
  return longest?.id ?? null
}
