const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** Pauses before attempts 1, 2, 3 …: the schedule of Standard Webhooks 1.0, 75.6 hours in all. */
export const standardPausesMs: readonly number[] = [
  0,
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour
]

/** How long an endpoint may fail without one success before it is switched off. */
export const disableAfterMs = 5 * 24 * hour

/**
 * How long to wait after attempt number `attempt` (from 1) has failed, or null when that was the last one.
 * Up to a tenth is added, so that deliveries that failed together do not come back together.
 * @param random 0 to 1
 * @param retryAfterMs what the receiver asked for; longer than the schedule wins, up to a day
 */
export function pauseAfter(
  attempt: number,
  random: number,
  retryAfterMs: number | null = null,
  pausesMs: readonly number[] = standardPausesMs
): number | null {
  const pause = pausesMs[attempt]
  if (pause === undefined) return null
  return Math.round(Math.max(pause * (1 + random / 10), Math.min(retryAfterMs ?? 0, 24 * hour)))
}

/** Reads `Retry-After`: seconds or an HTTP date. Null when it is absent or senseless. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * second
  const atMs = Date.parse(header)
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs)
}
