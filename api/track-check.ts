import { randomBytes, randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { isOwnHost, clean, hostOf } from '../tracking/landing.ts'
import type { Touch } from '../tracking/classify.ts'
import type { TrackedSite } from '../tracking/store/config.ts'
import type { addressVerdict } from './contract/track.ts'
import type { ApiDeps } from './deps.ts'
import { ApiError } from './problems.ts'

/** What tracking makes of an address on a site. */
export async function verdictOf(
  { tracking }: ApiDeps,
  site: TrackedSite,
  asked: {
    url: string
    referrer?: string | null | undefined
    zone?: string | null | undefined
    visitorId: string | null
  }
): Promise<z.output<typeof addressVerdict>> {
  if (!tracking) throw new ApiError('tracking_away')
  const url = clean(asked.url, 2000)
  const { found, path, groups, held } = await tracking.check(site, {
    url,
    referrer: asked.referrer ? clean(asked.referrer, 2000) || null : null,
    zone: asked.zone ? clean(asked.zone, 60) || null : null,
    visitorId: asked.visitorId
  })
  const host = hostOf(url)
  const origins = site.allowedOrigins.map((origin) => hostOf(origin))
  return {
    rule: found.rule,
    touch: plain(found.touch),
    current: plain(found.current),
    isNewVisit: found.isNewVisit,
    path,
    isOwnAddress:
      host !== null && (isOwnHost(host, [site.domain], site.isIsolated) || origins.includes(host)),
    groups: groups.map(({ group, pools }) => ({
      group,
      pools: pools.map((pool) => ({ ...pool, misses: [...pool.misses] }))
    })),
    held
  }
}

const plain = ({ inquiryChannel, source, medium, campaign, keyword }: Touch) => ({
  inquiryChannel,
  source,
  medium,
  campaign,
  keyword
})

/** A page that somebody pasted, for the snippet to run on. */
interface Page {
  siteKey: string
  html: string
  url: string
  referrer: string
  token: string
  untilMs: number
}

const pageMs = 15 * 60_000
const mostPages = 20
const pages = new Map<string, Page>()

/** Keeps a pasted page for a quarter of an hour, in memory only. @returns its id, which nobody can guess */
export function keepPage(page: Omit<Page, 'untilMs'>): { id: string; untilMs: number } {
  const untilMs = Date.now() + pageMs
  for (const [id, old] of pages) if (old.untilMs < Date.now() || pages.size >= mostPages) pages.delete(id)
  const id = randomUUID()
  pages.set(id, { ...page, untilMs })
  return { id, untilMs }
}

/**
 * A pasted page as we serve it: in a sandbox of an origin of its own, where only our script runs and nothing is
 * loaded from elsewhere. So whatever stands in it can do nothing, here or anywhere.
 * @returns null when it is not kept any more
 */
export function servedPage(id: string): { html: string; policy: string } | null {
  const page = pages.get(id)
  if (!page || page.untilMs < Date.now()) return null
  const nonce = randomBytes(16).toString('base64')
  const settings = scriptSafe(JSON.stringify({ token: page.token, url: page.url, referrer: page.referrer }))
  // Ours stands first: what follows cannot take its nonce into an attribute of its own.
  const ours =
    `<!doctype html><meta charset="utf-8"><script nonce="${nonce}">window.vpbxCheck=${settings}</script>` +
    `<script nonce="${nonce}" async src="/t.js?key=${encodeURIComponent(page.siteKey)}"></script>`
  const policy = [
    'sandbox allow-scripts',
    "default-src 'none'",
    // What our script loads runs too; what the page brought has no nonce.
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'"
  ].join('; ')
  // A page that sends itself elsewhere would only be gone from view: the frame may not follow it.
  const staying = page.html.replace(/http-equiv\s*=\s*(["']?)\s*refresh/gi, 'data-was=$1refresh')
  return { html: ours + staying.replace(/<!doctype[^>]*>/i, ''), policy }
}

/** What could end a script or begin a comment in it is written as an escape. */
export const scriptSafe = (json: string): string =>
  json.replace(/[<>\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
