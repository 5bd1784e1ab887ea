import { ForeignError, type ForeignFault, type HttpAnswer } from '../connectors/kind.ts'

/** Codes of the portal, and who has to wait for whom. */
const faults: Readonly<Record<string, ForeignFault>> = {
  QUERY_LIMIT_EXCEEDED: 'limit',
  OPERATION_TIME_LIMIT: 'limit',
  OVERLOAD_LIMIT: 'away',
  INTERNAL_SERVER_ERROR: 'broken',
  expired_token: 'login',
  invalid_token: 'login',
  invalid_grant: 'login',
  NO_AUTH_FOUND: 'login',
  insufficient_scope: 'login',
  ACCESS_DENIED: 'login',
  PORTAL_DELETED: 'login',
  WRONG_AUTH_TYPE: 'login'
}
/** For a method that has used up its time of ten minutes, when the answer does not say until when. */
const operationMs = 10 * 60_000
const queryMs = 5_000

/** What is wrong with an answer; null when nothing is. Pure. */
export function errorOf({ status, body }: HttpAnswer, nowMs: number): ForeignError | null {
  const said = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const code = typeof said['error'] === 'string' && said['error'] !== '' ? said['error'] : null
  if (status >= 200 && status < 300 && code === null && typeof body === 'object') return null
  const text = said['error_description']
  const message = typeof text === 'string' && text !== '' ? text : (code ?? `The portal answered ${status}`)
  const fault = (code !== null ? faults[code] : undefined) ?? byStatus(status)
  return new ForeignError(
    fault,
    code ?? `http${status}`,
    message,
    fault === 'limit' ? untilMs(code, said, nowMs) : null
  )
}

function byStatus(status: number): ForeignFault {
  if (status === 429) return 'limit'
  if (status === 401) return 'login'
  if (status === 502 || status === 503 || status === 504) return 'away'
  // Not JSON with 200, or a redirect: a page of somebody in between.
  return status >= 500 || status < 400 ? 'broken' : 'refused'
}

function untilMs(code: string | null, said: Record<string, unknown>, nowMs: number): number {
  if (code !== 'OPERATION_TIME_LIMIT') return nowMs + queryMs
  const { operating_reset_at: reset } = (said['time'] ?? {}) as { operating_reset_at?: unknown }
  return typeof reset === 'number' ? Math.max(reset * 1000, nowMs + 1000) : nowMs + operationMs
}
