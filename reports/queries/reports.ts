import type { Knex } from 'knex'
import { unconverted } from '../facts/sums.ts'
import { readCompany, type Company } from './company.ts'
import { countedAt } from './counted-at.ts'
import { addUp, measuresOf, noSums, type Facts } from './measures.ts'
import { readMedians } from './medians.ts'
import { poolFigures, readLeaseDays, readLeases } from './pools.ts'
import { readLoads, operatorNames } from './operators.ts'
import { dayAfter, daysOf, everyDay, previous, type Period } from './period.ts'
import { joinSpellings, ownSourceNames } from './spellings.ts'
import { readCosts, readSums, readVisits, type Cut, type Grouping, type Wanted } from './sums.ts'
import {
  pathFields,
  type MissedReport,
  type MissedRow,
  type OperatorRow,
  type PoolRow,
  type Report,
  type ReportName,
  type ReportQuery,
  type ReportRow
} from './types.ts'

/** Rows of an answer in JSON. */
export const mostJsonRows = 2000

export type AnyReport = Report | MissedReport | Report<PoolRow> | Report<OperatorRow>

/** By what each report groups which sums; a word of `by` that it does not know means the first. */
const shapes: Record<ReportName, Record<string, { cut: Cut; by: Grouping }>> = {
  sources: {
    source: { cut: 'source', by: 'source' },
    ...Object.fromEntries([...pathFields, 'day' as const].map((by) => [by, { cut: 'source', by }]))
  },
  missed: {
    day: { cut: 'hour', by: 'day' },
    source: { cut: 'source', by: 'source' },
    hour: { cut: 'hour', by: 'hour' },
    operator: { cut: 'operator', by: 'key' }
  },
  hours: { key: { cut: 'hour', by: 'key' }, day: { cut: 'hour', by: 'day' } },
  operators: { key: { cut: 'operator', by: 'key' }, day: { cut: 'operator', by: 'day' } },
  pools: { key: { cut: 'pool', by: 'key' }, day: { cut: 'pool', by: 'day' } },
  'landing-pages': { key: { cut: 'landing', by: 'key' }, day: { cut: 'landing', by: 'day' } },
  regions: { key: { cut: 'region', by: 'key' }, day: { cut: 'region', by: 'day' } }
}

/** The words that `by` of a report may be; the first is the usual one. */
export const levelsOf = (name: ReportName): string[] => Object.keys(shapes[name])

/**
 * Answers a report from the sums of days: the one query layer of screens, files, mails and the wall.
 * @param mostRows the largest rows that are kept; the total has all
 */
export async function runReport(
  db: Knex,
  name: ReportName,
  query: ReportQuery,
  mostRows = mostJsonRows
): Promise<AnyReport> {
  const company = await readCompany(db)
  const shape = shapeOf(name, query.by)
  const period: Period = { from: query.from, to: query.to }
  const before = query.compare === 'previous' ? previous(period) : null
  const [counted, deals, now, then] = await Promise.all([
    countedAt(db),
    unconverted(db, before ? { from: before.from, to: period.to } : period),
    gather(db, company, query, shape, period),
    before ? gather(db, company, query, shape, before) : null
  ])
  const plain = assemble(query, shape, now, then, mostRows)
  const report: Report = {
    ...period,
    model: query.model,
    ...company,
    countedAt: counted.toISOString(),
    ...plain,
    missingRates: [
      ...new Set([...now.missingRates, ...(then?.missingRates ?? []), ...deals.currencies])
    ].sort()
  }
  switch (name) {
    case 'missed':
      return withMedians(db, company, query, shape, await named(db, shape, report))
    case 'pools':
      return shape.by === 'key' ? withLeases(db, query, report) : withLeaseDays(db, query, report)
    case 'operators':
      return shape.by === 'key' ? withLoads(db, query, await named(db, shape, report)) : withoutLoads(report)
    case 'sources':
    case 'hours':
    case 'landing-pages':
    case 'regions':
      return report
  }
}

interface Shape {
  cut: Cut
  by: Grouping
}
interface Gathered {
  facts: Map<string, Facts>
  missingRates: string[]
  hasVisits: boolean
  /** How a key is shown, where it is not shown as it is. */
  shown: ReadonlyMap<string, string>
}

function shapeOf(name: ReportName, by: string | undefined): Shape {
  const own = shapes[name]
  const found = (by === undefined ? undefined : own[by]) ?? Object.values(own)[0]
  if (!found) throw new Error(`The report ${name} has no shape`)
  return found
}

async function gather(
  db: Knex,
  company: Company,
  { siteIds, model, path }: ReportQuery,
  shape: Shape,
  period: Period
): Promise<Gathered> {
  const wanted: Wanted = { ...shape, ...period, siteIds, model, ...(path && { path }) }
  const [sums, visits, costs] = await Promise.all([
    readSums(db, wanted),
    readVisits(db, wanted),
    readCosts(db, company.currency, wanted)
  ])
  const keys = new Set([...sums.keys(), ...(visits?.keys() ?? []), ...costs.byKey.keys()])
  const facts = new Map<string, Facts>()
  for (const key of keys) {
    facts.set(key, {
      sums: sums.get(key) ?? noSums(),
      visits: visits === null ? null : (visits.get(key) ?? 0),
      cost: costs.byKey.get(key) ?? null
    })
  }
  const rest = { missingRates: costs.missingRates, hasVisits: visits !== null }
  if (shape.by !== 'source') return { facts, ...rest, shown: new Map() }
  return { ...joinSpellings(facts, await ownSourceNames(db)), ...rest }
}

