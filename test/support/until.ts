/**
 * Waits until `condition` gives something truthy, asking again every few milliseconds.
 * For truths that have no event of their own (a row in a foreign process, a file on disk).
 * @throws Error naming `what` when `timeoutMs` has passed
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: { timeoutMs?: number; everyMs?: number; what?: string } = {}
): Promise<NonNullable<T>> {
  const { timeoutMs = 15_000, everyMs = 20, what = condition.toString() } = options
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const value = await condition()
    if (value) return value
    if (Date.now() > deadline) throw new Error(`Not true after ${timeoutMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
