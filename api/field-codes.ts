import type { z } from 'zod'

/** What is wrong with a field, in a word that stays: clients translate by it, and the message is for developers. */
export const fieldCodes = [
  ...(['required', 'tooShort', 'tooLong', 'phone', 'e164', 'time', 'date', 'timeZone', 'country'] as const),
  ...([
    'prefix',
    'login',
    'host',
    'url',
    'currentPassword',
    'reference',
    'taken',
    'tls',
    'guessable'
  ] as const),
  // Lines of a table that was pasted or sent as a file.
  ...(['dayBad', 'currencyBad', 'ownCurrency', 'rateBad', 'dayTwice', 'noRows', 'tooManyRows'] as const),
  ...(['unclosedQuote', 'longLine'] as const),
  'invalid'
] as const
export type FieldCode = (typeof fieldCodes)[number]

/**
 * What checks of ours say that have a code. The contract of many of them is not ours to add codes to, as
 * schemes and dialling know nothing of the API. A test has each of them said.
 */
const sentences: Readonly<Record<string, FieldCode>> = {
  'must be a number in E.164, such as +74951234567': 'e164',
  'must be a time such as 09:00, up to 24:00': 'time',
  'must be a date such as 2026-01-01': 'date',
  'must be a time zone such as Europe/Moscow': 'timeZone',
  'must be a country such as RU': 'country',
  'must be the beginning of a number, such as +7800': 'prefix',
  'two to 64 Latin letters, digits, dots or dashes': 'login',
  'must be a host name or an IPv4 address': 'host',
  'Write a telephone number': 'phone',
  'is not a telephone number': 'phone',
  'is not the current password': 'currentPassword',
  'is easy to guess: choose another one': 'guessable',
  'is needed': 'required',
  'is needed where no file is sent': 'required',
  'does not exist': 'reference',
  'exists already': 'taken',
  'needs TLS, which is not set up on this system': 'tls'
}

/** The code of a sentence of ours; `invalid` where it has none of its own. */
export const codeOfSentence = (message: string): FieldCode =>
  (Object.hasOwn(sentences, message) && sentences[message]) || 'invalid'

/** The code of what a schema found. */
export function codeOfIssue(issue: z.core.$ZodIssue): FieldCode {
  const own = codeOfSentence(issue.message)
  if (own !== 'invalid') return own
  switch (issue.code) {
    case 'invalid_type':
      return /received (undefined|null)$/.test(issue.message) ? 'required' : 'invalid'
    case 'too_small':
      if (issue.origin === 'string') return Number(issue.minimum) <= 1 ? 'required' : 'tooShort'
      return issue.origin === 'array' && Number(issue.minimum) <= 1 ? 'required' : 'invalid'
    case 'too_big':
      return issue.origin === 'string' ? 'tooLong' : 'invalid'
    case 'invalid_format':
      return issue.format === 'url' ? 'url' : issue.format === 'date' ? 'date' : 'invalid'
    default:
      return 'invalid'
  }
}
