import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { RequestHandler } from 'express'

const compress = {
  br: (data: Buffer) => promisify(brotliCompress)(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (data: Buffer) => promisify(gzip)(data, { level: 9 })
}
type Encoding = keyof typeof compress

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8'
}

/**
 * Serves the text among the built app's hashed files compressed. Their names change with their content, so each is
 * compressed once and kept. Everything else, and a file that is not there, is left to the next handler.
 */
export function compressedAssets(folder: string): RequestHandler {
  const kept = new Map<string, Promise<Buffer>>()

  async function compressed(name: string, encoding: Encoding): Promise<Buffer> {
    return compress[encoding](await readFile(path.join(folder, name)))
  }

  return async (req, res, next) => {
    const name = req.path.slice(1)
    const type = types[path.extname(name)]
    // Asked one by one: browsers name gzip first, but mean no preference.
    const accepted = (['br', 'gzip'] as const).find((encoding) => req.acceptsEncodings(encoding) === encoding)
    // Built names are flat and plain; anything else is not ours to open.
    if (!type || !/^[\w.-]+$/.test(name) || name.startsWith('.') || !accepted) {
      next()
      return
    }
    const key = `${accepted}/${name}`
    const work = kept.get(key) ?? compressed(name, accepted)
    kept.set(key, work)
    try {
      const data = await work
      res.set({ 'Content-Encoding': accepted, 'Content-Type': type, Vary: 'Accept-Encoding' })
      res.set('Cache-Control', 'public, max-age=31536000, immutable').send(data)
    } catch (error) {
      kept.delete(key)
      // Not there (any more): the next handler says so.
      next(error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : error)
    }
  }
}
