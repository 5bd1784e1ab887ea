import type { Knex } from 'knex'
import type { z } from 'zod'

/** `created_at` → `createdAt`. */
export const camel = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** `createdAt` → `created_at`. */
export const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

export type Row = Record<string, unknown>

const outward = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value)

/**
 * A table row in the shape of the contract: only the fields that the schema names leave, so that a new column
 * (a secret, say) never leaks by itself. `extra` gives the fields that are not plain columns.
 */
export function itemOf<S extends z.ZodObject>(
  schema: S,
  row: Row,
  extra: Partial<z.output<S>> = {}
): z.output<S> {
  const item: Row = {}
  for (const key of Object.keys(schema.shape)) {
    item[key] = key in extra ? extra[key as keyof typeof extra] : (outward(row[snake(key)]) ?? null)
  }
  // The columns are known to fit: tests run every answer through its schema.
  return item as z.output<S>
}

/** Fields of a checked body as columns; absent ones are left out. */
export function columnsOf(body: object): Row {
  return Object.fromEntries(
    Object.entries(body)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [snake(key), value])
  )
}

/** `50%` → `50\%`, for a pattern of `like`. */
export const likePart = (part: string): string => `%${part.replace(/[\\%_]/g, '\\$&')}%`

/** Keeps rows in which one of the names holds what was typed, or one of the telephone numbers its digits. */
export function whereFound(
  rows: Knex.QueryBuilder,
  typed: string,
  columns: { names: readonly string[]; phones: readonly string[] }
): void {
  const wanted = typed.trim()
  if (wanted === '') return
  const digits = phoneDigits(wanted)
  rows.where((either) => {
    for (const name of columns.names) either.orWhereILike(name, likePart(wanted))
    if (digits !== '') for (const phone of columns.phones) either.orWhereLike(phone, likePart(digits))
  })
}

/**
 * The digits of what was typed to find a telephone number; empty when it is no number. People type brackets and
 * dashes, and to a Russian reader +7 and 8 are the same beginning.
 */
export const phoneDigits = (text: string): string =>
  /^[\d\s()+-]+$/.test(text) ? text.replace(/\D/g, '').replace(/^8(?=\d{10}$)/, '') : ''
