import type { TagUse } from '../../../api/contract/tags.ts'

/** What a new name for a tag would do: nothing, rename it, or merge it into one that is there. */
export type RenamePlan =
  { kind: 'nothing' } | { kind: 'rename'; to: string } | { kind: 'merge'; to: string; other: number }

/** What typing `wanted` for the tag `name` means. A tag that only schemes set so far has no calls to merge with. */
export function renamePlan(tags: readonly TagUse[], name: string, wanted: string): RenamePlan {
  const to = wanted.trim()
  if (to === '' || to === name) return { kind: 'nothing' }
  const other = tags.find((tag) => tag.name === to)?.calls ?? 0
  return other > 0 ? { kind: 'merge', to, other } : { kind: 'rename', to }
}

/** Tags whose name holds the search, whatever its letters. */
export function tagsFound(tags: readonly TagUse[], search: string): TagUse[] {
  const words = plain(search)
  return tags.filter(({ name }) => plain(name).includes(words))
}

const plain = (text: string): string => text.trim().toLowerCase().replaceAll('ё', 'е')
