import type { Knex } from 'knex'
import { z } from 'zod'
import { callSorts, type CallSort } from '../contract/journal-fields.ts'
import { ApiError } from '../problems.ts'
import { snake, type Row } from '../rows.ts'
import { applyConditions, type Condition, type Selection } from './call-filters.ts'

/** Where a page ended: the sort, whether it was among the rows without a value, the last value and id. */
const cursorShape = z.tuple([z.string(), z.boolean(), z.string().max(100), z.uuid()])

export interface Place {
  isPast: boolean
  value: string
  id: string
}

export interface CallPage {
  rows: Row[]
  nextCursor: string | null
}

/**
 * A page of the journal by keyset: equally quick however deep, and stable while calls come in. Calls without the value
 * that is sorted by come last in both directions, the newest first.
 * @throws ApiError bad_cursor
 */
export async function callPageOf(
  db: Knex,
  selection: Selection,
  { sort, cursor, limit }: { sort: string; cursor?: string | undefined; limit: number }
): Promise<CallPage> {
  const after = cursor === undefined ? null : readCursor(cursor, sort)
  try {
    const rows = await callRows(db, await narrowed(db, selection), sort, after, limit + 1)
    const last = rows.at(limit - 1)
    const nextCursor = rows.length > limit && last ? writeCursor(sort, placeOf(last)) : null
    return { rows: rows.slice(0, limit), nextCursor }
  } catch (error) {
    // A tampered cursor holds a value that the column's type does not take.
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (after && code.startsWith('22')) throw new ApiError('bad_cursor', { cause: error })
    throw error
  }
}

/** So many calls are read one by one and sorted in no time; where there are more, some soon come in the order of time. */
const mostFound = 8000

/**
 * Looks into the indexes of parts and tags first. Few finds become a list of ids; of many it is known then that they
 * lie close together, and reading in the order of the list finds a page of them soon. Leaving the choice to the planner
 * means seconds whenever its guess is wrong, and of parts of words it cannot but guess.
 */
async function narrowed(db: Knex, selection: Selection): Promise<Selection> {
  const conditions: Condition[] = []
  for (const condition of selection.conditions) {
    const ids = condition.indexed === undefined ? null : await idsOf(db, condition.indexed)
    if (ids === null) conditions.push(condition)
    else {
      conditions.push({
        sql: `calls.id = any(cast(? as uuid[])) or (calls.ended_at is null and ${condition.sql})`,
        bindings: [ids, ...condition.bindings]
      })
    }
  }
  return { ...selection, conditions }
}

/** Null: too many to list. */
async function idsOf(db: Knex, { sql, bindings }: Omit<Condition, 'indexed'>): Promise<string[] | null> {
  return db.transaction(async (trx) => {
    await trx.raw('set local enable_seqscan = off; set local enable_indexscan = off')
    const query = trx('calls').whereRaw(sql, [...bindings] as Knex.RawBinding[])
    const rows = await query.limit(mostFound + 1).select<{ id: string }[]>('id')
    return rows.length > mostFound ? null : rows.map(({ id }) => id)
  })
}

/** The next rows after a place, up to so many. */
export async function callRows(
  db: Knex,
  selection: Selection,
  sort: string,
  after: Place | null,
  limit: number
): Promise<Row[]> {
  const isDescending = sort.startsWith('-')
  const by = callSorts.find((name) => name === (isDescending ? sort.slice(1) : sort))
  if (!by) throw new ApiError('invalid', { errors: [{ path: 'sort', message: 'is not a known order' }] })
  if (by === 'startedAt') return lookUp(db, selection, { by, isDescending, isPast: false, after, limit })
  const rows = after?.isPast
    ? []
    : await lookUp(db, selection, { by, isDescending, isPast: false, after, limit })
  if (rows.length >= limit) return rows
  const rest = await lookUp(db, selection, {
    by,
    isDescending: true,
    isPast: true,
    after: after?.isPast ? after : null,
    limit: limit - rows.length
  })
  return [...rows, ...rest]
}

interface Look {
  by: CallSort
  isDescending: boolean
  /** Among the rows that have no value to sort by. */
  isPast: boolean
  after: Place | null
  limit: number
}

/**
 * One query, or one for each value of a split, merged: read from an index in the order of time each is short, while a
 * list of values over one index would have to be read whole and sorted.
 */
async function lookUp(db: Knex, { conditions, split }: Selection, look: Look): Promise<Row[]> {
  const { by, isDescending, isPast, after, limit } = look
  const column = isPast || by === 'startedAt' ? 'started_at' : snake(by)
  const type = column === 'started_at' ? 'timestamptz' : 'int'
  const order = isDescending ? 'desc' : 'asc'
  const one = (value: string | null): Knex.QueryBuilder => {
    const rows = db('calls').select('calls.*')
    applyConditions(rows, conditions)
    if (split && value !== null) rows.where(split.column, value)
    if (by !== 'startedAt') rows.whereRaw(`calls.${snake(by)} is ${isPast ? '' : 'not '}null`)
    if (after) {
      rows.whereRaw(
        `(calls.${column}, calls.id) ${isDescending ? '<' : '>'} (cast(? as ${type}), cast(? as uuid))`,
        [after.value, after.id]
      )
    }
    return rows.orderByRaw(`calls.${column} ${order}, calls.id ${order}`).limit(limit)
  }
  const looks = split ? split.values.map(one) : [one(null)]
  const [first] = looks
  const query = looks.length === 1 && first ? first.as('found') : db.unionAll(looks, true).as('found')
  return (await db
    .from(query)
    .select(
      'found.*',
      db.raw(`cast(found.${column} as text) as cursor_value`),
      db.raw(`${String(isPast)} as is_past`)
    )
    .orderByRaw(`found.${column} ${order}, found.id ${order}`)
    .limit(limit)) as Row[]
}

/** Where a row that was read stands. */
export const placeOf = (row: Row): Place => ({
  isPast: row['is_past'] === true,
  value: String(row['cursor_value']),
  id: String(row['id'])
})

const writeCursor = (sort: string, { isPast, value, id }: Place): string =>
  Buffer.from(JSON.stringify([sort, isPast, value, id])).toString('base64url')

function readCursor(cursor: string, sort: string): Place {
  const parsed = cursorShape.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')))
  if (!parsed.success || parsed.data[0] !== sort) throw new ApiError('bad_cursor')
  return { isPast: parsed.data[1], value: parsed.data[2], id: parsed.data[3] }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ApiError('bad_cursor', { cause: error })
  }
}
