import type { Exchange } from './exchanges.ts'
import { addressOf, type Finding, type FindingCode } from './findings.ts'

/** Nothing came back at all. */
export function noAnswer({ request, repeats, method }: Exchange): Finding {
  const { host, port } = addressOf(request.remote)
  const params = { method, address: host, port, transport: request.transport, tries: String(repeats + 1) }
  return { code: 'no_answer', level: 'problem', params, message: request.index }
}

/** What an answer says, for the words of a finding. */
export function answerOf({ final, method, request }: Exchange): Record<string, string> {
  const { host } = addressOf((final ?? request).remote)
  return {
    method,
    status: String(final?.status ?? ''),
    reason: (final?.reason ?? '').slice(0, 100),
    address: host
  }
}

const simple: Readonly<Record<number, FindingCode>> = {
  403: 'forbidden',
  404: 'not_found',
  408: 'timed_out',
  410: 'not_found',
  416: 'tls_needed',
  423: 'too_brief',
  480: 'unavailable',
  484: 'not_found',
  486: 'busy',
  494: 'tls_needed',
  503: 'unavailable',
  600: 'busy',
  603: 'declined',
  604: 'not_found'
}

/**
 * Why a request was refused; null while it is only challenged, and the proof may follow.
 */
export function refusal(exchange: Exchange, all: readonly Exchange[], nowMs: number): Finding | null {
  const { request, final, method } = exchange
  const status = final?.status ?? 0
  if (!final) return null
  const params = answerOf(exchange)
  const found = (code: FindingCode, more: Record<string, string> = {}): Finding => ({
    code,
    level: 'problem',
    params: { ...params, ...more },
    message: final.index
  })
  if (status === 401 || status === 407) {
    const challenge = final.sip?.header(status === 401 ? 'www-authenticate' : 'proxy-authenticate') ?? ''
    const realm = /realm="([^"]{0,100})"/i.exec(challenge)?.[1] ?? ''
    const proof = request.sip?.header(status === 401 ? 'authorization' : 'proxy-authorization') ?? null
    const user = /username="([^"]{0,100})"/i.exec(proof ?? '')?.[1] ?? request.sip?.from?.user ?? ''
    // A nonce that has grown old is asked for once more, with the right password too.
    const isStale = /stale\s*=\s*"?true/i.test(challenge)
    const isTriedAgain = all.some(
      (other) =>
        other.method === method &&
        other.request.dialog === request.dialog &&
        other.request.index > final.index
    )
    if (isTriedAgain) return null
    if (request.direction === 'in') return unknownSource(exchange)
    if (proof !== null && !isStale) return found('wrong_password', { user, realm })
    return nowMs - final.atMs >= 1000 ? found('no_credentials', { user, realm }) : null
  }
  if (status === 415 || status === 488 || status === 606) return mediaRefusal(exchange)
  const { host: contactHost } = request.sip?.uri ?? { host: '' }
  const number = request.sip?.uri?.user ?? ''
  const needsTls = /\btls\b|sips|encrypt/i.test(`${final.reason ?? ''} ${final.sip?.header('warning') ?? ''}`)
  if (needsTls && status >= 400) return found('tls_needed')
  const seconds = final.sip?.header('min-expires') ?? ''
  const code =
    simple[status] ??
    (status >= 500 && status < 600 ? 'server_error' : status < 400 ? 'redirected' : 'refused')
  return found(code, {
    ...(code === 'not_found' && { number: number || contactHost }),
    ...(code === 'too_brief' && { seconds })
  })
}

function unknownSource(exchange: Exchange): Finding {
  const { host, port } = addressOf(exchange.request.remote)
  const number = exchange.request.sip?.uri?.user ?? ''
  return {
    code: 'unknown_source',
    level: 'problem',
    params: { address: host, port, number },
    message: exchange.final?.index ?? exchange.request.index
  }
}

function mediaRefusal(exchange: Exchange): Finding {
  const { request, final } = exchange
  const offered = request.sip?.sdp ?? null
  const wanted = final?.sip?.sdp ?? null
  const params = {
    ...answerOf(exchange),
    offered: offered?.codecs.join(', ') ?? '',
    wanted: wanted?.codecs.join(', ') ?? '',
    offeredBy: request.direction === 'out' ? 'us' : 'them'
  }
  const isCommon = offered && wanted ? offered.codecs.some((codec) => has(wanted.codecs, codec)) : false
  const isProfile = offered && wanted ? offered.isEncrypted !== wanted.isEncrypted : false
  const isSaidSo = /crypto|srtp|savp|encrypt/i.test(
    `${final?.reason ?? ''} ${final?.sip?.header('warning') ?? ''}`
  )
  const code = isSaidSo || (isCommon && isProfile) ? 'encryption_mismatch' : 'codec_mismatch'
  return { code, level: 'problem', params, message: final?.index ?? null }
}

const has = (names: readonly string[], name: string): boolean =>
  names.some((one) => one.toLowerCase() === name.toLowerCase())
