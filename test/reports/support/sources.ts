import type { Knex } from 'knex'
import { insertPath, insertSums } from './rows.ts'

/** November of two sites by source, with some of October to compare with; costs in three currencies. */
export async function fillSources(db: Knex, { shop, blog }: { shop: string; blog: string }): Promise<void> {
  const windows = await insertPath(db, {
    inquiry_channel: 'paid',
    source: 'yandex',
    medium: 'cpc',
    campaign: 'windows',
    keyword: 'buy windows'
  })
  const doors = await insertPath(db, {
    inquiry_channel: 'paid',
    source: 'yandex',
    medium: 'cpc',
    campaign: 'doors',
    keyword: '=cmd|calc'
  })
  const google = await insertPath(db, { inquiry_channel: 'organic', source: 'google', medium: 'organic' })
  await insertSums(
    db,
    {
      ...{ cut: 'source', day: '2026-11-10', site_id: shop, path_id: windows },
      ...{
        calls: 4,
        answered: 3,
        missed: 1,
        target: 2,
        talk_seconds: 300,
        inquiries: 3,
        deals: 2,
        won: 1,
        revenue: 90_000
      }
    },
    {
      cut: 'source',
      day: '2026-11-11',
      site_id: shop,
      path_id: doors,
      calls: 1,
      answered: 1,
      talk_seconds: 30
    },
    { cut: 'source', day: '2026-11-11', site_id: blog, path_id: google, calls: 2.5, answered: 2.5 },
    { cut: 'source', day: '2026-11-10', site_id: shop, path_id: windows, model: 'first', calls: 5 },
    // October, to compare with.
    { cut: 'source', day: '2026-10-15', site_id: blog, path_id: google, calls: 8 },
    { cut: 'source', day: '2026-10-15', site_id: shop, path_id: doors, calls: 3 }
  )
  await db('report_visits').insert([
    { cut: 'source', day: '2026-11-10', site_id: shop, path_id: windows, visits: 100, new_visitors: 80 },
    { cut: 'source', day: '2026-11-11', site_id: blog, path_id: google, visits: 50, new_visitors: 50 }
  ])
  await db('costs').insert([
    {
      day: '2026-11-10',
      site_id: shop,
      source: 'yandex',
      medium: 'cpc',
      campaign: 'windows',
      keyword: 'buy windows',
      amount: 1000,
      currency: 'RUB'
    },
    {
      day: '2026-11-12',
      site_id: shop,
      source: 'yandex',
      medium: 'cpc',
      campaign: 'windows',
      amount: 500.5,
      currency: 'RUB'
    },
    { day: '2026-11-12', source: 'yandex', amount: 10, currency: 'USD' },
    { day: '2026-11-12', source: 'vk', amount: 7, currency: 'TRY' }
  ])
  await db('currency_rates').insert([
    { day: '2026-11-01', currency: 'USD', rate: 80 },
    { day: '2026-11-12', currency: 'USD', rate: 90 },
    { day: '2026-11-13', currency: 'USD', rate: 1000 }
  ])
}
