import type { Knex } from 'knex'
import { z } from 'zod'
import { callSorts, type CallSort } from '../contract/journal-fields.ts'
import { ApiError } from '../problems.ts'
import { snake, type Row } from '../rows.ts'
import { applyConditions, type Condition, type Selection } from './call-filters.ts'
import { narrowed, resolved, type Order, type Place } from './call-narrowing.ts'

/** Where a page ended: the sort, whether it was among the rows without a value, the last value and id. */
const cursorShape = z.tuple([z.string(), z.boolean(), z.string().max(100), z.uuid()])

export type { Place }

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
    const rows = await pageRows(db, selection, sort, after, limit + 1)
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

/** So many calls after a place are read in no time. */
const nearby = 4000
/** And so many where a good part of a page was found among those: likely there is as much further on. */
const around = 8 * nearby

/**
 * What fits is mostly common, and then a page of it lies close by: a short walk along the list finds it, whatever is
 * asked for. Where it does not, few calls may fit, and they are taken from the filters' own indexes. Left with the
 * choice, the planner walks through the whole list whenever its guess is wrong: of parts of words and of shares it
 * cannot but guess, and it does not know that missed calls have no talk.
 */
async function pageRows(
  db: Knex,
  selection: Selection,
  sort: string,
  after: Place | null,
  limit: number
): Promise<Row[]> {
  const order = { sort, after, limit }
  if (!isUncertain(selection, sort)) return callRows(db, selection, sort, after, limit)
  const known = await resolved(db, selection)
  if (!after?.isPast) {
    const close = await lookUp(db, known, { ...lookOf(order), within: nearby })
    if (close.length === limit) return close
    // Shares are better found by their paths.
    if (close.length * 4 >= limit && !known.conditions.some(({ share }) => share)) {
      const rows = await lookUp(db, known, { ...lookOf(order), within: around })
      if (rows.length === limit) return rows
    }
  }
  const { likely, sure } = await narrowed(db, known, order)
  if (likely) {
    const rows = await lookUp(db, likely, lookOf(order))
    if (rows.length === limit) return rows
  }
  return callRows(db, sure, sort, after, limit, { isByFilter: true })
}

function isUncertain({ conditions, split }: Selection, sort: string): boolean {
  if (conditions.some(({ indexed, share }) => indexed !== undefined || share !== undefined)) return true
  if (sort.endsWith('startedAt')) return false
  return conditions.some(({ isPeriod }) => !isPeriod) || (split !== null && split.name !== 'outcome')
}

/**
 * The next rows after a place, up to so many.
 * @param isByFilter not along the list's own order, but by the index of a filter
 */
export async function callRows(
  db: Knex,
  selection: Selection,
  sort: string,
  after: Place | null,
  limit: number,
  { isByFilter = false }: { isByFilter?: boolean } = {}
): Promise<Row[]> {
  const look = { ...lookOf({ sort, after, limit }), isByFilter }
  if (look.by === 'startedAt') return lookUp(db, selection, look)
  const rows = after?.isPast ? [] : await lookUp(db, selection, look)
  if (rows.length >= limit) return rows
  const rest = await lookUp(db, selection, {
    by: look.by,
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
  isByFilter?: boolean
  /** Only among so many rows after the place. */
  within?: number
}

function lookOf({ sort, after, limit }: Order): Look {
  const isDescending = sort.startsWith('-')
  const by = callSorts.find((name) => name === (isDescending ? sort.slice(1) : sort))
  if (!by) throw new ApiError('invalid', { errors: [{ path: 'sort', message: 'is not a known order' }] })
  return { by, isDescending, isPast: false, after, limit }
}

/**
 * One query, or one for each value of a split, merged: read from an index in the order of the list each is short, while
 * a list of values over one index would have to be read whole and sorted.
 */
async function lookUp(db: Knex, { conditions, split }: Selection, look: Look): Promise<Row[]> {
  const { by, isDescending, isPast, after, limit } = look
  const isByTime = isPast || by === 'startedAt'
  const column = isByTime ? 'started_at' : snake(by)
  const type = isByTime ? 'timestamptz' : 'int'
  const order = isDescending ? 'desc' : 'asc'
  // No index is in the order of a sum.
  const key = look.isByFilter && !isByTime ? `(calls.${column} + 0)` : `calls.${column}`
  const within = look.within === undefined ? null : Math.ceil(look.within / (split?.looks.length ?? 1))
  const one = (value: Condition | null): Knex.QueryBuilder => {
    const rows = db('calls').select('calls.*')
    // What an index of the order serves; a period only bounds walks along time.
    const isLed = (condition: Condition): boolean =>
      within === null || (condition.isPeriod === true && isByTime)
    applyConditions(rows, [...conditions.filter(isLed), ...(value ? [value] : [])])
    if (by !== 'startedAt') rows.whereRaw(`calls.${snake(by)} is ${isPast ? '' : 'not '}null`)
    if (after) {
      rows.whereRaw(`(${key}, calls.id) ${isDescending ? '<' : '>'} (cast(? as ${type}), cast(? as uuid))`, [
        after.value,
        after.id
      ])
    }
    rows.orderByRaw(`${key} ${order}, calls.id ${order}`)
    if (within === null) return rows.limit(limit)
    const near = db.from(rows.limit(within).as('calls')).select('calls.*')
    applyConditions(
      near,
      conditions.filter((condition) => !isLed(condition))
    )
    return near.orderByRaw(`calls.${column} ${order}, calls.id ${order}`).limit(limit)
  }
  const looks = split ? split.looks.map(one) : [one(null)]
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
