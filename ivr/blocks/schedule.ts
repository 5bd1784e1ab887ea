import { z } from 'zod'
import type { Block } from '../block.ts'
import { idOf } from './common.ts'

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
type Weekday = (typeof weekdays)[number]

const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time such as 09:00, up to 24:00')

/** From (inclusive) and to (exclusive). `to` before `from` runs over midnight into the next day. */
const range = z.tuple([clock, clock]).refine(([from, to]) => from !== to && from !== '24:00', {
  error: 'must begin before 24:00 and end at another time than it begins'
})
const ranges = z.array(range).max(10).default([])
const day = z.iso.date({ error: 'must be a date such as 2026-01-01' })

/** Settings of a block that knows opening hours. */
export const hoursFields = {
  timeZone: z
    .string()
    .max(64)
    .refine(isTimeZone, { error: 'must be a time zone such as Europe/Moscow' })
    .default('Europe/Moscow'),
  hours: z
    .object({ mon: ranges, tue: ranges, wed: ranges, thu: ranges, fri: ranges, sat: ranges, sun: ranges })
    .default({
      mon: [['09:00', '18:00']],
      tue: [['09:00', '18:00']],
      wed: [['09:00', '18:00']],
      thu: [['09:00', '18:00']],
      fri: [['09:00', '18:00']],
      sat: [],
      sun: []
    }),
  /** Days on which no hours begin. A night begun the day before still runs to its end. */
  holidays: z.array(day).max(400).default([])
}

/** What a schedule of the company knows beside hours of the week. */
const named = z.object({
  ...hoursFields,
  /** Days with hours of their own instead of those of their weekday; none for a holiday. */
  days: z.array(z.object({ date: day, hours: ranges })).default([]),
  /** Somebody has said that it is open or closed, whatever the hours say; until a moment, or until they say otherwise. */
  override: z.object({ isOpen: z.boolean(), untilMs: z.number().nullable() }).nullable().default(null)
})

/** Settings of a block that goes by a schedule of the company, or by hours of its own. */
export const scheduleFields = {
  /** Null: by the hours that stand here. They stand in for a schedule that is gone, too. */
  scheduleId: idOf('a schedule').nullable().default(null),
  ...hoursFields,
  /** What that schedule says; `withSchedules` puts it in for calls, so drafts have none and editors do not ask for it. */
  schedule: named.optional().meta({ isInner: true })
}

const settings = z.object(scheduleFields)

type Settings = z.infer<typeof settings>
/** Hours of the week, or more than that. */
export type Hours = z.infer<z.ZodObject<typeof hoursFields>> & {
  readonly days?: z.infer<typeof named>['days']
  readonly override?: z.infer<typeof named>['override']
}
export type NamedHours = z.infer<typeof named>

/** Open or closed, by the clock on the wall of the time zone, whatever its summer time does. */
export const schedule: Block<Settings, null> = {
  type: 'schedule',
  settings,
  instantExits: ['open', 'closed'],
  exits: () => ['open', 'closed'],
  enter: (settings, { nowMs }) => ({
    state: null,
    effects: [],
    exit: isOpen(hoursOf(settings), nowMs) ? 'open' : 'closed'
  }),
  on: {}
}

/** The hours that count: those of the schedule where one was put in. */
export const hoursOf = (given: Hours & { schedule?: NamedHours | undefined }): Hours =>
  given.schedule ?? given

/** Whether the hours cover that moment, ms since the epoch. */
export function isOpen(given: Hours, nowMs: number): boolean {
  const said = saidNow(given, nowMs)
  if (said) return said.isOpen
  const { date, time } = wallClock(given.timeZone, nowMs)
  // HH:MM strings order as times do.
  return (
    rangesOf(given, date).some(([from, to]) => from <= time && (time < to || to < from)) ||
    rangesOf(given, dayBefore(date)).some(([from, to]) => to < from && time < to)
  )
}

/** What somebody has said, while it lasts. */
function saidNow({ override }: Hours, nowMs: number): NamedHours['override'] {
  return override && (override.untilMs === null || nowMs < override.untilMs) ? override : null
}

/** The hours that begin on a day. */
function rangesOf({ hours, holidays, days }: Hours, day: string): readonly (readonly [string, string])[] {
  const special = days?.find(({ date }) => date === day)
  if (special) return special.hours
  return holidays.includes(day) ? [] : hours[weekdayOf(day)]
}

