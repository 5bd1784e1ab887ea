import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { codeOf } from '../host/setup-error.ts'
import { finishedFile } from './files.ts'
import { DamagedFile, openSealed, sealOf } from './sealed-file.ts'
import type { ByteRange, Unreadable } from './sealed-file.ts'

export const contentType = 'audio/mpeg'

/** Audio that can be played, however it lies on the disk. */
export interface StoredRecording {
  /** For a file to be kept: without folder, with its ending. */
  name: string
  contentType: string
  bytes: number
  /**
   * The audio; both ends of a range are included.
   * @throws DamagedFile in the middle, when a sealed file is not as it was written
   */
  read(range?: ByteRange): AsyncIterable<Buffer>
}

/** `locked`: sealed with a key that is not here; `damaged`: sealed, and not as it was written; null: no file. */
export type RecordingFound = StoredRecording | Unreadable | null

/**
 * Opens a finished file. Its beginning tells whether it is sealed, not the row: sealing changes first the one, then the other.
 * @param keys any of them may fit
 * @param file name without folder or ending
 */
export async function openAudio(keys: readonly Buffer[], dir: string, file: string): Promise<RecordingFound> {
  const where = finishedFile(dir, file)
  try {
    const sealed = await openSealed(keys, where, file)
    if (typeof sealed === 'string') return sealed
    return sealed ? { ...sealed, name: path.basename(where), contentType } : await plainAudio(where)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** A file that is not sealed. @throws ENOENT */
export async function plainAudio(file: string): Promise<StoredRecording> {
  const { size } = await stat(file)
  return {
    name: path.basename(file),
    contentType,
    bytes: size,
    read: (range) => readPlain(file, range)
  }
}

async function* readPlain(file: string, range: ByteRange | undefined): AsyncGenerator<Buffer> {
  // It may have been sealed since it was found: nobody is to hear that.
  if ((await sealOf(file)) !== null) throw new DamagedFile('The recording was sealed meanwhile')
  yield* createReadStream(file, range) as AsyncIterable<Buffer>
}
