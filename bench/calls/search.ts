import { quietShare, waitForQuiet, watchNeighbours } from './cpu.ts'
import type { Load, LoadResult } from './load.ts'
import { percentile } from './numbers.ts'
import { settle, type Variant } from './variant.ts'

export interface Held {
  /** Highest rate that was held, in calls per second; 0 when even the lowest was not. */
  rate: number
  /** Lowest rate that was not held, and why; null when the ladder ended first. */
  failedAt: { rate: number; why: string } | null
}

/** Why a run does not count as held; null when it does. */
export function judge(result: LoadResult): string | null {
  const { offered, failed, delays, stretch } = result
  if (failed / offered >= 0.005) return `${((100 * failed) / offered).toFixed(1)} % failed`
  if (stretch > 1.1) return 'the callers did not keep up'
  const third = Math.floor(delays.length / 3)
  const [early, late] = [percentile(delays.slice(0, third), 50), percentile(delays.slice(-third), 50)]
  if (late > early * 2 + 10) return `delay grows from ${early.toFixed(0)} to ${late.toFixed(0)} ms`
  const p95 = percentile(delays, 95)
  // Steady, but a queue stands somewhere: nobody would call that held.
  return p95 > slowMs ? `delay p95 is ${p95.toFixed(0)} ms` : null
}

const slowMs = 500

/**
 * Looks for the highest rate each variant holds: the same ladder for all, one rung after the other in turn, then
 * halving between the last that held and the first that did not. A rung counts as failed
 * when it fails twice, or three times if neighbours on this machine were busy meanwhile.
 */
export async function searchRates(
  variants: readonly Variant[],
  load: Load,
  options: {
    seconds: number
    ladder: readonly number[]
    halvings: number
    /** No new rung after this time: on a busy machine rungs are tried again and take longer. */
    longestMs: number
    onProbe: (text: string) => void
  }
): Promise<Map<string, Held>> {
  const found = new Map<string, Held>(variants.map(({ name }) => [name, { rate: 0, failedAt: null }]))

  async function probe(variant: Variant, rate: number): Promise<void> {
    const held = found.get(variant.name)
    if (held === undefined) return
    let why: string | null = null
    let attempts = 2
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      await waitForQuiet()
      const neighbours = watchNeighbours()
      const result = await load.run({ sipPort: variant.sipPort, rate, seconds: options.seconds })
      const share = neighbours()
      if (share > quietShare) attempts = 3
      const wasClean = await settle(variant)
      why = judge(result) ?? (wasClean ? null : 'calls were left over')
      const p95 = percentile(result.delays, 95).toFixed(1)
      options.onProbe(
        `${variant.title}: ${rate}/s ${why === null ? 'held' : `not held, ${why}`} (p95 ${p95} ms, neighbours ${Math.round(share * 100)} %)`
      )
      if (why === null) break
    }
    if (why === null) held.rate = Math.max(held.rate, rate)
    else held.failedAt = { rate, why }
  }

  const startedMs = performance.now()
  const isLate = (): boolean => performance.now() - startedMs > options.longestMs
  for (const rate of options.ladder) {
    if (isLate()) break
    for (const variant of variants) {
      if (found.get(variant.name)?.failedAt === null) await probe(variant, rate)
    }
  }
  for (let halving = 0; halving < options.halvings && !isLate(); halving += 1) {
    for (const variant of variants) {
      const held = found.get(variant.name)
      if (!held?.failedAt || held.rate === 0) continue
      const middle = Math.round((held.rate + held.failedAt.rate) / 10) * 5
      if (middle > held.rate && middle < held.failedAt.rate) await probe(variant, middle)
    }
  }
  return found
}
