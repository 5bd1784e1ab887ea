import { momentOf, wallOf } from './wall.ts'

export const repeats = ['daily', 'workdays', 'weekly', 'monthly'] as const
export type Repeat = (typeof repeats)[number]

const dayMs = 86_400_000

/**
 * When a repeated task is due next: at the same hour on the wall, after the last one and after now, so that whoever was
 * away for a week finds one task instead of seven. Pure.
 * @param day of a monthly one, 1…31: a shorter month has it on its last day
 */
export function nextDue(
  last: { dueMs: number; repeat: Repeat; day: number | null },
  nowMs: number,
  timeZone: string
): number {
  const wall = wallOf(last.dueMs, timeZone)
  for (let step = 1; ; step += 1) {
    const next = stepped(wall, step, last.repeat, last.day)
    if (next === null) continue
    const atMs = momentOf(next, timeZone)
    if (atMs > nowMs && atMs > last.dueMs) return atMs
  }
}

/** Null: a day off. */
function stepped(wall: number, step: number, repeat: Repeat, day: number | null): number | null {
  if (repeat === 'weekly') return wall + step * 7 * dayMs
  if (repeat === 'monthly') return inMonth(wall, step, day)
  const next = wall + step * dayMs
  const weekday = new Date(next).getUTCDay()
  return repeat === 'workdays' && (weekday === 0 || weekday === 6) ? null : next
}

function inMonth(wall: number, step: number, day: number | null): number {
  const at = new Date(wall)
  const first = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + step, 1)
  const month = new Date(first)
  const days = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 0)).getUTCDate()
  const wanted = Math.min(day ?? at.getUTCDate(), days)
  return first + (wanted - 1) * dayMs + (wall % dayMs)
}

/** The day of the month on the wall, for a monthly task. */
export const dayOfMonth = (atMs: number, timeZone: string): number =>
  new Date(wallOf(atMs, timeZone)).getUTCDate()
