import type { Request } from 'express'
import { ApiError } from './problems.ts'

/** A file that came in a request. */
export interface Upload {
  readonly bytes: Buffer
  /** As the sender calls it, without folders; a word for people only, never a path. */
  readonly fileName: string | null
}

/** What comes around the file in a form. */
const formBytes = 64 * 1024

/**
 * Reads a request that brings a file: a multipart form (its first file, and its fields), or the file alone as the body
 * with the fields in the query.
 * @returns null when the body is JSON, or there is none
 * @throws ApiError body_too_large, upload_expected
 */
export async function readUpload(
  req: Request,
  maxBytes: number
): Promise<{ upload: Upload; fields: Record<string, unknown> } | null> {
  const type = req.get('Content-Type') ?? ''
  const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.get('Content-Length') ?? 0) > 0
  if (!hasBody || req.is('json')) return null
  const isForm = /^multipart\/form-data\b/i.test(type)
  const isFile = /^(audio|video)\/|^application\/(octet-stream|ogg)\b/i.test(type)
  if (!isForm && !isFile) {
    throw new ApiError('upload_expected', { detail: 'Send an audio file, a form with one, or JSON.' })
  }
  const body = await readAll(req, isForm ? maxBytes + formBytes : maxBytes)
  if (!isForm) return { upload: { bytes: body, fileName: null }, fields: { ...req.query } }
  const found = await readForm(body, type)
  if (found.upload.bytes.length > maxBytes) throw tooLarge(maxBytes)
  return found
}

async function readForm(
  body: Buffer,
  type: string
): Promise<{ upload: Upload; fields: Record<string, unknown> }> {
  let form: FormData
  try {
    form = await new Response(new Uint8Array(body), { headers: { 'Content-Type': type } }).formData()
  } catch (error) {
    throw new ApiError('bad_request', { detail: 'The form cannot be read.', cause: error })
  }
  let upload: Upload | null = null
  const fields: Record<string, unknown> = {}
  for (const [key, value] of form) {
    if (typeof value === 'string') fields[key] = value
    else upload ??= { bytes: Buffer.from(await value.arrayBuffer()), fileName: plainName(value.name) }
  }
  if (upload === null) throw new ApiError('upload_expected', { detail: 'There is no file in the form.' })
  return { upload, fields }
}

async function readAll(req: Request, maxBytes: number): Promise<Buffer> {
  if (Number(req.get('Content-Length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of req as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxBytes) throw tooLarge(maxBytes)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw new ApiError('bad_request', { detail: 'The upload broke off.', cause: error })
  }
  return Buffer.concat(chunks)
}

const tooLarge = (maxBytes: number): ApiError =>
  new ApiError('body_too_large', { detail: `A file may have ${Math.floor(maxBytes / 1024 ** 2)} MB.` })

/** The last part of a name, without what does not belong on a screen. */
function plainName(name: string): string | null {
  const last = name.split(/[\\/]/).at(-1) ?? ''
  const plain = last.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e]/g, '').trim()
  return plain === '' ? null : plain.slice(0, 200).replace(/\p{Surrogate}/gu, '')
}
