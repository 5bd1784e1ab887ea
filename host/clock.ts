/**
 * Time that passes evenly, and what wall clocks make of it. The machine's wall clock may be set while calls go on (a
 * time server after hours without network, a person, a virtual machine that wakes up): how long something took and what
 * came first must not depend on it.
 */
export interface Clock {
  /** Milliseconds that have passed since some moment of this process; never set, never back. */
  steadyMs(): number
  /**
   * When it was, on the steady line, that a wall clock showed `wallMs`: ours, or that of Asterisk, which stamps its
   * events. A stamp may be from before a step that has come since.
   */
  steadyOf(wallMs: number): number
  /** What our wall clock shows more than the steady line now. */
  aheadMs(): number
  /** Told how far our wall clock was set, positive when ahead, soon after it happened. @returns what ends it */
  onStep(listener: (byMs: number) => void): () => void
  /** Leaves no timer. */
  close(): void
}

/** What our wall clock was ahead of the steady line, from when on. */
interface Era {
  aheadMs: number
  fromMs: number
}

/** Clocks that are kept by a time server are drawn, not set, below this; what the two readings differ by is below it too. */
const stepMs = 250
/** Stamps of another process are this much apart from ours, at most. */
const apartMs = 1000
/** Between the two readings of a look nothing else may have run. */
const lookMs = 20
const everyMs = 1000
const keptEras = 16

/**
 * @param wall Unix milliseconds
 * @param steady milliseconds since whenever
 */
export function createClock(
  wall: () => number = Date.now,
  steady: () => number = () => performance.now()
): Clock {
  const now = (): number => Math.round(steady())
  const listeners = new Set<(byMs: number) => void>()
  let lookedMs = now()
  const eras: Era[] = [{ aheadMs: wall() - lookedMs, fromMs: -Infinity }]
  const timer = setInterval(look, everyMs)
  timer.unref()

  function latest(): Era {
    return eras[0] as Era
  }

  /** Notices that the wall clock was set: whatever was stamped since the last look may be by the new one. */
  function look(): void {
    const beforeMs = now()
    const wallMs = wall()
    if (now() - beforeMs > lookMs) return
    const aheadMs = wallMs - beforeMs
    const byMs = aheadMs - latest().aheadMs
    if (Math.abs(byMs) >= stepMs) {
      eras.unshift({ aheadMs, fromMs: lookedMs })
      eras.splice(keptEras)
      for (const listener of listeners) listener(byMs)
    }
    lookedMs = beforeMs
  }

  return {
    steadyMs: now,
    steadyOf(wallMs) {
      look()
      const nowMs = now()
      for (const { aheadMs, fromMs } of eras) {
        const atMs = wallMs - aheadMs
        if (atMs <= nowMs + apartMs && atMs >= fromMs - apartMs) return atMs
      }
      // Of no clock that we know: it is told now.
      return nowMs
    },
    aheadMs() {
      look()
      return latest().aheadMs
    },
    onStep(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => clearInterval(timer)
  }
}
