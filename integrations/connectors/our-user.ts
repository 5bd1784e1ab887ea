import type { ConnectorRow } from './store.ts'

/** Who is meant by a user of the other side: a user of ours, or null. Pure. */
export function ourUser(row: Pick<ConnectorRow, 'settings'>, foreign: string | null): string | null {
  const { people = {} } = row.settings as { people?: Record<string, string> }
  return Object.entries(people).find(([, theirs]) => theirs === foreign)?.[0] ?? null
}
