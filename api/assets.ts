import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { RequestHandler } from 'express'

/** The build lays these beside each text (`ui/compress.ts`). */
const endings = { br: '.br', gzip: '.gz' } as const

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8'
}

/**
 * Serves the text among the built app's hashed files compressed. Their names change with their content, so each is
 * read once and kept. Everything else, and a file that is not there, is left to the next handler.
 */
export function compressedAssets(folder: string): RequestHandler {
  const kept = new Map<string, Promise<Buffer>>()

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
    const file = name + endings[accepted]
    const work = kept.get(file) ?? readFile(path.join(folder, file))
    kept.set(file, work)
    try {
      const data = await work
      res.set({ 'Content-Encoding': accepted, 'Content-Type': type, Vary: 'Accept-Encoding' })
      res.set('Cache-Control', 'public, max-age=31536000, immutable').send(data)
    } catch (error) {
      kept.delete(file)
      // Not there (any more): the next handler says so.
      next(error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : error)
    }
  }
}
