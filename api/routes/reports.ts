import { pipeline } from 'node:stream/promises'
import type { Knex } from 'knex'
import { z } from 'zod'
import { conversionPathOf } from '../../reports/queries/path.ts'
import { daysOf } from '../../reports/queries/period.ts'
import { mostJsonRows, runReport, type AnyReport } from '../../reports/queries/reports.ts'
import { tableFileName, tableOf } from '../../reports/queries/tables.ts'
import { pathFields, type Path, type ReportName, type ReportQuery } from '../../reports/queries/types.ts'
import { csvRows } from '../../reports/sheets/csv.ts'
import { fileTypes } from '../../reports/sheets/sheet.ts'
import { xlsxRows } from '../../reports/sheets/xlsx.ts'
import { audit } from '../audit.ts'
import {
  conversionPath,
  missedQuery,
  missedReport,
  operatorsReport,
  pathQuery,
  plainQuery,
  poolsReport,
  report,
  sourcesQuery
} from '../contract/reports.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, written, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'

const mostDays = 731
const mostSites = 50

/** The query of each report; mailings check what they send by the same. */
export const reportQueries = {
  sources: sourcesQuery,
  missed: missedQuery,
  hours: plainQuery,
  operators: plainQuery,
  pools: plainQuery,
  'landing-pages': plainQuery,
  regions: plainQuery
} satisfies Record<ReportName, z.ZodObject>

type Asked = z.output<(typeof reportQueries)[ReportName]>

const summaries: Record<ReportName, string> = {
  sources: 'What each source, medium, campaign and keyword brings and costs, under a model of attribution',
  missed: 'Missed calls, how many were returned and how soon',
  hours: 'Calls by weekday and hour',
  operators: 'What each operator did and brought, and how their time went',
  pools: 'What pools of numbers bring, and whether their numbers suffice',
  'landing-pages': 'Visits and calls by the page they began with',
  regions: 'Calls by the region of the caller'
}

/** Reports: JSON for screens, CSV and XLSX for people. */
export function reportRoutes({ db }: ApiDeps): Endpoint[] {
  // Which report has which rows is told by `runReport`; tests hold every answer against its schema.
  const of = (name: ReportName, answer: z.ZodType) =>
    endpoint({
      route: `GET /api/reports/${name}`,
      summary: summaries[name],
      query: reportQueries[name],
      answer,
      async handle(context) {
        const asked: Asked = context.query
        const query = await checkedQuery(db, asked)
        if (asked.format !== 'json') return sendFile(db, context, name, query, asked.format)
        return runReport(db, name, query, mostJsonRows)
      }
    })
  return [
    of('sources', report),
    of('missed', missedReport),
    of('hours', report),
    of('operators', operatorsReport),
    of('pools', poolsReport),
    of('landing-pages', report),
    of('regions', report),
    endpoint({
      route: 'GET /api/reports/path',
      summary: 'How a client came to us: visits, calls, forms, callbacks, inquiries and deals in order',
      query: pathQuery,
      answer: conversionPath,
      async handle({ query }) {
        const given = Object.values(query).filter((value) => value !== undefined)
        if (given.length !== 1) {
          const message = 'exactly one of contactId, visitorId and callId'
          throw new ApiError('invalid', { errors: [{ path: 'callId', message }] })
        }
        const path = await conversionPathOf(db, query)
        if (!path) throw new ApiError('not_found')
        return path
      }
    })
  ]
}

const bad = (path: string, message: string): ApiError =>
  new ApiError('invalid', { errors: [{ path, message }] })

/** @throws ApiError invalid, unknown_reference */
export async function checkedQuery(db: Knex, asked: Asked): Promise<ReportQuery> {
  const { from, to, model, compare, by } = asked
  if (from > to) throw bad('to', 'must not be before `from`')
  if (daysOf({ from, to }) > mostDays) throw bad('to', 'must be within two years of `from`')
  const path: Path = {}
  if (
    'source' in asked ||
    'inquiryChannel' in asked ||
    'medium' in asked ||
    'campaign' in asked ||
    'keyword' in asked
  )
    for (const field of pathFields) {
      const value = asked[field]
      if (value !== undefined) path[field] = value
    }
  const siteIds = await checkedSites(db, asked.siteId)
  return { from, to, model, compare, by, siteIds, path }
}

async function checkedSites(db: Knex, list: string | undefined): Promise<string[]> {
  if (list === undefined || list.trim() === '') return []
  const ids = [...new Set(list.split(',').map((id) => id.trim().toLowerCase()))]
  if (ids.length > mostSites) throw bad('siteId', `takes at most ${mostSites} sites`)
  if (!z.array(z.uuid()).safeParse(ids).success) throw bad('siteId', 'must be ids of sites, parted by commas')
  const found = await db('sites').whereIn('id', ids).select('id')
  if (found.length < ids.length)
    throw new ApiError('unknown_reference', { errors: [{ path: 'siteId', message: 'does not exist' }] })
  return ids
}

async function sendFile(
  db: Knex,
  context: Context,
  name: ReportName,
  query: ReportQuery,
  format: 'csv' | 'xlsx'
): Promise<never> {
  const { res, who } = context
  const user = await db('users')
    .where({ id: who.userId })
    .first<{ locale: 'ru' | 'en' } | undefined>('locale')
  const answer: AnyReport = await runReport(db, name, query, Infinity)
  await audit(db, context, { action: 'report.export', entity: 'report', entityId: name, data: { format } })
  const { sheet, rows, total } = tableOf(name, query.by, answer, user?.locale ?? 'ru')
  res.set('Content-Type', fileTypes[format])
  res.attachment(tableFileName(name, answer, format))
  await pipeline((format === 'csv' ? csvRows : xlsxRows)(sheet, [...rows, total]), res)
  return written
}
