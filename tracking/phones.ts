import { parsePhoneNumberFromString } from 'libphonenumber-js'
import type { CountryCode, PhoneNumber } from 'libphonenumber-js'
import { regionOf } from './regions.ts'

/** A telephone number as the rest of the system knows it. */
export interface Phone {
  /** Such as `+74951234567`. */
  readonly e164: string
  /** ISO 3166-1 alpha-2; null where a code belongs to no single country (satellite, `+800`). */
  readonly country: string | null
  /** The region's name, for Russia only; `Мобильный` / `Mobile` for mobile numbers. */
  readonly region: string | null
}

/**
 * Reads a number however a carrier, a person or a SIP header writes it: `8 (495) 123-45-67`, `74951234567`,
 * `sip:+7495…@host`, `tel:…`, a national number of `country`, or an international one without its plus.
 * @param country ISO code of the country whose national formats are meant
 * @param locale language of the region's name
 * @returns null for hidden, alphanumeric, internal and impossible numbers
 */
export function normalise(raw: string, country: string = 'RU', locale: 'ru' | 'en' = 'ru'): Phone | null {
  const text = userPart(raw)
  // Anything but digits and the signs people write between them is a name, not a number.
  if (text.length > 40 || !/^\+?[\d\s().\-/–]+$/.test(text)) return null
  const digits = text.replace(/\D/g, '')
  if (digits.length < 5 || digits.length > 18) return null
  const parsed = parse(text.startsWith('+') ? `+${digits}` : digits, country)
  if (parsed === null) return null
  return {
    e164: parsed.number,
    country: parsed.country ?? null,
    region: regionOf(parsed.number)?.[locale] ?? null
  }
}

/** The number as people of its country write it: `8 (495) 123-45-67`; what cannot be read comes back as it is. */
export function formatNational(e164: string): string {
  return parsePhoneNumberFromString(e164)?.formatNational() ?? e164
}

/** How many of a number's digits are those within its country; all of them where that cannot be told. */
export function nationalLength(e164: string): number {
  return parsePhoneNumberFromString(e164)?.nationalNumber.length ?? e164.length - 1
}

/** Takes the user out of a SIP or tel URI, parameters and display name away. */
function userPart(raw: string): string {
  const bracketed = /<([^<>]*)>/.exec(raw)?.[1] ?? raw
  const uri = /^\s*(?:sips?|tel):([^@;?]*)/i.exec(bracketed)?.[1] ?? bracketed
  return uri.trim()
}

function parse(text: string, country: string): PhoneNumber | null {
  if (!isCountry(country)) return valid(text.startsWith('+') ? text : `+${text}`)
  if (text.startsWith('+')) return valid(text)
  // In Russia and Kazakhstan eleven digits with 7 or 8 in front are the whole number, whatever else they might be.
  if ((country === 'RU' || country === 'KZ') && /^[78]\d{10}$/.test(text)) return valid(`+7${text.slice(1)}`)
  return valid(text, country) ?? valid(`+${text}`)
}

function valid(text: string, country?: CountryCode): PhoneNumber | null {
  const parsed = parsePhoneNumberFromString(text, country === undefined ? {} : { defaultCountry: country })
  return parsed?.isValid() === true ? parsed : null
}

function isCountry(text: string): text is CountryCode {
  return /^[A-Z]{2}$/.test(text)
}
