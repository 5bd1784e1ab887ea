const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const found = formats.get(timeZone)
  if (found) return found
  const made = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' }
  })
  formats.set(timeZone, made)
  return made
}

/** What the wall clock of a zone shows at a moment, given as if it were UTC. */
export function wallOf(atMs: number, timeZone: string): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)])
  )
  const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
  const whole = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
  return whole + (((atMs % 1000) + 1000) % 1000)
}

/**
 * The moment at which the wall clock shows this (given as if it were UTC). A time that the clock leaps over counts an
 * hour later; of one that comes twice the first counts.
 */
export function momentOf(wallMs: number, timeZone: string): number {
  const dayMs = 86_400_000
  const offsets = [-dayMs, dayMs].map((by) => wallOf(wallMs + by, timeZone) - (wallMs + by))
  const right = offsets.map((offset) => wallMs - offset).filter((at) => wallOf(at, timeZone) === wallMs)
  return right.length > 0 ? Math.min(...right) : wallMs - (offsets[0] ?? 0)
}
