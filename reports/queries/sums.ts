import type { Knex } from 'knex'
import { createRates } from '../core/currency.ts'
import { sumColumns, type Sums } from './measures.ts'
import type { Period } from './period.ts'
import { pathFields, type Path, type PathField } from './types.ts'
import type { Model } from '../../tracking/attribution/models.ts'

export type Cut = 'source' | 'hour' | 'operator' | 'pool' | 'landing' | 'region'
/** By what the rows of a cut are put together: its own key, the day, hour within the week, or a part of the path. */
export type Grouping = 'key' | 'day' | 'hour' | PathField

export interface Wanted extends Period {
  cut: Cut
  by: Grouping
  siteIds: readonly string[]
  model: Model
  path?: Path
}

const columnOf: Record<PathField, string> = {
  inquiryChannel: 'inquiry_channel',
  source: 'source',
  medium: 'medium',
  campaign: 'campaign',
  keyword: 'keyword'
}

const isPathField = (by: Grouping): by is PathField => (pathFields as readonly string[]).includes(by)

/** What stands for the group. */
const groupings: Record<Exclude<Grouping, PathField>, string> = {
  key: 's.key',
  day: "to_char(s.day, 'YYYY-MM-DD')",
  hour: "split_part(s.key, '-', 2)"
}

/** Conditions of days, sites and path, for a table called `s`. */
function conditions(wanted: Wanted): { sql: string; values: unknown[] } {
  const parts = ['s.day between ? and ?']
  const values: unknown[] = [wanted.from, wanted.to]
  if (wanted.siteIds.length > 0) {
    parts.push('s.site_id = any(?::uuid[])')
    values.push(wanted.siteIds)
  }
  const path = pathConditions(wanted.path)
  if (path.sql !== '') {
    parts.push(`s.path_id in (select id from report_paths p where ${path.sql})`)
    values.push(...path.values)
  }
  return { sql: parts.join(' and '), values }
}

function pathConditions(path: Path = {}): { sql: string; values: string[] } {
  const given = pathFields.flatMap((field) => {
    const value = path[field]
    return value === undefined ? [] : [{ column: columnOf[field], value }]
  })
  return {
    // Spellings of a source that differ in case only are one source.
    sql: given
      .map(({ column }) => (column === 'source' ? 'lower(p.source) = lower(?)' : `p.${column} = ?`))
      .join(' and '),
    values: given.map(({ value }) => value)
  }
}

/** A quarter has some hundred thousand rows, and tens of thousands of keywords: grouped in memory, not by sorting on disk. */
const memory = '64MB'

/**
 * Groups a table of sums. Whole millionths are added as floating numbers: faster by far than PostgreSQL's numerics, and
 * exact up to 2^53, which is more than ten million calls of a quarter of an hour each.
 * @param table with `day`, `site_id`, `path_id` and `key`
 */
async function grouped(
  db: Knex,
  table: 'report_sums' | 'report_visits',
  columns: readonly string[],
  wanted: Wanted,
  only: { sql: string; values: unknown[] }
): Promise<({ group_key: string } & Record<string, number>)[]> {
  const where = conditions(wanted)
  const added = columns.map((column) =>
    column === 'revenue'
      ? 'cast(sum(s.revenue) as float8) as revenue'
      : `sum(cast(s.${column} as float8)) as ${column}`
  )
  const [group, paths] = isPathField(wanted.by)
    ? [`p.${columnOf[wanted.by]}`, 'join report_paths p on p.id = s.path_id']
    : [groupings[wanted.by], '']
  const which = `${only.sql} and ${where.sql}`
  // One number of each row is added up by path sooner than the path is looked up for each; many numbers are not.
  const isByPathFirst = paths !== '' && table === 'report_visits'
  const from = isByPathFirst
    ? `(select s.path_id, ${added.join(', ')} from ${table} s where ${which} group by 1) s ${paths}`
    : `${table} s ${paths} where ${which}`
  // Days are put together as days: writing each row's out would cost more than adding it up.
  const sql = `select ${group} as group_key, ${added.join(', ')} from ${from} group by ${wanted.by === 'day' ? 's.day' : '1'}`
  return db.transaction(async (trx) => {
    await trx.raw(`set local work_mem = '${memory}'`)
    const { rows } = await trx.raw<{ rows: ({ group_key: string } & Record<string, number>)[] }>(sql, [
      ...only.values,
      ...where.values
    ] as never)
    return rows
  })
}

