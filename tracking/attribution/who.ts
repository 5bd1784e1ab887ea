/**
 * Whose call is it? Number × moment × caller → visit, with a confidence. Version 1, stored as `who/1`: history that
 * was attributed by other rules can be told apart and computed anew.
 *
 * The formula. People call while they look at the number, or soon after: the weight of a visit that was last seen
 * `d` seconds before the call is
 *
 *     w(d) = exp(−d / 180 s)          (1 while the page is open)
 *
 * and somebody who is none of them (the number from a business card, a friend, an old note) has the weight
 * `w₀ = 0.01`. The confidence in a visit is its weight over the sum of all weights and w₀: what Bayes' rule gives
 * when every visitor is equally likely to call and waits an exponential time. The 180 s are what the trade holds a
 * number for after a visit (two and a half to three minutes), and what the simulation in `test/tracking` checks the
 * formula against. So a lone visitor on the page has 0.99, one who left ten minutes ago 0.78, twenty minutes ago
 * 0.11; after half an hour nobody reaches `leastConfidence`, and the call
 * belongs to the number only. A caller who has called this number before within the redial window is most likely
 * redialling from the call list: then the earlier visit stands, with 0.95 of its confidence.
 */
export const whoVersion = 'who/1'

/** A visit's hold of a number. Unix ms. */
export interface Holding {
  readonly visitId: string
  readonly visitorId: string
  readonly fromMs: number
  /** Last sign of the page. */
  readonly seenMs: number
  /** End of the lease, linger included. */
  readonly untilMs: number
}

/** An earlier call of the same caller to the same number, as it was attributed. */
export interface EarlierCall {
  readonly visitId: string
  readonly visitorId: string
  readonly atMs: number
  readonly confidence: number
}

export interface Candidate {
  readonly visitId: string
  readonly visitorId: string
  /** Its confidence; all of them add up to less than 1. */
  readonly share: number
}

export interface Who {
  readonly rule: 'holder' | 'lastHolder' | 'redial' | 'pool' | 'source' | 'unknown'
  readonly visitId: string | null
  readonly visitorId: string | null
  readonly confidence: number
  readonly candidates: readonly Candidate[]
}

export interface Question {
  readonly atMs: number
  /** What the number is to its pool. An overflow number is shown to many at once and never stands for a visit. */
  readonly role: 'member' | 'overflow' | 'static'
  /** Who held the number, in any order. */
  readonly holdings: readonly Holding[]
  readonly earlier: EarlierCall | null
  readonly redialMs: number
}

export const decayMs = 180_000
export const strangerWeight = 0.01
/** Below this a guess is worse than saying that we do not know. */
export const leastConfidence = 0.05
/** Between two heartbeats and a lost one the page counts as open. */
const openMs = 45_000
const redialTrust = 0.95
const mostCandidates = 5

export function whoCalled({ atMs, role, holdings, earlier, redialMs }: Question): Who {
  if (role === 'overflow') return nobody('pool')
  if (role === 'static') return nobody('source')
  const candidates = candidatesAt(holdings, atMs)
  // The newest: a visitor's next visit may begin while the lease of the last one still lingers.
  const holder = holdings
    .filter(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs)
    .reduce<Holding | undefined>((best, one) => (best && best.fromMs > one.fromMs ? best : one), undefined)
  // The same person on a later visit: the visit of now is the one that made them call.
  const isBack = holder !== undefined && holder.visitorId === earlier?.visitorId
  if (earlier && !isBack && earlier.atMs <= atMs && atMs - earlier.atMs <= redialMs) {
    const { visitId, visitorId } = earlier
    const confidence = earlier.confidence * redialTrust
    const others = candidates
      .filter((candidate) => candidate.visitId !== visitId)
      .map((candidate) => ({ ...candidate, share: candidate.share * (1 - confidence) }))
    const all = [{ visitId, visitorId, share: confidence }, ...others].slice(0, mostCandidates)
    return { rule: 'redial', visitId, visitorId, confidence, candidates: all }
  }
  const best = holder ? candidates.find(({ visitId }) => visitId === holder.visitId) : candidates[0]
  if (!best || best.share < leastConfidence) return { ...nobody('unknown'), candidates }
  return {
    rule: holder ? 'holder' : 'lastHolder',
    visitId: best.visitId,
    visitorId: best.visitorId,
    confidence: best.share,
    candidates
  }
}

const nobody = (rule: Who['rule']): Who => ({
  rule,
  visitId: null,
  visitorId: null,
  confidence: 0,
  candidates: []
})

/** Every visit that held the number before the call, the likeliest first. */
function candidatesAt(holdings: readonly Holding[], atMs: number): Candidate[] {
  // One visit may have held the number twice, and one visitor on several visits: the newest of each person stands.
  const newest = new Map<string, Holding>()
  for (const holding of holdings) {
    if (holding.fromMs > atMs) continue
    const known = newest.get(holding.visitorId)
    if (!known || known.seenMs < holding.seenMs) newest.set(holding.visitorId, holding)
  }
  const weighed = [...newest.values()].map((holding) => ({ holding, weight: weightOf(holding, atMs) }))
  const sum = weighed.reduce((total, { weight }) => total + weight, strangerWeight)
  return weighed
    .map(({ holding: { visitId, visitorId }, weight }) => ({ visitId, visitorId, share: weight / sum }))
    .filter(({ share }) => share >= 0.001)
    .sort((a, b) => b.share - a.share)
    .slice(0, mostCandidates)
}

function weightOf({ seenMs }: Holding, atMs: number): number {
  const awayMs = atMs - seenMs
  return awayMs <= openMs ? 1 : Math.exp(-awayMs / decayMs)
}
