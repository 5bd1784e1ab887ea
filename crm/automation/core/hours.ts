/** PURE. Days and minutes of a time zone. */

export const minuteOf = (clock: string): number => {
  const [hours = '0', minutes = '0'] = clock.split(':')
  return Number(hours) * 60 + Number(minutes)
}

const formats = new Map<string, Intl.DateTimeFormat>()
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Day of the week (1 is Monday) and minute of the day there. */
export function localTime(ms: number, zone: string): { day: number; minute: number } {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23'
    })
    formats.set(zone, format)
  }
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]))
  return {
    day: weekdays.indexOf(parts['weekday'] ?? '') + 1,
    minute: Number(parts['hour']) * 60 + Number(parts['minute'])
  }
}

/**
 * Whether a moment lies between two times of the day, over midnight too. The part after midnight belongs to the day on
 * which it began. Equal times are the whole day.
 * @param days of the week; none means every day
 */
export function isWithin(
  ms: number,
  zone: string,
  { from, to, days = [] }: { from: string; to: string; days?: readonly number[] }
): boolean {
  const { day, minute } = localTime(ms, zone)
  const isDay = (one: number): boolean => days.length === 0 || days.includes(one)
  const start = minuteOf(from)
  const end = minuteOf(to)
  if (start === end) return isDay(day)
  if (start < end) return isDay(day) && minute >= start && minute < end
  if (minute >= start) return isDay(day)
  return minute < end && isDay(day === 1 ? 7 : day - 1)
}

/** When the quiet hours around a moment end; null when it lies in none. */
export function quietUntil(
  ms: number,
  zone: string,
  quiet: { from: string; to: string } | null
): number | null {
  if (!quiet || quiet.from === quiet.to || !isWithin(ms, zone, quiet)) return null
  // By steps of a minute of the clock there: days on which the clock changes are longer or shorter.
  let at = Math.floor(ms / 60_000) * 60_000
  do at += 60_000
  while (isWithin(at, zone, quiet))
  return at
}
