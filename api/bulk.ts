import type { BulkItem } from './contract/bulk.ts'
import type { BulkThing } from './contract/settings-words.ts'

/** A thing as far as many of it are changed at once; lists are sorted, so that they compare. */
export interface BulkState {
  id: string
  name: string
  fields: Readonly<Record<string, unknown>>
}

/** Columns that a change of many may set, by the field. */
export const bulkColumns: Record<BulkThing, Readonly<Record<string, string>>> = {
  numbers: {
    sourceId: 'source_id',
    schemeId: 'scheme_id',
    siteId: 'site_id',
    trunkId: 'trunk_id',
    isActive: 'is_active'
  },
  users: { role: 'role', isActive: 'is_active', skills: 'skills' },
  sources: { inquiryChannel: 'inquiry_channel', medium: 'medium', campaign: 'campaign' },
  groups: { wrapUpSeconds: 'wrap_up_seconds', ringTone: 'ring_tone' },
  contacts: { ownerId: 'owner_id', tags: 'tags' }
}

const lists: Readonly<Record<string, readonly [add: string, remove: string]>> = {
  skills: ['addSkills', 'removeSkills'],
  groupIds: ['addGroupIds', 'removeGroupIds'],
  tags: ['addTags', 'removeTags']
}

/** What a change makes of each thing; null where nothing of it differs. */
export function changeOf(state: BulkState, change: Readonly<Record<string, unknown>>): BulkItem | null {
  const next: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(change)) if (field in state.fields) next[field] = value
  for (const [field, [add, remove]] of Object.entries(lists)) {
    if (!(field in state.fields)) continue
    const [added, removed] = [strings(change[add]), new Set(strings(change[remove]))]
    const now = strings(state.fields[field])
    next[field] = [...new Set([...now.filter((each) => !removed.has(each)), ...added])].toSorted()
  }
  const names = Object.keys(next).filter(
    (field) => next[field] !== undefined && !isSame(next[field], state.fields[field])
  )
  if (names.length === 0) return null
  const { id, name, fields } = state
  return { id, name, before: pick(fields, names), after: pick(next, names) }
}

/** Items that are not any more as the change left them, or are gone: to undo it would undo later work. */
export function changedSince(items: readonly BulkItem[], states: readonly BulkState[]): BulkItem[] {
  const now = new Map(states.map((state) => [state.id, state.fields]))
  return items.filter(({ id, after }) => {
    const fields = now.get(id)
    return !fields || Object.entries(after).some(([field, value]) => !isSame(value, fields[field]))
  })
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
const pick = (from: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, from[name] ?? null]))
