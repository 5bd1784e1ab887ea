import { Writable } from 'node:stream'
import { multistream, pino, type Logger } from 'pino'
import { safeLog } from './safe-log.ts'
import { scrubbed } from './scrubbed.ts'

/** A line of the log as the page shows it. */
export interface LogLine {
  at: string
  level: 'info' | 'warn' | 'error'
  part: string | null
  text: string
  /** The rest of it: what it is about, and the error if there was one. */
  about: Record<string, string | number | boolean>
}

/** Fields whose very name says that they are of a person, or secret; and what pino adds to each line. */
const personal =
  /name|login|phone|number|caller|callee|client|contact|from|^to$|ip|address|host|mail|user|agent|secret|token|password|cookie|authori[sz]ation|url|uri|body|text|note|query|sql|bindings|detail|key/i
const ownFields = new Set(['time', 'level', 'msg', 'part', 'pid', 'err'])
/** A line as pino wrote it, without personal data; null for what is no line of a log. */
export function lineOf(json: string): LogLine | null {
  let raw: unknown
  try {
    raw = JSON.parse(json)
  } catch {
    // Not written by the log: nothing to show.
    return null
  }
  if (typeof raw !== 'object' || raw === null) return null
  const line = raw as Record<string, unknown>
  const level = Number(line['level'])
  if (!(level >= 30)) return null
  const about: LogLine['about'] = {}
  for (const [name, value] of Object.entries(line)) {
    if (ownFields.has(name) || personal.test(name)) continue
    if (typeof value === 'number' || typeof value === 'boolean') about[name] = value
    if (typeof value === 'string') about[name] = scrubbed(value)
  }
  const error = line['err'] as { type?: unknown; message?: unknown; code?: unknown } | undefined
  if (typeof error?.message === 'string') about['error'] = scrubbed(error.message)
  if (typeof error?.code === 'string') about['code'] = scrubbed(error.code)
  return {
    at: new Date(Number(line['time'])).toISOString(),
    level: level >= 50 ? 'error' : level >= 40 ? 'warn' : 'info',
    part: typeof line['part'] === 'string' ? line['part'] : null,
    text: scrubbed(typeof line['msg'] === 'string' ? line['msg'] : ''),
    about
  }
}

/** Keeps the last lines of the log in memory; what else the log writes to stays as it is. */
export function rememberLog(most = 500): { stream: Writable; lines(): LogLine[] } {
  const kept: LogLine[] = []
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      for (const text of String(chunk).split('\n')) {
        const line = text === '' ? null : lineOf(text)
        if (line) kept.push(line)
      }
      kept.splice(0, kept.length - most)
      done()
    }
  })
  return { stream, lines: () => kept.toReversed() }
}

/** The log of the product, on standard error, and its last lines for the system page. */
export function openLog(level: string): { log: Logger; lines(): LogLine[] } {
  const { stream, lines } = rememberLog()
  const streams = [pino.destination({ dest: 2, sync: false }), stream]
  return {
    log: safeLog(level, multistream(streams.map((each) => ({ stream: each, level: 'trace' })))),
    lines
  }
}
