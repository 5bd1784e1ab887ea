import { trunkRule, type TrunkRule } from './settings.ts'

/** The rule by which a trunk carries calls, written down or not: with no rules at all, every trunk carries everything. */
export function ruleOf(rules: readonly TrunkRule[], trunkId: string): TrunkRule {
  const found = rules.find((rule) => rule.trunkId === trunkId)
  return found ?? trunkRule.parse({ trunkId, isUsed: rules.length === 0 })
}

/**
 * The rules with one trunk's changed, at the place where it stood. Once there is one rule every trunk has one, so that
 * what the others carry does not change unsaid.
 * @param trunkIds all trunks, in the order of those without a rule
 */
export function withRule(
  rules: readonly TrunkRule[],
  trunkIds: readonly string[],
  wanted: TrunkRule
): TrunkRule[] {
  return writtenOut(rules, [...trunkIds, wanted.trunkId]).map((rule) =>
    rule.trunkId === wanted.trunkId ? wanted : rule
  )
}

/** The rules without a trunk that is gone; the others carry what they carried. */
export function withoutRule(
  rules: readonly TrunkRule[],
  trunkIds: readonly string[],
  goneId: string
): TrunkRule[] {
  if (rules.length === 0) return []
  return writtenOut(rules, trunkIds).filter((rule) => rule.trunkId !== goneId)
}

/** The rules in the order in which trunks shall be tried; those that are not named come after, as they were. */
export function inOrder(
  rules: readonly TrunkRule[],
  trunkIds: readonly string[],
  wanted: readonly string[]
): TrunkRule[] {
  const all = writtenOut(rules, trunkIds)
  const placeOf = (rule: TrunkRule): number => {
    const place = wanted.indexOf(rule.trunkId)
    return place === -1 ? wanted.length : place
  }
  return all.toSorted((a, b) => placeOf(a) - placeOf(b))
}

function writtenOut(rules: readonly TrunkRule[], trunkIds: readonly string[]): TrunkRule[] {
  const written = new Set(rules.map(({ trunkId }) => trunkId))
  const others = [...new Set(trunkIds)].filter((id) => !written.has(id))
  return [...rules, ...others.map((id) => ruleOf(rules, id))]
}
