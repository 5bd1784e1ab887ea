import { expect } from 'chai'
import { idOf, itemsOf, startRig, type Answer, type Rig } from './support/rig.ts'

const costsOf = (answer: Answer): Record<string, unknown>[] => {
  expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
  return itemsOf(answer)
}

describe('Costs by hand', function () {
  this.timeout(60_000)
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())
  beforeEach(async () => {
    for (const table of ['costs', 'cost_imports', 'currency_rates']) await rig.db(table).delete()
  })

  const post = (body: object, headers: Record<string, string> = {}) =>
    rig.as.marketer.send('POST', '/api/costs', body, headers)

  it('are entered, read, changed and deleted by marketers and admins, and by nobody else', async () => {
    const { admin, marketer, supervisor, operator } = rig.as
    const [made] = costsOf(await post({ day: '2026-10-05', source: 'radio', amount: 1500.5, note: 'Утро' }))
    expect(made).to.deep.include({
      ...{ day: '2026-10-05', source: 'radio', medium: '', campaign: '', amount: 1500.5, currency: 'RUB' },
      ...{
        companyAmount: 1500.5,
        inquiryChannel: 'paid',
        siteId: null,
        importId: null,
        clicks: null,
        note: 'Утро'
      }
    })
    const path = `/api/costs/${String(made?.['id'])}`
    const changed = await admin.send('PATCH', path, { amount: 99.99, day: '2026-10-06', campaign: 'Осень' })
    expect(changed.body).to.include({ amount: 99.99, day: '2026-10-06', campaign: 'Осень', note: 'Утро' })
    expect((await marketer.get(path)).body).to.deep.equal(changed.body)
    for (const person of [supervisor, operator]) {
      expect((await person.get('/api/costs')).status).to.equal(403)
      expect((await person.send('POST', '/api/costs', {})).status).to.equal(403)
      expect((await person.send('DELETE', path)).status).to.equal(403)
      expect((await person.get('/api/cost-imports')).status).to.equal(403)
      expect((await person.get('/api/currency-rates')).status).to.equal(403)
    }
    expect((await marketer.send('DELETE', path)).status).to.equal(204)
    expect((await marketer.get(path)).status).to.equal(404)
    const { body } = await admin.get('/api/audit?entity=cost')
    const actions = itemsOf({ ...changed, body }).map((entry) => entry['action'])
    expect(actions).to.deep.equal(['cost.delete', 'cost.change', 'cost.create'])
  })

  it('of a period are spread over its days exactly, and undone as one', async () => {
    const answer = await post({
      ...{ day: '2026-10-30', toDay: '2026-11-05', source: 'billboard', inquiryChannel: 'offline' },
      ...{ amount: 100_000.01, clicks: 10 }
    })
    const items = costsOf(answer)
    expect(items.map((item) => item['day'])).to.deep.equal([
      ...['2026-10-30', '2026-10-31', '2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04', '2026-11-05']
    ])
    const { rows } = await rig.db.raw<{ rows: { sum: string; clicks: string; spread: string }[] }>(
      'select sum(amount), sum(clicks) as clicks, max(amount) - min(amount) as spread from costs'
    )
    expect(rows[0]).to.deep.equal({ sum: '100000.01', clicks: '10', spread: '0.01' })
    const importId = String(answer.body['importId'])
    const entry = await rig.as.marketer.get(`/api/cost-imports/${importId}`)
    expect(entry.body).to.deep.include({
      ...{ origin: 'hand', rows: 7, label: 'billboard', fromDay: '2026-10-30', toDay: '2026-11-05' },
      ...{ totals: [{ currency: 'RUB', amount: 100_000.01 }], undoneAt: null }
    })
    const undone = await rig.as.admin.send('POST', `/api/cost-imports/${importId}/undo`)
    expect(undone.status).to.equal(200)
    expect(undone.body['undoneAt']).to.be.a('string')
    expect(itemsOf(await rig.as.marketer.get('/api/costs'))).to.have.length(0)
    const again = await rig.as.admin.send('POST', `/api/cost-imports/${importId}/undo`)
    expect(again.body).to.include({ status: 409, code: 'import_undone' })
  })

  it('that were deleted come back to where they belonged', async () => {
    const answer = await post({ day: '2026-10-01', toDay: '2026-10-02', source: 'radio', amount: 10 })
    const [first] = costsOf(answer)
    const { importId } = answer.body
    const { marketer } = rig.as
    await marketer.send('DELETE', `/api/costs/${String(first?.['id'])}`)
    const [back] = costsOf(await post({ day: '2026-10-01', source: 'radio', amount: 5, importId }))
    expect(back?.['importId']).to.equal(importId)
    await marketer.send('POST', `/api/cost-imports/${String(importId)}/undo`)
    expect(itemsOf(await marketer.get('/api/costs'))).to.have.length(0)
    const late = await post({ day: '2026-10-01', source: 'radio', amount: 5, importId })
    expect(late.body).to.include({ code: 'unknown_reference' })
  })

  it('are refused with the field named, and nothing is kept', async () => {
    const table: [object, string][] = [
      [{ day: '2026-02-30' }, 'day'],
      [{ day: 'yesterday' }, 'day'],
      [{ toDay: '2026-09-01' }, 'toDay'],
      [{ toDay: '2029-01-01' }, 'toDay'],
      [{ amount: -1 }, 'amount'],
      [{ amount: 1.005 }, 'amount'],
      [{ amount: 1e13 }, 'amount'],
      [{ amount: '5' }, 'amount'],
      [{ source: '  ' }, 'source'],
      [{ source: 'x'.repeat(301) }, 'source'],
      [{ currency: 'roubles' }, 'currency'],
      [{ clicks: 1.5 }, 'clicks'],
      [{ inquiryChannel: 'bush telegraph' }, 'inquiryChannel'],
      [{ siteId: '00000000-0000-4000-8000-000000000000' }, 'siteId']
    ]
    for (const [wrong, path] of table) {
      const { status, body } = await post({ day: '2026-10-01', source: 'x', amount: 1, ...wrong })
      expect(status, path).to.equal(422)
      expect(JSON.stringify(body['errors']), JSON.stringify(wrong)).to.include(`"path":"${path}"`)
    }
    const nul = await post({ day: '2026-10-01', source: 'a\u0000b', amount: 1 })
    expect(nul.status).to.equal(422)
    expect(await rig.db('costs').select('id')).to.deep.equal([])
  })

  it('are listed page by page, filtered by day, source, campaign, site and entry', async () => {
    const { admin, marketer } = rig.as
    const siteId = idOf(await admin.send('POST', '/api/sites', { name: 'Shop', domain: 'shop.example' }))
    await post({
      day: '2026-10-01',
      toDay: '2026-10-10',
      source: 'yandex',
      campaign: 'Кухни',
      amount: 100,
      siteId
    })
    await post({ day: '2026-10-05', source: 'vk', amount: 7 })
    const days = async (query: string) =>
      itemsOf(await marketer.get(`/api/costs?${query}`)).map((item) => String(item['day']).slice(-2))
    expect(await days('source=yandex&from=2026-10-03&to=2026-10-05')).to.deep.equal(['05', '04', '03'])
    expect(await days('source=vk')).to.deep.equal(['05'])
    expect(await days('campaign=Кухни&sort=day&limit=2')).to.deep.equal(['01', '02'])
    expect(await days(`siteId=${siteId}`)).to.have.length(10)
    const [entry] = itemsOf(await marketer.get('/api/cost-imports'))
    expect(await days(`importId=${String(entry?.['id'])}`)).to.have.length(10)
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const more: string = cursor === null ? '' : `&cursor=${cursor}`
      const page = await marketer.get(`/api/costs?limit=3${more}`)
      seen.push(...itemsOf(page).map((item) => String(item['id'])))
      cursor = page.body['nextCursor'] as string | null
    } while (cursor !== null)
    expect(new Set(seen).size).to.equal(11)
    expect(seen).to.have.length(11)
    expect((await marketer.get('/api/costs?sort=amount;drop')).status).to.equal(422)
    expect((await marketer.get('/api/costs?from=soon')).status).to.equal(422)
  })

  it('are kept once when the same request comes twice', async () => {
    const key = { 'Idempotency-Key': 'radio-october' }
    const body = { day: '2026-10-01', toDay: '2026-10-31', source: 'radio', amount: 31 }
    const [first, second] = [await post(body, key), await post(body, key)]
    expect(second.body).to.deep.equal(first.body)
    expect(await rig.db('costs').select('id')).to.have.length(31)
  })

  describe('in other currencies', () => {
    const rate = (day: string, currency: string, value: number) =>
      rig.as.marketer.send('POST', '/api/currency-rates', { day, currency, rate: value })

    it('are not counted, and said so, until somebody enters a rate; the last one goes on', async () => {
      const { marketer } = rig.as
      await post({ day: '2026-10-01', toDay: '2026-10-03', source: 'google', amount: 30, currency: 'USD' })
      await post({ day: '2026-10-02', source: 'google', amount: 500 })
      const uncounted = async () => (await marketer.get('/api/costs/uncounted')).body
      expect(await uncounted()).to.deep.equal({
        companyCurrency: 'RUB',
        items: [{ currency: 'USD', amount: 30, costs: 3, from: '2026-10-01', to: '2026-10-03' }]
      })
      const before = await marketer.get('/api/costs/totals')
      expect(before.body).to.deep.include({ total: 500, months: ['2026-10'], currency: 'RUB' })
      expect((before.body['rows'] as object[])[0]).to.deep.include({
        source: 'google',
        uncounted: 3,
        total: 500
      })

      expect((await rate('2026-10-02', 'USD', 90.5)).status).to.equal(201)
      expect((await uncounted())['items']).to.deep.equal([
        { currency: 'USD', amount: 10, costs: 1, from: '2026-10-01', to: '2026-10-01' }
      ])
      const amounts = itemsOf(await marketer.get('/api/costs?sort=day')).map((item) => item['companyAmount'])
      expect(amounts).to.have.members([null, 905, 500, 905])
      await rate('2026-10-01', 'USD', 90)
      expect((await uncounted())['items']).to.deep.equal([])
      expect((await marketer.get('/api/costs/totals')).body['total']).to.equal(500 + 900 + 905 + 905)
    })

    it('rates are changed and deleted; a day has one, and the own currency has none', async () => {
      const { marketer } = rig.as
      const made = await rate('2026-10-01', 'EUR', 100.25)
      expect(made.body).to.include({ day: '2026-10-01', currency: 'EUR', rate: 100.25 })
      expect((await rate('2026-10-01', 'EUR', 101)).body).to.include({ code: 'already_exists' })
      expect((await rate('2026-10-01', 'RUB', 1)).status).to.equal(422)
      for (const wrong of [0, -1, 'x'])
        expect((await rate('2026-10-02', 'EUR', wrong as number)).status).to.equal(422)
      const path = `/api/currency-rates/${idOf(made)}`
      expect((await marketer.send('PATCH', path, { rate: 102.5 })).body).to.include({ rate: 102.5 })
      expect(itemsOf(await marketer.get('/api/currency-rates?currency=EUR'))).to.have.length(1)
      expect((await marketer.send('DELETE', path)).status).to.equal(204)
    })

    it('rates come as CSV, all of them or none', async () => {
      const { marketer } = rig.as
      const bring = (csv: string) => marketer.send('POST', '/api/currency-rates/import', { csv })
      const good = await bring('Дата;Валюта;Курс\n01.10.2026;USD;90,5\n02.10.2026;USD;91,123456\n')
      expect(good.body).to.deep.equal({ added: 2, changed: 0 })
      expect((await bring('2026-10-02,USD,92\n2026-10-03,USD,93')).body).to.deep.equal({
        added: 1,
        changed: 1
      })
      const bad = await bring(
        '2026-10-04,USD,94\n2026-10-05,RUB,1\nsoon,USD,1\n2026-10-06,USD,free\n2026-10-04,USD,9'
      )
      expect(bad.status).to.equal(422)
      const paths = (bad.body['errors'] as { path: string }[]).map(({ path }) => path)
      expect(paths).to.deep.equal(['line 2', 'line 3', 'line 4', 'line 5'])
      expect(await rig.db('currency_rates').select('id')).to.have.length(3)
      expect((await bring('2026-10-04,"USD')).status).to.equal(422)
    })
  })
})
