import i18next from 'i18next'

/** Money as people write it; hundredths only where there are any. */
export function money(amount: number, currency: string): string {
  return new Intl.NumberFormat(i18next.language, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: Number.isInteger(amount) ? 0 : 2,
    maximumFractionDigits: 2
  }).format(amount)
}

/** Several sums in one line: `12 000 ₽ + 300 €`; nothing where all are zero. */
export function sums(list: readonly { currency: string; amount: number }[]): string {
  return list
    .filter(({ amount }) => amount > 0)
    .map(({ amount, currency }) => money(amount, currency))
    .join(' + ')
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1]
] as const

/** A span of time in its two largest units, in the reader's language: `2 h 5 min`, `40 sec`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const first = units.findIndex(([, size]) => whole >= size)
  const parts = units.slice(first === -1 ? units.length - 1 : first).slice(0, 2)
  let left = whole
  return parts
    .flatMap(([unit, size], index) => {
      const count = Math.floor(left / size)
      left -= count * size
      if (count === 0 && index > 0) return []
      return new Intl.NumberFormat(i18next.language, { style: 'unit', unit, unitDisplay: 'short' }).format(
        count
      )
    })
    .join(' ')
}

/** A day of the calendar, such as `2026-11-22`, as people of the reader's language write it. */
export const dayText = (day: string): string =>
  new Intl.DateTimeFormat(i18next.language, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC'
  }).format(new Date(`${day}T00:00:00Z`))

/** A month, such as `2026-11`. */
export const monthText = (month: string): string =>
  new Intl.DateTimeFormat(i18next.language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${month}-01T00:00:00Z`)
  )
