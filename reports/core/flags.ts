import type { ReportRules } from './rules.ts'

/** By what calls get their flags. */
export type FlagRules = Omit<Readonly<ReportRules>, 'currency'>

/** One call with a client, either way. Unix ms. */
export interface ClientCall {
  readonly id: string
  readonly siteId: string | null
  readonly atMs: number
  /** It came in, has ended, and is neither spam nor blocked. */
  readonly isCounted: boolean
  readonly isMissed: boolean
  /** When somebody began to talk with the client; null when nobody did. */
  readonly talkedMs: number | null
  readonly talkSeconds: number
}

/** What is known of the client before the calls given. */
export interface Before {
  /** How many counted calls there were. */
  readonly count: number
  readonly lastMs: number | null
  readonly lastTargetMs: number | null
}

export interface Flags {
  readonly isFirst: boolean
  readonly callNumber: number | null
  readonly isUnique: boolean
  readonly isRepeat: boolean
  readonly isTarget: boolean
}

export const nothingBefore: Before = { count: 0, lastMs: null, lastTargetMs: null }
/** Of calls that reports do not count. */
export const noFlags: Flags = {
  isFirst: false,
  callNumber: null,
  isUnique: false,
  isRepeat: false,
  isTarget: false
}

const dayMs = 86_400_000

/** Calls of one group are counted together: those of a client, or of a client with one site. */
export const groupOf = (call: Pick<ClientCall, 'siteId'>, rules: Pick<FlagRules, 'isPerSite'>): string =>
  rules.isPerSite ? (call.siteId ?? '') : ''

/**
 * Flags of one client's calls.
 * @param calls in order of time
 * @param before by group; a group that is missing begins with these calls
 * @returns one for each call given
 */
export function flagsOf(
  calls: readonly ClientCall[],
  rules: FlagRules,
  before: ReadonlyMap<string, Before> = new Map()
): Flags[] {
  const states = new Map(before)
  return calls.map((call) => {
    if (!call.isCounted) return noFlags
    const group = groupOf(call, rules)
    const { count, lastMs, lastTargetMs } = states.get(group) ?? nothingBefore
    const isRepeat = isWithin(lastTargetMs, call.atMs, rules.saleCycleDays)
    const isTarget = !isRepeat && call.talkSeconds >= rules.targetSeconds
    states.set(group, {
      count: count + 1,
      lastMs: call.atMs,
      lastTargetMs: isTarget ? call.atMs : lastTargetMs
    })
    return {
      isFirst: count === 0,
      callNumber: count + 1,
      isUnique: !isWithin(lastMs, call.atMs, rules.uniqueDays),
      isRepeat,
      isTarget
    }
  })
}

const isWithin = (thenMs: number | null, atMs: number, days: number): boolean =>
  thenMs !== null && atMs - thenMs <= days * dayMs

/** The talk that made a missed call good. */
export interface Return {
  readonly callId: string
  readonly atMs: number
}

/**
 * For each call that nobody answered: the first talk with the client in a later call, whoever began that.
 * @param calls in order of time
 * @param after the first talk after all of them, if it is known
 */
export function returnsOf(calls: readonly ClientCall[], after: Return | null = null): (Return | null)[] {
  let next = after
  return calls
    .toReversed()
    .map((call) => {
      const found = call.isMissed && call.isCounted ? next : null
      if (call.talkedMs !== null) next = { callId: call.id, atMs: call.talkedMs }
      return found
    })
    .toReversed()
}
