import { momentOf, wallOf } from './wall.ts'

/** Minutes since midnight; over midnight where `from` is the later one. */
export interface QuietHours {
  from: number
  to: number
}

const dayMs = 86_400_000
const minuteMs = 60_000

/** When the quiet hours that a moment lies in are over; null: it lies in none. Pure. */
export function quietUntil(atMs: number, quiet: QuietHours | null, timeZone: string): number | null {
  if (!quiet || quiet.from === quiet.to) return null
  const wall = wallOf(atMs, timeZone)
  const midnight = Math.floor(wall / dayMs) * dayMs
  const minute = (wall - midnight) / minuteMs
  const isOverMidnight = quiet.from > quiet.to
  const isQuiet = isOverMidnight
    ? minute >= quiet.from || minute < quiet.to
    : minute >= quiet.from && minute < quiet.to
  if (!isQuiet) return null
  const isTomorrow = isOverMidnight && minute >= quiet.from
  return momentOf(midnight + (isTomorrow ? dayMs : 0) + quiet.to * minuteMs, timeZone)
}
