import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { Tracking } from '../../tracking/store/tracking.ts'
import { idOf, type Answer, type Rig } from '../api/support/rig.ts'
import { chrome, startTracking } from './site.ts'
import { flooding, startTrackedRig, type TrackedRig } from './tracked-rig.ts'

const numbersIn = (answer: Answer) =>
  answer.body['numbers'] as { group: string; e164: string; kind: string }[]

describe('The public routes of tracking', function () {
  this.timeout(90_000)
  let world: TrackedRig
  let rig: Rig
  let tracking: Tracking
  let site: TrackedRig['site']
  let browser: TrackedRig['browser']
  before(async () => {
    world = await startTrackedRig()
    ;({ rig, tracking, site, browser } = world)
  })
  after(() => world.close())

  const rowsOf = async (table: string, siteId: string): Promise<number> =>
    Number(
      (await rig.db(table).where({ site_id: siteId }).count<{ count: number }[]>('* as count'))[0]?.count
    )

  it('lend a number to a visit and keep what it tells', async () => {
    const shop = await site(2)
    const anna = browser(shop)
    const answer = await anna.visit({
      referrer: 'https://yandex.ru/',
      title: 'Windows',
      zone: 'Europe/Moscow',
      ids: { _ga: 'GA1.1.111.222', _ym_uid: '1700000000000000001', _fbp: 'fb.1.2' }
    })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    expect(answer.body).to.include({ state: 'tracked', visitor: anna.visitor, heartbeatSeconds: 15 })
    expect(answer.headers.get('Access-Control-Allow-Origin')).to.equal(shop.origin)
    const [number] = numbersIn(answer)
    expect(number?.kind).to.equal('lease')
    expect(shop.numbers).to.include(number?.e164)
    const visit: unknown = await rig.db('visits').where({ id: answer.body['visit'] }).first()
    expect(visit).to.deep.include({
      visitor_id: anna.visitor,
      inquiry_channel: 'paid',
      source: 'yandex',
      campaign: 'okna',
      ga_client_id: '111.222',
      ym_client_id: '1700000000000000001',
      device: 'desktop'
    })
    const again = await anna.visit({ url: `${shop.origin}/prices`, visit: answer.body['visit'], at: 2 })
    expect(again.body['visit']).to.equal(answer.body['visit'])
    expect(numbersIn(again)).to.deep.equal(numbersIn(answer))
    expect(await rowsOf('visits', shop.siteId)).to.equal(1)
    expect(await rowsOf('touchpoints', shop.siteId)).to.equal(1)
  })

  it('attribute a call to the visit at once, and after a restart too', async () => {
    const shop = await site(2)
    const answer = await browser(shop).visit()
    const numberId = shop.numberIds.get(numbersIn(answer)[0]?.e164 ?? '') ?? ''
    const restarted = await startTracking(rig.db, world.databaseUrl)
    try {
      for (const one of [tracking, restarted]) {
        const found = one.sourceOf(numberId, Date.now(), '+79161112233')
        expect(found?.visit).to.deep.include({
          visitId: answer.body['visit'],
          rule: 'holder',
          model: 'who/1',
          poolId: shop.poolId
        })
        expect(found?.visit.confidence).to.be.closeTo(0.99, 0.001)
        expect(found?.source).to.deep.equal({
          id: null,
          name: 'yandex',
          inquiryChannel: 'paid',
          medium: 'cpc',
          campaign: 'okna',
          keyword: null
        })
      }
      const overflow = tracking.sourceOf(shop.numberIds.get(shop.overflow) ?? '', Date.now(), null)
      expect(overflow?.source).to.equal(null)
      expect(overflow?.visit).to.deep.include({
        rule: 'pool',
        visitId: null,
        confidence: 0,
        poolId: shop.poolId
      })
      expect(tracking.sourceOf(randomUUID(), Date.now(), null)).to.equal(null)
    } finally {
      await restarted.stop()
    }
  })

  it('let the earlier visit of a caller stand for a redial, when another visitor holds the number', async () => {
    const shop = await site(1)
    const first = await browser(shop).visit()
    const numberId = shop.numberIds.get(shop.numbers[0] ?? '') ?? ''
    const caller = '+79160000001'
    expect(tracking.sourceOf(numberId, Date.now(), caller)?.visit.visitId).to.equal(first.body['visit'])
    await rig
      .db('number_slots')
      .where({ pool_id: shop.poolId })
      .update({ held_until: new Date(0) })
    const second = await browser(shop).visit()
    const redial = tracking.sourceOf(numberId, Date.now(), caller)?.visit
    expect(redial).to.deep.include({ rule: 'redial', visitId: first.body['visit'] })
    expect(tracking.sourceOf(numberId, Date.now(), '+79160000002')?.visit.visitId).to.equal(
      second.body['visit']
    )
  })

  it('show the overflow number when every other is lent, and advise more numbers', async () => {
    const shop = await site(1)
    await browser(shop).visit()
    const second = await browser(shop).visit()
    expect(numbersIn(second)).to.deep.include({
      group: 'main',
      e164: shop.overflow,
      kind: 'overflow',
      formatted: numbersIn(second)[0]?.['formatted' as never]
    })
    const { body } = await rig.as.marketer.get(`/api/number-pools/${shop.poolId}/advice`)
    expect(body['measured']).to.deep.include({ visits: 2, overflowed: 1, coverage: 0.5 })
    expect(body).to.include({ numbers: 1, visitorsPerHour: 2, isShort: true })
  })

  it('learn from a heartbeat what other systems have given the visitor since', async () => {
    const shop = await site(1)
    const anna = browser(shop)
    const { visit } = (await anna.visit({ at: 1000, ids: { _fbp: 'fb.1' } })).body
    const told = { _ga: 'GA1.1.11.22', roistat_visit: '4336465' }
    await anna.post('heartbeat', { visit, at: 2000, ids: told })
    await browser(shop).post('heartbeat', { visit, at: 9e14, ids: { roistat_visit: 'guessed' } })
    const row = await rig.db('visits').where({ id: visit }).first<{ cookies: object; ga_client_id: string }>()
    expect(row.cookies).to.deep.equal({ _fbp: 'fb.1', ...told })
    expect(row.ga_client_id).to.equal('11.22')
  })

  it('hold a number by heartbeats, take no replay, and let go at leaving', async () => {
    const shop = await site(1)
    const anna = browser(shop)
    const { body } = await anna.visit({ at: 1000 })
    const beat = (at: number, rest: object = {}) =>
      anna.post('heartbeat', { visit: body['visit'], at, active: true, ...rest })
    const first = await beat(2000)
    expect(first.body['result']).to.equal('held')
    expect((await beat(2000)).body).to.deep.equal({ result: 'replayed', until: null })
    const left = await beat(3000, { leaving: true })
    expect(Date.parse(String(left.body['until']))).to.be.below(Date.parse(String(first.body['until'])))
    expect(
      (await browser(shop).post('heartbeat', { visit: body['visit'], at: 9e14 })).body['result']
    ).to.equal('replayed')
  })

  it('accept visitors whose clocks are wrong by years', async () => {
    const shop = await site(3)
    for (const at of [0, 1, 1e15]) expect((await browser(shop).visit({ at })).status).to.equal(200)
  })

  describe('refuse', () => {
    it('an unknown key', async () => {
      const shop = await site(1)
      expect((await browser({ ...shop, key: 'nope' }).visit()).body).to.include({
        code: 'unknown_site',
        status: 404
      })
      expect((await rig.request('GET', '/t.js?key=nope')).body).to.include({ code: 'unknown_site' })
    })
    it('pages that are not of the site, and machines without one', async () => {
      const shop = await site(1, { site: { allowed_origins: ['https://landing.example'] } })
      const host = shop.origin.slice('https://'.length)
      for (const origin of [
        `https://evil-${host}`,
        `https://${host}.evil.example`,
        'null',
        'https://evil.example'
      ])
        expect((await browser(shop, { Origin: origin }).visit()).body, origin).to.include({
          code: 'wrong_origin'
        })
      const headers = { 'User-Agent': chrome }
      const bare = await rig.request('POST', '/api/track/visits', {
        body: { key: shop.key, url: shop.origin, at: 1 },
        headers
      })
      expect(bare.body).to.include({ code: 'wrong_origin' })
      for (const origin of [`https://www.${host}`, `http://m.${host}`, 'https://landing.example'])
        expect((await browser(shop, { Origin: origin }).visit()).status, origin).to.equal(200)
      expect(await rowsOf('visits', shop.siteId)).to.equal(3)
    })
    it('what is no JSON, too large or of the wrong shape', async () => {
      const shop = await site(1)
      const headers = { Origin: shop.origin, 'User-Agent': chrome, 'Content-Type': 'text/plain' }
      const send = (body: unknown) => rig.request('POST', '/api/track/visits', { body, headers })
      expect((await send('{"key":')).body).to.include({ code: 'bad_json' })
      expect((await send('x'.repeat(40_000))).body).to.include({ code: 'body_too_large' })
      expect((await send('[]')).status).to.equal(422)
      expect((await send({ key: shop.key })).status).to.equal(422)
      expect((await send({ key: shop.key, url: shop.origin, at: 1, visitor: "' or 1=1" })).status).to.equal(
        422
      )
      expect(
        (await send({ key: shop.key, url: shop.origin, at: 1, groups: Array(50).fill('a') })).status
      ).to.equal(422)
      expect(await rowsOf('visits', shop.siteId)).to.equal(0)
    })
    it('a flood of one address, for a while', async () => {
      const shop = await site(1)
      const headers = { Origin: shop.origin, 'X-Forwarded-For': flooding }
      const answer = await rig.request('POST', '/api/track/visits', { body: { key: shop.key }, headers })
      expect(answer.body).to.include({ code: 'too_many_attempts', status: 429 })
      expect(answer.headers.get('Retry-After')).to.equal('5')
    })
  })

  it('keep hostile text as text, cut', async () => {
    const shop = await site(1)
    const nasty = `\u0000<script>alert(1)</script>'; drop table visits; -- \ud83d ${'x'.repeat(3000)}`
    const answer = await browser(shop).visit({
      url: `${shop.origin}/?utm_source=${encodeURIComponent(nasty.replace('\ud83d', ''))}&utm_medium=%00`,
      referrer: nasty,
      title: nasty,
      zone: nasty,
      language: nasty,
      screen: nasty,
      ids: { _ga: nasty, __proto__x: nasty }
    })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    const visit = (await rig.db('visits').where({ id: answer.body['visit'] }).first()) as Record<
      string,
      string
    >
    expect(visit['page_title']).to.match(/^<script>alert\(1\)<\/script>'; drop table visits; --/)
    expect(visit['page_title']?.length).to.be.at.most(300)
    expect(visit['landing_url']?.length).to.be.at.most(2000)
    expect(visit['ga_client_id']).to.equal(null)
  })

  it('give thousands of visits of one address the shared number, without a trace', async () => {
    const shop = await site(5, { site: { visits_per_address: 20 } })
    const crowd = browser(shop)
    const kinds: string[] = []
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => crowd.visit({ visitor: randomUUID() }))
      )
      for (const answer of answers)
        kinds.push(`${String(answer.body['state'])} ${numbersIn(answer)[0]?.kind ?? ''}`)
    }
    expect(kinds.filter((kind) => kind === 'tracked lease')).to.have.length(5)
    expect(kinds.filter((kind) => kind === 'tracked overflow')).to.have.length(15)
    expect(kinds.filter((kind) => kind === 'capped overflow')).to.have.length(180)
    expect(await rowsOf('visits', shop.siteId)).to.equal(20)
    // An invented visit is no way round it.
    expect((await crowd.visit({ visitor: randomUUID(), visit: randomUUID() })).body['state']).to.equal(
      'capped'
    )
    expect((await browser(shop).visit()).body['state']).to.equal('tracked')
  })

  it('give machines the shared number', async () => {
    const shop = await site(1)
    const bot = browser(shop, {
      'User-Agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
    })
    const answer = await bot.visit()
    expect(answer.body).to.include({ state: 'machine', visitor: null, visit: null })
    expect(numbersIn(answer)[0]).to.include({ e164: shop.overflow })
    expect(await rowsOf('visits', shop.siteId)).to.equal(0)
  })

  it('store nothing without consent where it is needed, and show the number of the source alone', async () => {
    const shop = await site(1, { site: { consent: 'required' } })
    const [still] = await rig.db('numbers').insert({ e164: '+78005550001' }).returning<{ id: string }[]>('id')
    await rig.db('number_pools').insert({
      name: `Static of ${shop.key}`,
      site_id: shop.siteId,
      mode: 'static',
      rule: JSON.stringify({ channels: ['paid'] }),
      overflow_number_id: still?.id
    })
    await tracking.reload()
    const anna = browser(shop)
    const before = await anna.visit()
    expect(before.body).to.include({ state: 'noConsent', visitor: null, visit: null })
    expect(numbersIn(before)[0]).to.include({ e164: '+78005550001', kind: 'static' })
    const organic = await anna.visit({ url: `${shop.origin}/`, referrer: 'https://ya.ru/' })
    expect(numbersIn(organic)).to.deep.equal([])
    expect(await rowsOf('visitors', shop.siteId)).to.equal(0)
    // With consent the pools decide as for everybody: the narrower rule, the static pool, goes first.
    const after = await anna.visit({ consent: true, url: `${shop.origin}/`, referrer: 'https://ya.ru/' })
    expect(after.body).to.include({ state: 'tracked' })
    expect(numbersIn(after)[0]?.kind).to.equal('lease')
  })

  it('keep visitors of two sites apart, though they claim one id', async () => {
    const [one, two] = [await site(1), await site(1)]
    const anna = browser(one)
    await anna.visit()
    const stranger = await browser(two).visit({ visitor: anna.visitor })
    expect(stranger.body['state']).to.equal('tracked')
    expect(stranger.body['visitor']).to.not.equal(anna.visitor)
    expect(numbersIn(stranger)[0]?.kind).to.equal('lease')
  })

  it('note events and who the visitor is, and join them to the contact', async () => {
    const shop = await site(1)
    const contact = await rig.as.admin.send('POST', '/api/contacts', {
      name: 'Anna',
      phones: ['+79165556677']
    })
    const anna = browser(shop)
    const { body } = await anna.visit()
    const tell = (rest: object) => anna.post('events', { visit: body['visit'], ...rest })
    expect((await tell({ kind: 'event', name: 'opened prices', data: { page: 2 } })).status).to.equal(204)
    expect(
      (await tell({ kind: 'identify', name: 'identify', data: { phone: '8 (916) 555-66-77' } })).status
    ).to.equal(204)
    expect((await tell({ kind: 'event', name: 'x', visit: randomUUID() })).status).to.equal(404)
    const visitor: unknown = await rig.db('visitors').where({ id: anna.visitor }).first()
    expect(visitor).to.deep.include({ contact_id: idOf(contact), identity: { phone: '+79165556677' } })
    expect(await rowsOf('visit_events', shop.siteId)).to.equal(1)
  })

  it('keep forms with their visit, and drop those of machines', async () => {
    const shop = await site(1)
    const anna = browser(shop)
    const { body } = await anna.visit()
    const form = {
      visit: body['visit'],
      form: 'callback',
      name: 'Анна',
      phone: '8 916 555 66 88',
      fields: { size: '120×80' }
    }
    const sent = await anna.post('forms', form)
    expect(sent.status).to.equal(201)
    expect((await anna.post('forms', { ...form, trap: 'http://spam.example' })).status).to.equal(201)
    await anna.post('forms', { ...form, phone: '8 916 555 66 89', visit: randomUUID() })
    const rows = await rig.db('form_submissions').where({ site_id: shop.siteId }).orderBy('at').select()
    expect(rows).to.have.length(2)
    expect(rows[0]).to.deep.include({
      id: sent.body['id'],
      visit_id: body['visit'],
      phone: '+79165556688',
      name: 'Анна'
    })
    expect(rows[1]).to.deep.include({ visit_id: null, visitor_id: null })
  })

  it('order callbacks for the visit, few per phone and address, and none to where nothing may be dialled', async () => {
    const shop = await site(1)
    const anna = browser(shop)
    const { body } = await anna.visit()
    const order = (phone: string, from = anna, rest: object = {}) =>
      from.post('callbacks', { visit: body['visit'], phone, ...rest })
    const made = await order('8 916 777 88 01', anna, { name: 'Анна', note: 'about windows' })
    expect(made.status, JSON.stringify(made.body)).to.equal(201)
    const row: unknown = await rig.db('callbacks').where({ id: made.body['id'] }).first()
    const visit_id = body['visit']
    expect(row).to.deep.include({
      phone: '+79167778801',
      kind: 'form',
      name: 'Анна',
      visit_id,
      site_id: shop.siteId
    })
    expect((await order('+79167778801')).body).to.deep.equal({ id: made.body['id'], isMerged: true })
    const boris = browser(shop)
    expect((await order('nonsense', boris)).body).to.include({ code: 'bad_number' })
    expect((await order('112', boris)).status).to.equal(422)
    expect((await order('+9647901234567', boris)).body).to.include({ code: 'country_not_allowed' })
    expect((await order('+79167778801')).status).to.equal(201)
    expect((await order('+79167778801', browser(shop))).body, 'the phone').to.include({
      code: 'too_many_attempts'
    })
    const elsewhere = browser(shop, { Origin: 'https://evil.example' })
    expect((await order('+79167778805', elsewhere)).body).to.include({ code: 'wrong_origin' })
    const tooFar = { wishedAt: new Date(Date.now() + 90 * 86_400_000).toISOString() }
    expect((await order('+79167778806', browser(shop), tooFar)).body).to.include({ code: 'invalid' })
  })

  it('answer the question that browsers ask before JSON, for known origins only', async () => {
    const shop = await site(1)
    const ask = (origin: string) =>
      rig.request('OPTIONS', '/api/track/visits', { headers: { Origin: origin } })
    const known = await ask(shop.origin)
    expect(known.status).to.equal(204)
    expect(known.headers.get('Access-Control-Allow-Origin')).to.equal(shop.origin)
    expect((await ask('https://evil.example')).headers.get('Access-Control-Allow-Origin')).to.equal(null)
  })
})
