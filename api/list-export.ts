import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { JobRefused, type JobKind } from '../jobs/jobs.ts'
import { csvRows } from '../reports/sheets/csv.ts'
import { fileTypes, type Sheet, type SheetRow } from '../reports/sheets/sheet.ts'
import { TooManyRows, xlsxRows } from '../reports/sheets/xlsx.ts'
import { access } from './access.ts'
import type { Who } from './auth/sessions.ts'
import { companyZone } from './company-zone.ts'
import type { Role } from './contract/common.ts'
import type { ExportedList, ListExportOrder } from './contract/list-exports.ts'
import type { ApiDeps } from './deps.ts'
import type { Context, Endpoint } from './endpoint.ts'
import { invalid } from './errors.ts'
import { listColumns, listNames, listRow, listTitle } from './list-columns.ts'
import { companyRoutes } from './routes/companies.ts'
import { contactRoutes } from './routes/contacts.ts'
import { dealRoutes } from './routes/deals.ts'
import { inquiryRoutes } from './routes/inquiries.ts'

export const listExportKind = 'export.list'
const batchRows = 200

/** What the lists themselves need. */
export type ListDeps = Pick<ApiDeps, 'db' | 'dialling' | 'pbx' | 'announce'>
type Reader = (query: Record<string, string>, who: Who) => AsyncGenerator<object[]>
interface PageOf {
  items: object[]
  nextCursor: string | null
}

/** Reads a list as `GET /api/<list>` answers it, page by page: a file has just what the screen has. */
export function listReader(deps: ListDeps, list: ExportedList): Reader {
  const endpoint = routeOf(deps, list)
  return async function* (query, who) {
    let cursor: string | null = null
    do {
      const asked = readQuery(endpoint, { ...query, limit: String(batchRows), ...(cursor && { cursor }) })
      const page = (await endpoint.handle({ query: asked, who } as Context)) as PageOf
      yield page.items
      cursor = page.nextCursor
    } while (cursor !== null)
  }
}

/** @throws ApiError invalid, when the list has no such filter, or not with that value */
export function checkListQuery(deps: ListDeps, list: ExportedList, query: Record<string, string>): void {
  readQuery(routeOf(deps, list), query)
}

function routeOf(deps: ListDeps, list: ExportedList): Endpoint {
  const routes = {
    ...{ contacts: contactRoutes, companies: companyRoutes, deals: dealRoutes, inquiries: inquiryRoutes }
  }
  const found = routes[list](deps).find(({ route }) => route === `GET /api/${list}`)
  if (!found) throw new Error(`There is no list of ${list}`)
  return found
}

function readQuery({ query: schema }: Endpoint, query: Record<string, string>): unknown {
  if (!(schema instanceof z.ZodObject)) throw new Error('A list takes a query')
  // A filter that is misspelt would let everything through.
  const read = schema.strict().safeParse(query)
  if (!read.success) throw invalid(read.error)
  return read.data
}

/** Writes everything of a list that its filters let through, page by page: however many, memory stays the same. */
export function listExport(deps: ListDeps): JobKind<ListExportOrder> {
  const { db } = deps
  return {
    kind: listExportKind,
    async run(job) {
      const { list, query, format, locale } = job.params
      const who = await whoOf(deps, job.userId)
      const names = await listNames(db, list)
      const sheet: Sheet = {
        ...{ name: listTitle(list, locale), columns: listColumns(list, names, locale), locale },
        timeZone: await companyZone(db)
      }
      const day = new Date().toISOString().slice(0, 10)
      const to = await job.file(`${list}-${day}.${format}`, fileTypes[format])
      let done = 0
      async function* rows(): AsyncGenerator<SheetRow> {
        for await (const items of listReader(deps, list)(query, who)) {
          for (const item of items) yield listRow(list, item, names, locale)
          done += items.length
          await job.progress(done, null)
        }
      }
      try {
        await pipeline(
          format === 'csv' ? csvRows(sheet, rows()) : xlsxRows(sheet, rows()),
          createWriteStream(to)
        )
      } catch (error) {
        if (error instanceof TooManyRows) throw new JobRefused('Too many rows for XLSX: choose CSV')
        throw error
      }
      return { [list]: done }
    }
  }
}

/** Whoever ordered the file, as they are now: rights may have been taken from them meanwhile. @throws JobRefused */
async function whoOf({ db }: ListDeps, userId: string | null): Promise<Who> {
  const user = await db('users')
    .where({ id: userId, is_active: true })
    .first<{ role: Role } | undefined>('role')
  const may: readonly Role[] = access['POST /api/list-exports']
  if (userId === null || !user || !may.includes(user.role))
    throw new JobRefused('Whoever ordered the file may not have it any more')
  return {
    userId,
    role: user.role,
    via: 'session',
    key: '',
    scopes: null,
    csrfToken: null,
    verifiedAtMs: null
  }
}
