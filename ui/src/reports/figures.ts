import type { Measure, Unit } from './measures.ts'

/** How figures are written: the reader's language and the company's currency. */
export interface Style {
  locale: string
  currency: string
}

const formats = new Map<string, Intl.NumberFormat>()

function format(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const found = formats.get(key) ?? new Intl.NumberFormat(locale, options)
  formats.set(key, found)
  return found
}

/** Shares of calls have a fraction; whole ones show none. */
const digits = (value: number): number => (Number.isInteger(value) || Math.abs(value) >= 10_000 ? 0 : 1)

/** Seconds in the largest two units: `45 s`, `3 min 20 s`, `2 h 5 min`. */
function duration(seconds: number, locale: string): string {
  const unit = (value: number, name: string): string =>
    format(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value)
  const whole = Math.round(seconds)
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  const parts =
    h >= 100
      ? [[h, 'hour']]
      : h > 0
        ? [
            [h, 'hour'],
            [m, 'minute']
          ]
        : [
            [m, 'minute'],
            [s, 'second']
          ]
  const shown = parts.filter(([value]) => value !== 0) as [number, string][]
  return shown.length === 0 ? unit(0, 'second') : shown.map(([value, name]) => unit(value, name)).join(' ')
}

/** A figure as people read it; a dash where there is none. */
export function figure(value: number | null | undefined, unit: Unit, style: Style, isShort = false): string {
  if (value === null || value === undefined) return '–'
  const { locale, currency } = style
  switch (unit) {
    case 'count':
      return isShort && Math.abs(value) >= 10_000
        ? format(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(value)
        : format(locale, { maximumFractionDigits: digits(value) }).format(value)
    case 'share':
      return format(locale, {
        style: 'percent',
        maximumFractionDigits: Math.abs(value) < 0.1 ? 1 : 0
      }).format(value)
    case 'money':
      return format(locale, {
        style: 'currency',
        currency,
        currencyDisplay: 'narrowSymbol',
        ...(isShort && Math.abs(value) >= 1_000_000
          ? { notation: 'compact', maximumFractionDigits: 1 }
          : { maximumFractionDigits: Math.abs(value) < 100 && !Number.isInteger(value) ? 2 : 0 })
      }).format(value)
    case 'seconds':
      return duration(value, locale)
    case 'rating':
      return format(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value)
  }
}

export interface Delta {
  /** With its sign: `+12 %`; of shares the difference in points. Null: there was nothing before. */
  text: string | null
  way: 'up' | 'down' | 'same'
  isGood: boolean | null
  isPoints: boolean
}

/** How a figure changed against the period before; null where there is nothing to compare. */
export function delta(now: number | null, before: number | null, of: Measure, style: Style): Delta | null {
  if (now === null || before === null) return null
  const isPoints = of.unit === 'share'
  const change = isPoints ? now - before : before === 0 ? (now === 0 ? 0 : null) : now / before - 1
  const raw = change ?? now
  // A change that would be written as 0 is none.
  const isSame = change !== null && Math.abs(change) < 0.0005
  const way = isSame ? 'same' : raw > 0 ? 'up' : 'down'
  const isGood = of.good === null || way === 'same' ? null : of.good === way
  if (change === null) return { text: null, way, isGood, isPoints }
  const size = isPoints ? change * 100 : change
  const text = format(style.locale, {
    ...(!isPoints && { style: 'percent' }),
    signDisplay: 'exceptZero',
    maximumFractionDigits: Math.abs(change) < 0.1 ? 1 : 0
  }).format(size)
  return { text, way, isGood, isPoints }
}