/** Rows and totals of what was gathered. A key of the period before stays in view when it brought nothing now. */
function assemble(
  query: ReportQuery,
  shape: Shape,
  now: Gathered,
  then: Gathered | null,
  mostRows: number
): Pick<Report, 'total' | 'totalBefore' | 'rows' | 'isCut'> {
  const { by } = shape
  const shift = daysOf(query)
  const keyThen = (key: string): string => (by === 'day' ? dayAfter(key, -shift) : key)
  const keyNow = (key: string): string => (by === 'day' ? dayAfter(key, shift) : key)
  const empty: Facts = { sums: noSums(), visits: now.hasVisits ? 0 : null, cost: null }
  const keys = new Set(now.facts.keys())
  for (const key of then?.facts.keys() ?? []) keys.add(keyNow(key))
  // A line in a chart has a point for each day.
  if (by === 'day') for (const day of everyDay(query)) keys.add(day)
  const rows = [...keys].map((key): ReportRow => {
    const before = then?.facts.get(keyThen(key))
    return {
      key: now.shown.get(key) ?? then?.shown.get(key) ?? key,
      name: null,
      values: measuresOf(now.facts.get(key) ?? empty),
      before: before ? measuresOf(before) : null
    }
  })
  rows.sort(isOrdered(shape) ? byKey : byWeight)
  return {
    total: measuresOf(addUp([{ ...empty, visits: empty.visits }, ...now.facts.values()])),
    totalBefore: then ? measuresOf(addUp([empty, ...then.facts.values()])) : null,
    rows: rows.slice(0, mostRows),
    isCut: rows.length > mostRows
  }
}

const isOrdered = ({ cut, by }: Shape): boolean => by === 'day' || cut === 'hour'
/** `2-9` comes before `2-10`. */
const ordered = (key: string): string => key.replace(/(?<!\d)\d(?!\d)/g, '0$&')
function byKey(a: ReportRow, b: ReportRow): number {
  const [left, right] = [ordered(a.key), ordered(b.key)]
  return left < right ? -1 : left > right ? 1 : 0
}
/** What brought most comes first. */
function byWeight(a: ReportRow, b: ReportRow): number {
  return (
    b.values.calls - a.values.calls ||
    b.values.revenue - a.values.revenue ||
    (b.values.visits ?? 0) - (a.values.visits ?? 0) ||
    (b.values.cost ?? 0) - (a.values.cost ?? 0) ||
    byKey(a, b)
  )
}

async function named(db: Knex, { cut, by }: Shape, report: Report): Promise<Report> {
  if (cut !== 'operator' || by !== 'key') return report
  const names = await operatorNames(
    db,
    report.rows.map(({ key }) => key)
  )
  return { ...report, rows: report.rows.map((row) => ({ ...row, name: names.get(row.key) ?? null })) }
}

async function withMedians(
  db: Knex,
  { timeZone }: Company,
  query: ReportQuery,
  { by }: Shape,
  report: Report
): Promise<MissedReport> {
  const [now, then] = await Promise.all([
    readMedians(db, timeZone, query, query.siteIds),
    query.compare === 'previous' ? readMedians(db, timeZone, previous(query), query.siteIds) : null
  ])
  return {
    ...report,
    rows: report.rows.map((row): MissedRow => ({
      ...row,
      medianReturnSeconds: by === 'day' ? (now.byDay.get(row.key) ?? null) : null
    })),
    medianReturnSeconds: now.total,
    medianReturnSecondsBefore: then?.total ?? null
  }
}

/** All pools, also those that brought no call: a pool that serves nobody is news. */
async function withLeases(db: Knex, query: ReportQuery, report: Report): Promise<Report<PoolRow>> {
  const pools = await readLeases(db, query, query.siteIds)
  const known = new Set(report.rows.map(({ key }) => key))
  const silent = [...pools.keys()].filter((id) => !known.has(id))
  const rows = [...report.rows, ...silent.map((key) => emptyRow(key))]
  return {
    ...report,
    rows: rows.map((row) => ({
      ...row,
      name: pools.get(row.key)?.name ?? null,
      ...poolFigures(pools.get(row.key))
    }))
  }
}

async function withLeaseDays(db: Knex, query: ReportQuery, report: Report): Promise<Report<PoolRow>> {
  const days = await readLeaseDays(db, query, query.siteIds)
  return { ...report, rows: report.rows.map((row) => ({ ...row, ...poolFigures(days.get(row.key)) })) }
}

/** Also whoever was on duty without a call. */
async function withLoads(db: Knex, query: ReportQuery, report: Report): Promise<Report<OperatorRow>> {
  const loads = await readLoads(db, query)
  const known = new Set(report.rows.map(({ key }) => key))
  const silent = [...loads.keys()].filter((id) => !known.has(id))
  const names = await operatorNames(db, silent)
  const idle = silent.map((key) => ({ ...emptyRow(key), name: names.get(key) ?? null }))
  return {
    ...report,
    rows: [...report.rows, ...idle].map((row) => ({ ...row, load: loads.get(row.key) ?? null }))
  }
}

const withoutLoads = (report: Report): Report<OperatorRow> => ({
  ...report,
  rows: report.rows.map((row) => ({ ...row, load: null }))
})

const emptyRow = (key: string): ReportRow => ({
  key,
  name: null,
  values: measuresOf({ sums: noSums(), visits: null, cost: null }),
  before: null
})