/** Sums by group. Nothing here looks at calls: however many there are, it costs the same. */
export async function readSums(db: Knex, wanted: Wanted): Promise<Map<string, Sums>> {
  const model = wanted.cut === 'source' ? wanted.model : ''
  const only = { sql: 's.cut = ? and s.model = ?', values: [wanted.cut, model] }
  const rows = await grouped(db, 'report_sums', sumColumns, wanted, only)
  return new Map(
    rows.map((row) => [
      row.group_key,
      Object.fromEntries(sumColumns.map((column) => [column, (row[column] ?? 0) / 1e6])) as Sums
    ])
  )
}

/** Visits by group; null for a cut of which visits are not kept. */
export async function readVisits(db: Knex, wanted: Wanted): Promise<Map<string, number> | null> {
  const { cut } = wanted
  if (cut !== 'source' && cut !== 'landing') return null
  const rows = await grouped(db, 'report_visits', ['visits'], wanted, { sql: 's.cut = ?', values: [cut] })
  return new Map(rows.map((row) => [row.group_key, row['visits'] ?? 0]))
}

export interface Costs {
  byKey: Map<string, number>
  /** Currencies in which money was spent while no rate was known: it is left out. */
  missingRates: string[]
}

/**
 * What was spent, by group, in the company's currency by the rates of the days. A cost of a whole campaign counts for
 * the campaign and all above it; among keywords it stands at '': not given. Of costs without a site no single site
 * knows its share: they count only where all sites are asked for.
 */
export async function readCosts(db: Knex, currency: string, wanted: Wanted): Promise<Costs> {
  if (wanted.cut !== 'source') return { byKey: new Map(), missingRates: [] }
  const group = wanted.by === 'day' ? "to_char(p.day, 'YYYY-MM-DD')" : `p.${columnOf[wanted.by as PathField]}`
  const path = pathConditions(wanted.path)
  const parts = ['p.day between ? and ?', ...(path.sql === '' ? [] : [path.sql])]
  const values: unknown[] = [wanted.from, wanted.to, ...path.values]
  if (wanted.siteIds.length > 0) {
    parts.push('p.site_id = any(?::uuid[])')
    values.push(wanted.siteIds)
  }
  const { rows } = await db.raw<{
    rows: { group_key: string; currency: string; day: string; amount: number }[]
  }>(
    // Money of the company's own currency needs no days.
    `select ${group} as group_key, p.currency, to_char(case when p.currency = ? then null else p.day end, 'YYYY-MM-DD') as day,
       cast(sum(p.amount) as float8) as amount
     from costs p where ${parts.join(' and ')} group by 1, 2, 3`,
    [currency, ...values] as never
  )
  const foreign = [...new Set(rows.map((row) => row.currency))].filter((other) => other !== currency)
  const rates = await readRates(db, currency, foreign, wanted.to)
  const byKey = new Map<string, number>()
  const missing = new Set<string>()
  for (const row of rows) {
    const amount = rates.toCompany(row.amount, row.currency, row.day ?? wanted.to)
    if (amount === null) missing.add(row.currency)
    else byKey.set(row.group_key, (byKey.get(row.group_key) ?? 0) + amount)
  }
  return { byKey, missingRates: [...missing].sort() }
}

async function readRates(db: Knex, company: string, currencies: readonly string[], to: string) {
  if (currencies.length === 0) return createRates(company, [])
  const { rows } = await db.raw<{ rows: { day: string; currency: string; rate: number }[] }>(
    `select to_char(day, 'YYYY-MM-DD') as day, currency, cast(rate as float8) as rate
     from currency_rates where currency = any(?::text[]) and day <= ?`,
    [currencies, to] as never
  )
  return createRates(company, rows)
}
