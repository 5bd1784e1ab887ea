import { pipeline } from 'node:stream/promises'
import type { Knex } from 'knex'
import type { z } from 'zod'
import { audit } from '../audit.ts'
import { callFile, countCalls, exportKind, fileName } from '../call-export.ts'
import { companyZone } from '../company-zone.ts'
import { callSelection, exportOrder, type callsQuery } from '../contract/journal.ts'
import { callColumns, type CallColumn } from '../contract/journal-fields.ts'
import { jobOrdered } from '../contract/jobs.ts'
import { fileTypes } from '../../reports/sheets/sheet.ts'
import { mostXlsxRows } from '../../reports/sheets/xlsx.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { invalid } from '../errors.ts'
import { ApiError } from '../problems.ts'
import { selectionOf } from './call-filters.ts'

/** Files of calls, as work in the background. */
export const callExportRoutes = ({ db, jobs }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'POST /api/calls/export',
    summary:
      'Order a file of all calls that the filters let through; `GET /api/jobs/{id}` tells how far it is',
    body: exportOrder,
    answer: jobOrdered,
    status: 202,
    async handle(context) {
      const { body, who } = context
      if (!jobs) throw new ApiError('not_found')
      // Checked now, so that whoever asks hears of a mistake at once.
      const query = callSelection.safeParse(body.query)
      if (!query.success) throw invalid(query.error)
      const selection = selectionOf(query.data, await companyZone(db))
      if (body.format === 'xlsx' && (await countCalls(db, selection, mostXlsxRows + 1)) > mostXlsxRows) {
        throw new ApiError('invalid', {
          errors: [{ path: 'format', message: `takes at most ${mostXlsxRows} calls: choose csv` }]
        })
      }
      return db.transaction(async (trx) => {
        const jobId = await jobs.order(trx, { kind: exportKind, params: { ...body }, userId: who.userId })
        await audit(trx, context, {
          action: 'calls.export',
          entity: 'job',
          entityId: jobId,
          data: {
            format: body.format,
            filters: Object.keys(body.query),
            columns: body.columns?.length ?? null
          }
        })
        return { jobId }
      })
    }
  })
]

/** More calls than this are work for the background. */
const mostAtOnce = 10_000

/**
 * Answers with a file of the calls that the filters let through.
 * @throws ApiError invalid, when they are too many for an answer; forbidden, for operators
 */
export async function sendFileOfCalls(
  db: Knex,
  context: Context,
  { format, columns, locale = 'ru', cursor: _cursor, limit: _limit, ...query }: z.output<typeof callsQuery>
): Promise<void> {
  if (format === 'json') return
  if (context.who.role === 'operator') {
    throw new ApiError('forbidden', { detail: 'Operators see calls and take no files of them.' })
  }
  const wanted = columns === undefined ? callColumns : columnsOf(columns)
  const selection = selectionOf(query, await companyZone(db))
  const count = await countCalls(db, selection, mostAtOnce + 1)
  if (count > mostAtOnce) {
    throw new ApiError('invalid', {
      errors: [
        {
          path: 'format',
          message: `answers at most ${mostAtOnce} calls: order them by POST /api/calls/export`
        }
      ]
    })
  }
  await audit(db, context, {
    action: 'calls.export',
    data: { format, filters: Object.keys(query), calls: count }
  })
  const file = { query, columns: wanted, format, locale }
  context.res.set('Content-Type', fileTypes[format])
  context.res.attachment(fileName(file, new Date()))
  await pipeline(await callFile(db, file, { atMost: mostAtOnce }), context.res)
}

function columnsOf(names: string): CallColumn[] {
  return names.split(',').map((name) => {
    const column = callColumns.find((each) => each === name)
    if (!column) {
      const message = `knows no “${name.slice(0, 40)}”; there are ${callColumns.join(', ')}`
      throw new ApiError('invalid', { errors: [{ path: 'columns', message }] })
    }
    return column
  })
}
