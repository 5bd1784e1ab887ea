import type { Call } from '../call/types.ts'
import type { TrunkEntry } from '../routing/directory.ts'

/** Calls in progress by trunk: those that came in through it, and the legs dialled through it. Pure. */
export function trunkLoad(calls: Iterable<Call>): Map<string, { in: number; out: number }> {
  const loads = new Map<string, { in: number; out: number }>()
  const add = (trunkId: string, way: 'in' | 'out'): void => {
    const load = loads.get(trunkId) ?? { in: 0, out: 0 }
    load[way] += 1
    loads.set(trunkId, load)
  }
  for (const call of calls) {
    if (call.phase === 'ended') continue
    if (call.direction === 'in' && call.trunkId !== null) add(call.trunkId, 'in')
    for (const leg of call.legs) if (leg.trunkId !== null && leg.state !== 'ended') add(leg.trunkId, 'out')
  }
  return loads
}

/** Whether a trunk carries more than it may, this call that has just come in included. Pure. */
export function isOverLimit(
  trunk: Pick<TrunkEntry, 'maxIn' | 'maxCalls'>,
  load: { in: number; out: number }
): boolean {
  const { maxIn = null, maxCalls = null } = trunk
  return (maxIn !== null && load.in > maxIn) || (maxCalls !== null && load.in + load.out > maxCalls)
}

/** Busy, not answering, declined, cancelled by us. */
const answersOfPeople: ReadonlySet<number> = new Set([480, 486, 487, 600, 603])

/**
 * What a carrier answers to a call of ours; that the other side is busy or declines is no fault of the trunk.
 * @param sipCode null: given up for its silence, with Asterisk's cause alone
 */
export const isTrunkRefusal = (sipCode: number | null, cause: number): boolean =>
  sipCode === null ? cause === 102 : sipCode >= 400 && !answersOfPeople.has(sipCode)
