import type { Knex } from 'knex'
import { models } from '../../tracking/attribution/models.ts'
import type { Api } from './api.ts'
import { median } from './api.ts'

const names = ['missed', 'hours', 'operators', 'pools', 'landing-pages', 'regions']
const levels = ['inquiryChannel', 'source', 'medium', 'campaign', 'keyword', 'day']

/** How long each report of the last three months takes, once as new and then again; ms. */
export async function measureReports(
  db: Knex,
  api: Api,
  times: number
): Promise<{ name: string; first: number; median: number }[]> {
  const { rows } = await db.raw<{ rows: { from: string; to: string }[] }>(
    `select (max(day) - 90)::text as "from", max(day)::text as "to" from report_sums`
  )
  const period = `from=${rows[0]?.from ?? ''}&to=${rows[0]?.to ?? ''}`
  const asked = [
    ...models.map((model): [string, string] => [`sources, ${model}`, `sources?${period}&model=${model}`]),
    ...levels.map((by): [string, string] => [
      `sources by ${by}, compared`,
      `sources?${period}&by=${by}&compare=previous`
    ]),
    ...names.map((name): [string, string] => [`${name}, compared`, `${name}?${period}&compare=previous`]),
    ...names.map((name): [string, string] => [`${name} by day`, `${name}?${period}&by=day`])
  ]
  const figures = []
  for (const [name, path] of asked) {
    const found: number[] = []
    for (let i = 0; i < times; i += 1) found.push((await api.timed(`/api/reports/${path}`)).ms)
    figures.push({ name, first: found[0] ?? Number.NaN, median: median(found) })
  }
  return figures
}
