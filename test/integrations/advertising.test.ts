import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { pino } from 'pino'
import { createCostKeeper } from '../../integrations/costs/keeper.ts'
import { ga4 } from '../../integrations/ga4/index.ts'
import { googleAds } from '../../integrations/google-ads/index.ts'
import { yandexDirect } from '../../integrations/yandex-direct/index.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { makeDeal, makeInquiry, makeVisit, moveDeal } from './crm-rows.ts'
import { startStream, type Stream } from './ga4/stub.ts'
import { startAds, type Ads } from './google-ads/stub.ts'
import { foundWorld, type World } from './world.ts'
import { startDirect, type Direct } from './yandex-direct/stub.ts'

const minute = 60_000
const hour = 60 * minute

describe('Systems of advertising, by the contracts they publish', function () {
  this.timeout(90_000)
  let database: TestDatabase
  let world: World
  let ads: Ads
  let stream: Stream
  let direct: Direct

  before(async function () {
    this.timeout(120_000)
    database = await createTestDatabase()
  })
  after(() => database.drop())
  beforeEach(async () => {
    let nowOf: () => number = () => Date.now()
    ads = await startAds(() => nowOf())
    stream = await startStream()
    direct = await startDirect()
    world = await foundWorld(database, (now) => {
      nowOf = now
      return [
        googleAds({ api: ads.url, token: `${ads.url}/token` }),
        ga4(stream.url),
        yandexDirect(direct.url)
      ]
    })
    for (const table of ['costs', 'cost_imports', 'cost_connectors']) await world.db(table).delete()
  })
  afterEach(async () => {
    await world.close()
    await Promise.all([ads.close(), stream.close(), direct.close()])
  })

  const addAds = async (more: object = {}): Promise<string> => {
    const actions = { callAction: '11', inquiryAction: '22', wonAction: '33' }
    const own = { customerId: '1234567890', loginCustomerId: null, version: 'v22', consent: 'granted' }
    const settings = { ...own, ...actions, isSendingHashes: false, isReadingCosts: true, ...more }
    const id = await world.add('googleAds', settings, ads.keys)
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
    return id
  }
  const addStream = async (): Promise<string> => {
    const flags = { isSendingCalls: true, isSendingInquiries: true, isSendingDeals: true }
    const names = { callEvent: 'phone_call', missedEvent: 'missed_call', inquiryEvent: 'generate_lead' }
    const settings = { measurementId: 'G-ABC123', ...flags, ...names, consent: 'denied' }
    const id = await world.add('ga4', settings, { apiSecret: 'hush' })
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
    return id
  }
  async function call(visit: object, outcome: 'answered' | 'missed' = 'answered'): Promise<string> {
    const one = world.call({ visit })
    one.rings(world.anna)
    if (outcome === 'answered') one.answers(world.anna).talkEnds(40)
    await one.ends(outcome).done()
    return one.callId
  }
  /** With a transfer and a rating; then its tape is written once more, as a spool that is replayed does. */
  async function wholeCallTwice(visit: object): Promise<string> {
    const one = world.call({ visit })
    one.rings(world.anna).answers(world.anna).talkEnds(20, true).rings(world.boris).answers(world.boris)
    await one.talkEnds(25).rates(5).ends('answered').recorded().done()
    await later()
    await world.write(one.rows)
    await later(hour)
    return one.callId
  }
  const later = async (ms = 5 * minute): Promise<void> => {
    world.clock.move(ms)
    await world.connectors.work()
  }
  async function wonDeal(wish: Parameters<typeof makeVisit>[1], more: object = {}): Promise<string> {
    const visitId = await makeVisit(world.db, wish)
    const inquiryId = await makeInquiry(world.db, { visit_id: visitId, kind: 'call' })
    const id = await makeDeal(world.db, { inquiry_id: inquiryId, amount: 1500, ...more })
    await moveDeal(world.db, id, 'won')
    return id
  }
  const states = (): Promise<string[]> => world.db('connector_jobs').orderBy('state').pluck('state')

  describe('Google Ads', () => {
    it('gets a conversion of each call, inquiry and won deal that a click has brought', async () => {
      const id = await addAds()
      const callId = await call({ clickIds: { gclid: 'abc' } })
      await call({ clickIds: { gclid: 'abc' } }, 'missed')
      await call({ clickIds: { yclid: '1' } })
      const dealId = await wonDeal({ clickIds: { wbraid: 'w1' } })
      await later()
      expect(ads.taken.map((row) => row['order_id'])).to.have.members([`call-${callId}`, `deal-${dealId}`])
      expect(ads.taken.find((row) => row['wbraid'] === 'w1')).to.deep.include({
        ...{ conversion_action: 'customers/1234567890/conversionActions/33', conversion_value: 1500 },
        ...{ currency_code: 'RUB', consent: { ad_user_data: 'GRANTED', ad_personalization: 'GRANTED' } }
      })
      expect(await world.connectors.list(id, 'actions')).to.deep.equal([{ id: '77', name: 'Продажа' }])
    })

    it('names clients by hashes where that is wanted', async () => {
      await addAds({ isSendingHashes: true })
      await makeInquiry(world.db, { phone: '+79161112233', email: 'Ivan.Petrov@gmail.com' })
      await later()
      const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
      expect(ads.taken[0]?.['user_identifiers']).to.deep.equal([
        { hashed_email: hash('ivanpetrov@gmail.com') },
        { hashed_phone_number: hash('+79161112233') }
      ])
      const text = JSON.stringify(ads.taken)
      expect(text).to.not.include('gmail').and.not.include('79161112233')
    })

    it('loses and doubles nothing: lost answers, an hour away, an ended token', async () => {
      await addAds()
      ads.losesAnswers = true
      await call({ clickIds: { gclid: 'abc' } })
      await later()
      expect(ads.taken).to.have.length(1)
      expect(await states()).to.deep.equal(['done'])
      ads.isAway = true
      for (const gclid of ['d', 'e', 'f']) await call({ clickIds: { gclid } })
      for (let times = 0; times < 6; times += 1) await later(11 * minute)
      expect(ads.taken).to.have.length(1)
      ads.isAway = false
      const { refreshes } = ads
      await later(11 * minute)
      await later()
      expect(ads.taken).to.have.length(4)
      expect(ads.refreshes, 'the token has ended meanwhile, and one asks for all').to.equal(refreshes + 1)
      expect(await states()).to.deep.equal(['done', 'done', 'done', 'done'])
    })

    it('gets a transferred and rated call once, and nothing more when the tape is replayed', async () => {
      await addAds()
      const callId = await wholeCallTwice({ clickIds: { gclid: 'abc' } })
      expect(ads.taken.map((row) => row['order_id'])).to.deep.equal([`call-${callId}`])
    })

    it('keeps a bad row from the others, and stops when its keys are taken no more', async () => {
      const id = await addAds()
      await wonDeal({ clickIds: { gclid: 'unknown' } })
      await wonDeal({ clickIds: { gclid: 'good' } })
      await later()
      expect(ads.taken.map((row) => row['gclid'])).to.deep.equal(['good'])
      const failed = await world.db('connector_jobs').where({ state: 'failed' }).pluck('last_error_code')
      expect(failed).to.deep.equal(['UNPARSEABLE_GCLID'])
      ads.isRefreshRevoked = true
      await later(2 * hour)
      await call({ clickIds: { gclid: 'later' } })
      expect(await world.db('connectors').where({ id }).first<object>()).to.include({
        ...{ state: 'needsLogin', trouble: 'invalid_grant' }
      })
    })
  })

  describe('Google Analytics', () => {
    it('gets events in the session that brought them', async () => {
      await addStream()
      const cookies = { _ga_ABC123: 'GS2.1.s1790000000$o3$g1$t1790000100' }
      const visitId = await makeVisit(world.db, { ga: '11.22', cookies })
      await call({ visitId, gaClientId: '11.22' })
      await call({ visitId, gaClientId: '11.22' }, 'missed')
      await call({})
      const dealId = await wonDeal({ ga: '33.44' })
      await makeInquiry(world.db, { visit_id: visitId, kind: 'callback' })
      await later()
      expect(stream.events.map(({ name }) => name)).to.have.members([
        ...['phone_call', 'missed_call', 'purchase', 'generate_lead']
      ])
      const purchase = stream.events.find(({ name }) => name === 'purchase')
      expect(purchase?.params).to.include({ transaction_id: dealId, value: 1500, currency: 'RUB' })
      const talked = stream.events.find(({ name }) => name === 'phone_call')
      expect(talked?.params).to.include({
        session_id: '1790000000',
        talk_seconds: 40,
        engagement_time_msec: 1
      })
      expect(talked?.body['consent']).to.deep.equal({ ad_user_data: 'DENIED', ad_personalization: 'DENIED' })
      await later(hour)
      expect(stream.events).to.have.length(4)
    })

    it('gets a transferred and rated call once, and nothing more when the tape is replayed', async () => {
      await addStream()
      await wholeCallTwice({ gaClientId: '1.4' })
      expect(stream.events).to.have.length(1)
      expect(stream.events[0]?.params).to.include({ talk_seconds: 45 })
    })

    it('doubles nothing when an answer is lost, and waits while it is away', async () => {
      await addStream()
      stream.losesAnswers = true
      await call({ gaClientId: '1.2' })
      await later()
      expect(stream.events).to.have.length(1)
      expect(await states()).to.deep.equal(['done'])
      stream.isAway = true
      await call({ gaClientId: '1.3' })
      for (let times = 0; times < 6; times += 1) await later(10 * minute)
      stream.isAway = false
      await later(10 * minute)
      expect(stream.events).to.have.length(2)
    })
  })

  describe('costs', () => {
    const run = async (): Promise<Record<string, unknown>[]> => {
      const log = pino({ level: 'silent' })
      const connectors = (): ReturnType<World['connectors']['costs']> => world.connectors.costs()
      await createCostKeeper({ db: world.db, connectors, log }).run('2026-11-21')
      return world.db('costs').orderBy(['source', 'day']).select('*')
    }

    it('come from both, by day and campaign, and replace what came before', async () => {
      await addAds()
      const own = { clientLogin: 'agency-client', currency: 'RUB', isWithVat: true }
      const id = await world.add('yandexDirect', own, { token: direct.token })
      expect(await world.connectors.test(id, null)).to.include({ isOk: true })
      direct.waits = 3
      for (const rows of [await run(), await run()]) {
        expect(rows.map(({ source, campaign, amount }) => [source, campaign, Number(amount)])).to.deep.equal([
          ['google', 'Окна', 1234.56],
          ['google', 'Окна', 1234.56],
          ['yandex', 'Окна Москва', 987.65]
        ])
      }
      expect(direct.statuses).to.deep.equal([201, 202, 202, 200, 200])
      expect(await world.db('cost_imports').orderBy('label').pluck('label')).to.deep.equal([
        ...['googleAds', 'yandexDirect']
      ])
      await call({})
      expect(
        await world.db('connector_jobs').where({ connector_id: id }),
        'it is told of nothing'
      ).to.deep.equal([])
    })

    it('stay as they were while nobody answers, and the page says so', async () => {
      const id = await world.add(
        'yandexDirect',
        { clientLogin: null, currency: 'RUB', isWithVat: true },
        {
          token: direct.token
        }
      )
      await world.connectors.test(id, null)
      expect(await run()).to.have.length(1)
      direct.isAway = true
      expect(await run()).to.have.length(1)
      expect(await world.db('connectors').where({ id }).first<object>()).to.include({ trouble: 'http503' })
    })
  })
})
