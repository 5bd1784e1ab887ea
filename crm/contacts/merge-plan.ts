/** A contact as far as a merge looks at it. */
export interface Side {
  name: string
  companyId: string | null
  ownerId: string | null
  note: string | null
  tags: readonly string[]
  /** Values of custom fields, by the id of the field. */
  custom: Readonly<Record<string, string | number | boolean | null>>
}

export type Choice = 'mine' | 'theirs' | 'both'
type Value = string | number | boolean

/** Both have something else here, so that somebody must say which stands. */
export interface Conflict {
  /** `name`, `companyId`, `ownerId`, `note`, or `custom.` with the id of the field. */
  field: string
  mine: Value
  theirs: Value
}

export type Resolved = { side: Side; missing: null } | { side: null; missing: string[] }

const plain = ['name', 'companyId', 'ownerId', 'note'] as const
const customName = (field: string): string => `custom.${field}`

/** A contact that the line made by itself is called by its number: nobody has named it yet. */
const isNamed = (name: string): boolean => !/^\+\d{4,15}$/.test(name)

function filled(side: Side, field: (typeof plain)[number]): string | null {
  const value = side[field]?.trim() ?? ''
  if (value === '' || (field === 'name' && !isNamed(value))) return null
  return value
}

/** Where both have filled in something else; only these are asked about. */
export function conflictsOf(mine: Side, theirs: Side): Conflict[] {
  const found: Conflict[] = []
  for (const field of plain) {
    const [one, other] = [filled(mine, field), filled(theirs, field)]
    if (one !== null && other !== null && one !== other) found.push({ field, mine: one, theirs: other })
  }
  for (const [id, other] of Object.entries(theirs.custom)) {
    const one = mine.custom[id] ?? null
    if (one !== null && other !== null && one !== other)
      found.push({ field: customName(id), mine: one, theirs: other })
  }
  return found
}

/**
 * What the contact is that stays: what only one of the two has is kept, tags of both, and conflicts as somebody chose.
 * @returns the conflicts that nobody has decided instead, when there are any
 */
export function resolve(mine: Side, theirs: Side, choices: Readonly<Record<string, Choice>>): Resolved {
  const conflicts = conflictsOf(mine, theirs)
  const missing = conflicts.map(({ field }) => field).filter((field) => !isDecided(field, choices[field]))
  if (missing.length > 0) return { side: null, missing }
  const open = new Set(conflicts.map(({ field }) => field))
  const text = (field: (typeof plain)[number]): string | null => {
    const [one, other] = [filled(mine, field), filled(theirs, field)]
    if (!open.has(field)) return one ?? other
    const choice = choices[field]
    return choice === 'both' ? `${one ?? ''}\n\n${other ?? ''}` : choice === 'theirs' ? other : one
  }
  const custom = { ...mine.custom }
  for (const [id, other] of Object.entries(theirs.custom)) {
    const isTheirs = open.has(customName(id)) ? choices[customName(id)] === 'theirs' : true
    if (other !== null && isTheirs) custom[id] = other
  }
  return {
    side: {
      name: text('name') ?? mine.name,
      companyId: text('companyId'),
      ownerId: text('ownerId'),
      note: text('note'),
      tags: [...new Set([...mine.tags, ...theirs.tags])].toSorted(),
      custom
    },
    missing: null
  }
}

const isDecided = (field: string, choice: Choice | undefined): boolean =>
  choice === 'mine' || choice === 'theirs' || (choice === 'both' && field === 'note')
