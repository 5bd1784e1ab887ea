import { parse } from 'csv-parse/sync'
import { expect } from 'chai'
import { levelsOf } from '../../reports/queries/reports.ts'
import { sheetOf } from '../reports/support/files.ts'
import { reportNames } from '../../reports/queries/types.ts'
import { insertPath, insertSite, insertSums } from '../reports/support/rows.ts'
import { fillSources } from '../reports/support/sources.ts'
import { insertCall } from './support/calls.ts'
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
    await fillSources(db, { shop, blog })
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

  it('counts by the model asked for, and a model without rows counts nothing', async () => {
    const first = await rig.as.admin.get(`/api/reports/sources?${november}&model=first`)
    expect(rowsOf(first).map(({ key, values }) => [key, values['calls']])).to.deep.include(['yandex', 5])
    const linear = await rig.as.admin.get(`/api/reports/sources?${november}&model=linear`)
    expect(totalOf(linear)).to.include({ calls: 0, answered: 0, talkSeconds: null, roi: -1 })
  })

  it('counts one site, or a list of them, and leaves out costs of no site', async () => {
    const one = await rig.as.admin.get(`/api/reports/sources?${november}&siteId=${shop}`)
    expect(totalOf(one)).to.include({ calls: 5, visits: 100, cost: 1500.5 })
    const both = await rig.as.admin.get(
      `/api/reports/sources?${november}&siteId=${shop},${blog.toUpperCase()}`
    )
    expect(totalOf(both)).to.include({ calls: 7.5, visits: 150, cost: 1500.5 })
  })

  it('compares with as many days just before, and keeps what brought something only then', async () => {
    const answer = await rig.as.admin.get(
      `/api/reports/sources?from=2026-11-10&to=2026-12-05&by=campaign&compare=previous`
    )
    // 26 days: from 15 October on.
    const rows = new Map(rowsOf(answer).map((row) => [row.key, row]))
    expect(rows.get('windows')?.values).to.include({ calls: 4 })
    expect(rows.get('windows')?.before).to.equal(null)
    expect(rows.get('doors')?.before).to.include({ calls: 3 })
    expect(rows.get('')?.before).to.include({ calls: 8 })
    expect(answer.body['totalBefore']).to.include({ calls: 11, cost: null })
    const gone = await rig.as.admin.get('/api/reports/sources?from=2026-10-16&to=2026-10-16&compare=previous')
    expect(
      rowsOf(gone).map(({ key, values, before }) => [key, values['calls'], before?.['calls']])
    ).to.deep.equal([
      ['google', 0, 8],
      ['yandex', 0, 3]
    ])
  })

  it('gives a point for each day, beside the day of the period before', async () => {
    const answer = await rig.as.admin.get(
      '/api/reports/sources?from=2026-11-09&to=2026-11-12&by=day&compare=previous'
    )
    expect(rowsOf(answer).map(({ key, values }) => [key, values['calls'], values['cost']])).to.deep.equal([
      ['2026-11-09', 0, null],
      ['2026-11-10', 4, 1000],
      ['2026-11-11', 3.5, null],
      ['2026-11-12', 0, 1400.5]
    ])
    const shifted = await rig.as.admin.get(
      '/api/reports/sources?from=2026-11-13&to=2026-11-16&by=day&compare=previous'
    )
    expect(rowsOf(shifted).map(({ before }) => before?.['calls'] ?? null)).to.deep.equal([null, 4, 3.5, 0])
  })

  it('tells missed calls by day, source, hour and operator, with the median time to return', async () => {
    const { db, as } = rig
    await insertSums(
      db,
      {
        cut: 'hour',
        day: '2026-11-10',
        site_id: shop,
        key: '2-9',
        calls: 5,
        missed: 3,
        returned: 2,
        return_seconds: 700
      },
      { cut: 'hour', day: '2026-11-10', site_id: shop, key: '2-14', calls: 1 },
      { cut: 'hour', day: '2026-11-17', site_id: shop, key: '2-9', calls: 2, missed: 1 },
      {
        cut: 'operator',
        day: '2026-11-10',
        key: as.operator.userId,
        calls: 5,
        answered: 4,
        missed: 1,
        deals: 2,
        revenue: 50
      },
      { cut: 'operator', day: '2026-11-10', key: '', calls: 2, missed: 2 },
      { cut: 'region', day: '2026-11-10', key: 'Москва', calls: 4 },
      { cut: 'region', day: '2026-11-10', key: '', calls: 1 },
      { cut: 'landing', day: '2026-11-10', site_id: shop, key: 'shop.example/a', calls: 2 }
    )
    await db('report_visits').insert({
      ...{
        cut: 'landing',
        day: '2026-11-10',
        site_id: shop,
        key: 'shop.example/a',
        visits: 8,
        new_visitors: 1
      }
    })
    const missed = {
      outcome: 'missed',
      site_id: shop,
      started_at: '2026-11-10T06:00:00Z',
      ended_at: '2026-11-10T06:01:00Z'
    }
    await insertCall(db, { ...missed, returned_at: '2026-11-10T06:02:40Z' })
    await insertCall(db, { ...missed, returned_at: '2026-11-10T06:11:00Z' })
    await insertCall(db, { ...missed })
    await insertCall(db, { ...missed, returned_at: '2026-11-10T09:11:00Z', is_spam: true })
    const days = await as.supervisor.get('/api/reports/missed?from=2026-11-10&to=2026-11-11')
    expect(rowsOf(days)[0]).to.include({ key: '2026-11-10', medianReturnSeconds: 350 })
    expect(rowsOf(days)[0]?.values).to.include({ missed: 3, returned: 2, returnSeconds: 350 })
    expect(rowsOf(days)[1]).to.include({ key: '2026-11-11', medianReturnSeconds: null })
    expect(days.body).to.include({ medianReturnSeconds: 350, medianReturnSecondsBefore: null })
    const hours = await as.supervisor.get(`/api/reports/missed?${november}&by=hour`)
    expect(rowsOf(hours).map(({ key, values }) => [key, values['missed']])).to.deep.equal([
      ['9', 4],
      ['14', 0]
    ])
    const operators = await as.supervisor.get(`/api/reports/missed?${november}&by=operator`)
    expect(rowsOf(operators).map(({ name, values }) => [name, values['missed']])).to.deep.equal([
      ['The operator', 1],
      [null, 2]
    ])
    const sources = await as.supervisor.get(`/api/reports/missed?${november}&by=source`)
    expect(rowsOf(sources)[0]?.values).to.include({ missed: 1 })
  })

  it('tells hours of weekdays, regions and landing pages', async () => {
    const hours = await rig.as.marketer.get(`/api/reports/hours?${november}`)
    expect(rowsOf(hours).map(({ key, values }) => [key, values['calls']])).to.deep.equal([
      ['2-9', 7],
      ['2-14', 1]
    ])
    const regions = await rig.as.marketer.get(`/api/reports/regions?${november}`)
    expect(rowsOf(regions).map(({ key, values }) => [key, values['calls'], values['visits']])).to.deep.equal([
      ['Москва', 4, null],
      ['', 1, null]
    ])
    const pages = await rig.as.marketer.get(`/api/reports/landing-pages?${november}`)
    expect(rowsOf(pages)[0]?.values).to.include({ calls: 2, visits: 8, conversion: 0.25, cost: null })
  })

  it('tells operators with their time, and pools with their leases, also those without a call', async () => {
    const { db, as } = rig
    const shift = { wrap_up_seconds: 100, away_seconds: 50, rings: 7, missed_rings: 2, out_calls: 1 }
    await db('report_shifts').insert([
      { day: '2026-11-10', user_id: as.operator.userId, available_seconds: 600, busy_seconds: 300, ...shift },
      { day: '2026-11-11', user_id: as.operator.userId, available_seconds: 0, busy_seconds: 200, ...shift },
      { day: '2026-11-11', user_id: as.supervisor.userId, available_seconds: 10, busy_seconds: 0, ...shift }
    ])
    const operators = await as.supervisor.get(`/api/reports/operators?${november}`)
    expect(rowsOf(operators).map(({ name }) => name)).to.deep.equal(['The operator', null, 'The supervisor'])
    expect((rowsOf(operators)[0] as unknown as { load: object }).load).to.deep.equal({
      ...{ availableSeconds: 600, busySeconds: 500, wrapUpSeconds: 200, awaySeconds: 100 },
      ...{ occupancy: 700 / 1300, rings: 14, missedRings: 4, outCalls: 2 }
    })
    expect(rowsOf(operators)[0]?.values).to.include({ deals: 2, revenue: 50 })
    const [pool] = await db('number_pools')
      .insert({ name: 'Shop', site_id: shop })
      .returning<{ id: string }[]>('id')
    await db('number_pools').insert({ name: 'Blog', site_id: blog })
    const poolId = pool?.id ?? ''
    await insertSums(db, { cut: 'pool', day: '2026-11-10', site_id: shop, key: poolId, calls: 2 })
    await db('report_leases').insert([
      { day: '2026-11-10', pool_id: poolId, site_id: shop, leases: 12, visits: 10, overflowed: 1, stolen: 2 },
      { day: '2026-11-11', pool_id: poolId, site_id: shop, leases: 10, visits: 10, overflowed: 4, stolen: 0 }
    ])
    const pools = await as.marketer.get(`/api/reports/pools?${november}`)
    expect(rowsOf(pools)[0]).to.include({
      name: 'Shop',
      leases: 22,
      overflowed: 5,
      stolen: 2,
      coverage: 0.75
    })
    expect(rowsOf(pools)[1]).to.include({ name: 'Blog', leases: 0, coverage: null })
    const byDay = await as.marketer.get(`/api/reports/pools?from=2026-11-10&to=2026-11-12&by=day`)
    expect(rowsOf(byDay).map((row) => (row as unknown as { coverage: number }).coverage)).to.deep.equal([
      0.9,
      0.6,
      null
    ])
    const ofShop = await as.marketer.get(`/api/reports/pools?${november}&siteId=${shop}`)
    expect(rowsOf(ofShop).map(({ name }) => name)).to.deep.equal(['Shop'])
  })

  it('refuses periods and sites that make no sense, and says which field', async () => {
    const refused: [string, string, string][] = [
      ['from=2026-11-30&to=2026-11-01', 'to', 'invalid'],
      ['from=2024-01-01&to=2026-01-02', 'to', 'invalid'],
      ['from=2026-02-30&to=2026-03-01', 'from', 'invalid'],
      ['from=0001-01-01&to=9999-12-31', 'to', 'invalid'],
      ['to=2026-11-01', 'from', 'invalid'],
      [`${november}&model=magic`, 'model', 'invalid'],
      [`${november}&by=salary`, 'by', 'invalid'],
      [`${november}&format=exe`, 'format', 'invalid'],
      [`${november}&siteId=${encodeURIComponent("x') or 1=1 --")}`, 'siteId', 'invalid'],
      [`${november}&siteId=${shop}&siteId=${blog}`, 'siteId', 'invalid'],
      [`${november}&siteId=${shop},00000000-0000-4000-8000-000000000001`, 'siteId', 'unknown_reference'],
      [`${november}&siteId=${Array(60).fill(shop).join(',')}`, 'siteId', 'invalid']
    ]
    for (const [query, path, code] of refused) {
      const answer = await rig.as.admin.get(`/api/reports/sources?${query}`)
      expect(answer.headers.get('Content-Type'), query).to.contain('application/problem+json')
      expect(answer.body, query).to.include({ status: 422, code })
      expect((answer.body['errors'] as { path: string }[])[0]?.path, query).to.equal(path)
    }
    const quoted = await rig.as.admin.get(
      `/api/reports/sources?${november}&source=${encodeURIComponent("'; drop table calls; --")}`
    )
    expect(rowsOf(quoted)).to.deep.equal([])
  })

  it('gives files in the language of whoever asks, with the same figures and no formulas', async () => {
    const read = async (format: string): Promise<{ type: string; name: string; bytes: Buffer }> => {
      const response = await fetch(`${rig.url}/api/reports/sources?${november}&by=keyword&format=${format}`, {
        headers: { cookie: rig.as.marketer.cookie }
      })
      expect(response.status).to.equal(200)
      return {
        type: response.headers.get('Content-Type') ?? '',
        name: response.headers.get('Content-Disposition') ?? '',
        bytes: Buffer.from(await response.arrayBuffer())
      }
    }
    const ru = await read('csv')
    expect(ru.type).to.contain('text/csv')
    expect(ru.name).to.contain('ringtrace-sources-2026-11-01-2026-11-30.csv')
    const rows: string[][] = parse(ru.bytes, { bom: true, delimiter: ';' })
    expect(rows[0]?.slice(0, 3)).to.deep.equal(['Ключевое слово', 'Визиты', 'Звонки'])
    expect(rows.map(([key, , calls]) => [key, calls]).slice(1)).to.deep.equal([
      ['buy windows', '4'],
      ['не задано', '2,5'],
      ["'=cmd|calc", '1'],
      ['Всего', '7,5']
    ])
    await rig.db('users').where({ login: 'marketer' }).update({ locale: 'en' })
    const cells = sheetOf((await read('xlsx')).bytes)
    expect(cells[0]?.slice(0, 3).map((cell) => cell.text)).to.deep.equal(['Keyword', 'Visits', 'Calls'])
    expect(cells[3]?.[0]?.text).to.equal('=cmd|calc')
    expect(cells.slice(1).map((row) => row[2]?.number)).to.deep.equal([4, 2.5, 1, 7.5])
    const { rows: told } = await rig.db.raw<{ rows: { data: object }[] }>(
      `select data from audit where action = 'report.export'`
    )
    expect(told.map(({ data }) => data)).to.deep.equal([{ format: 'csv' }, { format: 'xlsx' }])
  })

  it('gives every report as a file', async () => {
    for (const name of reportNames) {
      for (const by of levelsOf(name)) {
        for (const format of ['csv', 'xlsx']) {
          const answer = await rig.as.admin.get(
            `/api/reports/${name}?${november}&by=${by}&compare=previous&format=${format}`
          )
          expect(answer.status, `${name} ${by} ${format}`).to.equal(200)
        }
        const json = await rig.as.admin.get(`/api/reports/${name}?${november}&by=${by}&compare=previous`)
        expect(json.status, `${name} ${by}`).to.equal(200)
      }
    }
  })

  it('has one row for spellings of a source that differ in case, and opens the calls of all', async () => {
    const { db } = rig
    const december = 'from=2026-12-01&to=2026-12-31'
    const ofNumber = await insertPath(db, { inquiry_channel: 'paid', source: 'Авито', medium: 'cpc' })
    const ofVisit = await insertPath(db, { inquiry_channel: 'paid', source: 'авито', medium: 'cpc' })
    const day = { cut: 'source', day: '2026-12-02', site_id: shop }
    await insertSums(db, { ...day, path_id: ofNumber, calls: 2 }, { ...day, path_id: ofVisit, calls: 1 })
    await db('costs').insert({
      ...{ day: '2026-12-02', site_id: shop, inquiry_channel: 'paid', source: 'АВИТО', medium: 'cpc' },
      ...{ amount: 300, currency: 'RUB' }
    })
    const ofSources = `/api/reports/sources?${december}`
    const told = async (more: string) =>
      rowsOf(await rig.as.marketer.get(ofSources + more)).map(({ key, values }) => [
        ...[key, values['calls'], values['cost']]
      ])
    expect(await told('')).to.deep.equal([['Авито', 3, 300]])
    expect(await told('&by=medium&source=авито')).to.deep.equal([['cpc', 3, 300]])
    await db('sources').insert({ name: 'авито', inquiry_channel: 'paid' })
    expect(await told(''), 'as the company calls it').to.deep.equal([['авито', 3, 300]])

    const at = '2026-12-02T09:00:00Z'
    for (const path_id of [ofNumber, ofVisit]) {
      const subject_id = await insertCall(db, { started_at: at, ended_at: at })
      const shares = Object.fromEntries(
        ['first', 'last', 'last_non_direct', 'linear', 'position', 'time_decay'].map((name) => [name, 1e6])
      )
      await db('credits').insert({ subject_id, place: 0, subject: 'call', at, path_id, ...shares })
    }
    const opened = await rig.as.marketer.get(`/api/calls?${december}&model=last&source=Авито&limit=50`)
    expect(opened.body['items']).to.have.length(2)
    expect(
      await db('report_paths').where({ medium: 'cpc' }).whereRaw("lower(source) = 'авито'").pluck('source')
    ).to.have.members(['Авито', 'авито'])
  })

  it('is for those who plan, not for operators', async () => {
    const forbidden = await rig.as.operator.get(`/api/reports/sources?${november}&format=csv`)
    expect(forbidden.body).to.include({ status: 403, code: 'forbidden' })
    expect((await rig.request('GET', `/api/reports/sources?${november}`)).status).to.equal(401)
  })
})
