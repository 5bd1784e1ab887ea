import type { Knex } from 'knex'
import type { Kind } from './kind.ts'

/** What a kind wants to be told of. */
export const owedTo = ({ mapping, isOnlyAsked }: Kind): string[] =>
  isOnlyAsked ? [] : ['call', ...(mapping.inquiries ? ['inquiry'] : []), ...(mapping.deals ? ['deal'] : [])]

/** Kinds learn to tell of more with new versions: the triggers read it from the connectors' rows. */
export async function noteOwed(db: Knex, kinds: readonly Kind[]): Promise<void> {
  for (const kind of kinds)
    await db.raw(
      `update connectors set owed = cast(:owed as text[])
       where kind = :kind and owed is distinct from cast(:owed as text[])`,
      { kind: kind.name, owed: owedTo(kind) }
    )
}
