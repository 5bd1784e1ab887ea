/** Zones change their clocks on whole quarters of an hour. */
const quarterMs = 900_000
/** Beyond this the memory of a zone is begun anew: a year has 35 000 quarters. */
const mostKnown = 50_000

/** How far a zone's wall clock is ahead of UTC at a moment, ms. Asked for millions of cells, so it remembers. */
export function offsetsIn(timeZone: string): (atMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric'
  })
  const known = new Map<number, number>()
  return (atMs) => {
    const quarter = Math.floor(atMs / quarterMs)
    const found = known.get(quarter)
    if (found !== undefined) return found
    const startMs = quarter * quarterMs
    const part = new Map(format.formatToParts(startMs).map(({ type, value }) => [type, Number(value)]))
    const of = (type: Intl.DateTimeFormatPartTypes): number => part.get(type) ?? 0
    const wall = Date.UTC(
      ...([of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')] as const)
    )
    if (known.size >= mostKnown) known.clear()
    known.set(quarter, wall - startMs)
    return wall - startMs
  }
}

const day2 = (value: number): string => String(value).padStart(2, '0')

/** `2026-11-20 13:05:09` on the wall of that zone. */
export function wallTime(at: Date, offsetMs: number): string {
  const wall = new Date(at.getTime() + offsetMs)
  const time = [wall.getUTCHours(), wall.getUTCMinutes(), wall.getUTCSeconds()].map(day2).join(':')
  return `${wall.toISOString().slice(0, 10)} ${time}`
}
