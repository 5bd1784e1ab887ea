import { credits, models, type Model } from '../../tracking/attribution/models.ts'
import type { Touch } from './touches.ts'

/** One whole: shares are millionths, so that they add up exactly. */
export const whole = 1_000_000

/** What each model gives to one touch. */
export type Shares = Readonly<Record<Model, number>>

/**
 * How each model shares a call among its touches.
 * @param touches of `touchesOf`, in order of time
 * @returns one for each touch; those of one model add up to `whole`
 */
export function sharesOf(touches: readonly Touch[], atMs: number): Shares[] {
  const first = touches[0]
  if (!first) return []
  // Each of them counts: which do was decided before.
  const windowMs = Math.max(0, atMs - first.atMs)
  const columns = models.map((model) => [model, millionths(credits(model, touches, atMs, windowMs))] as const)
  return touches.map((_, place) => {
    const shares = columns.map(([model, column]) => [model, column[place] ?? 0] as const)
    return Object.fromEntries(shares) as Record<Model, number>
  })
}

/**
 * Whole millionths nearest to these parts of one, by the largest remainder; of equal ones the earlier comes first.
 * @param parts adding up to 1
 */
export function millionths(parts: readonly number[]): number[] {
  const result = parts.map((part) => Math.floor(part * whole))
  const missing = whole - result.reduce((sum, one) => sum + one, 0)
  const order = parts
    .map((part, place) => ({ place, rest: part * whole - (result[place] ?? 0) }))
    .toSorted((a, b) => b.rest - a.rest || a.place - b.place)
  for (let i = 0; i < missing; i += 1) {
    const place = order[i % order.length]?.place ?? 0
    result[place] = (result[place] ?? 0) + 1
  }
  return result
}
