import path from 'node:path'
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

function refusalOf(error: Error & { status?: number }, res: Context['res'], file: StoredFile): Error {
  if (error.status === 416) {
    res.set('Content-Range', `bytes */${file.bytes}`)
    return new ApiError('bad_range')
  }
  return error.status === 404 ? new ApiError('recording_not_available', { cause: error }) : error
}
