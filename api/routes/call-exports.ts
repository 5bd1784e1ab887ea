import { audit } from '../audit.ts'
import { countCalls, exportKind } from '../call-export.ts'
import { companyZone } from '../company-zone.ts'
import { callSelection, exportOrder } from '../contract/journal.ts'
import { jobOrdered } from '../contract/jobs.ts'
import { mostXlsxRows } from '../../reports/sheets/xlsx.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
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
