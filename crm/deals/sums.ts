/** A line of a deal as far as its sum goes. */
export interface SumLine {
  quantity: number
  price: number
  /** In per cent. */
  discount: number
  /** Of one piece; null where nobody knows it. */
  cost: number | null
}

const scaled = (value: number, digits: number): bigint => BigInt(Math.round(value * 10 ** digits))

/** Divides and rounds halves away from zero; both are positive. */
const divided = (value: bigint, by: bigint): bigint => (value + by / 2n) / by

/** Pieces × price − discount, exact to the hundredth. */
export function lineTotal(line: Omit<SumLine, 'cost'>): number {
  const raw = scaled(line.quantity, 3) * scaled(line.price, 2) * (10_000n - scaled(line.discount, 2))
  return Number(divided(raw, 10_000_000n)) / 100
}

/** What the lines of a deal come to. `cost` is null while a line's cost is not known: half a margin would be a lie. */
export function sumOfLines(lines: readonly SumLine[]): { amount: number; cost: number | null } {
  const cents = (list: number[]): number => list.reduce((sum, one) => sum + Math.round(one * 100), 0) / 100
  const costs = lines.map(({ quantity, cost }) =>
    cost === null ? null : lineTotal({ quantity, price: cost, discount: 0 })
  )
  const known = costs.filter((cost) => cost !== null)
  return {
    amount: cents(lines.map(lineTotal)),
    cost: lines.length > 0 && known.length === lines.length ? cents(known) : null
  }
}

/** A stage as far as its likelihood goes, in the order of its pipeline. */
export interface LikelyStage {
  id: string
  kind: 'open' | 'won' | 'lost'
  probability: number | null
}

/** How likely deals of each stage are won, in per cent: as somebody said, else by the stage's place among the open ones. */
export function likelihoods(stages: readonly LikelyStage[]): Map<string, number> {
  const open = stages.filter(({ kind }) => kind === 'open')
  return new Map(
    stages.map(({ id, kind, probability }) => {
      if (kind !== 'open') return [id, kind === 'won' ? 100 : 0]
      const place = open.findIndex((stage) => stage.id === id) + 1
      return [id, probability ?? Math.round((100 * place) / (open.length + 1))]
    })
  )
}

/** How long a deal stayed in each stage that it came into, in seconds, as its history has it, newest first. */
export function stays(newestFirst: readonly { atMs: number }[], nowMs: number): number[] {
  return newestFirst.map(({ atMs }, index) => {
    const leftMs = newestFirst[index - 1]?.atMs ?? nowMs
    return Math.max(0, Math.floor((leftMs - atMs) / 1000))
  })
}
