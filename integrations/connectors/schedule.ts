const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** Pauses after attempt 1, 2, 3 … at one call: two days in all. */
const jobPausesMs = [
  ...[5 * second, 30 * second, 2 * minute, 10 * minute, 30 * minute],
  ...[hour, 2 * hour, 4 * hour, 8 * hour, 12 * hour, 20 * hour]
]
/** Pauses of a connector whose other side does not answer. It never gives up: what waits is not held against anybody. */
const awayPausesMs = [2 * second, 5 * second, 15 * second, 30 * second, minute, 2 * minute, 5 * minute]

/** How long a call waits after its attempt number `attempt` (from 1) has failed; null when that was the last. */
export const jobPauseMs = (attempt: number): number | null => jobPausesMs[attempt - 1] ?? null

/** How long everything waits after `failures` failures in a row. */
export const awayPauseMs = (failures: number): number =>
  awayPausesMs[Math.min(failures, awayPausesMs.length) - 1] ?? 2 * second
