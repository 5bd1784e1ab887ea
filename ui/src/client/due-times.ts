import dayjs from 'dayjs'

export const dueNames = ['hour', 'tomorrow', 'monday'] as const
export type DueName = (typeof dueNames)[number]

const morning = 10
const stepMinutes = 5

/** Times that are offered at a press, ms: in an hour, tomorrow morning, and Monday where tomorrow is no working day. */
export function dueTimes(nowMs: number): { name: DueName; atMs: number }[] {
  const now = dayjs(nowMs)
  const inHour = now.add(1, 'hour').second(0).millisecond(0)
  const rest = inHour.minute() % stepMinutes
  const hour = inHour.add(rest === 0 ? 0 : stepMinutes - rest, 'minute')
  const at = (days: number): number =>
    now.add(days, 'day').hour(morning).minute(0).second(0).millisecond(0).valueOf()
  const isWeekendNext = now.day() === 5 || now.day() === 6
  const toMonday = (8 - now.day()) % 7
  return [
    { name: 'hour', atMs: hour.valueOf() },
    { name: 'tomorrow', atMs: at(1) },
    ...(isWeekendNext ? [{ name: 'monday' as const, atMs: at(toMonday) }] : [])
  ]
}

/** A moment as the field of the browser writes it, in the time of this computer. */
export const fieldTime = (atMs: number): string => dayjs(atMs).format('YYYY-MM-DDTHH:mm')

/** What was picked in it; null while it is no moment to come. */
export function pickedTime(text: string, nowMs: number): number | null {
  const at = dayjs(text)
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) && at.isValid() && at.valueOf() > nowMs ? at.valueOf() : null
}
