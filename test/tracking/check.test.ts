import { expect } from 'chai'
import { solve } from '../../tracking/snippet/work.ts'
import { checkCoverage, isShort } from '../../tracking/store/coverage.ts'
import { expireVisits, saveRetention } from '../../tracking/store/retention.ts'
import { silent } from './site.ts'
import { startTrackedRig, type TrackedRig } from './tracked-rig.ts'

describe('What rides on the snippet', function () {
  this.timeout(60_000)
  let world: TrackedRig
  const { site, browser, marketer } = {
    site: (...args: Parameters<TrackedRig['site']>) => world.site(...args),
    browser: (...args: Parameters<TrackedRig['browser']>) => world.browser(...args),
    marketer: () => world.rig.as.marketer
  }
  const ago = (days: number): Date => new Date(Date.now() - days * 86_400_000)

  before(async () => {
    world = await startTrackedRig()
  })
  after(() => world.close())

  describe('callbacks', () => {
    it('ask whoever orders too much for work, take it once, and tell how the call goes', async () => {
      const shop = await site(1)
      const anna = browser(shop)
      const order = (n: number, rest: object = {}) =>
        anna.post('callbacks', { phone: `+7916777990${n}`, ...rest })
      for (const n of [1, 2, 3]) expect((await order(n)).status).to.equal(201)
      const refused = await order(4)
      expect(refused.status).to.equal(428)
      expect(refused.body).to.include({ code: 'work_needed' })
      const given = refused.body['work'] as { challenge: string; bits: number }
      const work = { challenge: given.challenge, answer: await solve(given) }
      const made = await order(4, { work })
      expect(made.status, JSON.stringify(made.body)).to.equal(201)
      expect((await order(5, { work })).body, 'the same again').to.include({ code: 'work_needed' })

      const path = `/api/track/callbacks/${String(made.body['id'])}`
      const seen = await world.rig.request('GET', path)
      expect(seen.headers.get('Access-Control-Allow-Origin')).to.equal('*')
      expect(seen.body['state']).to.equal('waiting')
      const { db } = world.rig
      const set = (change: object) => db('callbacks').where({ id: made.body['id'] }).update(change)
      const state = async () => (await world.rig.request('GET', path)).body
      await set({ state: 'calling' })
      expect(await state()).to.include({ state: 'calling', at: null })
      await set({ state: 'retry', last_result: 'noOperator', next_attempt_at: new Date(Date.now() + 60_000) })
      expect(await state()).to.include({ state: 'waiting', reason: 'noOperator' })
      await set({ state: 'done', last_result: 'talked' })
      expect(await state()).to.include({ state: 'talked' })
      await set({ state: 'failed', last_result: 'clientNoAnswer' })
      expect(await state()).to.include({ state: 'failed', reason: 'noAnswer' })
      await set({ kind: 'missed' })
      expect((await world.rig.request('GET', path)).status, 'no business of a page').to.equal(404)
    })

    it('say when somebody calls back, by the hours of the company', async () => {
      const shop = await site(1)
      const { body } = await world.rig.request('GET', `/api/track/widget?key=${shop.key}`)
      expect(body['timeZone']).to.equal('Europe/Moscow')
      const slots = body['slots'] as string[]
      expect(slots).to.have.length(60)
      const clock = new Intl.DateTimeFormat('en-GB', {
        timeZone: 'Europe/Moscow',
        weekday: 'short',
        hour: '2-digit',
        minute: '2-digit'
      })
      for (const slot of slots) {
        expect(clock.format(new Date(slot))).to.match(/^(Mon|Tue|Wed|Thu|Fri) (09|1[0-7]):(00|30)$/)
        expect(Date.parse(slot)).to.be.greaterThan(Date.now())
      }
      expect(body['isOpen'] === true || body['opensAt'] !== null).to.equal(true)
      expect((await world.rig.request('GET', '/api/track/widget?key=nobody')).status).to.equal(404)
    })

    it('have a widget with the site’s look and the countries that may be called', async () => {
      const shop = await site(1)
      const widget = { isOn: true, colour: '#aa0000', side: 'left', ru: { title: '</script><b>Ждём' } }
      const saved = await marketer().send('PATCH', `/api/sites/${shop.siteId}`, {
        widget,
        formCapture: 'all'
      })
      expect(saved.status, JSON.stringify(saved.body)).to.equal(200)
      expect(saved.body['widget']).to.include({ isOn: true, delaySeconds: 3 })
      await world.tracking.reload()
      const script = await (await fetch(`${world.rig.url}/t-widget.js?key=${shop.key}`)).text()
      expect(script).to.include('"colour":"#aa0000"').and.include('"mask":"(###) ###-##-##"')
      expect(script, 'nothing ends the script').to.not.include('</script>')
      const snippet = await (await fetch(`${world.rig.url}/t.js?key=${shop.key}`)).text()
      expect(snippet).to.include('"forms":"all"').and.include('"widget":3')
      for (const bad of [
        { colour: 'red' },
        { side: 'top' },
        { pages: ['shop'] },
        { consentUrl: 'javascript:1' }
      ]) {
        const refused = await marketer().send('PATCH', `/api/sites/${shop.siteId}`, { widget: bad })
        expect(refused.status, JSON.stringify(bad)).to.equal(422)
      }
    })
  })

  describe('the check of a site', () => {
    it('says which source and which pool an address stands for, and why not the others, and keeps nothing', async () => {
      const shop = await site(2)
      await world.rig.db('number_pools').insert({
        name: 'Only Google',
        site_id: shop.siteId,
        rule: JSON.stringify({ sources: ['google'], pages: ['/sale'] })
      })
      await world.tracking.reload()
      const ask = (url: string, referrer: string | null = null) =>
        marketer().send('POST', `/api/sites/${shop.siteId}/explain`, { url, referrer })
      const paid = await ask(`${shop.origin}/sale?utm_source=google&utm_medium=cpc&utm_campaign=x`)
      expect(paid.body).to.deep.include({ rule: 'campaign', path: '/sale', isOwnAddress: true, held: [] })
      expect(paid.body['current']).to.include({ inquiryChannel: 'paid', source: 'google', campaign: 'x' })
      const pools = (body: Record<string, unknown>) =>
        (body['groups'] as { pools: { name: string; isChosen: boolean; misses: string[] }[] }[])[0]?.pools ??
        []
      expect(pools(paid.body).find((pool) => pool.isChosen)?.name).to.equal('Only Google')
      const organic = await ask('https://elsewhere.example/', 'https://yandex.ru/')
      expect(organic.body).to.include({ rule: 'organic', isOwnAddress: false })
      expect(pools(organic.body).find((pool) => pool.name === 'Only Google')?.misses).to.deep.equal([
        'sources',
        'pages'
      ])
      for (const table of ['visits', 'visitors', 'number_leases'])
        expect(await world.rig.db(table).where({ site_id: shop.siteId }), table).to.have.length(0)
      expect(
        (await world.rig.as.operator.send('POST', `/api/sites/${shop.siteId}/explain`, {})).status
      ).to.equal(403)
    })

    it('tries a page without a trace, for whoever has a link that is not run out', async () => {
      const shop = await site(2)
      const made = await marketer().send('POST', `/api/sites/${shop.siteId}/debug-links`, {
        url: `${shop.origin}/a?b=1`
      })
      const link = new URL(String(made.body['url']))
      expect(link.href).to.include(`${shop.origin}/a?b=1&vpbx_debug=`)
      const token = link.searchParams.get('vpbx_debug') ?? ''
      const sandboxed = browser(shop, { Origin: 'null' })
      const tried = await sandboxed.visit({ check: token })
      expect(tried.status, JSON.stringify(tried.body)).to.equal(200)
      expect(tried.body).to.include({ state: 'tried', visitor: null })
      expect(tried.body['numbers']).to.have.length(1)
      expect(await world.rig.db('visits').where({ site_id: shop.siteId })).to.have.length(0)
      expect((await sandboxed.visit()).body, 'without the token').to.include({ code: 'wrong_origin' })
      expect((await sandboxed.visit({ check: `${token}x` })).body).to.include({ code: 'wrong_origin' })
      const other = await site(1)
      expect((await browser(other).visit({ check: token })).body, 'of another site').to.include({
        code: 'wrong_origin'
      })
      const asked = await sandboxed.post('explain', { token, url: `${shop.origin}/` })
      expect(asked.body).to.include({ rule: 'direct' })
      expect((await sandboxed.post('explain', { token: 'x', url: '' })).status).to.equal(403)
    })

    it('serves what was pasted in a sandbox that lets nothing of it run', async () => {
      const shop = await site(1)
      const html =
        '<!doctype html><html><body><script>parent.hacked = 1</script>8 (495) 111-22-33</body></html>'
      const made = await marketer().send('POST', `/api/sites/${shop.siteId}/check-pages`, {
        html,
        url: `${shop.origin}/`
      })
      expect(made.status, JSON.stringify(made.body)).to.equal(201)
      const served = await world.rig.request('GET', String(made.body['path']))
      const policy = served.headers.get('Content-Security-Policy') ?? ''
      expect(policy)
        .to.match(/^sandbox allow-scripts;/)
        .and.include("default-src 'none'")
      expect(policy).to.include("frame-ancestors 'self'").and.not.include('unsafe-eval')
      expect(policy.match(/script-src[^;]*/)?.[0]).to.match(/^script-src 'nonce-[^']{20,}' 'strict-dynamic'$/)
      expect(served.headers.get('X-Frame-Options')).to.equal(null)
      const text = String(served.body['text'])
      expect(text.indexOf('nonce=')).to.be.lessThan(text.indexOf('parent.hacked'))
      expect((await world.rig.request('GET', `/api/check-pages/${shop.siteId}`)).status).to.equal(404)
    })
  })

  describe('pools', () => {
    it('are told short once per fall, and well again when they are', async () => {
      const shop = await site(3)
      const { db } = world.rig
      const lease = (kind: string, minutesAgo: number) => ({
        id: crypto.randomUUID(),
        kind,
        number_id: shop.numberIds.get(shop.numbers[0] ?? ''),
        pool_id: shop.poolId,
        site_id: shop.siteId,
        visit_id: crypto.randomUUID(),
        visitor_id: crypto.randomUUID(),
        from_at: new Date(Date.now() - minutesAgo * 60_000),
        until_at: new Date()
      })
      const pool = async () => (await marketer().get(`/api/number-pools/${shop.poolId}`)).body
      await checkCoverage(db, silent)
      expect(await pool()).to.include({ isShort: false, shortSince: null })
      await db('number_leases').insert(
        Array.from({ length: 40 }, (_, i) => lease(i < 30 ? 'lease' : 'overflow', 5))
      )
      await checkCoverage(db, silent)
      const since = (await pool())['shortSince']
      expect(since).to.be.a('string')
      await checkCoverage(db, silent)
      expect((await pool())['shortSince'], 'the same fall').to.equal(since)
      const states = (await marketer().get('/api/pool-states')).body['items'] as Record<string, unknown>[]
      expect(states.find(({ id }) => id === shop.poolId)).to.deep.include({
        ...{ numbers: 3, held: 0, isShort: true, hourCoverage: 0.75, dayCoverage: 0.75, dayVisits: 40 },
        ...{ calls: 0, unattributed: 0 }
      })
      await db('number_leases').where({ pool_id: shop.poolId, kind: 'overflow' }).delete()
      await checkCoverage(db, silent)
      expect(await pool()).to.include({ isShort: false })
    })

    it('are not told short by a handful of visits, nor well by a hair', () => {
      const at = (visits: number, coverage: number | null) => ({ visits, coverage })
      expect(isShort({ hour: at(5, 0), day: at(19, 0.1) }, 0.95, false)).to.equal(false)
      expect(isShort({ hour: at(30, 0.9), day: at(300, 0.99) }, 0.95, false)).to.equal(true)
      expect(isShort({ hour: at(0, null), day: at(300, 0.955) }, 0.95, true), 'at the edge').to.equal(true)
      expect(isShort({ hour: at(0, null), day: at(300, 0.955) }, 0.95, false)).to.equal(false)
    })

    it('show who holds which number', async () => {
      const shop = await site(2)
      await browser(shop).visit()
      const numbers = (await marketer().get(`/api/number-pools/${shop.poolId}/occupancy`)).body[
        'numbers'
      ] as Record<string, unknown>[]
      expect(numbers.map(({ state }) => state).sort()).to.deep.equal(['free', 'held'])
      const held = numbers.find(({ state }) => state === 'held')
      expect(held).to.include({ source: 'yandex', campaign: 'okna' })
      await world.rig
        .db('number_slots')
        .where({ pool_id: shop.poolId, number_id: held?.['numberId'] })
        .update({
          held_until: new Date(Date.now() - 60_000)
        })
      const later = (await marketer().get(`/api/number-pools/${shop.poolId}/occupancy`)).body['numbers']
      expect((later as Record<string, unknown>[]).map(({ state }) => state).sort()).to.deep.equal([
        'free',
        'quarantine'
      ])
    })
  })

  it('take a form that comes twice for one, and fill in what the first did not know', async () => {
    const shop = await site(1)
    const anna = browser(shop)
    const { body } = await anna.visit()
    const form = { form: 'callback', phone: '8 916 555 66 90' }
    const sent = await Promise.all([
      anna.post('forms', form),
      anna.post('forms', { ...form, phone: '+79165556690', name: 'Анна', visit: body['visit'] }),
      anna.post('forms', form)
    ])
    expect(new Set(sent.map((one) => one.body['id']))).to.have.property('size', 1)
    const other = await anna.post('forms', { ...form, message: 'Сколько стоит?' })
    expect(other.body['id']).to.equal(sent[0].body['id'])
    const second = await anna.post('forms', { ...form, message: 'А доставка?' })
    expect(second.body['id'], 'other words').to.not.equal(sent[0].body['id'])
    const rows = await world.rig.db('form_submissions').where({ site_id: shop.siteId }).orderBy('at').select()
    expect(rows).to.have.length(2)
    expect(rows[0]).to.deep.include({ name: 'Анна', message: 'Сколько стоит?', visit_id: body['visit'] })
  })

  it('take no more forms of one address than people send', async () => {
    const shop = await site(1)
    const anna = browser(shop)
    const statuses: number[] = []
    for (let i = 0; i < 61; i += 1)
      statuses.push((await anna.post('forms', { phone: `8 916 555 77 ${10 + i}` })).status)
    expect(statuses.slice(0, 60).every((status) => status === 201)).to.equal(true)
    expect(statuses[60]).to.equal(429)
    expect((await browser(shop).post('forms', { phone: '8 916 555 66 91' })).status).to.equal(201)
  })

  it('forgets visits in time, and touchpoints later', async () => {
    const shop = await site(3)
    const { db } = world.rig
    const visits: { id: string; visitor: string }[] = []
    for (let i = 0; i < 3; i += 1) {
      const anna = browser(shop)
      const { body } = await anna.visit()
      await anna.post('events', { visit: body['visit'], kind: 'event', name: 'seen' })
      visits.push({ id: String(body['visit']), visitor: anna.visitor })
    }
    const [old, older] = visits
    await db('visits')
      .where({ id: old?.id })
      .update({ started_at: ago(150) })
    await db('visits')
      .where({ id: older?.id })
      .update({ started_at: ago(400) })
    await db('touchpoints')
      .where({ visit_id: old?.id })
      .update({ at: ago(150) })
    await db('touchpoints')
      .where({ visit_id: older?.id })
      .update({ at: ago(400) })
    await db('visitors')
      .where({ id: older?.visitor })
      .update({ seen_at: ago(400) })
    await db('number_leases')
      .where({ visit_id: older?.id })
      .update({ until_at: ago(400) })
    await db.transaction((trx) => saveRetention(trx, { visitDays: 100, touchpointDays: 365 }))
    await expireVisits(db, silent)
    const left = async (table: string, column = 'visit_id') =>
      (await db(table).where({ site_id: shop.siteId }).select<Record<string, string>[]>(column))
        .map((row) => visits.findIndex(({ id, visitor }) => id === row[column] || visitor === row[column]))
        .sort()
    expect(await left('visits', 'id')).to.deep.equal([2])
    expect(await left('visit_events')).to.deep.equal([2])
    expect(await left('number_leases')).to.deep.equal([0, 2])
    expect(await left('touchpoints')).to.deep.equal([0, 2])
    expect(await left('visitors', 'id'), 'who has touchpoints stays').to.deep.equal([0, 2])
    const refused = await world.rig.as.admin.send('PUT', '/api/tracking-settings', {
      visitDays: 400,
      touchpointDays: 90
    })
    expect(refused.status).to.equal(422)
    expect((await marketer().send('PUT', '/api/tracking-settings', { visitDays: 400 })).status).to.equal(403)
    const usual = { visitDays: 400, touchpointDays: 1100 }
    expect((await world.rig.as.admin.send('PUT', '/api/tracking-settings', usual)).body).to.deep.equal(usual)
  })
})
