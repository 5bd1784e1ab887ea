import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { ConnectorPorts } from './ports.ts'

/** No foreign system takes more. */
const mostBytes = 100 * 1024 * 1024

/** Recordings as connectors send them. @param open gives the playable file; null when there is none (any more) */
export const audioOf =
  (
    open: (recordingId: string) => Promise<{ path: string; contentType: string; bytes: number } | null>
  ): ConnectorPorts['audio'] =>
  async (recordingId) => {
    const stored = await open(recordingId)
    if (!stored || stored.bytes > mostBytes) return null
    const { contentType } = stored
    return { name: path.basename(stored.path), contentType, bytes: await readFile(stored.path) }
  }
