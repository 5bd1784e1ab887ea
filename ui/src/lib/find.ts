import type { Presence } from '../../../api/contract/common.ts'
import type { OperatorState } from '../../../api/contract/live.ts'

const order: readonly Presence[] = ['available', 'wrapUp', 'busy', 'away', 'offline']

/** Digits of a text that may be a telephone number; null when it is none. */
export function numberIn(text: string): string | null {
  const digits = text.replace(/[\s().-]/g, '')
  return /^\+?\d{2,15}$/.test(digits) ? digits : null
}

/** Whether every word of the search begins a word of one of the texts. */
export function matches(search: string, ...texts: readonly (string | null | undefined)[]): boolean {
  const words = texts.flatMap((text) => (text ?? '').toLowerCase().split(/[\s«»"()-]+/))
  const parts = search.toLowerCase().split(/\s+/).filter(Boolean)
  return parts.every((part) => words.some((word) => word.startsWith(part)))
}

/** Those who can take a call now come first. */
export function byPresence(a: OperatorState, b: OperatorState): number {
  if (a.isReachable !== b.isReachable) return a.isReachable ? -1 : 1
  return order.indexOf(a.presence) - order.indexOf(b.presence) || a.name.localeCompare(b.name)
}
