import { cpuMs, parts, waitForQuiet, watchNeighbours, type Part } from './cpu.ts'
import type { Load } from './load.ts'
import { median, percentile } from './numbers.ts'
import { settle, type Variant } from './variant.ts'

/** Medians over the rounds. CPU is in ms per call, delays in ms. */
export interface Measured {
  cpu: Record<Part, number>
  total: number
  p50: number
  p95: number
  failed: number
  offered: number
  /** Share of the machine that others used meanwhile, 0 to 1. */
  neighbours: number
}

/** Gives each variant the same load in turn, several times: drift of the machine hits all of them alike. */
export async function measureRounds(
  variants: readonly Variant[],
  load: Load,
  options: { rate: number; rounds: number; seconds: number; onRound: (text: string) => void }
): Promise<Map<string, Measured>> {
  const all = new Map<string, Measured[]>(variants.map(({ name }) => [name, []]))
  for (let round = 0; round < options.rounds; round += 1) {
    for (const variant of variants) {
      await waitForQuiet()
      const before = cpuMs(variant.processes)
      const neighbours = watchNeighbours()
      const result = await load.run({
        sipPort: variant.sipPort,
        rate: options.rate,
        seconds: options.seconds
      })
      const share = neighbours()
      await settle(variant)
      const after = cpuMs(variant.processes)
      const cpu = Object.fromEntries(
        parts.map((part) => [part, (after[part] - before[part]) / result.offered])
      ) as Record<Part, number>
      const one: Measured = {
        cpu,
        total: parts.reduce((sum, part) => sum + cpu[part], 0),
        p50: percentile(result.delays, 50),
        p95: percentile(result.delays, 95),
        failed: result.failed,
        offered: result.offered,
        neighbours: share
      }
      all.get(variant.name)?.push(one)
      options.onRound(
        `${variant.title}: ${one.total.toFixed(2)} ms CPU a call (${parts
          .map((part) => `${part} ${cpu[part].toFixed(2)}`)
          .join(
            ', '
          )}), delay ${one.p50.toFixed(1)} / ${one.p95.toFixed(1)} ms, ${one.failed} failed, neighbours ${Math.round(share * 100)} %`
      )
    }
  }
  return new Map([...all].map(([name, list]) => [name, medians(list)]))
}

function medians(list: readonly Measured[]): Measured {
  const of = (take: (one: Measured) => number): number => median(list.map(take))
  return {
    cpu: {
      asterisk: of((one) => one.cpu.asterisk),
      node: of((one) => one.cpu.node),
      postgres: of((one) => one.cpu.postgres)
    },
    total: of((one) => one.total),
    p50: of((one) => one.p50),
    p95: of((one) => one.p95),
    failed: list.reduce((sum, one) => sum + one.failed, 0),
    offered: list.reduce((sum, one) => sum + one.offered, 0),
    neighbours: of((one) => one.neighbours)
  }
}
