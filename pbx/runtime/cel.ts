import fs from 'node:fs/promises'

/** One line of Asterisk's own log of channel events (CEL), as `dialplan/cel_custom.conf` lays it out. */
export interface CelEvent {
  type: string
  atMs: number
  callerNumber: string
  extension: string
  channel: string
  uniqueId: string
  linkedId: string
  /** JSON of some event types, such as the hang-up cause. */
  extra: string
  application: string
  context: string
}

/**
 * Parses lines of RFC 4180 CSV. A line that is not whole (Asterisk is writing it, or died in it) is left out.
 */
export function parseCel(text: string): CelEvent[] {
  return text.split('\n').flatMap((line) => {
    const fields = [...line.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map((match) =>
      (match[1] ?? '').replaceAll('""', '"')
    )
    const [type, time, num, , exten, channel, uniqueId, linkedId, , extra, application, context] = fields
    if (!type || !time || !channel || !uniqueId || !linkedId || context === undefined) return []
    const atMs = timeOf(time)
    if (Number.isNaN(atMs)) return []
    return [
      {
        type,
        atMs,
        callerNumber: num ?? '',
        extension: exten ?? '',
        channel,
        uniqueId,
        linkedId,
        extra: extra ?? '',
        application: application ?? '',
        context
      }
    ]
  })
}

/** Seconds since the epoch with a fraction, or a local date and time, as `cel.conf` may say. */
function timeOf(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1000) : Date.parse(text.replace(' ', 'T'))
}

/** How a channel ended, by Asterisk's log; null when it does not say. */
export function endOf(
  events: readonly CelEvent[],
  uniqueId: string
): { atMs: number; cause: number | null } | null {
  const end = events.find((event) => event.type === 'HANGUP' && event.uniqueId === uniqueId)
  if (!end) return null
  return { atMs: end.atMs, cause: causeOf(end.extra) }
}

/** When a channel was answered, by Asterisk's log; null when it does not say. */
export function answeredAt(events: readonly CelEvent[], uniqueId: string): number | null {
  return events.find((event) => event.type === 'ANSWER' && event.uniqueId === uniqueId)?.atMs ?? null
}

/** The Q.850 cause of a hang-up; null when Asterisk names none. */
export function causeOf(extra: string): number | null {
  const match = /"hangupcause":(\d+)/.exec(extra)
  return match ? Number(match[1]) || null : null
}

/** Which channel's party hung up; empty when it was Asterisk itself. */
export function sourceOf(extra: string): string {
  return /"hangupsource":"([^"]*)"/.exec(extra)?.[1] ?? ''
}

/**
 * The last part of the log. When the log was put aside a moment ago (`<file>.1`), the part before that belongs to it.
 * @param maxBytes how far back to read; older calls are not recovered from the log
 */
export async function readCelTail(file: string, maxBytes: number): Promise<CelEvent[]> {
  const tail = await readTail(file, maxBytes)
  const earlier = maxBytes > tail.length ? await readTail(`${file}.1`, maxBytes - tail.length) : ''
  return parseCel(earlier + tail)
}

async function readTail(file: string, maxBytes: number): Promise<string> {
  let handle: fs.FileHandle
  try {
    handle = await fs.open(file, 'r')
  } catch (error) {
    // No call yet, so no log.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
  try {
    const { size } = await handle.stat()
    const start = Math.max(0, size - maxBytes)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start)
    return buffer.subarray(0, bytesRead).toString('utf8')
  } finally {
    await handle.close()
  }
}
