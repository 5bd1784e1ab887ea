import { getCountryCallingCode, getExampleNumber, isSupportedCountry } from 'libphonenumber-js'
import examples from 'libphonenumber-js/mobile/examples'

/** How people of a country write a mobile number: `{ country: 'RU', code: '7', mask: '### ###-##-##' }`. */
export interface Mask {
  country: string
  code: string
  /** Without the country's code; `#` stands for a digit. */
  mask: string
}

/** @returns null for a country that is not known */
export function maskOf(country: string): Mask | null {
  if (!isSupportedCountry(country)) return null
  const code = getCountryCallingCode(country)
  // As Russians write it; the library leaves the brackets out.
  if (code === '7') return { country, code, mask: '(###) ###-##-##' }
  const example = getExampleNumber(country, examples)?.formatInternational() ?? ''
  const mask = example
    .slice(code.length + 1)
    .trim()
    .replace(/\d/g, '#')
  return mask === '' ? null : { country, code, mask }
}
