import { ForeignError, type ForeignFault, type HttpAnswer } from '../connectors/kind.ts'
import { recordOf, textOf } from '../connectors/read.ts'

const faults: Readonly<Record<string, ForeignFault>> = {
  authentication_failed: 'login',
  authorization_failed: 'login',
  access_denied: 'login',
  project_not_found: 'login',
  request_limit_error: 'limit',
  too_many_requests: 'limit',
  internal_error: 'broken'
}
const limitMs = 60_000

/** What an answer of Roistat says is wrong; null when nothing is. Pure. */
export function errorOf({ status, body, headers }: HttpAnswer, nowMs: number): ForeignError | null {
  const said = recordOf(body)
  const code = textOf(said['error']) || (textOf(said['status']) === 'error' ? 'error' : '')
  if (status >= 200 && status < 300 && code === '' && typeof body === 'object') return null
  const message = textOf(said['message']) || code || `Roistat answered ${status}`
  const fault = faults[code] ?? (typeof body === 'object' ? byStatus(status) : byPage(status))
  const waitMs = Number(headers['retry-after'] ?? NaN) * 1000
  const retryAtMs = fault === 'limit' ? nowMs + (waitMs > 0 ? Math.min(waitMs, 3_600_000) : limitMs) : null
  return new ForeignError(fault, code || `http${status}`, message, retryAtMs)
}

/** An error that we do not know, with 200 or 400, is meant for this one request. */
function byStatus(status: number): ForeignFault {
  if (status === 429) return 'limit'
  if (status === 401) return 'login'
  if (status === 502 || status === 503 || status === 504) return 'away'
  return status >= 500 ? 'broken' : 'refused'
}

/** A page instead of JSON is of somebody in between. */
const byPage = (status: number): ForeignFault =>
  status < 400 || (status >= 500 && byStatus(status) !== 'away') ? 'broken' : byStatus(status)
