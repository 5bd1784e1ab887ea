import type { Usage, UsageReference } from './contract/usage.ts'
import type { UsageEffect, UsageKind } from './contract/settings-words.ts'

/** A scheme as far as it is looked through here. */
export interface NamedScheme {
  id: string
  name: string
  draft: unknown
  published: unknown
}
interface NamingBlock {
  id: string
  label: string | null
}

/** Whether a value, however deep, is one of these words. */
export function names(value: unknown, words: ReadonlySet<string>): boolean {
  if (typeof value === 'string') return words.has(value)
  if (Array.isArray(value)) return value.some((each) => names(each, words))
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some((each) => names(each, words))
}

/** Blocks of a scheme whose settings name one of these words. */
export function blocksNaming(scheme: unknown, words: ReadonlySet<string>): NamingBlock[] {
  const blocks = fieldOf(scheme, 'blocks')
  if (typeof blocks !== 'object' || blocks === null) return []
  return Object.entries(blocks).flatMap(([id, block]: [string, unknown]) => {
    const label = fieldOf(block, 'label')
    return names(fieldOf(block, 'settings'), words)
      ? [{ id, label: typeof label === 'string' && label !== '' ? label : null }]
      : []
  })
}

/** Schemes that name a thing, in their draft or in what is published. @param exceptId the thing itself, when it is a scheme */
export function schemesThatName(
  schemes: readonly NamedScheme[],
  words: ReadonlySet<string>,
  exceptId?: string
): UsageReference | null {
  const items = schemes
    .filter(({ id }) => id !== exceptId)
    .flatMap(({ id, name, draft, published }) => {
      const now = blocksNaming(published, words)
      const later = blocksNaming(draft, words).filter((block) => !now.some((each) => each.id === block.id))
      const blocks = [...now, ...later]
      return blocks.length === 0 ? [] : [{ id, name, blocks, isPublished: now.length > 0 }]
    })
  return items.length === 0 ? null : { kind: 'scheme', effect: 'breaks', count: items.length, items }
}

const weight: Record<UsageEffect, number> = { breaks: 0, goes: 1, empties: 2, stays: 3 }

/** One list, the gravest first; kinds that come twice with one effect are put together. */
export function sortedReferences(all: readonly (UsageReference | null)[]): UsageReference[] {
  const found: UsageReference[] = []
  for (const each of all) {
    if (!each || each.count === 0) continue
    const same = found.find(({ kind, effect }) => kind === each.kind && effect === each.effect)
    if (!same) {
      found.push({ ...each, items: [...each.items] })
      continue
    }
    const known = new Set(same.items.map(({ id, name }) => id ?? name))
    const more = each.items.filter(({ id, name }) => !known.has(id ?? name))
    same.count += each.count - (each.items.length - more.length)
    same.items.push(...more)
  }
  return found.toSorted((a, b) => weight[a.effect] - weight[b.effect])
}

export const breaking = ({ references }: Pick<Usage, 'references'>): UsageReference[] =>
  references.filter(({ effect }) => effect === 'breaks')

const kindWords: Partial<Record<UsageKind, string>> = { dialList: 'dial list', savedView: 'saved view' }
const most = 5

/** What would break, for the sentence of a refusal: `scheme “Shop”, number +7…`. */
export function inWords(references: readonly UsageReference[]): string {
  const all = references.flatMap(({ kind, items, count }) => {
    const word = kindWords[kind] ?? kind
    const named = items.map(({ name }) => (kind === 'number' ? `${word} ${name}` : `${word} “${name}”`))
    return named.length > 0 ? named : [`${count} × ${word}`]
  })
  const total = references.reduce((sum, { count, items }) => sum + Math.max(count, items.length), 0)
  const shown = all.slice(0, most)
  const more = total - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
