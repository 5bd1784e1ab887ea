import type { Knex } from 'knex'
import type { CostRow } from '../../integrations/costs/core/read.ts'
import { daysOf, spread } from '../../integrations/costs/core/spread.ts'
import { insertCosts, rangeOf, totalsOf } from '../../integrations/costs/store.ts'
import { readCompany } from '../../reports/queries/company.ts'
import { audit } from '../audit.ts'
import type { Sorts } from '../collection.ts'
import {
  cost,
  costCreate,
  costCreated,
  costFilters,
  costPatch,
  costTotals,
  uncountedCosts,
  type Cost
} from '../contract/costs.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'
import { dayOf, readRates } from './currency-rates.ts'
import type { z } from 'zod'

const sorts: Sorts = { day: { column: 'day', type: 'day' } }
const mostDays = 731

/** What was paid, day by day. */
export function costRoutes({ db }: ApiDeps): Endpoint[] {
  async function items(reader: Knex, rows: readonly Row[]): Promise<Cost[]> {
    const rates = await readRates(reader)
    return rows.map((row) => {
      const day = dayOf(row['day'])
      const amount = Number(row['amount'])
      const inCompany = rates.toCompany(amount, String(row['currency']), day)
      const companyAmount = inCompany === null ? null : Math.round(inCompany * 100) / 100
      return itemOf(cost, row, { day, amount, companyAmount })
    })
  }

  const usual = crud(db, {
    things: 'costs',
    thing: 'cost',
    item: cost,
    create: costCreate,
    patch: costPatch,
    sorts,
    firstSort: '-day',
    filters: costFilters.shape,
    filter: (query, filters) => narrow(query, filters as z.output<typeof costFilters>),
    read: (reader, rows) => items(reader, rows)
  }).filter(({ route }) => route !== 'POST /api/costs')

  return [
    endpoint({
      route: 'GET /api/costs/totals',
      summary: 'Get what was paid by source and month, in the company’s currency',
      query: costFilters,
      answer: costTotals,
      handle: ({ query }) => totals(db, query)
    }),
    endpoint({
      route: 'GET /api/costs/uncounted',
      summary: 'Get the costs that no report counts, because nobody has entered a rate of their currency',
      answer: uncountedCosts,
      async handle() {
        const { currency } = await readCompany(db)
        const { rows } = await db.raw<{
          rows: { currency: string; amount: string; costs: number; from: string; to: string }[]
        }>(
          `select c.currency, sum(c.amount) as amount, cast(count(*) as int) as costs,
             cast(min(c.day) as text) as from, cast(max(c.day) as text) as to
           from costs c where c.currency <> ?
             and not exists (select from currency_rates r where r.currency = c.currency and r.day <= c.day)
           group by c.currency order by c.currency`,
          [currency]
        )
        return {
          companyCurrency: currency,
          items: rows.map((row) => ({ ...row, amount: Number(row.amount) }))
        }
      }
    }),
    endpoint({
      route: 'POST /api/costs',
      summary: 'Enter a cost of a day, or of a period to be spread over its days exactly',
      body: costCreate,
      answer: costCreated,
      status: 201,
      async handle(context) {
        const { body, who } = context
        const { inquiryChannel, siteId } = body
        const rows = rowsOf(body, body.currency ?? (await readCompany(db)).currency)
        const made = await db.transaction(async (trx) => {
          const importId =
            rows.length > 1
              ? await handEntry(trx, rows, who.userId)
              : body.importId === null
                ? null
                : await openImport(trx, body.importId)
          const ids = await insertCosts(trx, rows, {
            ...{ importId, inquiryChannel, siteId, createdBy: who.userId }
          })
          await audit(trx, context, {
            action: 'cost.create',
            entity: 'cost',
            ...(ids[0] !== undefined && { entityId: ids[0] }),
            data: { days: rows.length }
          })
          const kept = (await trx('costs').whereIn('id', ids).orderBy('day')) as Row[]
          return { importId, kept }
        })
        return { importId: made.importId, items: await items(db, made.kept) }
      }
    }),
    ...usual
  ]
}

function narrow(
  query: Knex.QueryBuilder,
  { from, to, source, campaign, siteId, importId, inquiryChannel }: z.output<typeof costFilters>
): void {
  if (from !== undefined) query.where('day', '>=', from)
  if (to !== undefined) query.where('day', '<=', to)
  if (source !== undefined) query.where('source', source)
  if (campaign !== undefined) query.where('campaign', campaign)
  if (siteId !== undefined) query.where('site_id', siteId)
  if (importId !== undefined) query.where('import_id', importId)
  if (inquiryChannel !== undefined) query.where('inquiry_channel', inquiryChannel)
}