/** When the hours next cover a moment, `nowMs` itself included; null when they do not within two years. */
export function nextOpenMs(hours: Hours, nowMs: number): number | null {
  if (isOpen(hours, nowMs)) return nowMs
  const said = saidNow(hours, nowMs)
  if (said) return said.untilMs === null ? null : nextOpenMs({ ...hours, override: null }, said.untilMs)
  let { date } = wallClock(hours.timeZone, nowMs)
  for (let days = 0; days < 731; days += 1) {
    const begins = rangesOf(hours, date).flatMap(([from]) => momentsOf(hours.timeZone, date, from))
    const opens = [...begins, ...changesOn(hours.timeZone, date)].filter(
      (ms) => ms > nowMs && isOpen(hours, ms)
    )
    if (opens.length > 0) return Math.min(...opens)
    date = dayAfter(date)
  }
  return null
}

/** When the hours next do not cover a moment, `nowMs` itself included; null when they always do for two years. */
export function nextCloseMs(hours: Hours, nowMs: number): number | null {
  if (!isOpen(hours, nowMs)) return nowMs
  const said = saidNow(hours, nowMs)
  if (said) return said.untilMs === null ? null : nextCloseMs({ ...hours, override: null }, said.untilMs)
  // A night begun the day before may still run.
  let date = dayBefore(wallClock(hours.timeZone, nowMs).date)
  for (let days = 0; days < 732; days += 1) {
    const day = date
    const ends = rangesOf(hours, day).flatMap(([from, to]) =>
      momentsOf(hours.timeZone, to < from ? dayAfter(day) : day, to)
    )
    const closes = [...ends, ...changesOn(hours.timeZone, day)].filter(
      (ms) => ms > nowMs && !isOpen(hours, ms)
    )
    if (closes.length > 0) return Math.min(...closes)
    date = dayAfter(date)
  }
  return null
}

/**
 * When clocks are put on or back on that day: hours that begin within the skipped hour are open once it has been
 * skipped, and hours that were over open again where an hour is repeated.
 */
function changesOn(timeZone: string, date: string): number[] {
  // Wide enough for the day of any zone. No zone puts its clocks twice in so short a time.
  const noon = Date.parse(`${date}T12:00:00Z`)
  let [before, after] = [noon - dayMs - 2 * hourMs, noon + dayMs + 2 * hourMs]
  const offset = offsetMs(timeZone, before)
  if (offset === offsetMs(timeZone, after)) return []
  while (after - before > minuteMs) {
    const middle = Math.floor((before + after) / 2 / minuteMs) * minuteMs
    if (offsetMs(timeZone, middle) === offset) before = middle
    else after = middle
  }
  return wallClock(timeZone, after).date === date ? [after] : []
}

/** Moments at which a clock of the zone may show that time: one as a rule, two when it is put on or back. */
function momentsOf(timeZone: string, date: string, time: string): number[] {
  const wanted = Date.parse(`${date}T${time}:00Z`)
  // The zone's distance from UTC a day before and after covers both sides of any change in between.
  const offsets = [wanted - dayMs, wanted + dayMs].map((ms) => offsetMs(timeZone, ms))
  return [...new Set(offsets)].map((offset) => wanted - offset)
}

function offsetMs(timeZone: string, ms: number): number {
  const { date, time } = wallClock(timeZone, ms)
  return Date.parse(`${date}T${time}:00Z`) - Math.floor(ms / minuteMs) * minuteMs
}

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()

function wallClock(timeZone: string, nowMs: number): { date: string; time: string } {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit'
    })
    formats.set(timeZone, format)
  }
  const parts = new Map(format.formatToParts(nowMs).map(({ type, value }) => [type, value]))
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? ''
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}`
  }
}

function weekdayOf(date: string): Weekday {
  return weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? 'sun'
}

function dayBefore(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - dayMs).toISOString().slice(0, 10)
}

function dayAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + dayMs).toISOString().slice(0, 10)
}

/** Zones asked about so far: the answer costs more than all the rest of a block's settings. */
const zones = new Map<string, boolean>()
const mostZones = 1_000

function isTimeZone(name: string): boolean {
  const known = zones.get(name)
  if (known !== undefined) return known
  const isThere = isZoneOfIntl(name)
  if (zones.size >= mostZones) zones.clear()
  zones.set(name, isThere)
  return isThere
}

function isZoneOfIntl(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
