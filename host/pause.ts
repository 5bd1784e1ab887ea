/**
 * Waits, until it is told to stop: then it returns at once, and so it does when that was told before.
 * @param ms how long
 */
export function pause(ms: number, stop?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      stop?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    stop?.addEventListener('abort', done, { once: true })
    if (stop?.aborted) done()
  })
}
