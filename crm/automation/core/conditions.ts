/** PURE. Which conditions hold. */
import { isWithin } from './hours.ts'
import type { Condition, Facts, Group } from './rule.ts'

export interface Around {
  companyZone: string
  /** Whether a schedule is open at the moment of the event; absent: there is no such schedule any more. */
  openSchedules: ReadonlyMap<string, boolean>
}

/** For each group, in its order, what each of its conditions says. */
export type Checks = boolean[][]

export function check(
  groups: readonly Group[],
  facts: Facts,
  around: Around
): { holds: boolean; checks: Checks } {
  const checks = groups.map(({ conditions }) => conditions.map((one) => holds(one, facts, around)))
  return {
    checks,
    holds: groups.every(({ match }, at) => {
      const each = checks[at] ?? []
      return each.length === 0 || (match === 'all' ? each.every(Boolean) : each.some(Boolean))
    })
  }
}

function holds(condition: Condition, facts: Facts, around: Around): boolean {
  switch (condition.kind) {
    case 'source':
    case 'inquiryChannel':
    case 'campaign':
      return isOneOf(facts[condition.kind], condition.values) === condition.is
    case 'tag':
      return facts.tags.some((tag) => isOneOf(tag, condition.values)) === condition.is
    case 'stage':
      return condition.values.includes(facts.stageId ?? '') === condition.is
    case 'responsible':
      return condition.values.includes(facts.responsibleId ?? '') === condition.is
    case 'amount': {
      if (facts.amount === null) return false
      return facts.amount >= (condition.min ?? 0) && facts.amount <= (condition.max ?? Infinity)
    }
    case 'client':
      return facts.isNewClient === (condition.is === 'new')
    case 'schedule':
      return around.openSchedules.get(condition.scheduleId) === condition.is
    case 'time':
      return isWithin(facts.atMs, around.companyZone, condition) === condition.is
  }
}

const plain = (text: string): string => text.trim().toLowerCase()
const isOneOf = (value: string | null, values: readonly string[]): boolean =>
  value !== null && values.some((one) => plain(one) === plain(value))
