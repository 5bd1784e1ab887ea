import type { Touch } from './classify.ts'

/** What a visit must be like to get a number of a pool. Kinds are joined by "and", the values in one by "or". */
export interface PoolRule {
  readonly channels: readonly string[]
  readonly sources: readonly string[]
  readonly campaigns: readonly string[]
  /** Time zones as browsers tell them: `Europe/Moscow`, or a whole part of the world, `Europe`. */
  readonly zones: readonly string[]
  /** Beginnings of the landing page's path; with `*` anywhere: `/sale`, `*\/windows/*`. */
  readonly pages: readonly string[]
}

export const anyVisit: PoolRule = { channels: [], sources: [], campaigns: [], zones: [], pages: [] }

export interface Pool {
  readonly id: string
  readonly name: string
  readonly siteId: string
  /** The number group of the site that it serves. */
  readonly groupName: string
  /** `static`: everybody who fits sees the overflow number, and nobody holds it. */
  readonly mode: 'dynamic' | 'static'
  readonly rule: PoolRule
  /** Shown when every number is taken; stands for the pool, never for a visit. */
  readonly overflow: { readonly id: string; readonly e164: string } | null
  /** For pools with equal rules: the older goes first. Unix ms. */
  readonly createdMs: number
}

/** What of a visit the rules look at. */
export interface VisitFacts {
  readonly touch: Touch
  readonly zone: string | null
  /** Path of the landing page. */
  readonly path: string
}

/**
 * The pool for a visit and a number group. Priority is fixed, as marketers expect it: a named campaign goes before a
 * source, a source before a channel, a channel before geography, geography before a page, anything before "all".
 */
export function choosePool<P extends Pool>(
  pools: readonly P[],
  groupName: string,
  visit: VisitFacts
): P | null {
  const fitting = pools.filter((pool) => pool.groupName === groupName && fits(pool.rule, visit))
  const order = (a: P, b: P): number =>
    rank(b.rule) - rank(a.rule) || a.createdMs - b.createdMs || (a.id < b.id ? -1 : 1)
  return fitting.sort(order)[0] ?? null
}

function rank(rule: PoolRule): number {
  const kinds = [rule.pages, rule.zones, rule.channels, rule.sources, rule.campaigns]
  return kinds.reduce((sum, values, place) => sum + (values.length > 0 ? 2 ** place : 0), 0)
}

export const ruleKinds = ['campaigns', 'sources', 'channels', 'zones', 'pages'] as const
export type RuleKind = (typeof ruleKinds)[number]

/** Which kinds of a rule keep a visit away; none when it fits. */
export function missesOf(rule: PoolRule, { touch, zone, path }: VisitFacts): RuleKind[] {
  const does: Record<RuleKind, boolean> = {
    channels: oneOf(rule.channels, touch.inquiryChannel),
    sources: oneOf(rule.sources, touch.source),
    campaigns: oneOf(rule.campaigns, touch.campaign),
    zones:
      rule.zones.length === 0 ||
      rule.zones.some((wanted) => zone === wanted || zone?.startsWith(`${wanted}/`) === true),
    pages: isOnPage(path, rule.pages)
  }
  return ruleKinds.filter((kind) => !does[kind])
}

/** Whether a path begins as one of the patterns says; any path where there are none. */
export const isOnPage = (path: string, patterns: readonly string[]): boolean =>
  patterns.length === 0 || patterns.some((pattern) => pathFits(path, pattern))

const fits = (rule: PoolRule, visit: VisitFacts): boolean => missesOf(rule, visit).length === 0

function oneOf(wanted: readonly string[], value: string | null): boolean {
  if (wanted.length === 0) return true
  const plain = value?.toLowerCase()
  return wanted.some((one) => one.toLowerCase() === plain)
}

/** Walks the parts between stars from left to right: no expression that a hostile pattern could make slow. */
function pathFits(path: string, pattern: string): boolean {
  if (!pattern.includes('*')) return path.startsWith(pattern)
  const parts = pattern.split('*')
  const first = parts.shift() ?? ''
  const last = parts.pop() ?? ''
  if (!path.startsWith(first) || !path.slice(first.length).endsWith(last)) return false
  const end = path.length - last.length
  let at = first.length
  for (const part of parts) {
    const found = path.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return at <= end
}
