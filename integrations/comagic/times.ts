/** Moments as the Data API writes them: without a zone, in that of the account. Pure. */

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' }
  })
  formats.set(timeZone, made)
  return made
}

/** `2026-11-22 12:00:00` */
export function zoneText(ms: number, timeZone: string): string {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value])
  )
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? ''
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`
}

/** The moment that such a text means; null when it is none. In the hour that a clock repeats, the later one. */
export function zoneMs(text: string, timeZone: string): number | null {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(text) ?? []
  if (day === undefined || time === undefined) return null
  const asUtc = Date.parse(`${day}T${time}Z`)
  if (Number.isNaN(asUtc)) return null
  const offsetAt = (ms: number): number => Date.parse(`${zoneText(ms, timeZone).replace(' ', 'T')}Z`) - ms
  const near = asUtc - offsetAt(asUtc)
  return asUtc - offsetAt(near)
}
