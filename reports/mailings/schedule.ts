import { offsetsIn } from '../sheets/zone.ts'

export interface SendRule {
  schedule: 'daily' | 'weekly' | 'monthly'
  /** Of a weekly one 1 (Monday) … 7, of a monthly one 1 … 28; null: the first. */
  onDay: number | null
  atHour: number
}

const dayMs = 86_400_000
/** A month and a day: within them every rule comes round. */
const mostDays = 33

/**
 * The next moment of a mailing, strictly after another, by the wall clock of the company. An hour that the clock leaps
 * over is taken at the same moment anyway (an hour later on the wall); one that comes twice counts the first time.
 */
export function nextSend(rule: SendRule, afterMs: number, timeZone: string): number {
  const offsetAt = offsetsIn(timeZone)
  const today = Math.floor((afterMs + offsetAt(afterMs)) / dayMs) * dayMs
  for (let i = 0; i <= mostDays; i += 1) {
    const day = today + i * dayMs
    if (!isItsDay(rule, day)) continue
    const atMs = momentOf(day + rule.atHour * 3_600_000, offsetAt)
    if (atMs > afterMs) return atMs
  }
  throw new Error('A mailing never comes round')
}

function isItsDay({ schedule, onDay }: SendRule, day: number): boolean {
  const date = new Date(day)
  switch (schedule) {
    case 'daily':
      return true
    case 'weekly':
      return (date.getUTCDay() || 7) === (onDay ?? 1)
    case 'monthly':
      return date.getUTCDate() === (onDay ?? 1)
  }
}

/** When the wall shows this (given as if it were UTC). */
function momentOf(wallMs: number, offsetAt: (atMs: number) => number): number {
  const before = offsetAt(wallMs - dayMs)
  const after = offsetAt(wallMs + dayMs)
  const right = [wallMs - before, wallMs - after].filter((atMs) => atMs + offsetAt(atMs) === wallMs)
  return right.length > 0 ? Math.min(...right) : wallMs - before
}

/** The company's day before the one of a moment. */
export const dayBefore = (atMs: number, timeZone: string): string =>
  new Date(atMs + offsetsIn(timeZone)(atMs) - dayMs).toISOString().slice(0, 10)
