/**
 * A leaky bucket: `burst` requests at once, then `perSecond`. Pure but for what it remembers; time is told.
 * @returns how long the next request has to wait; its place is taken
 */
export function createBucket(burst: number, perSecond: number): { take(nowMs: number): number } {
  let level = 0
  let lastMs = 0
  return {
    take(nowMs) {
      const passedMs = Math.max(0, nowMs - lastMs)
      level = Math.max(0, level - (passedMs * perSecond) / 1000)
      lastMs = Math.max(lastMs, nowMs)
      level += 1
      return level <= burst ? 0 : Math.ceil(((level - burst) * 1000) / perSecond)
    }
  }
}
