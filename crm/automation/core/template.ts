/** PURE. Texts with {{variables}}. */
import type { Facts } from './rule.ts'

/** Names that may stand in a text. */
export const variables = [
  'client',
  'phone',
  'email',
  'deal',
  'amount',
  'stage',
  'responsible',
  'operator',
  'source',
  'campaign',
  'rating',
  'text'
] as const
export type Variable = (typeof variables)[number]

const pattern = /\{\{\s*([\p{L}\p{N}_.]*)\s*\}\}/gu

/** Variables of a text that there are not: told when the rule is saved, never to a client. */
export function strangeVariables(text: string): string[] {
  const known: readonly string[] = variables
  return [...text.matchAll(pattern)].map(([, name = '']) => name).filter((name) => !known.includes(name))
}

/** Fills a text in; what is not known becomes nothing. Values are never read for variables themselves. */
export function fill(text: string, facts: Facts): string {
  return text.replace(pattern, (_all, name: string) => {
    if (name === 'amount') return amountOf(facts)
    const value = Object.hasOwn(facts, name) ? facts[name as keyof Facts] : null
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  })
}

function amountOf({ amount, currency }: Facts): string {
  if (amount === null) return ''
  return `${amount.toLocaleString('ru-RU', { maximumFractionDigits: 2 })} ${currency ?? ''}`.trim()
}

/** One line, for headers and titles. */
export const line = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, ' ').trim()
