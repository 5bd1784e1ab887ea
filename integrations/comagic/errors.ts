import { ForeignError, type ForeignFault, type HttpAnswer } from '../connectors/kind.ts'
import { recordOf, textOf } from '../connectors/read.ts'

/** By `data.mnemonic`; codes stand for whole groups. */
const faults: Readonly<Record<string, ForeignFault>> = {
  access_token_expired: 'login',
  access_token_blocked: 'login',
  access_token_invalid: 'login',
  auth_error: 'login',
  ip_not_whitelisted: 'login',
  account_inactive: 'login',
  limit_exceeded: 'limit',
  internal_error: 'broken'
}
const byCode: Readonly<Record<string, ForeignFault>> = {
  '-32001': 'login',
  '-32029': 'limit',
  '-32603': 'broken'
}
const limitMs = 60_000

/** What an answer of the Data API says is wrong; null when nothing is. Pure. */
export function errorOf({ status, body }: HttpAnswer, nowMs: number): ForeignError | null {
  const error = recordOf(recordOf(body)['error'])
  if (textOf(error['code']) === '') {
    if (status >= 200 && status < 300 && 'result' in recordOf(body)) return null
    return new ForeignError(byStatus(status), `http${status}`, `The Data API answered ${status}`)
  }
  const data = recordOf(error['data'])
  const mnemonic = textOf(data['mnemonic'])
  const field = textOf(data['field'])
  const fault = faults[mnemonic] ?? byCode[textOf(error['code'])] ?? 'refused'
  const words = textOf(error['message']) || mnemonic
  const message = field === '' ? words : `${words} (${field})`
  const retryAtMs =
    fault === 'limit' ? (freeAtMs(recordOf(data['metadata']), 1, nowMs) ?? nowMs + limitMs) : null
  return new ForeignError(fault, mnemonic || textOf(error['code']), message, retryAtMs)
}

function byStatus(status: number): ForeignFault {
  if (status === 429) return 'limit'
  if (status === 502 || status === 503 || status === 504) return 'away'
  return 'broken'
}

/**
 * When a request of so many points may be made, by the limits that an answer told. Pure.
 * @returns null: at once
 */
export function freeAtMs(metadata: Record<string, unknown>, points: number, nowMs: number): number | null {
  const limits = recordOf(metadata['limits'])
  const waits = (['day', 'minute'] as const).flatMap((span) => {
    const [left, reset] = [limits[`${span}_remaining`], limits[`${span}_reset`]]
    return typeof left === 'number' && left < points
      ? [typeof reset === 'number' ? reset * 1000 : limitMs]
      : []
  })
  return waits.length === 0 ? null : nowMs + Math.max(...waits, 1000)
}
