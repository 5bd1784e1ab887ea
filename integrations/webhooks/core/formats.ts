import type { Value } from './variables.ts'

interface Format {
  /** With a colon and words behind it. */
  takesWords?: true
  apply: (value: Value, words: string, timeZone: string) => Value
}

const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0')

/** A format of instants: whatever is no instant stays away. */
const instant = (write: (at: Date, timeZone: string) => Value): Format => ({
  apply: (value, _words, timeZone) => {
    const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
    return Number.isNaN(ms) ? null : write(new Date(ms), timeZone)
  }
})

const utc = (at: Date): string => at.toISOString().slice(0, 19).replace('T', ' ')

/** `2026-11-22 17:05:09` on the clocks of a zone. */
function local(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit'
  }).formatToParts(at)
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? ''
  return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')}:${of('second')}`
}

/** What may follow a variable after a bar, by name: `{{startedAt|unix}}`, `{{outcome|map:answered=1,*=0}}`. */
export const formats: Readonly<Record<string, Format>> = {
  /** Seconds since 1970. */
  unix: instant((at) => Math.floor(at.getTime() / 1000)),
  /** On the company's clocks. */
  local: instant(local),
  utc: instant(utc),
  compact: instant(
    (at) =>
      `${at.getUTCFullYear()}${pad(at.getUTCMonth() + 1)}${pad(at.getUTCDate())}` +
      `T${pad(at.getUTCHours())}${pad(at.getUTCMinutes())}${pad(at.getUTCSeconds())}Z`
  ),
  offset: instant((at) => `${at.toISOString().slice(0, 19)}+0000`),
  digits: { apply: (value) => (value === null ? null : String(value).replace(/\D/g, '')) },
  upper: { apply: (value) => (value === null ? null : String(value).toUpperCase()) },
  lower: { apply: (value) => (value === null ? null : String(value).toLowerCase()) },
  /** Other words for known ones; `*` stands for all others, also for none. */
  map: {
    takesWords: true,
    apply: (value, words) => {
      const pairs = new Map(words.split(',').map((pair) => wordsOf(pair)))
      const found = pairs.get(value === null ? '' : String(value)) ?? pairs.get('*')
      return found === undefined ? null : numberOr(found)
    }
  },
  /** Where the value is not known. */
  default: { takesWords: true, apply: (value, words) => value ?? numberOr(words) }
}

const numberOr = (word: string): Value => (/^-?\d{1,15}$/.test(word) ? Number(word) : word)

function wordsOf(pair: string): [string, string] {
  const at = pair.indexOf('=')
  return at < 0 ? [pair.trim(), ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
}

/** Whether words after a format's colon can be read. */
export const areWordsRight = (name: string, words: string): boolean =>
  name === 'map' ? words.split(',').every((pair) => pair.includes('=')) : true
