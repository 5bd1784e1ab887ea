import type { Touch } from '../classify.ts'
import { whoCalled, whoVersion, type EarlierCall, type Holding, type Who } from './who.ts'

/** What a call shows of the visit behind it. */
export interface VisitInfo {
  readonly visitId: string
  readonly visitorId: string
  readonly siteId: string
  /** The source that stands for the visitor: direct only if there was no other in the window. */
  readonly touch: Touch
  readonly landingUrl: string
  readonly pageUrl: string
  readonly referrer: string | null
  readonly gaClientId: string | null
  readonly ymClientId: string | null
  readonly device: string | null
}

/** What a number is to its pool. */
export interface PoolNumber {
  readonly poolId: string
  readonly poolName: string
  readonly role: 'member' | 'overflow' | 'static'
  readonly redialMs: number
}

export interface Answer {
  readonly pool: PoolNumber
  readonly who: Who
  readonly version: string
  readonly visit: VisitInfo | null
}

/** Who held which number lately: all that attributing a call at its arrival takes, without a database. */
export interface LeaseMemory {
  /** A visit got a number, or goes on holding it. */
  hold(numberId: string, holding: Holding, visit: VisitInfo): void
  /** A sign of a visit: every number it holds is held on, until then. */
  sign(visitId: string, seenMs: number, untilMs: number): void
  /** The page that the visitor looks at now. */
  page(visitId: string, pageUrl: string): void
  /** A call that was attributed before: after a start, from the journal. */
  called(numberId: string, caller: string, call: EarlierCall, visit: VisitInfo): void
  /** Whose call it is; the answer is remembered for the caller's next one. Null for a number of no pool. */
  sourceOf(numberId: string, atMs: number, caller: string | null): Answer | null
  /** Holdings in memory, for the metrics. */
  readonly size: number
}

/** After this long a holding weighs nothing: see `who.ts`. */
const forgetMs = 60 * 60_000
const sweepMs = 60_000
const longestRedialMs = 30 * 24 * 3_600_000

/** @param poolOf what a number is now, from the configuration in memory */
export function createLeaseMemory(poolOf: (numberId: string) => PoolNumber | null): LeaseMemory {
  const byNumber = new Map<string, Holding[]>()
  const numbersOf = new Map<string, Set<string>>()
  const visits = new Map<string, VisitInfo>()
  const earlier = new Map<string, { call: EarlierCall; visit: VisitInfo; redialMs: number }>()
  let sweptMs = 0
  let size = 0

  function sweep(nowMs: number): void {
    if (nowMs - sweptMs < sweepMs) return
    sweptMs = nowMs
    const alive = new Set<string>()
    size = 0
    for (const [numberId, holdings] of byNumber) {
      const kept = holdings.filter(({ untilMs }) => nowMs - untilMs < forgetMs)
      for (const { visitId } of kept) alive.add(visitId)
      size += kept.length
      if (kept.length > 0) byNumber.set(numberId, kept)
      else byNumber.delete(numberId)
    }
    for (const visitId of visits.keys()) {
      if (alive.has(visitId)) continue
      visits.delete(visitId)
      numbersOf.delete(visitId)
    }
    for (const [key, { call, redialMs }] of earlier) {
      if (nowMs - call.atMs > redialMs) earlier.delete(key)
    }
  }

  return {
    get size() {
      return size
    },
    hold(numberId, holding, visit) {
      sweep(holding.seenMs)
      visits.set(visit.visitId, visit)
      const holdings = byNumber.get(numberId) ?? []
      const same = holdings.findIndex(
        (one) => one.visitId === holding.visitId && holding.fromMs <= one.untilMs + sweepMs
      )
      const known = holdings[same]
      if (known) holdings[same] = { ...holding, fromMs: Math.min(known.fromMs, holding.fromMs) }
      else {
        holdings.push(holding)
        size += 1
      }
      byNumber.set(numberId, holdings)
      numbersOf.set(visit.visitId, (numbersOf.get(visit.visitId) ?? new Set()).add(numberId))
    },
    sign(visitId, seenMs, untilMs) {
      for (const numberId of numbersOf.get(visitId) ?? []) {
        const holdings = byNumber.get(numberId) ?? []
        const at = holdings.findLastIndex((one) => one.visitId === visitId)
        const known = holdings[at]
        if (known) holdings[at] = { ...known, seenMs, untilMs }
      }
    },
    page(visitId, pageUrl) {
      const visit = visits.get(visitId)
      if (visit) visits.set(visitId, { ...visit, pageUrl })
    },
    called(numberId, caller, call, visit) {
      earlier.set(`${numberId} ${caller}`, { call, visit, redialMs: longestRedialMs })
    },
    sourceOf(numberId, atMs, caller) {
      const pool = poolOf(numberId)
      if (!pool) return null
      const key = caller === null ? null : `${numberId} ${caller}`
      const before = key === null ? undefined : earlier.get(key)
      const who = whoCalled({
        atMs,
        role: pool.role,
        holdings: byNumber.get(numberId) ?? [],
        earlier: before?.call ?? null,
        redialMs: pool.redialMs
      })
      const { visitId, visitorId, confidence } = who
      const visit =
        visitId === null
          ? null
          : (visits.get(visitId) ?? (before?.visit.visitId === visitId ? before.visit : null))
      if (key !== null && visit && visitId !== null && visitorId !== null) {
        // A redial is no new evidence: its visit keeps the confidence of the first call, and the window runs on.
        const trust = who.rule === 'redial' ? (before?.call.confidence ?? confidence) : confidence
        const call = { visitId, visitorId, atMs, confidence: trust }
        earlier.set(key, { call, visit, redialMs: pool.redialMs })
      }
      return { pool, who, version: whoVersion, visit }
    }
  }
}
