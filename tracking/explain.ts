import { classify, type Before, type Classified } from './classify.ts'
import { landingOf } from './landing.ts'
import { choosePool, missesOf, type Pool, type RuleKind } from './pools.ts'

/** What is asked about an address, before anybody comes from there. */
export interface Question {
  readonly url: string
  readonly referrer: string | null
  readonly zone: string | null
  /** Of a visitor who was here before; null for a newcomer. */
  readonly before: Before | null
  /** Where the visit began, when it is under way. */
  readonly landingUrl?: string | undefined
}

export interface PoolVerdict {
  readonly id: string
  readonly name: string
  readonly mode: Pool['mode']
  readonly isChosen: boolean
  /** Kinds of its rule that the visit does not meet. */
  readonly misses: readonly RuleKind[]
}

export interface Explanation {
  readonly found: Classified
  readonly path: string
  /** By number group of the site: which pool serves it, and why not another. */
  readonly groups: readonly { readonly group: string; readonly pools: readonly PoolVerdict[] }[]
}

/** What tracking would make of an address: nothing is written and no number lent. */
export function explain(
  site: {
    readonly groups: readonly { readonly name: string }[]
    readonly pools: readonly Pool[]
    readonly ownHosts: readonly string[]
    readonly isIsolated: boolean
  },
  { url, referrer, zone, before, landingUrl }: Question,
  atMs: number
): Explanation {
  const found = classify({ url, referrer }, site, before, atMs)
  const path = landingOf(landingUrl ?? url)?.path ?? '/'
  const visit = { touch: found.current, zone, path }
  // A pool of a group that the site does not have serves nobody: it is shown all the same.
  const names = new Set([
    ...site.groups.map(({ name }) => name),
    ...site.pools.map(({ groupName }) => groupName)
  ])
  const groups = [...names].map((group) => {
    const chosen = choosePool(site.pools, group, visit)
    const pools = site.pools
      .filter(({ groupName }) => groupName === group)
      .map(({ id, name, mode, rule }) => ({
        ...{ id, name, mode },
        isChosen: id === chosen?.id,
        misses: missesOf(rule, visit)
      }))
    return { group, pools }
  })
  return { found, path, groups }
}
