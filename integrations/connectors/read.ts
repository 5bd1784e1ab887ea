/** Reads what others have sent, whatever it is. Pure. */

export const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''

export const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])

/** The users there of these of ours, each once. */
export const theirUsers = (
  ids: readonly (string | null)[],
  people: Readonly<Record<string, string>>
): string[] => [...new Set(ids.flatMap((id) => (id === null ? [] : (people[id] ?? []))))]
