import type { IncomingMessage } from 'node:http'

/** Whether a browser made this request from a page of ours. Requests without an Origin do not come from a page. */
export function isOwnOrigin(req: Pick<IncomingMessage, 'headers'>, isRequired = false): boolean {
  const { origin, host } = req.headers
  if (origin === undefined) return !isRequired
  return URL.canParse(origin) && new URL(origin).host === host
}
