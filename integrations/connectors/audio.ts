import type { ConnectorPorts } from './ports.ts'

/** No foreign system takes more. */
const mostBytes = 100 * 1024 * 1024

interface Audio {
  name: string
  contentType: string
  bytes: number
  read(): AsyncIterable<Buffer>
}

/** Recordings as connectors send them. @param open gives the playable audio; null or why where there is none (any more) */
export const audioOf =
  (open: (recordingId: string) => Promise<Audio | string | null>): ConnectorPorts['audio'] =>
  async (recordingId) => {
    const stored = await open(recordingId)
    if (stored === null || typeof stored === 'string' || stored.bytes > mostBytes) return null
    const pieces: Buffer[] = []
    for await (const piece of stored.read()) pieces.push(piece)
    return { name: stored.name, contentType: stored.contentType, bytes: Buffer.concat(pieces) }
  }
