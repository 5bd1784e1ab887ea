import { covers, daysUntil } from '../host/tls/material.ts'
import type { InUse } from '../host/tls/keeper.ts'
import type { Facts, Found } from './judge.ts'

/** Something about the way from people to us that is not as it should be. */
export interface WayFinding {
  reason: 'httpPublicUrl' | 'noUpgrade' | 'strangerProxy' | 'httpsProxy' | 'plainProxy' | 'silentProxy'
  values: Record<string, string | number>
}

/** What the system page must know of a certificate of our own. */
export interface OwnCertificate {
  trust: InUse['facts']['trust']
  source: InUse['source']
  /** It stands for the host of PUBLIC_URL; true where none is set. */
  isNamed: boolean
  /** Why the newest files are not in use, in English. */
  broken: string | null
}

/** Below these many days the line is amber, and red. */
export const amberDays = 21
export const redDays = 7

/** The certificate with which our own web port serves people. */
export function ownHttps({ facts, source, problem }: InUse, publicUrl: string | undefined): Facts['https'] {
  const host = publicUrl === undefined ? null : new URL(publicUrl).hostname
  return {
    isUsed: true,
    certificateEndsMs: facts.endsMs,
    problem: null,
    own: {
      trust: facts.trust,
      source,
      isNamed: host === null || covers(facts, host),
      broken: problem?.message ?? null
    }
  }
}

/** The certificate that browsers get. */
export function judgeHttps({ https, nowMs }: Pick<Facts, 'https' | 'nowMs'>): Found {
  const { isUsed, certificateEndsMs, problem, own = null } = https
  if (!isUsed) return { state: 'warning', reason: 'none' }
  if (certificateEndsMs === null) return { state: 'warning', reason: 'unseen', detail: problem }
  const days = daysUntil(certificateEndsMs, nowMs)
  const values = { days }
  if (own !== null && own.broken !== null)
    return { state: 'failed', reason: 'broken', values, detail: own.broken }
  if (days < 0) return { state: 'failed', reason: 'ended' }
  // Ours is made anew by itself.
  if (own?.source === 'selfSigned') return { state: 'warning', reason: 'selfSigned', values }
  if (days < amberDays) return { state: days < redDays ? 'failed' : 'warning', reason: 'ends', values }
  if (own?.isNamed === false) return { state: 'warning', reason: 'otherName', values }
  if (problem !== null) return { state: 'warning', reason: 'untrusted', values, detail: problem }
  if (own?.trust === 'selfSigned') return { state: 'warning', reason: 'untrusted', values }
  return { state: 'ok', reason: 'ok', values }
}

/** How people come: without a finding all is well, as far as anybody has come by now. */
export function judgeWays(findings: readonly WayFinding[]): Found {
  const [first] = findings
  if (!first) return { state: 'ok', reason: 'ok' }
  return { state: first.reason === 'noUpgrade' ? 'failed' : 'warning', ...first }
}
