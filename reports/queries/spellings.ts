import type { Knex } from 'knex'
import { addUp, type Facts } from './measures.ts'

/** Figures of sources under one name each, by the name in small letters, and how each is shown. */
export interface Spelt {
  facts: Map<string, Facts>
  shown: Map<string, string>
}

/** Two spellings of one source differ in case only: what is stored stays as it came. */
export const plainName = (source: string): string => source.toLowerCase()

/**
 * Puts spellings of one source together: "yandex" of a visit and "Yandex" of a number. Shown is what the company has
 * called a source of its own, else the spelling that brought most.
 * @param own names of the company's own sources
 */
export function joinSpellings(facts: ReadonlyMap<string, Facts>, own: Iterable<string>): Spelt {
  const groups = new Map<string, string[]>()
  for (const name of facts.keys()) {
    const key = plainName(name)
    groups.set(key, [...(groups.get(key) ?? []), name])
  }
  const configured = new Map([...own].map((name) => [plainName(name), name]))
  const weight = (name: string): number => {
    const one = facts.get(name)
    return one ? one.sums.calls + (one.visits ?? 0) : 0
  }
  const joined: Spelt = { facts: new Map(), shown: new Map() }
  for (const [key, names] of groups) {
    names.sort((a, b) => weight(b) - weight(a) || (a < b ? -1 : 1))
    joined.facts.set(key, addUp(names.flatMap((name) => facts.get(name) ?? [])))
    joined.shown.set(key, configured.get(key) ?? names[0] ?? key)
  }
  return joined
}

/** What the company calls its sources. */
export const ownSourceNames = async (db: Knex): Promise<string[]> =>
  (await db('sources').select<{ name: string }[]>('name')).map(({ name }) => name)
