import { open } from 'node:fs/promises'
import { codeOf } from '../../host/setup-error.ts'

/** A registration that failed, as Asterisk's log tells it: no event of the manager says why. */
export interface LoggedRefusal {
  atMs: number
  /** `sip:user@host`: whose registration. */
  clientUri: string
  /** SIP answer; null when there was none. */
  code: number | null
  /** When it is tried again. */
  nextMs: number | null
}

const line = /^\[([^\]]+)\] (?:WARNING|ERROR|NOTICE)\[[^\]]*\].*?res_pjsip_outbound_registration\.c: (.*)$/
const about = /registration attempt to '([^']+)'/

/** Reads one line; null for one that tells of no failed registration. Pure. */
export function readLogLine(text: string): LoggedRefusal | null {
  const [, at = '', message = ''] = line.exec(text) ?? []
  const clientUri = about.exec(message)?.[1]
  if (clientUri === undefined) return null
  // "403 Forbidden fatal response received from …", "No response received from …".
  const [, said] = /^(.*?)received from/.exec(message) ?? []
  if (said === undefined) return null
  const code = /\b([3-6]\d\d)\b/.exec(said)?.[1]
  const seconds = Number(/retrying in '(\d+)'/.exec(message)?.[1] ?? NaN)
  const atMs = Date.parse(at.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  if (Number.isNaN(atMs)) return null
  return {
    atMs,
    clientUri,
    code: code === undefined ? null : Number(code),
    nextMs: Number.isNaN(seconds) ? null : atMs + seconds * 1000
  }
}

/** At most so much is read at once: a log that is flooded must not fill the memory. */
const mostBytes = 512 * 1024

/** Follows Asterisk's log from its end on; a file that was put aside is begun anew. */
export function followLog(file: string): { read(): Promise<LoggedRefusal[]> } {
  let place: number | null = null
  let rest = ''

  async function run(): Promise<LoggedRefusal[]> {
    let handle
    try {
      handle = await open(file)
    } catch (error) {
      // Not there yet: what it will hold is new.
      if (codeOf(error) === 'ENOENT') place = 0
      return []
    }
    try {
      const { size } = await handle.stat()
      if (place === null || size < place) [place, rest] = [place === null ? size : 0, '']
      const from = Math.max(place, size - mostBytes)
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(size - from), 0, size - from, from)
      place = from + bytesRead
      const lines = (rest + buffer.toString('utf8', 0, bytesRead)).split('\n')
      rest = lines.pop() ?? ''
      return lines.flatMap((text) => readLogLine(text) ?? [])
    } finally {
      await handle.close()
    }
  }

  let last: Promise<LoggedRefusal[]> = Promise.resolve([])
  return {
    // One after the other: two readers would tell the same twice.
    read: () => (last = last.catch(() => []).then(run))
  }
}
