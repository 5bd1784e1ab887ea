import type { IncomingMessage } from 'node:http'

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
