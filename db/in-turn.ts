/** Reads something of the database again and again, never twice at once. */
export interface InTurn {
  /** Reads it soon: changes that come together are read together. */
  soon(): void
  /** Reads it after whatever is being read just now. @throws what `read` throws */
  now(): Promise<void>
  /** No more reading that `soon` has ordered. */
  close(): void
}

/** Changes that come together are read together. */
const settleMs = 40

/**
 * Two readings at once could end the other way round, and the older picture would stand; so each waits for the one
 * before.
 * @param onError hears how a reading that `soon` ordered has failed
 */
export function inTurn(read: () => Promise<void>, onError: (error: unknown) => void): InTurn {
  let last: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  function now(): Promise<void> {
    const reading = last.then(read)
    // Whoever asked for it hears of the failure; the next one only waits for its end.
    last = reading.catch(() => undefined)
    return reading
  }
  return {
    soon() {
      if (isClosed) return
      timer ??= setTimeout(() => {
        timer = undefined
        now().catch(onError)
      }, settleMs)
    },
    now,
    close() {
      isClosed = true
      clearTimeout(timer)
    }
  }
}
