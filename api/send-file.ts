import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DamagedFile } from '../recordings/sealed-file.ts'
import type { Context } from './endpoint.ts'
import { ApiError } from './problems.ts'

/** A file of ours to be sent. */
export interface StoredFile {
  /** Absolute. */
  path: string
  contentType: string
  bytes: number
}

/**
 * Sends a file, whole or by ranges.
 * @param saveAs its name for a browser that shall keep it instead of showing it
 * @throws ApiError bad_range, recording_not_available when it is gone
 */
export async function sendFile({ res }: Context, file: StoredFile, saveAs?: string): Promise<void> {
  const options = {
    root: path.dirname(file.path),
    // DATA_DIR may be a folder like `.runtime`; the name itself comes from our own id.
    dotfiles: 'allow' as const,
    cacheControl: false,
    headers: {
      'Content-Type': file.contentType,
      'Cache-Control': 'private, no-store',
      'Content-Disposition': saveAs === undefined ? 'inline' : `attachment; filename="${saveAs}"`
    }
  }
  await new Promise<void>((resolve, reject) => {
    res.sendFile(path.basename(file.path), options, (error?: Error & { status?: number; code?: string }) => {
      // A listener who seeks or closes the page cuts the connection: that is normal.
      if (!error || res.headersSent || error.code === 'ECONNABORTED') resolve()
      else reject(refusalOf(error, res, file))
    })
  })
}

/** Sends a large file to be kept; one that goes while it is being sent cuts the connection. */
export async function sendDownload(
  { res }: Context,
  file: string,
  name: string,
  contentType: string
): Promise<void> {
  res.set('Content-Type', contentType).attachment(name)
  const options = { root: path.dirname(file), dotfiles: 'allow' as const, cacheControl: false }
  await new Promise<void>((resolve, reject) => {
    res.sendFile(path.basename(file), options, (error?: Error) => {
      if (!error || res.headersSent) resolve()
      else reject(new ApiError('not_found', { cause: error }))
    })
  })
}

/** Audio that is read piece by piece, however it lies on the disk. */
export interface Playable {
  contentType: string
  bytes: number
  /** Both ends are included. */
  read(range?: { start: number; end: number }): AsyncIterable<Buffer>
}

/**
 * Sends audio, whole or one range of it. The first piece is read before anything is said, so that what cannot be read is
 * a refusal; when a later one fails the connection is cut, and nothing that is not genuine has been sent.
 * @param saveAs its name for a browser that shall keep it instead of playing it
 * @throws ApiError bad_range, recording_damaged
 */
export async function sendAudio({ req, res }: Context, audio: Playable, saveAs?: string): Promise<void> {
  // Of several ranges at once the whole is sent, as RFC 9110 allows; so is it for If-Range, for there is no validator.
  const asked = req.headers['if-range'] === undefined ? req.range(audio.bytes, { combine: true }) : undefined
  if (asked === -1) {
    res.set('Content-Range', `bytes */${audio.bytes}`)
    throw new ApiError('bad_range')
  }
  const isOne = typeof asked === 'object' && asked.type === 'bytes' && asked.length === 1
  const range = isOne ? asked[0] : undefined
  const pieces = audio.read(range)[Symbol.asyncIterator]()
  const first = req.method === 'HEAD' ? null : await pieces.next().catch(refuseDamaged)
  res.status(range ? 206 : 200).set({
    'Content-Type': audio.contentType,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, no-store',
    'Content-Disposition': saveAs === undefined ? 'inline' : `attachment; filename="${saveAs}"`,
    'Content-Length': String(range ? range.end - range.start + 1 : audio.bytes)
  })
  if (range) res.set('Content-Range', `bytes ${range.start}-${range.end}/${audio.bytes}`)
  if (first === null) {
    res.end()
    return
  }
  await pipeline(Readable.from(resumed(first, pieces)), res).catch((error: unknown) => {
    // A listener who seeks or closes the page cuts the connection: that is normal.
    if (!isCut(error)) throw error
  })
}

function refuseDamaged(error: unknown): never {
  throw error instanceof DamagedFile ? new ApiError('recording_damaged', { cause: error }) : error
}

async function* resumed(first: IteratorResult<Buffer>, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}

const isCut = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'

function refusalOf(error: Error & { status?: number }, res: Context['res'], file: StoredFile): Error {
  if (error.status === 416) {
    res.set('Content-Range', `bytes */${file.bytes}`)
    return new ApiError('bad_range')
  }
  return error.status === 404 ? new ApiError('recording_not_available', { cause: error }) : error
}
