import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Request, Response } from 'express'
import { projectRoot } from '../host/project-root.ts'
import { nationalLength } from '../tracking/phones.ts'
import type { TrackedSite } from '../tracking/store/config.ts'
import { maskOf } from '../tracking/store/masks.ts'
import type { ApiDeps } from './deps.ts'
import { ApiError } from './problems.ts'
import { scriptSafe } from './track-check.ts'

/** Scripts that are kept ready. */
const mostKept = 1000

interface Script {
  plain: Buffer
  zipped: Buffer
  etag: string
}

const kept = new Map<string, Promise<Script>>()
const cores = new Map<string, Promise<string>>()

/** Sends a site's snippet: its settings in front, then the code that all sites share. */
export async function sendScript(site: TrackedSite, req: Request, res: Response): Promise<void> {
  const { key, consent, formCapture, widget } = site
  const groups = site.groups.map(({ name, replaces }) => ({
    name,
    replaces: replaces.map((e164) => ({ digits: e164.slice(1), national: nationalLength(e164) }))
  }))
  const settings = {
    ...{ key, consent: consent === 'required', groups },
    ...(formCapture !== 'off' && { forms: formCapture }),
    ...(widget.isOn && { widget: widget.delaySeconds })
  }
  await send('t.js', `window.vpbxSite=${scriptSafe(JSON.stringify(settings))};`, req, res)
}

/** Sends what the snippet loads only when it is needed. @throws ApiError unknown_site */
export async function sendPart(
  deps: ApiDeps,
  part: 'widget' | 'debug',
  key: string,
  req: Request,
  res: Response
): Promise<void> {
  const site = deps.tracking?.config.sites.get(key)
  if (!site) throw new ApiError('unknown_site')
  if (part === 'debug') return send('t-debug.js', '', req, res)
  const { rules } = deps.dialling.policy.policy
  // The home country first: it is what a number without a plus is read by.
  const codes = [rules.homeCountry, ...rules.countries.filter((code) => code !== rules.homeCountry)]
  const countries = codes.flatMap((code) => maskOf(code) ?? []).slice(0, 30)
  const { delaySeconds: _, ...look } = site.widget
  const settings = scriptSafe(JSON.stringify({ ...look, countries }))
  return send('t-widget.js', `window.vpbxWidget=${settings};`, req, res)
}

async function send(file: string, settings: string, req: Request, res: Response): Promise<void> {
  const { plain, zipped, etag } = await scriptFor(file, settings)
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

function scriptFor(file: string, settings: string): Promise<Script> {
  const name = `${file} ${settings}`
  const ready = kept.get(name)
  if (ready) return ready
  const making = make(file, settings)
  kept.set(name, making)
  if (kept.size > mostKept) kept.delete(kept.keys().next().value ?? '')
  making.catch(() => kept.delete(name))
  return making
}

async function make(file: string, settings: string): Promise<Script> {
  const core = cores.get(file) ?? readFile(path.join(projectRoot(), 'dist', file), 'utf8')
  cores.set(file, core)
  core.catch(() => cores.delete(file))
  const plain = Buffer.from(settings + (await core))
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`
  return { plain, zipped: await promisify(gzip)(plain, { level: 9 }), etag }
}