/** One row for each day; money, clicks and impressions add up to what was given. */
function rowsOf(body: z.output<typeof costCreate>, currency: string): CostRow[] {
  const days = daysOf(body.day, body.toDay ?? body.day)
  if (days.length > mostDays) {
    throw new ApiError('invalid', {
      errors: [{ path: 'toDay', message: `is more than ${mostDays} days after the first` }]
    })
  }
  const each = (total: number | null): (number | null)[] =>
    total === null ? days.map(() => null) : spread(total, days.length)
  const cents = spread(Math.round(body.amount * 100), days.length)
  const clicks = each(body.clicks)
  const impressions = each(body.impressions)
  const { source, medium, campaign, keyword, note } = body
  return days.map((day, index) => ({
    ...{ day, source, medium, campaign, keyword, currency, note },
    cents: cents[index] ?? 0,
    clicks: clicks[index] ?? null,
    impressions: impressions[index] ?? null
  }))
}

/** A cost of several days is one entry, to be undone as one. */
async function handEntry(trx: Knex.Transaction, rows: readonly CostRow[], userId: string): Promise<string> {
  const [first] = rows
  const range = rangeOf(rows)
  const [made] = await trx('cost_imports')
    .insert({
      origin: 'hand',
      rows: rows.length,
      label: [first?.source, first?.campaign].filter((part) => part !== '').join(' · '),
      totals: JSON.stringify(totalsOf(rows)),
      from_day: range?.from ?? null,
      to_day: range?.to ?? null,
      created_by: userId
    })
    .returning<{ id: string }[]>('id')
  if (!made) throw new Error('No row came back from cost_imports')
  return made.id
}

/** An import that has not been undone: a deleted cost comes back to it. */
async function openImport(trx: Knex.Transaction, id: string): Promise<string> {
  const found: unknown = await trx('cost_imports').where({ id, undone_at: null }).forShare().first('id')
  if (found === undefined) {
    throw new ApiError('unknown_reference', { errors: [{ path: 'importId', message: 'does not exist' }] })
  }
  return id
}

interface SumRow {
  source: string
  medium: string
  month: string
  currency: string
  /** Null where it does not matter: of the company's own currency. */
  day: string | null
  amount: string
  costs: number
}

/** Sums of months. Money of other currencies is added by day, because its rate is of a day. */
async function totals(db: Knex, filters: z.output<typeof costFilters>): Promise<z.output<typeof costTotals>> {
  const rates = await readRates(db)
  const query = db('costs')
    .select(
      ...['source', 'medium', 'currency'],
      db.raw(`to_char(day, 'YYYY-MM') as month`),
      db.raw('case when currency <> ? then cast(day as text) end as day', [rates.company]),
      db.raw('sum(amount) as amount'),
      db.raw('cast(count(*) as int) as costs')
    )
    .groupByRaw('1, 2, 3, 4, 5')
  narrow(query, filters)
  const sums = (await query) as SumRow[]
  const months = monthsOf(sums.map(({ month }) => month))
  const rows = new Map<string, z.output<typeof costTotals>['rows'][number]>()
  const amounts = months.map(() => 0)
  for (const { source, medium, month, currency, day, amount, costs } of sums) {
    const key = `${source}\u0000${medium}`
    const row = rows.get(key) ?? { source, medium, amounts: months.map(() => 0), total: 0, uncounted: 0 }
    rows.set(key, row)
    const money = rates.toCompany(Number(amount), currency, day ?? '')
    if (money === null) {
      row.uncounted += costs
      continue
    }
    const at = months.indexOf(month)
    row.amounts[at] = (row.amounts[at] ?? 0) + money
    amounts[at] = (amounts[at] ?? 0) + money
    row.total += money
  }
  const sorted = [...rows.values()].sort((a, b) => b.total - a.total || a.source.localeCompare(b.source))
  return {
    currency: rates.company,
    months,
    rows: sorted.map((row) => ({ ...row, amounts: row.amounts.map(kopecks), total: kopecks(row.total) })),
    amounts: amounts.map(kopecks),
    total: kopecks(amounts.reduce((sum, amount) => sum + amount, 0))
  }
}

const kopecks = (money: number): number => Math.round(money * 100) / 100

/** Every month from the first to the last, also those in which nothing was paid. */
function monthsOf(found: readonly string[]): string[] {
  const [first] = [...found].sort()
  const last = [...found].sort().at(-1)
  if (first === undefined || last === undefined) return []
  const months = [first]
  for (let month = first; month < last;) {
    const next = new Date(`${month}-01T00:00:00Z`)
    next.setUTCMonth(next.getUTCMonth() + 1)
    month = next.toISOString().slice(0, 7)
    months.push(month)
  }
  return months
}
