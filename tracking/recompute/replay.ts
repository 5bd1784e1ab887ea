import { whoCalled, whoVersion, type EarlierCall, type Holding, type Who } from '../attribution/who.ts'

/** A call of the period, with the raw facts around it. Unix ms. */
export interface CallFacts {
  readonly id: string
  readonly atMs: number
  readonly numberId: string
  readonly caller: string | null
  /** What the number is to its pool now. */
  readonly role: 'member' | 'overflow' | 'static'
  readonly redialMs: number
  /** Who held the number before the call: leases as they ended, some of them after it. */
  readonly leases: readonly Holding[]
  /** As the journal has it. */
  readonly known: Known
}

/** An attribution as it is compared. */
export interface Known {
  readonly visitId: string | null
  readonly rule: string | null
  readonly model: string | null
  readonly confidence: number | null
}

export type Finding =
  | { readonly kind: 'unchanged' }
  /** The leases of that time are gone: what the journal has cannot be told any better. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changed'; readonly who: Who; readonly model: string }

/** Smaller differences of the confidence come from when exactly the last sign of a page was taken in. */
const leastDifference = 0.01

/** Attributes calls as they came, one after the other, from what is known of leases today. */
export interface Replay {
  /** Whether the caller's calls before the period have still to be told. */
  isNew(call: Pick<CallFacts, 'numberId' | 'caller'>): boolean
  /** The last call of this caller to this number before the period; null when there was none. */
  remember(call: Pick<CallFacts, 'numberId' | 'caller'>, earlier: EarlierCall | null): void
  /** In order of time. */
  find(call: CallFacts): Finding
}

export function createReplay(): Replay {
  const earlier = new Map<string, EarlierCall | null>()
  const keyOf = ({ numberId, caller }: Pick<CallFacts, 'numberId' | 'caller'>): string | null =>
    caller === null ? null : `${numberId} ${caller}`
  return {
    isNew(call) {
      const key = keyOf(call)
      return key !== null && !earlier.has(key)
    },
    remember(call, before) {
      const key = keyOf(call)
      if (key !== null) earlier.set(key, before)
    },
    find(call) {
      const { atMs, leases, redialMs, known } = call
      const key = keyOf(call)
      const before = key === null ? null : (earlier.get(key) ?? null)
      // Whoever was lent the number was lent it, whatever it is used for today.
      const role = leases.length > 0 ? 'member' : call.role
      const holdings = leases.map((lease) => ({ ...lease, seenMs: Math.min(lease.seenMs, atMs) }))
      const who = whoCalled({ atMs, role, holdings, earlier: before, redialMs })
      if (key !== null && who.visitId !== null && who.visitorId !== null) {
        const confidence = who.rule === 'redial' ? (before?.confidence ?? who.confidence) : who.confidence
        earlier.set(key, { visitId: who.visitId, visitorId: who.visitorId, atMs, confidence })
      }
      if (known.visitId !== null && leases.length === 0 && who.rule !== 'redial') return { kind: 'unknown' }
      // A number that was in no pool then told nothing of visits, and does not now.
      if (known.rule === null && who.visitId === null) return { kind: 'unchanged' }
      return isSame(known, who) ? { kind: 'unchanged' } : { kind: 'changed', who, model: whoVersion }
    }
  }
}

const isSame = (known: Known, who: Who): boolean =>
  known.visitId === who.visitId &&
  known.rule === who.rule &&
  known.model === whoVersion &&
  Math.abs((known.confidence ?? 0) - who.confidence) < leastDifference
