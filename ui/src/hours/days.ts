import type { Schedule } from '../../../api/contract/schedules.ts'

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]
export type Range = [from: string, to: string]
export type Week = Schedule['hours']
export type Day = Schedule['days'][number]

const dayMs = 86_400_000

export const plusDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)

export const weekdayOf = (date: string): Weekday =>
  weekdays[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7] ?? 'mon'

/** Today by the clock of a zone. */
export const todayIn = (timeZone: string, nowMs: number): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    nowMs
  )

/** Day and time by the clock of a zone: hours of a schedule go by its clock, wherever its reader is. */
export const momentIn = (timeZone: string, iso: string, language: string): string =>
  new Intl.DateTimeFormat(language === 'ru' ? 'ru' : 'en-GB', {
    ...{ timeZone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  }).format(Date.parse(iso))

/** The Monday on or before a day. */
export const mondayOf = (date: string): string => plusDays(date, -weekdays.indexOf(weekdayOf(date)))

/** The hours of a day, and the entry that sets them where it is no usual day. */
export function dayHours(
  week: Week,
  days: readonly Day[],
  date: string
): { hours: Range[]; day: Day | null } {
  const day = days.find((each) => each.date === date) ?? null
  return { hours: day ? day.hours : week[weekdayOf(date)], day }
}

/** `09:00–13:00, 14:00–18:00`. */
export const rangeWords = (hours: readonly Range[]): string =>
  hours.map(([from, to]) => `${from}–${to}`).join(', ')

/** Entries in order; one more for the same day takes the place of the one there. */
export const withDays = (days: readonly Day[], more: readonly Day[]): Day[] =>
  [...days.filter((day) => !more.some(({ date }) => date === day.date)), ...more].toSorted((a, b) =>
    a.date < b.date ? -1 : 1
  )

/** `9`, `930`, `9.30` as people type times; what cannot be one stays as it is. */
export function typedTime(text: string): string {
  const [, hours = '', minutes = ''] = /^\s*(\d{1,2})(?:[:.\s-]?(\d{2}))?\s*$/.exec(text) ?? []
  if (hours === '') return text.trim()
  return `${hours.padStart(2, '0')}:${minutes === '' ? '00' : minutes}`
}
