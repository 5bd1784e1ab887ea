import {
  hoursFields,
  isOpen,
  nextCloseMs,
  nextOpenMs as nextOpening,
  type Hours
} from '../../ivr/blocks/schedule.ts'
import { z } from 'zod'

/** Working hours: a time zone, hours by weekday and holidays, written as in a schedule block. */
export const hoursSettings = z.object(hoursFields)
export { isOpen, nextCloseMs, nextOpening as nextOpenMs, type Hours }

export const timeZone = hoursFields.timeZone.removeDefault()

/** Nine to six on working days, by the clock of Moscow. */
export const usualHours: Hours = hoursSettings.parse({})

/** Hours that never open are looked at again after so long: an admin may have changed them. */
const lookAgainMs = 7 * 24 * 3_600_000

/** The first moment from `fromMs` on at which all of these hours are open; a week later when there is none. */
export function nextInAll(all: readonly Hours[], fromMs: number): number {
  let atMs = fromMs
  // Two sets of hours that never meet would go round for ever.
  for (let round = 0; round < 60; round += 1) {
    const closed = all.find((hours) => !isOpen(hours, atMs))
    if (!closed) return atMs
    const next = nextOpening(closed, atMs)
    if (next === null) break
    atMs = next
  }
  return fromMs + lookAgainMs
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** The calendar day of a moment on the wall of a time zone: `2026-11-20`. */
export function dayIn(zone: string, atMs: number): string {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit'
    })
    formats.set(zone, format)
  }
  return format.format(atMs)
}
