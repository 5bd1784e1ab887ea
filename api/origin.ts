import type { IncomingMessage } from 'node:http'

/**
 * Whether no page of another site made this request, by all that a browser tells: its Origin, and where it says that the
 * request comes from. Browsers that tell less, and programs that are none, pass.
 */
export const isOwnRequest = (req: Pick<IncomingMessage, 'headers'>): boolean =>
  isOwnOrigin(req) && !/^(cross-site|same-site)$/.test(String(req.headers['sec-fetch-site'] ?? ''))

/**
 * Whether a browser made this request from a page of ours. Requests without an Origin do not come from a page.
 * A proxy may have changed `Host`; what it was before stands in `X-Forwarded-Host`, which no page of another site
 * can make a browser send.
 */
export function isOwnOrigin(req: Pick<IncomingMessage, 'headers'>, isRequired = false): boolean {
  const { origin, host } = req.headers
  if (origin === undefined) return !isRequired
  if (!URL.canParse(origin)) return false
  const { host: page } = new URL(origin)
  return page !== '' && (page === host || page === req.headers['x-forwarded-host'])
}
