import { pino, type DestinationStream, type Logger } from 'pino'
import { scrubbed } from './scrubbed.ts'

/** What an admin needs as it is: paths of this machine, and the address that attacks it. */
const keptWhole = new Set(['dir', 'file', 'root', 'remoteAddress'])
/** Of an error, beside its message: names and codes, never values. */
const errorFields = [
  'code',
  'errno',
  'syscall',
  'severity',
  'schema',
  'table',
  'column',
  'constraint',
  'status'
]
const longestMessage = 1000
const deepest = 4
const mostItems = 20

/**
 * A log whose lines hold no personal data and no secrets, whatever their writer knew: texts are scrubbed, and of errors
 * only what tells the fault is kept. A line tells of whom it speaks by ids, such as `callId`.
 */
export function safeLog(level: string, stream: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      formatters: { log: (fields) => safeFields(fields, 0) },
      // Errors come out of `safeFields` already; the library's own reading of them keeps all of their fields.
      serializers: { err: (value: unknown) => value }
    },
    stream
  )
}

function safeFields(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => [
      name,
      keptWhole.has(name) ? value : safeValue(value, depth)
    ])
  )
}

function safeValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return scrubbed(value, longestMessage)
  if (value instanceof Error) return safeError(value, depth)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return value
  if (depth >= deepest) return '…'
  if (Array.isArray(value)) return value.slice(0, mostItems).map((item) => safeValue(item, depth + 1))
  return safeFields(value, depth + 1)
}

function safeError(error: Error, depth: number): Record<string, unknown> {
  const own = error as unknown as Record<string, unknown>
  const told = errorFields.filter((name) => typeof own[name] === 'string' || typeof own[name] === 'number')
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return {
    type: error.name,
    message: scrubbed(messageOf(error), longestMessage),
    ...Object.fromEntries(told.map((name) => [name, own[name]])),
    stack: frames.join('\n'),
    ...(error.cause === undefined || depth >= deepest ? {} : { cause: safeValue(error.cause, depth + 1) })
  }
}

/** Of the database's errors without the statement, which the driver's wrapper writes before the words. */
function messageOf(error: Error): string {
  return 'severity' in error ? error.message.replace(/^.* - /s, '') : error.message
}
