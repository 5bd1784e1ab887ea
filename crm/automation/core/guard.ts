/** PURE. What keeps rules from going round for ever. */

/** Rules that may follow from one another. */
export const maxChain = 5

/**
 * Why a rule may not run though its conditions hold; null when it may. A rule never runs because of itself, so that a
 * chain ends after as many rules as there are; and never deeper than `maxChain`.
 * @param recent how often it ran for this client within the hours of its limit
 */
export function stoppedBy(
  rule: { id: string; limitTimes: number },
  chain: readonly string[],
  recent: number
): 'loop' | 'depth' | 'limit' | null {
  if (chain.includes(rule.id)) return 'loop'
  if (chain.length >= maxChain) return 'depth'
  return recent >= rule.limitTimes ? 'limit' : null
}

const minute = 60_000
/** Pauses after attempts 1, 2, 3 … that failed. */
export const pausesMs: readonly number[] = [minute, 5 * minute, 30 * minute, 120 * minute, 360 * minute]

/** How long to wait after attempt number `attempt` (from 1); null when that was the last one. */
export const pauseAfter = (attempt: number): number | null => pausesMs[attempt - 1] ?? null
