import type { Measures } from '../../../api/contract/reports.ts'

export type MeasureName = keyof Measures
/** How a figure is written; `times` is a ratio such as a return of 1.4. */
export type Unit = 'count' | 'share' | 'money' | 'seconds' | 'rating'

export interface Measure {
  name: MeasureName
  unit: Unit
  /** Which way is good news; null where it depends. */
  good: 'up' | 'down' | null
  /** What the journal is asked for to show the calls behind the figure; null where these are no calls. */
  calls: Readonly<Record<string, string>> | null
}

/** What a report counts as a call: came in, ended, is no spam, was not turned away. */
const counted = { isCounted: 'true' }

const list: readonly Measure[] = [
  { name: 'visits', unit: 'count', good: 'up', calls: null },
  { name: 'calls', unit: 'count', good: 'up', calls: counted },
  { name: 'firstCalls', unit: 'count', good: 'up', calls: { ...counted, isFirstCall: 'true' } },
  { name: 'uniqueCalls', unit: 'count', good: 'up', calls: { ...counted, isUnique: 'true' } },
  { name: 'repeatCalls', unit: 'count', good: null, calls: { ...counted, isRepeat: 'true' } },
  { name: 'answered', unit: 'count', good: 'up', calls: { ...counted, outcome: 'answered' } },
  { name: 'missed', unit: 'count', good: 'down', calls: { ...counted, isMissed: 'true' } },
  {
    name: 'returned',
    unit: 'count',
    good: 'up',
    calls: { ...counted, isMissed: 'true', isReturned: 'true' }
  },
  { name: 'returnSeconds', unit: 'seconds', good: 'down', calls: null },
  { name: 'target', unit: 'count', good: 'up', calls: { ...counted, isTarget: 'true' } },
  { name: 'waitSeconds', unit: 'seconds', good: 'down', calls: null },
  { name: 'talkSeconds', unit: 'seconds', good: null, calls: null },
  { name: 'totalTalkSeconds', unit: 'seconds', good: null, calls: null },
  { name: 'rating', unit: 'rating', good: 'up', calls: null },
  { name: 'attributedShare', unit: 'share', good: 'up', calls: null },
  { name: 'confidence', unit: 'share', good: 'up', calls: null },
  { name: 'inquiries', unit: 'count', good: 'up', calls: null },
  { name: 'deals', unit: 'count', good: 'up', calls: null },
  { name: 'won', unit: 'count', good: 'up', calls: null },
  { name: 'revenue', unit: 'money', good: 'up', calls: null },
  { name: 'cost', unit: 'money', good: null, calls: null },
  { name: 'cpl', unit: 'money', good: 'down', calls: null },
  { name: 'costPerTarget', unit: 'money', good: 'down', calls: null },
  { name: 'cac', unit: 'money', good: 'down', calls: null },
  { name: 'roi', unit: 'share', good: 'up', calls: null },
  { name: 'conversion', unit: 'share', good: 'up', calls: null }
]

const byName = new Map(list.map((each) => [each.name, each]))

export const measureNames: readonly MeasureName[] = list.map((each) => each.name)

export function isMeasure(name: string): name is MeasureName {
  return byName.has(name as MeasureName)
}

export function measure(name: MeasureName): Measure {
  const found = byName.get(name)
  if (!found) throw new Error(`There is no measure ${name}`)
  return found
}
