/** Days are `YYYY-MM-DD`. Nothing here knows the reader's own time zone: reports go by the company's. */
export interface Days {
  from: string
  to: string
}

export const presets = [
  'today',
  'yesterday',
  'last7',
  'last30',
  'thisMonth',
  'lastMonth',
  'thisQuarter',
  'lastQuarter'
] as const
export type Preset = (typeof presets)[number]

const dayMs = 86_400_000
const pattern = /^\d{4}-\d{2}-\d{2}$/

const at = (day: string): Date => new Date(`${day}T00:00:00Z`)
const text = (date: Date): string => date.toISOString().slice(0, 10)
const monthStart = (day: string, months: number): string => {
  const date = at(day)
  return text(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1)))
}

/** Whether this is a day of the calendar. */
export function isDay(value: string | null | undefined): value is string {
  return !!value && pattern.test(value) && !Number.isNaN(at(value).getTime()) && text(at(value)) === value
}

/** The day so many days later. */
export function addDays(day: string, days: number): string {
  return text(new Date(at(day).getTime() + days * dayMs))
}

/** How many days these are, both ends counted. */
export function countDays({ from, to }: Days): number {
  return Math.round((at(to).getTime() - at(from).getTime()) / dayMs) + 1
}

/** Every day of a period. */
export function eachDay(days: Days): string[] {
  return Array.from({ length: Math.max(0, countDays(days)) }, (_, index) => addDays(days.from, index))
}

/** As many days just before. */
export function daysBefore(days: Days): Days {
  return { from: addDays(days.from, -countDays(days)), to: addDays(days.from, -1) }
}

/** The days of a preset, seen from today. "7 days" ends with today, as in the journal. */
export function presetDays(preset: Preset, today: string): Days {
  const inQuarter = at(today).getUTCMonth() % 3
  switch (preset) {
    case 'today':
      return { from: today, to: today }
    case 'yesterday':
      return { from: addDays(today, -1), to: addDays(today, -1) }
    case 'last7':
      return { from: addDays(today, -6), to: today }
    case 'last30':
      return { from: addDays(today, -29), to: today }
    case 'thisMonth':
      return { from: monthStart(today, 0), to: today }
    case 'lastMonth':
      return { from: monthStart(today, -1), to: addDays(monthStart(today, 0), -1) }
    case 'thisQuarter':
      return { from: monthStart(today, -inQuarter), to: today }
    case 'lastQuarter':
      return { from: monthStart(today, -inQuarter - 3), to: addDays(monthStart(today, -inQuarter), -1) }
  }
}

/** Milliseconds by which clocks of the zone are ahead of UTC at a moment. */
function offsetMs(ms: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric'
  }).formatToParts(ms)
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value ?? 0)
  return (
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - ms
  )
}

/** Which day it is in a time zone. */
export function dayIn(timeZone: string, ms: number): string {
  return text(new Date(ms + offsetMs(ms, timeZone)))
}
