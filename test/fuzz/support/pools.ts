import { randomUUID } from 'node:crypto'
import type { Random } from '../../../db/demo/random.ts'

/** Ids of things that are there. */
export interface Pools {
  /** Takes the ids out of an answer of this address. */
  learn(path: string, body: Buffer): void
  /** For a field of this name: `contactId` is that of a contact. */
  idOf(random: Random, field: string): string
  /** For an address with an id in it. */
  idAt(random: Random, path: string): string
}

const isId = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value)

export function createPools(): Pools {
  /** By the last word of the address, such as `contacts`. */
  const pools = new Map<string, string[]>()
  const keep = (name: string, id: unknown): void => {
    if (!isId(id)) return
    const pool = pools.get(name) ?? []
    if (!pool.includes(id)) pools.set(name, [...pool, id].slice(-30))
  }
  const wordOf = (path: string): string => path.split('/{')[0]?.split('/').at(-1) ?? ''
  const any = (random: Random): string => {
    const all = [...pools.values()].flat()
    return all.length === 0 || random.chance(0.2) ? randomUUID() : random.pick(all)
  }
  const from = (random: Random, name: string): string => {
    const pool = pools.get(name)
    return pool && !random.chance(0.1) ? random.pick(pool) : any(random)
  }
  return {
    learn(path, body) {
      const text = body.toString()
      if (!text.startsWith('{')) return
      const said = JSON.parse(text) as { id?: unknown; items?: unknown }
      const name = wordOf(path)
      keep(name, said.id)
      if (!Array.isArray(said.items)) return
      for (const item of said.items.slice(0, 30) as unknown[])
        if (typeof item === 'object' && item !== null && 'id' in item) keep(name, item.id)
    },
    idOf(random, field) {
      const word = field
        .replace(/Ids?$/, '')
        .replace(/([A-Z])/g, '-$1')
        .toLowerCase()
      const plural = [`${word}s`, `${word.replace(/y$/, 'ies')}`, word, `${word.split('-').at(-1) ?? ''}s`]
      const found = plural.find((name) => pools.has(name))
      const people = /responsible|owner|author|manager|operator/i.test(field) ? 'users' : undefined
      return from(random, people ?? found ?? '')
    },
    idAt: (random, path) => from(random, wordOf(path))
  }
}
