import type { Knex } from 'knex'
import { z } from 'zod'
import { pageQuery } from './contract/common.ts'
import { ApiError } from './problems.ts'
import type { Row } from './rows.ts'

const casts = {
  time: 'cast(? as timestamptz)',
  day: 'cast(? as date)',
  text: 'cast(? as text)',
  int: 'cast(? as int)',
  money: 'cast(? as numeric)',
  uuid: 'cast(? as uuid)',
  bigint: 'cast(? as bigint)'
}

/** A way to sort a list. `nullsAs` stands for absent values, which keyset paging cannot compare. */
export interface Sort {
  column: string
  type: keyof typeof casts
  nullsAs?: number | string
}
export type Sorts = Readonly<Record<string, Sort>>

/** The query of a list: cursor, limit, a whitelisted `sort` (`name` or `-name`) and the filters given. */
export function listQuery<F extends z.ZodRawShape>(sorts: Sorts, first: string, filters: F) {
  const names = Object.keys(sorts).flatMap((name) => [name, `-${name}`])
  return pageQuery.extend({ sort: z.enum(names).default(first), ...filters })
}

const cursorShape = z.tuple([z.string(), z.string().max(400), z.string().max(50)])

export interface PageRequest {
  cursor?: string | undefined
  limit: number
  sort: string
}

/**
 * One page of `query` by keyset: equally fast however deep, and stable while rows come and go.
 * The cursor carries the sort it belongs to and the last row's value and id, as text, so that microseconds survive.
 * @throws ApiError bad_cursor
 */
export async function listPage(
  db: Knex,
  query: Knex.QueryBuilder,
  { cursor, limit, sort }: PageRequest,
  sorts: Sorts,
  id: Sort = { column: 'id', type: 'uuid' }
): Promise<{ rows: Row[]; nextCursor: string | null }> {
  const isDescending = sort.startsWith('-')
  const by = sorts[isDescending ? sort.slice(1) : sort]
  if (!by) throw new ApiError('invalid', { errors: [{ path: 'sort', message: 'is not a known order' }] })
  const key =
    by.nullsAs === undefined ? db.raw('??', [by.column]) : db.raw('coalesce(??, ?)', [by.column, by.nullsAs])
  if (cursor !== undefined) {
    const [value, lastId] = readCursor(cursor, sort)
    const bound = [db.raw(casts[by.type], [value]), db.raw(casts[id.type], [lastId])]
    query.whereRaw(isDescending ? '(?, ??) < (?, ?)' : '(?, ??) > (?, ?)', [key, id.column, ...bound])
  }
  query
    .select(db.raw('cast(? as text) as cursor_value', [key]))
    .orderByRaw(isDescending ? '? desc, ?? desc' : '? asc, ?? asc', [key, id.column])
    .limit(limit + 1)
  const found = await run(query, cursor !== undefined)
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  const nextCursor = found.length > limit && last ? writeCursor(sort, last) : null
  return { rows, nextCursor }
}

async function run(query: Knex.QueryBuilder, hasCursor: boolean): Promise<Row[]> {
  try {
    return (await query) as Row[]
  } catch (error) {
    // A tampered cursor holds a value that the column's type does not take.
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (hasCursor && code.startsWith('22')) throw new ApiError('bad_cursor', { cause: error })
    throw error
  }
}

const writeCursor = (sort: string, row: Row): string =>
  Buffer.from(JSON.stringify([sort, row['cursor_value'], String(row['id'])])).toString('base64url')

function readCursor(cursor: string, sort: string): [string, string] {
  const parsed = cursorShape.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')))
  if (!parsed.success || parsed.data[0] !== sort) throw new ApiError('bad_cursor')
  return [parsed.data[1], parsed.data[2]]
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ApiError('bad_cursor', { cause: error })
  }
}
