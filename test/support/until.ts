/** Between two questions, unless the caller says otherwise: at least, and at most. */
const soonestMs = 20
const latestMs = 200

/**
 * Waits until `condition` gives something truthy, asking again every few milliseconds; less often what takes long to ask,
 * once it has been asked for a while: questions to a server without a pause would keep the cores busy for all tests.
 * For truths that have no event of their own (a row in a foreign process, a file on disk).
 * @throws Error naming `what` when `timeoutMs` has passed
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: { timeoutMs?: number; everyMs?: number; what?: string } = {}
): Promise<NonNullable<T>> {
  const { timeoutMs = 15_000, everyMs, what = condition.toString() } = options
  const startedMs = Date.now()
  const deadline = startedMs + timeoutMs
  for (;;) {
    const askedMs = performance.now()
    const value = await condition()
    const costMs = performance.now() - askedMs
    if (value) return value
    const now = Date.now()
    if (now > deadline) throw new Error(`Not true after ${timeoutMs} ms: ${what}`)
    const pauseMs = everyMs ?? Math.max(soonestMs, Math.min(latestMs, costMs * 10, (now - startedMs) / 10))
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
