import dayjs from 'dayjs'
import { daysText as rangeText } from '../lib/period-picker.tsx'

const formats = new Map<string, Intl.NumberFormat>()

/** Money to the kopeck; whole amounts show none. */
export function money(amount: number, currency: string, locale: string): string {
  const digits = Number.isInteger(amount) ? 0 : 2
  const key = `${locale} ${currency} ${digits}`
  let format = formats.get(key)
  if (!format) {
    const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits }
    format = new Intl.NumberFormat(locale, {
      ...{ style: 'currency', currency, currencyDisplay: 'narrowSymbol' },
      ...fraction
    })
    formats.set(key, format)
  }
  return format.format(amount)
}

/** Sums in several currencies, one after the other. */
export const moneys = (totals: readonly { currency: string; amount: number }[], locale: string): string =>
  totals.map(({ currency, amount }) => money(amount, currency, locale)).join(' + ')

/** `3 Nov`, with the year where it is not this one. */
export function dayText(day: string): string {
  const at = dayjs(day)
  return at.format(at.isSame(dayjs(), 'year') ? 'D MMM' : 'D MMM YYYY')
}

/** The days of a file, as the choice of days writes them. */
export const daysText = (from: string, to: string, locale: string): string =>
  rangeText({ from, to }, locale, dayjs().format('YYYY-MM-DD'))

/** `2026-11` as the head of a column. */
export function monthText(month: string): string {
  const at = dayjs(`${month}-01`)
  return at.format(at.isSame(dayjs(), 'year') ? 'MMM' : 'MMM YY')
}
