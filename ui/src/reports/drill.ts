import type { Days } from '../lib/period.ts'
import { measure, type MeasureName } from './measures.ts'

/** Where a figure stands, besides its measure. */
export interface Place {
  /** In the company's time zone, in which the journal takes days too. */
  days: Days
  siteId: string
  /** More filters of the journal: a path under a model, an operator, an hour … */
  filters: Readonly<Record<string, string>>
}

/** The journal with these filters; of a path an empty value means "not given" and is kept. */
export function journalLink({ days, siteId, filters }: Place): string {
  const params = new URLSearchParams({ from: days.from, to: days.to })
  if (siteId) params.set('siteId', siteId)
  for (const [name, value] of Object.entries(filters)) params.set(name, value)
  return `/journal?${params.toString()}`
}

/** The journal with exactly the calls behind a figure; null where it does not stand for calls. */
export function callsLink(name: MeasureName, place: Place): string | null {
  const { calls } = measure(name)
  return calls && journalLink({ ...place, filters: { ...calls, ...place.filters } })
}
