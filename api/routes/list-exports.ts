import { audit } from '../audit.ts'
import { jobOrdered } from '../contract/jobs.ts'
import { listExportOrder } from '../contract/list-exports.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { checkListQuery, listExportKind } from '../list-export.ts'
import { ApiError } from '../problems.ts'

/** Files of clients, companies, deals and inquiries, as work in the background. */
export const listExportRoutes = (deps: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'POST /api/list-exports',
    summary:
      'Order a file of all clients, companies, deals or inquiries that the filters of their list let through; `GET /api/jobs/{id}` tells how far it is',
    body: listExportOrder,
    answer: jobOrdered,
    status: 202,
    async handle(context) {
      const { body, who } = context
      const { jobs } = deps
      if (!jobs) throw new ApiError('not_found')
      // Checked now, so that whoever asks hears of a mistake at once.
      checkListQuery(deps, body.list, body.query)
      return deps.db.transaction(async (trx) => {
        const params = { ...body }
        const jobId = await jobs.order(trx, { kind: listExportKind, params, userId: who.userId })
        await audit(trx, context, {
          action: `${body.list}.export`,
          entity: 'job',
          entityId: jobId,
          data: { format: body.format, filters: Object.keys(body.query) }
        })
        return { jobId }
      })
    }
  })
]
