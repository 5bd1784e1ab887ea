/** A line of what a bench prints. */
export interface Row {
  what: string
  measured: string
  budget: string
  verdict: string
}

/** @param budget null: told for comparison only */
export function row(
  what: string,
  measured: string,
  budget: { value: number; most: number } | { value: number; least: number } | null
): Row {
  if (budget === null) return { what, measured, budget: '', verdict: '' }
  const isMet = 'most' in budget ? budget.value <= budget.most : budget.value >= budget.least
  const limit = 'most' in budget ? `≤ ${budget.most}` : `≥ ${budget.least}`
  return { what, measured, budget: limit, verdict: isMet ? 'pass' : 'MISS' }
}

export function print(title: string, rows: readonly Row[]): void {
  console.log(`\n## ${title}\n\n| what | measured | budget | |\n|---|---|---|---|`)
  for (const { what, measured, budget, verdict } of rows)
    console.log(`| ${what} | ${measured} | ${budget} | ${verdict} |`)
}
