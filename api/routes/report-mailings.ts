import type { Knex } from 'knex'
import { z } from 'zod'
import { ruleOf } from '../../reports/mailings/mailings.ts'
import { nextSend } from '../../reports/mailings/schedule.ts'
import { readCompany } from '../../reports/queries/company.ts'
import type { ReportName } from '../../reports/queries/types.ts'
import { audit } from '../audit.ts'
import { mailing, mailingCreate, mailingPatch, mailingSent } from '../contract/reports.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { codeOfIssue } from '../field-codes.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, itemOf, type Row } from '../rows.ts'
import { checkedQuery, reportQueries } from './reports.ts'

/** Reports by mail. Whoever saves one answers for it from then on. */
export const reportMailingRoutes = ({ db, mailings }: ApiDeps): Endpoint[] => [
  ...crud(db, {
    things: 'report-mailings',
    table: 'report_mailings',
    thing: 'report mailing',
    item: mailing,
    create: mailingCreate,
    patch: mailingPatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'name',
    async read(reader, rows) {
      // `saved` works out the next moment after the row was given back.
      const fresh = await reader('report_mailings')
        .whereIn(
          'id',
          rows.map((row) => String(row['id']))
        )
        .select<Row[]>('*')
      const byId = new Map(fresh.map((row) => [row['id'], row]))
      return rows.flatMap((row) => {
        const found = byId.get(row['id'])
        return found ? [itemOf(mailing, found)] : []
      })
    },
    columns: ({ query, recipients, ...rest }) =>
      Promise.resolve({
        ...columnsOf(rest),
        ...(query && { query: JSON.stringify(query) }),
        ...(recipients && { recipients: [...new Set(recipients)] })
      }),
    async saved(trx, id, _body, { who }) {
      const row = await trx('report_mailings').where({ id }).first<MailingRow | undefined>()
      if (!row) throw new ApiError('not_found')
      await mustMakeSense(trx, row)
      const { timeZone } = await readCompany(trx)
      const next = row.is_active ? new Date(nextSend(ruleOf(row), Date.now(), timeZone)) : null
      await trx('report_mailings').where({ id }).update({ next_at: next, created_by: who.userId })
    }
  }),
  endpoint({
    route: 'POST /api/report-mailings/:id/send-now',
    summary: 'Send a mailing at once, whatever its schedule says',
    answer: mailingSent,
    async handle(context) {
      if (!mailings) throw new ApiError('not_found')
      const sent = await mailings.sendNow(context.id)
      if (!sent) throw new ApiError('not_found')
      await audit(db, context, {
        action: 'report mailing.send',
        entity: 'report mailing',
        entityId: context.id,
        data: { ok: sent.ok }
      })
      return sent
    }
  })
]

interface MailingRow {
  report: ReportName
  query: Record<string, string>
  schedule: 'daily' | 'weekly' | 'monthly'
  on_day: number | null
  at_hour: number
  is_active: boolean
}

/** A day stands for all: the days that a letter tells of are worked out when it goes. */
const anyDay = { from: '2026-01-01', to: '2026-01-01' }

/** @throws ApiError invalid, unknown_reference */
async function mustMakeSense(trx: Knex.Transaction, row: MailingRow): Promise<void> {
  if (row.schedule === 'weekly' && (row.on_day ?? 1) > 7)
    throw new ApiError('invalid', { errors: [{ path: 'onDay', message: 'must be 1 (Monday) to 7' }] })
  const { format: _format, ...query } = row.query
  const schema: z.ZodType = z.strictObject(reportQueries[row.report].shape)
  const asked = schema.safeParse({ ...query, ...anyDay })
  if (!asked.success) {
    throw new ApiError('invalid', {
      errors: asked.error.issues.map((issue) => ({
        path: ['query', ...issue.path].join('.'),
        message: issue.message,
        code: codeOfIssue(issue)
      }))
    })
  }
  await checkedQuery(trx, asked.data as Parameters<typeof checkedQuery>[1])
}
