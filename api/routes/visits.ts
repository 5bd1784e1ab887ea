import type { Knex } from 'knex'
import { visit, type Visit } from '../contract/journal.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'

/** Further rows than this say nothing more of a visit. */
const mostRows = 100

/** What a visitor did on a site, for whoever looks at their call. */
export const visitRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/visits/:id',
    summary: 'Get a visit with its pages, events, forms and calls',
    answer: visit,
    async handle({ id }) {
      const row = await db('visits').where({ id }).first<Row | undefined>('*', db.raw('host(ip) as ip'))
      if (!row) throw new ApiError('not_found')
      return itemOf(visit, row, { pages: pagesOf(row['pages']), ...(await doneIn(db, id)) })
    }
  })
]

async function doneIn(db: Knex, id: string): Promise<Pick<Visit, 'events' | 'forms' | 'calls'>> {
  const [events, forms, calls] = (await Promise.all([
    db('visit_events').where({ visit_id: id }).orderBy('at').limit(mostRows).select('at', 'name'),
    db('form_submissions')
      .where({ visit_id: id })
      .orderBy('at')
      .limit(mostRows)
      .select('id', 'at', 'form_name', 'page_url'),
    db('calls')
      .where({ visit_id: id })
      .orderBy('started_at')
      .limit(mostRows)
      .select('id', 'started_at as at', 'outcome')
  ])) as [Row[], Row[], Row[]]
  return {
    events: events.map((row) => itemOf(visit.shape.events.element, row)),
    forms: forms.map((row) => itemOf(visit.shape.forms.element, row)),
    calls: calls.map((row) => itemOf(visit.shape.calls.element, row))
  }
}

/** Moments inside JSON are the database's own text. */
function pagesOf(value: unknown): Visit['pages'] {
  const pages = Array.isArray(value) ? (value as { at: string; url: string }[]) : []
  return pages.map(({ at, url }) => ({ at: new Date(at).toISOString(), url }))
}
