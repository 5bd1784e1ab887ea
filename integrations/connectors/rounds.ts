/**
 * Rounds of work, one at a time for each key. Whoever asks during a round gets another one after it, however close to its
 * end that is: what has come since the round looked is looked at again.
 * @returns asks for a round; done when no round is left
 */
export function createRounds(
  round: (key: string) => Promise<void>,
  isStopped: () => boolean = () => false
): { ask(key: string): Promise<void>; all(): Promise<void>[] } {
  const running = new Map<string, Promise<void>>()
  const again = new Set<string>()

  async function run(key: string): Promise<void> {
    try {
      do {
        again.delete(key)
        await round(key)
      } while (again.has(key) && !isStopped())
    } finally {
      // In one breath with the look at `again`: whoever asks now either was seen by it or begins anew.
      running.delete(key)
    }
  }

  return {
    ask(key) {
      const known = running.get(key)
      if (known) {
        again.add(key)
        return known
      }
      const begun = run(key)
      running.set(key, begun)
      return begun
    },
    all: () => [...running.values()]
  }
}
