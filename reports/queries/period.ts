const dayMs = 86_400_000

/** Days from `from` to `to`, both counted. */
export interface Period {
  from: string
  to: string
}

export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10)

export const daysOf = ({ from, to }: Period): number => (Date.parse(to) - Date.parse(from)) / dayMs + 1

/** As many days just before. */
export function previous(period: Period): Period {
  const days = daysOf(period)
  return { from: dayAfter(period.from, -days), to: dayAfter(period.from, -1) }
}

export const everyDay = (period: Period): string[] =>
  Array.from({ length: daysOf(period) }, (_, i) => dayAfter(period.from, i))
