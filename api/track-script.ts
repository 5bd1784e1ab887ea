import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Request, Response } from 'express'
import { projectRoot } from '../host/project-root.ts'
import { nationalLength } from '../tracking/phones.ts'
import type { TrackedSite } from '../tracking/store/config.ts'

/** Sites whose script is kept ready. */
const mostKept = 1000

interface Script {
  plain: Buffer
  zipped: Buffer
  etag: string
}

const kept = new Map<string, Promise<Script>>()
let core: Promise<string> | undefined

/** Sends a site's snippet: its settings in front, then the code that all sites share. */
export async function sendScript(site: TrackedSite, req: Request, res: Response): Promise<void> {
  const { key, consent } = site
  const groups = site.groups.map(({ name, replaces }) => ({
    name,
    replaces: replaces.map((e164) => ({ digits: e164.slice(1), national: nationalLength(e164) }))
  }))
  const settings = JSON.stringify({ key, consent: consent === 'required', groups })
  const { plain, zipped, etag } = await scriptFor(settings)
  res.set({
    'Content-Type': 'text/javascript; charset=utf-8',
    // Settings change: a browser asks again after five minutes, and is mostly told that nothing has.
    'Cache-Control': 'public, max-age=300, stale-while-revalidate=86400',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Access-Control-Allow-Origin': '*',
    Vary: 'Accept-Encoding',
    ETag: etag
  })
  // Asked for by hand: Express takes `no-cache` for a wish to get it all again.
  if (req.get('If-None-Match')?.includes(etag)) {
    res.status(304).end()
    return
  }
  const isZipped = req.acceptsEncodings('gzip') === 'gzip'
  if (isZipped) res.set('Content-Encoding', 'gzip')
  res.end(isZipped ? zipped : plain)
}

function scriptFor(settings: string): Promise<Script> {
  const ready = kept.get(settings)
  if (ready) return ready
  const making = make(settings)
  kept.set(settings, making)
  if (kept.size > mostKept) kept.delete(kept.keys().next().value ?? '')
  making.catch(() => kept.delete(settings))
  return making
}

async function make(settings: string): Promise<Script> {
  // What could end a script or begin a comment in it is written as an escape.
  const safe = settings.replace(
    /[<>\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  )
  core ??= readFile(path.join(projectRoot(), 'dist/t.js'), 'utf8').catch((error: unknown) => {
    core = undefined
    throw error
  })
  const plain = Buffer.from(`window.vpbxSite=${safe};${await core}`)
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`
  return { plain, zipped: await promisify(gzip)(plain, { level: 9 }), etag }
}
