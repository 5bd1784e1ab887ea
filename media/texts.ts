import type { Scheme } from '../ivr/scheme.ts'

/** A text that a block of a scheme says. */
export interface BlockText {
  block: string
  text: string
}

const deepest = 8

/** The texts that a scheme says, wherever in a block's settings a sound `{ text }` stands. */
export function textsOf(scheme: Scheme): BlockText[] {
  return Object.entries(scheme.blocks).flatMap(([block, { settings }]) =>
    Object.values(settings)
      .flatMap((value) => textsIn(value, 0))
      .map((text) => ({ block, text }))
  )
}

function textsIn(value: unknown, depth: number): string[] {
  if (typeof value !== 'object' || value === null || depth > deepest) return []
  if (Array.isArray(value)) return value.flatMap((item) => textsIn(item, depth + 1))
  const entries = Object.entries(value)
  const [first] = entries
  if (entries.length === 1 && first?.[0] === 'text' && typeof first[1] === 'string') return [first[1]]
  return entries.flatMap(([, item]) => textsIn(item, depth + 1))
}
