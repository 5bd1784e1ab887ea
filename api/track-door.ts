import express, { type Request, type RequestHandler } from 'express'
import type { TrackedSite } from '../tracking/store/config.ts'
import { isOwnHost } from '../tracking/landing.ts'
import type { ApiDeps } from './deps.ts'
import { isOwnOrigin } from './origin.ts'
import { ApiError } from './problems.ts'

/** More than any page has to say. */
const parseBody = express.json({ limit: '32kb', strict: true, type: () => true })

/**
 * Stands before the public routes of tracking: pages of other origins come in here, many and unasked. It counts
 * them by address, answers preflights, and takes JSON that is sent as plain text: for that a browser asks no
 * permission first, and a page that is being left has no time to.
 */
export function trackDoor({ tracking }: ApiDeps): RequestHandler {
  return (req, res, next) => {
    res.set({ 'Cross-Origin-Resource-Policy': 'cross-origin', Vary: 'Origin' })
    // Which sites may read the answer is decided once the site is known; see `siteOf`.
    if (req.method === 'OPTIONS') {
      const { origin } = req.headers
      const isKnown = [...(tracking?.config.sites.values() ?? [])].some((site) => mayCome(site, req))
      if (origin !== undefined && isKnown) {
        res.set({
          'Access-Control-Allow-Origin': origin,
          'Access-Control-Allow-Methods': 'POST',
          'Access-Control-Allow-Headers': 'Content-Type',
          'Access-Control-Max-Age': '86400'
        })
      }
      res.status(204).end()
      return
    }
    if (tracking?.admit(req.ip ?? '') === false) {
      throw new ApiError('too_many_attempts', {
        detail: 'Too many requests of one address',
        retryAfterSeconds: 5
      })
    }
    if (req.method !== 'POST') {
      next()
      return
    }
    parseBody(req, res, (error?: unknown) => {
      req.headers['content-type'] = 'application/json'
      next(error)
    })
  }
}

/**
 * The site that a request is for, by its key; its page must be one of the site's, or one of ours.
 * @param token of somebody who looks into the site: then their page may be anywhere
 * @throws ApiError unknown_site, wrong_origin, tracking_away
 */
export function siteOf(
  { tracking }: ApiDeps,
  key: string,
  { req, res }: Pick<DoorContext, 'req' | 'res'>,
  token?: string
): TrackedSite {
  if (!tracking) throw new ApiError('tracking_away')
  const site = tracking.config.sites.get(key)
  if (!site) throw new ApiError('unknown_site')
  const isLooking = token !== undefined && tracking.isDebug(site.id, token)
  if (!isLooking && !mayCome(site, req)) throw new ApiError('wrong_origin')
  res.set('Access-Control-Allow-Origin', req.headers.origin ?? '')
  return site
}

interface DoorContext {
  req: Request
  res: { set(name: string, value: string): unknown }
}

function mayCome(site: TrackedSite, req: Request): boolean {
  const { origin } = req.headers
  if (origin === undefined || !URL.canParse(origin)) return false
  if (isOwnOrigin(req)) return true
  const { hostname, origin: plain } = new URL(origin)
  return isOwnHost(hostname, [site.domain], site.isIsolated) || site.allowedOrigins.includes(plain)
}
