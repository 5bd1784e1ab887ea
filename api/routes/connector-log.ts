import { listPage, type Sorts } from '../collection.ts'
import { page } from '../contract/common.ts'
import {
  connectorExchange,
  connectorExchangeQuery,
  connectorJob,
  connectorJobQuery
} from '../contract/connectors.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { itemOf, type Row } from '../rows.ts'

const sorts: Sorts = {
  at: { column: 'at', type: 'time' },
  updatedAt: { column: 'connector_jobs.updated_at', type: 'time' }
}

/** What a link to a foreign system has said and heard, and what it brings over. */
export const connectorLogRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/connectors/:id/jobs',
    summary:
      'Calls, inquiries and deals that are brought over, the latest first; `state=failed` those that were given up',
    query: connectorJobQuery,
    answer: page(connectorJob),
    async handle({ id, query }) {
      await findRow(db, 'connectors', id)
      const rows = db('connector_jobs')
        .leftJoin('calls', 'calls.id', 'connector_jobs.subject_id')
        .leftJoin('inquiries', 'inquiries.id', 'connector_jobs.subject_id')
        .leftJoin('deals', 'deals.id', 'connector_jobs.subject_id')
        .where({ connector_id: id })
        .select(
          'connector_jobs.*',
          db.raw('coalesce(calls.caller_number, inquiries.title, deals.title) as called'),
          db.raw('coalesce(calls.started_at, inquiries.created_at, deals.created_at) as started_at')
        )
      if (query.state !== undefined) rows.where('connector_jobs.state', query.state)
      const found = await listPage(db, rows, { ...query, sort: '-updatedAt' }, sorts, {
        column: 'connector_jobs.id',
        type: 'uuid'
      })
      return { items: found.rows.map(jobOf), nextCursor: found.nextCursor }
    }
  }),
  endpoint({
    route: 'GET /api/connectors/:id/exchanges',
    summary: 'What was said to the other side and by it, the latest first; secrets are hidden',
    query: connectorExchangeQuery,
    answer: page(connectorExchange),
    async handle({ id, query }) {
      await findRow(db, 'connectors', id)
      const rows = db('connector_exchanges').where({ connector_id: id }).select('*')
      if (query.subjectId !== undefined) rows.where({ subject_id: query.subjectId })
      const found = await listPage(db, rows, { ...query, sort: '-at' }, sorts)
      return { items: found.rows.map((row) => itemOf(connectorExchange, row)), nextCursor: found.nextCursor }
    }
  })
]

const jobOf = (row: Row) =>
  itemOf(connectorJob, row, {
    client: typeof row['called'] === 'string' ? row['called'] : null,
    ...(row['state'] !== 'pending' && { nextAttemptAt: null })
  })
