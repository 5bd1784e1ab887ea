import { z } from 'zod'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { id, page } from '../contract/common.ts'
import { webhookAttempt, webhookDelivery, webhookDeliveryWithLog } from '../contract/webhooks.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'

const sorts: Sorts = { createdAt: { column: 'created_at', type: 'time' } }
const query = listQuery(sorts, '-createdAt', {
  webhookId: id.optional(),
  callId: id.optional(),
  eventType: z.string().max(100).optional(),
  state: webhookDelivery.shape.state.optional()
})

/** The log of what was sent, what was answered and what is still to come. */
export const webhookDeliveryRoutes = (deps: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/webhook-deliveries',
    summary: 'List deliveries',
    query,
    answer: page(webhookDelivery),
    async handle(context) {
      const filters = context.query
      const rows = deps.db('webhook_deliveries').select('*')
      if (filters.webhookId !== undefined) rows.where('webhook_id', filters.webhookId)
      if (filters.callId !== undefined) rows.where('call_id', filters.callId)
      if (filters.eventType !== undefined) rows.where('event_type', filters.eventType)
      if (filters.state !== undefined) rows.where('state', filters.state)
      const found = await listPage(deps.db, rows, filters, sorts)
      return { items: found.rows.map((row) => itemOf(webhookDelivery, row)), nextCursor: found.nextCursor }
    }
  }),
  endpoint({
    route: 'GET /api/webhook-deliveries/:id',
    summary: 'Get a delivery with each attempt: what was sent, and what was answered',
    answer: webhookDeliveryWithLog,
    async handle({ id }) {
      const row = await findRow(deps.db, 'webhook_deliveries', id)
      const log = await deps.db<Row>('webhook_attempts').where({ delivery_id: id }).orderBy('id')
      return {
        ...itemOf(webhookDelivery, row),
        log: log.map((attempt) => itemOf(webhookAttempt, attempt))
      }
    }
  }),
  endpoint({
    route: 'POST /api/webhook-deliveries/:id/replay',
    summary: 'Send a delivery once more, under its own id',
    status: 202,
    async handle(context) {
      await findRow(deps.db, 'webhook_deliveries', context.id)
      const result = await deps.webhooks.replay(context.id)
      if (result === 'notFound') throw new ApiError('not_found')
      await audit(deps.db, context, { action: 'delivery.replay', entity: 'delivery', entityId: context.id })
      if (result === 'inactive') {
        throw new ApiError('webhook_off', { detail: 'The delivery waits until the webhook is switched on.' })
      }
    }
  })
]
