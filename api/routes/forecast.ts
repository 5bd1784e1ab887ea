import type { Knex } from 'knex'
import { likelihoods, type LikelyStage } from '../../crm/deals/sums.ts'
import { forecast, forecastQuery, type Forecast } from '../contract/deal-parts.ts'
import { companyZone } from '../company-zone.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { companyCurrency, onlySeen } from './crm-rows.ts'
import { readRates } from './currency-rates.ts'

/** What is to be expected of the deals under way. */
export const forecastRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/deals/forecast',
    summary: 'Sum open deals up by the month in which they are expected, each times how likely it is won',
    query: forecastQuery,
    answer: forecast,
    async handle({ query, who }) {
      const timeZone = await companyZone(db)
      const today = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(Date.now())
      const months = monthsFrom(today.slice(0, 7), query.months)
      const rows = db('deals as d')
        .join('pipeline_stages as s', 's.id', 'd.stage_id')
        .leftJoin('users as u', 'u.id', 'd.responsible_id')
        .whereIn('s.kind', ['open', 'won'])
        .where((kept) => {
          kept
            .where('s.kind', 'open')
            .orWhereRaw('d.closed_at >= cast(? as timestamp) at time zone ?', [
              `${months[0] ?? ''}-01`,
              timeZone
            ])
        })
      onlySeen(rows, who)
      if (query.pipelineId !== undefined) rows.where('d.pipeline_id', query.pipelineId)
      if (query.mine === 'true') rows.where('d.responsible_id', who.userId)
      if (query.responsibleId === 'none') rows.whereNull('d.responsible_id')
      else if (query.responsibleId !== undefined) rows.where('d.responsible_id', query.responsibleId)
      const month = `case when s.kind = 'won' then to_char(d.closed_at at time zone :timeZone, 'YYYY-MM')
        else to_char(d.expected_at, 'YYYY-MM') end`
      const found: Found[] = await rows
        .groupByRaw(`1, 2, 3, 4, 5, 6`)
        .select(
          db.raw(`${month} as month`, { timeZone }),
          ...['s.id as stage_id', 's.kind', 'd.currency', 'u.id as user_id', 'u.name as user_name'],
          db.raw('count(*)::int as deals'),
          db.raw('sum(d.amount) as amount')
        )
      return summedUp(db, found, months, today)
    }
  })
]

interface Found {
  month: string | null
  stage_id: string
  kind: 'open' | 'won'
  currency: string
  user_id: string | null
  user_name: string | null
  deals: number
  amount: string
}

interface Figures {
  deals: number
  amount: number
  weighted: number
  won: number
}

const cents = (value: number): number => Math.round(value * 100) / 100
const nothing = (): Figures => ({ deals: 0, amount: 0, weighted: 0, won: 0 })

async function summedUp(
  db: Knex,
  found: readonly Found[],
  months: readonly string[],
  today: string
): Promise<Forecast> {
  const [currency, rates, likely] = await Promise.all([companyCurrency(db), readRates(db), likelihoodsOf(db)])
  const missing = new Set<string>()
  const sums = new Map<
    string | null,
    { all: Figures; people: Map<string | null, Figures & { name: string }> }
  >([...months, null].map((month) => [month, { all: nothing(), people: new Map() }]))
  for (const row of found) {
    const amount = rates.toCompany(Number(row.amount), row.currency, today)
    if (amount === null) {
      missing.add(row.currency)
      continue
    }
    const isKnown = row.month !== null && months.includes(row.month)
    // A month that is past, or far away, is none to plan with.
    const place = sums.get(isKnown ? row.month : null)
    if (!place) continue
    const own = place.people.get(row.user_id) ?? { ...nothing(), name: row.user_name ?? '' }
    place.people.set(row.user_id, own)
    for (const figures of [place.all, own]) {
      if (row.kind === 'won') figures.won += amount
      else {
        figures.deals += row.deals
        figures.amount += amount
        figures.weighted += (amount * (likely.get(row.stage_id) ?? 0)) / 100
      }
    }
  }
  return {
    currency,
    months: [...sums].map(([month, { all, people }]) => ({
      month,
      ...rounded(all),
      people: [...people]
        .map(([id, { name, ...own }]) => ({ person: id === null ? null : { id, name }, ...rounded(own) }))
        .toSorted((a, b) => b.weighted - a.weighted || b.won - a.won)
    })),
    missingRates: [...missing].toSorted()
  }
}

const rounded = ({ deals, amount, weighted, won }: Figures): Figures => ({
  ...{ deals, amount: cents(amount), weighted: cents(weighted), won: cents(won) }
})

async function likelihoodsOf(db: Knex): Promise<Map<string, number>> {
  const stages = await db('pipeline_stages')
    .orderBy(['pipeline_id', 'position', 'id'])
    .select<(LikelyStage & { pipeline_id: string })[]>('id', 'kind', 'probability', 'pipeline_id')
  const pipelines = [...new Set(stages.map(({ pipeline_id }) => pipeline_id))]
  return new Map(
    pipelines.flatMap((id) => [...likelihoods(stages.filter(({ pipeline_id }) => pipeline_id === id))])
  )
}

/** `2026-11`, 3 → 2026-11, 2026-12, 2027-01. */
function monthsFrom(first: string, count: number): string[] {
  const [year = 0, month = 1] = first.split('-').map(Number)
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.UTC(year, month - 1 + index, 1)).toISOString().slice(0, 7)
  )
}
