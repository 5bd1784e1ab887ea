import i18next from 'i18next'
import type en from '../i18n/en.ts'

type Word = keyof typeof en.fieldError

/** What the server's checker says, in English, and the sentence of ours that means the same. */
const patterns: readonly (readonly [RegExp, Word])[] = [
  [/not a telephone number/i, 'phone'],
  [/must be a time such as/i, 'time'],
  [/must be a country/i, 'country'],
  [/beginning of a number/i, 'prefix'],
  [/time zone/i, 'timeZone'],
  [/must be a date/i, 'date'],
  [/E\.164/i, 'e164'],
  [/Latin letters/i, 'login'],
  [/host name|IPv4/i, 'host'],
  [/current password/i, 'currentPassword'],
  [/>=\s*1\b|required|expected .* received (undefined|null)/i, 'required'],
  [/too small.*string|>=\s*8 char|too short/i, 'tooShort'],
  [/too big|too long/i, 'tooLong'],
  [/url/i, 'url'],
  [/exist|unknown|reference/i, 'reference'],
  [/already|taken|unique/i, 'taken']
]

/** The server's sentence about a field in the reader's language; in English it is shown as it came. */
export function fieldWord(message: string): string {
  if (i18next.language === 'en') return message
  const word = patterns.find(([pattern]) => pattern.test(message))?.[1] ?? 'invalid'
  return i18next.t(`fieldError.${word}`)
}
