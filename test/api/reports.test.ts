import { expect } from 'chai'
import { insertPath, insertSite, insertSums } from '../reports/support/rows.ts'
import { startRig, type Answer, type Rig } from './support/rig.ts'

interface Row {
  key: string
  name: string | null
  values: Record<string, number | null>
  before: Record<string, number | null> | null
}

describe('Reports by the API', function () {
  this.timeout(60_000)
  let rig: Rig
  let shop: string
  let blog: string
  const rowsOf = ({ body }: Answer): Row[] => body['rows'] as Row[]
  const totalOf = ({ body }: Answer): Row['values'] => body['total'] as Row['values']
  const november = 'from=2026-11-01&to=2026-11-30'

  before(async () => {
    rig = await startRig()
    const { db } = rig
    shop = await insertSite(db, 'shop.example')
    blog = await insertSite(db, 'blog.example')
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
  })
  after(() => rig.close())

  it('puts sources together, with their visits and costs, and their rates', async () => {
    const answer = await rig.as.marketer.get(`/api/reports/sources?${november}`)
    expect(answer.status).to.equal(200)
    expect(answer.body).to.include({
      timeZone: 'Europe/Moscow',
      currency: 'RUB',
      model: 'lastNonDirect',
      isCut: false
    })
    expect(answer.body['missingRates']).to.deep.equal(['TRY'])
    const [yandex, google, ...rest] = rowsOf(answer)
    expect(rest).to.deep.equal([])
    expect(yandex).to.deep.include({ key: 'yandex', before: null })
    expect(yandex?.values).to.include({
      ...{ calls: 5, answered: 4, missed: 1, target: 2, visits: 100, inquiries: 3, won: 1, revenue: 90_000 },
      ...{ totalTalkSeconds: 330, talkSeconds: 82.5 },
      // 1000 + 500.5 in roubles, and 10 dollars by the rate of the 12th, not of the 13th.
      ...{ cost: 2400.5, cpl: 800.17, costPerTarget: 1200.25, cac: 2400.5, conversion: 0.05 }
    })
    expect(yandex?.values['roi']).to.be.closeTo((90_000 - 2400.5) / 2400.5, 1e-6)
    expect(google?.values).to.include({
      calls: 2.5,
      visits: 50,
      cost: null,
      cpl: null,
      roi: null,
      rating: null
    })
    expect(totalOf(answer)).to.include({ calls: 7.5, visits: 150, cost: 2400.5, revenue: 90_000 })
  })

  it('goes down to the keyword, where a cost of the campaign stands as not given', async () => {
    const below = `${november}&by=keyword&inquiryChannel=paid&source=yandex&medium=cpc&campaign=windows`
    const answer = await rig.as.supervisor.get(`/api/reports/sources?${below}`)
    expect(rowsOf(answer).map(({ key, values }) => [key, values['calls'], values['cost']])).to.deep.equal([
      ['buy windows', 4, 1000],
      ['', 0, 500.5]
    ])
    expect(totalOf(answer)).to.include({ calls: 4, cost: 1500.5 })
  })
})
