/** What a receiver of our own format gets; templates are rendered from it. */
export interface Payload {
  type: string
  /** When it happened, ISO 8601. */
  timestamp: string
  data: Record<string, unknown>
}

export type Bag = Readonly<Record<string, unknown>>

/** The object at a key, or an empty one: payloads come from a table of all versions. */
export function bagAt(bag: Bag, key: string): Bag {
  const value = bag[key]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Bag) : {}
}
