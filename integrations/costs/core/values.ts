import type { CostProblemCode, DecimalSign } from './words.ts'

/** A value, or why there is none. */
export type Read<T> = { readonly value: T } | { readonly problem: CostProblemCode }

const bad = (problem: CostProblemCode) => ({ problem })
const nothing = /^[-–—]{1,2}$/
const longestText = 300
/** Of numeric(14,2). */
const mostDigits = 12

/** An ISO day from `2026-11-30`, `30.11.2026` or `30.11.26`, with a time after it or without. */
export function readDay(cell: string): Read<string> {
  const text = cell.trim().replace(/[T ]\d{1,2}:\d{2}.*$/, '')
  if (text === '') return bad('dayMissing')
  const iso = /^(\d{4})[-./](\d{2})[-./](\d{2})$/.exec(text)
  const local = /^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})$/.exec(text)
  const [year, month, day] = iso ? [iso[1], iso[2], iso[3]] : [local?.[3], local?.[2], local?.[1]]
  if (year === undefined || month === undefined || day === undefined) return bad('dayBad')
  const full = `${year.padStart(4, '20')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const at = new Date(`${full}T00:00:00Z`)
  const isReal = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(full)
  return isReal && full >= '2000-01-01' && full < '2100-01-01' ? { value: full } : bad('dayBad')
}

/** Hundredths of an amount as people and exports write it: `1 234,5`, `1,234.50`, `12.345678 ₽`, `--` for nothing. */
export function readAmount(cell: string, decimal: DecimalSign): Read<number> {
  const text = cell.replace(/[\s\u00a0\u202f'’]|₽|руб\.?|р\.|rub|usd|eur|\$|€|₸/gi, '')
  if (text === '') return bad('amountMissing')
  if (nothing.test(text)) return { value: 0 }
  if (/^[-−–][\d.,]+$/.test(text)) return /[1-9]/.test(text) ? bad('amountNegative') : { value: 0 }
  if (!/^\+?\d[\d.,]*$/.test(text)) return bad('amountBad')
  const digits = text.replace('+', '')
  const sign = decimalSignOf(digits, decimal)
  if (sign !== '.' && sign !== ',' && sign !== '') return bad(sign)
  const [whole = '', fraction = ''] = sign === '' ? [digits] : splitAtLast(digits, sign)
  if (!/^\d+$/.test(whole) && !/^\d{1,3}([.,])\d{3}(\1\d{3})*$/.test(whole)) return bad('amountBad')
  if (!/^\d*$/.test(fraction)) return bad('amountBad')
  const plain = whole.replace(/[.,]/g, '').replace(/^0+(?=\d)/, '')
  if (plain.length > mostDigits) return bad('amountTooLarge')
  const hundredths = Number(plain) * 100 + Number(fraction.slice(0, 2).padEnd(2, '0'))
  const rounded = hundredths + ((fraction[2] ?? '0') >= '5' ? 1 : 0)
  return rounded < 10 ** (mostDigits + 2) ? { value: rounded } : bad('amountTooLarge')
}

/** The sign before the hundredths; empty where there are none. */
function decimalSignOf(digits: string, wanted: DecimalSign): '.' | ',' | '' | CostProblemCode {
  const signs = [...digits].filter((sign) => sign === '.' || sign === ',')
  const last = signs.at(-1)
  if (last === undefined) return ''
  const isOnce = signs.filter((sign) => sign === last).length === 1
  if (wanted !== 'auto') {
    const sign = wanted === 'comma' ? ',' : '.'
    if (last !== sign) return signs.includes(sign) ? 'amountBad' : ''
    return isOnce ? sign : 'amountBad'
  }
  if (!isOnce) return new Set(signs).size === 1 ? '' : 'amountBad'
  if (signs.length > 1) return last
  // `1,234`: both are written.
  if (/^[1-9]\d{0,2}[.,]\d{3}$/.test(digits)) return 'amountAmbiguous'
  return last
}

function splitAtLast(digits: string, sign: string): [string, string] {
  const at = digits.lastIndexOf(sign)
  return [digits.slice(0, at), digits.slice(at + 1)]
}

/** Clicks and the like; null where the cell is empty. */
export function readCount(cell: string): Read<number | null> {
  const text = cell.replace(/[\s\u00a0\u202f]/g, '')
  if (text === '' || nothing.test(text)) return { value: null }
  if (!/^\d+$/.test(text) && !/^\d{1,3}([.,]\d{3})+$/.test(text)) return bad('countBad')
  const count = Number(text.replace(/[.,]/g, ''))
  return count <= 2_147_483_647 ? { value: count } : bad('countBad')
}

/** One line of plain text, without signs that no screen shows. */
export function readText(cell: string): Read<string> {
  const text = cell
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\ufeff\ufffe\uffff]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  if (text.length > longestText) return bad('tooLong')
  return { value: nothing.test(text) ? '' : text }
}

/** `RUB` from `rub`, `руб.` or `₽`; null where it is none. */
export function readCurrency(cell: string): string | null {
  const text = cell.trim().toLowerCase()
  const [known] = currencySigns.find(([, pattern]) => pattern.test(text)) ?? []
  if (known !== undefined) return known
  return /^[a-z]{3}$/.test(text) ? text.toUpperCase() : null
}

const currencySigns: readonly (readonly [string, RegExp])[] = [
  ['RUB', /^(руб(\.|лей|ли)?|р\.?|₽|rur)$/],
  ['USD', /^(\$|долл\.?)$/],
  ['EUR', /^(€|евро)$/],
  ['KZT', /^(₸|тг\.?|тенге)$/],
  ['BYN', /^(бел\. ?руб\.?)$/]
]
