import { expect } from 'chai'
import { metrica } from '../../../integrations/metrica/index.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { makeDeal, makeInquiry, makeVisit, moveDeal } from '../crm-rows.ts'
import { foundWorld, type World } from '../world.ts'
import { startCounter, type Counter } from './stub.ts'

const minute = 60_000

describe('Yandex Metrica, by the contract it publishes', function () {
  this.timeout(90_000)
  let database: TestDatabase
  let world: World
  let counter: Counter
  let id: string

  before(async function () {
    this.timeout(120_000)
    database = await createTestDatabase()
  })
  after(() => database.drop())
  beforeEach(async () => {
    let nowOf: () => number = () => Date.now()
    counter = await startCounter(() => nowOf())
    world = await foundWorld(database, (now) => {
      nowOf = now
      return [metrica(counter.url)]
    })
    id = await world.add(
      'metrica',
      {
        counterId: '12345',
        isSendingCalls: true,
        isSendingDeals: true,
        wonGoal: 'paid',
        inquiryGoal: 'lead'
      },
      { token: counter.token }
    )
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
  })
  afterEach(async () => {
    await world.close()
    await counter.close()
  })

  /** A call with a talk of forty seconds, of somebody whom Metrica knows. */
  async function call(ym = '1700000000123456', client = '+79161112233'): Promise<string> {
    const one = world.call({ client, callType: 'tracking_dynamic', visit: { ymClientId: ym } })
    await one.rings(world.anna).answers(world.anna).talkEnds(40).ends('answered').done()
    return one.callId
  }
  const later = async (minutes = 13): Promise<void> => {
    world.clock.move(minutes * minute)
    await world.connectors.work()
  }
  const jobs = (): Promise<{ subject: string; state: string; last_error_code: string | null }[]> =>
    world.db('connector_jobs').orderBy('subject').select('subject', 'state', 'last_error_code')

  it('gets the calls of ten minutes in one file: talked, missed, static', async () => {
    await call()
    const missed = world.call({ client: '+79160000002', visit: { clickIds: {}, ymClientId: '42' } })
    await missed.rings(world.anna).ends('missed').done()
    await world.call({ client: '+79160000003' }).ends('missed').done()
    expect(counter.calls, 'nothing before its time').to.deep.equal([])
    await later()
    expect(counter.uploads).to.have.length(1)
    expect(counter.calls).to.have.length(2)
    const byId = new Map(counter.calls.map((row) => [row['ClientId'], row]))
    expect(byId.get('1700000000123456')).to.include({
      ...{ StaticCall: '0', TalkDuration: '40', CallMissed: '0', PhoneNumber: '+79161112233' },
      Tag: '+74951234567'
    })
    expect(byId.get('42')).to.include({ StaticCall: '1', TalkDuration: '0', CallMissed: '1' })
    await later(60)
    expect(counter.uploads, 'and only once').to.have.length(1)
    expect((await jobs()).map(({ state }) => state)).to.deep.equal(['done', 'done', 'done'])
  })

  it('counts won deals with their sum and new inquiries, by the visit they came from', async () => {
    const visitId = await makeVisit(world.db, { ym: '1700000000000000001' })
    const inquiryId = await makeInquiry(world.db, { visit_id: visitId })
    await makeInquiry(world.db, { visit_id: visitId, kind: 'call' })
    await makeInquiry(world.db, { visit_id: visitId, state: 'spam' })
    const dealId = await makeDeal(world.db, { inquiry_id: inquiryId, amount: 1500.5 })
    await later()
    expect(counter.conversions.map((row) => row['Target'])).to.deep.equal(['lead'])
    await world.db('deals').where({ id: dealId }).update({ amount: 2500.5 })
    await moveDeal(world.db, dealId, 'won')
    world.clock.nowMs = Math.max(world.clock.nowMs, Date.now())
    await later()
    expect(counter.conversions).to.have.length(2)
    expect(counter.conversions[1]).to.include({
      ...{ ClientId: '1700000000000000001', Target: 'paid', Price: '2500.50', Currency: 'RUB' }
    })
    await moveDeal(world.db, dealId, 'open')
    await moveDeal(world.db, dealId, 'won')
    await later()
    expect(counter.conversions, 'won once').to.have.length(2)
  })

  it('does not send a deal that was won by mistake', async () => {
    const visitId = await makeVisit(world.db, { clickIds: { yclid: '777' } })
    const inquiryId = await makeInquiry(world.db, { visit_id: visitId, kind: 'call' })
    const dealId = await makeDeal(world.db, { inquiry_id: inquiryId, amount: 10 })
    await moveDeal(world.db, dealId, 'won')
    await world.connectors.work()
    await moveDeal(world.db, dealId, 'open')
    await later()
    expect(counter.conversions).to.deep.equal([])
    await moveDeal(world.db, dealId, 'won')
    await later()
    expect(counter.conversions).to.have.length(1)
    expect(counter.conversions[0], 'by the click where the counter gave no id').to.include({ Yclid: '777' })
  })

  it('loses and doubles nothing when an answer is lost', async () => {
    await call()
    await call('43', '+79160000009')
    counter.losesAnswers = true
    await later()
    expect(counter.calls).to.have.length(2)
    for (let times = 0; times < 3; times += 1) await later(1)
    expect(counter.calls).to.have.length(2)
    expect((await jobs()).map(({ state }) => state)).to.deep.equal(['done', 'done'])
  })

  it('gets a transferred and rated call once, and nothing more when the tape is replayed', async () => {
    const one = world.call({ callType: 'tracking_dynamic', visit: { ymClientId: '45' } })
    one.rings(world.anna).answers(world.anna).talkEnds(20, true).rings(world.boris).answers(world.boris)
    await one.talkEnds(25).rates(5).ends('answered').recorded().done()
    await later()
    await world.write(one.rows)
    await later(60)
    expect(counter.calls).to.have.length(1)
    expect(counter.calls[0]).to.include({ ClientId: '45', TalkDuration: '45' })
    expect(counter.uploads).to.have.length(1)
  })

  it('brings everything over after an hour away', async () => {
    const visitId = await makeVisit(world.db, { ym: '55' })
    counter.isAway = true
    await call()
    await makeInquiry(world.db, { visit_id: visitId })
    for (let times = 0; times < 6; times += 1) await later(10)
    expect(await world.db('connectors').where({ id }).first<object>()).to.include({ trouble: 'http503' })
    await call('44', '+79160000004')
    counter.isAway = false
    for (let times = 0; times < 3; times += 1) await later(10)
    expect(counter.calls).to.have.length(2)
    expect(counter.conversions).to.have.length(1)
    expect((await jobs()).map(({ state }) => state)).to.deep.equal(['done', 'done', 'done'])
  })

  it('keeps one bad row from the others, and lists it', async () => {
    counter.refuses = '+79160000666'
    await call()
    await call('66', '+79160000666')
    await later()
    expect(counter.calls).to.have.length(1)
    const refused = (await jobs()).filter(({ state }) => state === 'failed')
    expect(refused).to.have.length(1)
    counter.refuses = null
    await world.connectors.resend(id, null)
    await later(1)
    expect(counter.calls).to.have.length(2)
  })

  it('waits for a person when the token is taken no more', async () => {
    await call()
    counter.isTokenRevoked = true
    await later()
    expect(await world.db('connectors').where({ id }).first<object>()).to.include({ state: 'needsLogin' })
    counter.isTokenRevoked = false
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
    await later()
    expect(counter.calls).to.have.length(1)
    expect(await world.connectors.list(id, 'goals')).to.deep.equal([{ id: 'paid', name: 'Оплата (paid)' }])
  })
})
