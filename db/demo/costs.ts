import type { Knex } from 'knex'
import * as company from './company.ts'
import { insertAll } from './insert-all.ts'
import type { Random } from './random.ts'

/** What the shop pays, in roubles: a day of an ordinary weekday, and about what one click costs where there are clicks. */
const budgets: readonly (readonly [source: string, perDay: number, perClick: number | null])[] = [
  ['direct-kitchens', 9800, 96],
  ['direct-sofas', 7200, 58],
  ['google', 3600, 44],
  ['vk', 2900, 31],
  ['avito', 1400, 18],
  ['2gis', 890, null],
  ['billboard', 2150, null],
  ['radio', 3000, null]
]
const dayMs = 86_400_000

/**
 * What advertising cost on the days of the past calls, until yesterday: by the very source, campaign and keyword that
 * the calls carry, so that reports set them side by side.
 */
export async function insertCosts(
  trx: Knex.Transaction,
  { random, nowMs, days }: { random: Random; nowMs: number; days: number }
): Promise<void> {
  const sites = await trx('sites')
    .where({ is_demo: true })
    .select<{ id: string; domain: string }[]>('id', 'domain')
  const costs = budgets.flatMap(([key, perDay, perClick]) => {
    const source = company.sources.find((each) => each.key === key)
    const number = company.numbers.find((each) => each.source === key)
    if (!source) throw new Error(`There is no source ${key}`)
    const domain = number?.site ? company.sites[number.site].domain : null
    const common = {
      site_id: sites.find((site) => site.domain === domain)?.id ?? null,
      inquiry_channel: source.inquiryChannel,
      source: source.name,
      medium: source.medium ?? '',
      campaign: source.campaign ?? '',
      keyword: source.keyword ?? '',
      currency: 'RUB',
      is_demo: true
    }
    return Array.from({ length: days }, (_, index) => {
      const at = new Date(nowMs - (days - index) * dayMs)
      // A place on a hoarding costs the same every day; clicks are dearer when people are at work.
      const isWeekend = [0, 6].includes(at.getUTCDay())
      const share = perClick === null ? 1 : (isWeekend ? 0.62 : 1) * random.between(0.82, 1.18)
      const amount = Math.round(perDay * share * 100) / 100
      const clicks = perClick === null ? null : Math.round(amount / (perClick * random.between(0.85, 1.15)))
      return {
        ...common,
        day: at.toISOString().slice(0, 10),
        amount,
        clicks,
        impressions: clicks === null ? null : clicks * random.whole(28, 60)
      }
    })
  })
  await insertAll(trx, 'costs', costs)
}
