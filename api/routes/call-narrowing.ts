import type { Knex } from 'knex'
import type { Condition, Selection } from './call-filters.ts'

/** Where a list was left off. */
export interface Place {
  isPast: boolean
  value: string
  id: string
}

/** Which calls are wanted next. */
export interface Order {
  sort: string
  after: Place | null
  limit: number
}

type Raw = readonly Knex.RawBinding[]

/** So many calls are read one by one and sorted in no time; where there are more, some soon come in the order of time. */
const mostFound = 1500

/** The same selection, with paths of models looked up: they are few, and shares are found by them. */
export async function resolved(db: Knex, selection: Selection): Promise<Selection> {
  const conditions: Condition[] = []
  for (const condition of selection.conditions) {
    const { share } = condition
    if (!share) {
      conditions.push(condition)
      continue
    }
    const paths = db('report_paths as p')
    for (const { sql, bindings } of share.paths) paths.whereRaw(sql, [...bindings] as Knex.RawBinding[])
    const ids = (await paths.select<{ id: number }[]>('p.id')).map(({ id }) => id)
    const credits = [{ sql: 'c.path_id = any(cast(? as int[]))', bindings: [ids] }, ...share.credits]
    conditions.push({
      // A question for each call: as a join it would be answered for all calls at once.
      sql: `(select true from credits c where c.subject_id = calls.id and ${joined(credits)} limit 1)`,
      bindings: bound(credits),
      share: { paths: [{ sql: 'p.id = any(cast(? as int[]))', bindings: [ids] }], credits: share.credits }
    })
  }
  return { ...selection, conditions }
}

/**
 * Looks into the indexes of parts, tags and shares. Few finds become a list of ids; of many it is known then that they
 * lie close together, and reading in the order of the list finds a page of them soon.
 * @returns `sure` to hold all calls of the selection; `likely`, where there is one, to hold the next of them, and all
 *   if they fill the page
 */
export async function narrowed(
  db: Knex,
  selection: Selection,
  order: Order
): Promise<{ likely: Selection | null; sure: Selection }> {
  const conditions: Condition[] = []
  let newest: Condition | null = null
  for (const condition of selection.conditions) {
    const { indexed, share } = condition
    const found = share ? await sharers(db, share, order) : indexed ? await idsOf(db, indexed) : null
    if (Array.isArray(found)) {
      const inProgress = share ? '' : ` or (calls.ended_at is null and ${condition.sql})`
      conditions.push({
        sql: `calls.id = any(cast(? as uuid[]))${inProgress}`,
        bindings: [found, ...(share ? [] : condition.bindings)]
      })
    } else {
      conditions.push(condition)
      newest ??= found
    }
  }
  const sure = { ...selection, conditions }
  return { likely: newest && { ...sure, conditions: [...conditions, newest] }, sure }
}

/** Null: too many to list. */
async function idsOf(
  db: Knex,
  { sql, bindings, isOneKey }: NonNullable<Condition['indexed']>
): Promise<string[] | null> {
  return db.transaction(async (trx) => {
    const found = async (): Promise<string[] | null> => {
      const query = trx('calls').whereRaw(sql, [...bindings] as Knex.RawBinding[])
      const rows = await query.limit(mostFound + 1).select<{ id: string }[]>('id')
      return rows.length > mostFound ? null : rows.map(({ id }) => id)
    }
    await trx.raw('set local enable_seqscan = off; set local enable_indexscan = off')
    if (isOneKey) {
      // A part of a common find tells as well that there are too many; of a rare one the whole is needed.
      await trx.raw(`set local gin_fuzzy_search_limit = ${4 * mostFound}`)
      if ((await found()) === null) return null
      await trx.raw('set local gin_fuzzy_search_limit = 0')
    }
    return found()
  })
}

/**
 * Calls that have a share, the next ones after a place when the list goes by time: each path has its credits in that
 * order.
 * @returns all of them, or of too many the condition that holds the next
 */
async function sharers(
  db: Knex,
  { paths, credits }: NonNullable<Condition['share']>,
  { sort, after }: Order
): Promise<string[] | Condition | null> {
  const isByTime = sort.endsWith('startedAt')
  const isDescending = sort.startsWith('-')
  const place: Condition[] =
    isByTime && after
      ? [{ sql: `c.at ${isDescending ? '<=' : '>='} cast(? as timestamptz)`, bindings: [after.value] }]
      : []
  const wanted = [...credits, ...place]
  const direction = isDescending ? 'desc' : 'asc'
  const { rows } = await db.raw<{ rows: { id: string; at: string }[] }>(
    `select f.subject_id as id, cast(f.at as text) as at from report_paths p cross join lateral (
       select c.subject_id, c.at from credits c where c.path_id = p.id and ${joined(wanted)}
       order by c.at ${direction} limit ?
     ) f where ${joined(paths)} order by f.at ${direction} limit ?`,
    [...bound(wanted), mostFound + 1, ...bound(paths), mostFound + 1]
  )
  if (rows.length <= mostFound) return [...new Set(rows.map(({ id }) => id))]
  const last = rows.at(-1)
  if (!isByTime || !last) return null
  // Of those at the last moment some may be left out.
  return {
    sql: `calls.id = any(cast(? as uuid[])) and calls.started_at ${isDescending ? '>' : '<'} cast(? as timestamptz)`,
    bindings: [[...new Set(rows.map(({ id }) => id))], last.at]
  }
}

const joined = (conditions: readonly Condition[]): string =>
  conditions.map(({ sql }) => `(${sql})`).join(' and ')
const bound = (conditions: readonly Condition[]): Raw =>
  conditions.flatMap(({ bindings }) => bindings) as Knex.RawBinding[]
