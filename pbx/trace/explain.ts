import { explainCalls } from './explain-calls.ts'
import { explainNat } from './explain-nat.ts'
import { exchangesOf, type Exchange, type Heard } from './exchanges.ts'
import type { Finding } from './findings.ts'
import { answerOf, noAnswer, refusal } from './refusals.ts'
import { parseSip } from './sip-message.ts'
import type { SipCopy } from './types.ts'

/** Retransmissions go on for 32 s; who has not answered by then will not. */
const patienceMs = 4000

/**
 * Says in findings what went well and what did not. Pure.
 * @param nowMs the end of what could be heard: what is not answered by then is waited for, or missing
 */
export function explain(copies: readonly SipCopy[], nowMs: number): Finding[] {
  const heard: Heard[] = copies.map((copy, index) => ({ ...copy, index, sip: parseSip(copy.text) }))
  const exchanges = exchangesOf(heard)
  const findings: Finding[] = []
  for (const exchange of exchanges) {
    if (exchange.method === 'REGISTER' || exchange.method === 'OPTIONS') {
      findings.push(...outcomeOf(exchange, exchanges, nowMs))
    }
  }
  findings.push(...explainCalls(exchanges, nowMs, patienceMs))
  findings.push(...explainNat(heard))
  return merged(findings)
}

/** The same said twice helps nobody; the last one counts, and of good and bad news on one matter too. */
function merged(findings: readonly Finding[]): Finding[] {
  const byKey = new Map<string, Finding>()
  for (const finding of findings) {
    const key = JSON.stringify([finding.code, finding.params])
    byKey.delete(key)
    byKey.set(key, finding)
  }
  const order = { problem: 0, warning: 1, good: 2 }
  return [...byKey.values()].sort((a, b) => order[a.level] - order[b.level])
}

/** What became of one request outside calls; nothing while its answer may still come. */
function outcomeOf(exchange: Exchange, all: readonly Exchange[], nowMs: number): Finding[] {
  const { request, final, method } = exchange
  if (request.direction === 'in') return []
  // Only the last word counts: a carrier that answers again after an hour is well.
  const isLast = !all.some((other) => other.method === method && other.request.index > request.index)
  if (!isLast) return []
  if (!final) {
    const isOver = nowMs - request.atMs >= patienceMs
    if (!isOver) return []
    // Some carriers never answer OPTIONS; one that takes our registration is there.
    const isThere = all.some((other) => other.method === 'REGISTER' && other.final?.status === 200)
    return [{ ...noAnswer(exchange), ...(method === 'OPTIONS' && isThere && { level: 'warning' as const }) }]
  }
  const status = final.status ?? 0
  if (method === 'OPTIONS') {
    // Any answer shows that somebody is there, a refusal too.
    const level =
      status < 400 || [401, 403, 404, 405, 407, 480, 481, 501].includes(status) ? 'good' : 'warning'
    return [
      {
        code: level === 'good' ? 'alive' : 'refused',
        level,
        params: answerOf(exchange),
        message: final.index
      }
    ]
  }
  if (status < 300) {
    // Taken off, which Asterisk does before it registers anew: the news is still to come.
    if (isRemoval(exchange)) return []
    const expires = /(?:^|;)\s*expires=(\d{1,8})/i.exec(final.sip?.header('contact') ?? '')?.[1]
    const seconds = expires ?? final.sip?.header('expires') ?? ''
    return [{ code: 'registered', level: 'good', params: { seconds }, message: final.index }]
  }
  return [refusal(exchange, all, nowMs)].filter((found) => found !== null)
}

const isRemoval = ({ request }: Exchange): boolean =>
  request.sip?.header('expires') === '0' || /;\s*expires=0\b/i.test(request.sip?.header('contact') ?? '')
