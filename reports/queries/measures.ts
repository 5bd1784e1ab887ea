import type { Measures } from './types.ts'

/** Columns of `report_sums`, in its own names. */
export const sumColumns = [
  'calls',
  'first_calls',
  'unique_calls',
  'repeat_calls',
  'answered',
  'missed',
  'returned',
  'return_seconds',
  'target',
  'wait_seconds',
  'talk_seconds',
  'ratings',
  'rating_sum',
  'attributed',
  'confidence_sum',
  'inquiries',
  'deals',
  'won',
  'revenue'
] as const
export type Sums = Record<(typeof sumColumns)[number], number>

/** All that a row's figures are made of. Visits and cost are null where the report knows none. */
export interface Facts {
  sums: Sums
  visits: number | null
  cost: number | null
}

export const noSums = (): Sums => Object.fromEntries(sumColumns.map((column) => [column, 0])) as Sums

/** Adds up facts; visits and cost stay null until one of them knows some. */
export function addUp(all: Iterable<Facts>): Facts {
  const total: Facts = { sums: noSums(), visits: null, cost: null }
  for (const { sums, visits, cost } of all) {
    for (const column of sumColumns) total.sums[column] += sums[column]
    if (visits !== null) total.visits = (total.visits ?? 0) + visits
    if (cost !== null) total.cost = (total.cost ?? 0) + cost
  }
  return total
}

/** Shares of models are millionths: digits beyond are noise of adding fractions. */
const rounded = (value: number, digits = 6): number => {
  const scale = 10 ** digits
  return Math.round(value * scale) / scale
}
const money = (value: number): number => rounded(value, 2)

/** Null where there is nothing to divide, or nothing to divide by. */
const ratio = (value: number | null, by: number | null): number | null =>
  value === null || by === null || by <= 0 ? null : value / by

const orNull = (value: number | null, round: (value: number) => number): number | null =>
  value === null ? null : round(value)

/** The one place where figures of reports are worked out of sums. Rates are of exact values, and rounded last. */
export function measuresOf({ sums, visits, cost }: Facts): Measures {
  return {
    visits: orNull(visits, rounded),
    calls: rounded(sums.calls),
    firstCalls: rounded(sums.first_calls),
    uniqueCalls: rounded(sums.unique_calls),
    repeatCalls: rounded(sums.repeat_calls),
    answered: rounded(sums.answered),
    missed: rounded(sums.missed),
    returned: rounded(sums.returned),
    returnSeconds: orNull(ratio(sums.return_seconds, sums.returned), rounded),
    target: rounded(sums.target),
    waitSeconds: orNull(ratio(sums.wait_seconds, sums.calls), rounded),
    talkSeconds: orNull(ratio(sums.talk_seconds, sums.answered), rounded),
    totalTalkSeconds: rounded(sums.talk_seconds),
    rating: orNull(ratio(sums.rating_sum, sums.ratings), rounded),
    attributedShare: orNull(ratio(sums.attributed, sums.calls), rounded),
    confidence: orNull(ratio(sums.confidence_sum, sums.attributed), rounded),
    inquiries: rounded(sums.inquiries),
    deals: rounded(sums.deals),
    won: rounded(sums.won),
    revenue: money(sums.revenue),
    cost: orNull(cost, money),
    cpl: orNull(ratio(cost, sums.inquiries), money),
    costPerTarget: orNull(ratio(cost, sums.target), money),
    cac: orNull(ratio(cost, sums.won), money),
    roi: orNull(cost === null ? null : ratio(sums.revenue - cost, cost), rounded),
    conversion: orNull(ratio(sums.calls, visits), rounded)
  }
}
