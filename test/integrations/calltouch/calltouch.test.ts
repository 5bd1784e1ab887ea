import { expect } from 'chai'
import { calltouch } from '../../../integrations/calltouch/index.ts'
import { calltouchSettings } from '../../../integrations/calltouch/settings.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { foundWorld, type World } from '../world.ts'
import { atsCode, startImport, token, type Import } from './stub.ts'

const minute = 60_000

describe('Calltouch, by its import of calls', function () {
  this.timeout(90_000)
  let database: TestDatabase
  let world: World
  let there: Import
  let id: string

  before(async function () {
    // The first to ask starts PostgreSQL.
    this.timeout(120_000)
    database = await createTestDatabase()
    there = await startImport()
    world = await foundWorld(database, () => [calltouch(there.url)])
  })
  after(async () => {
    await world.close()
    await there.close()
    await database.drop()
  })
  beforeEach(async () => {
    await world.db.raw('truncate connectors, call_events cascade')
    there.calls.length = 0
    Object.assign(there, { asked: 0, isAway: false, isTokenKnown: true, losesAnswer: false })
    id = await world.add('calltouch', calltouchSettings.parse({ atsCode }), { token })
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
  })

  const job = async (callId: string): Promise<Record<string, unknown>> =>
    (await world.db('connector_jobs').where({ subject_id: callId }).first<Record<string, unknown>>()) ?? {}
  const later = async (ms = minute): Promise<void> => {
    world.clock.move(ms)
    await world.connectors.work()
  }
  async function wholeCall(): Promise<string> {
    const call = world.call()
    await call.rings(world.anna).answers(world.anna).done()
    await call.talkEnds(20, true).rings(world.boris).answers(world.boris).talkEnds(25).rates(5).done()
    await call.ends('answered').done()
    await call.recorded().done()
    return call.callId
  }

  it('is told once of a whole call, a transferred one too, in the time of its account', async () => {
    world.clock.nowMs = Date.parse('2031-03-04T22:30:15Z')
    const callId = await wholeCall()
    expect(there.calls).to.deep.equal([
      {
        ...{ callid: callId, callerid: '79161112233', phonenumber: '74951234567' },
        ...{ destphonenumber: '74951234567', date: '2031-03-05 01:30:15', duration: '45', token }
      }
    ])
    expect(there.asked).to.equal(1)
    const link = await world.db('connector_links').where({ our_id: callId }).first<Record<string, unknown>>()
    expect(link).to.include({ foreign_kind: 'import', foreign_id: '7001' })
  })

  it('is told of missed calls, unless somebody does not want that, and never of others', async () => {
    await world.call().rings(world.anna).ends('missed').done()
    expect(there.calls[0]).to.include({ duration: '0' })
    await world.call({ direction: 'out' }).ends('missed').done()
    await world.call({ isSpam: true }).ends('missed').done()
    await world.call({ client: null }).ends('missed').done()
    await world.db('spam_marks').insert({ kind: 'phone', value: '+79161112233' })
    await world.call().ends('missed').done()
    await world.db('spam_marks').delete()
    await world
      .db('connectors')
      .update({ settings: JSON.stringify({ atsCode, timeZone: 'UTC', isSendingMissed: false }) })
    await world.call().ends('missed').done()
    expect(there.calls).to.have.length(1)
  })

  it('loses and doubles nothing in an outage of an hour', async () => {
    there.isAway = true
    const during = []
    for (let count = 0; count < 4; count += 1) {
      during.push(await wholeCall())
      await later(15 * minute)
    }
    expect(there.calls).to.have.length(0)
    there.isAway = false
    await later(5 * minute)
    expect(there.calls.map(({ callid }) => callid)).to.have.members(during)
  })

  it('knows by the refusal of a repeat that the first one has arrived', async () => {
    there.losesAnswer = true
    const callId = await wholeCall()
    await later()
    expect(there.calls).to.have.length(1)
    expect(there.asked).to.equal(2)
    expect(await job(callId)).to.include({ state: 'done', last_error: null })
  })

  it('stops at a token that is refused, tells why, and goes on with another', async () => {
    there.isTokenKnown = false
    const callId = await wholeCall()
    const row = await world.db('connectors').where({ id }).first<Record<string, unknown>>()
    expect(row).to.include({ state: 'needsLogin', trouble_detail: 'Wrong token' })
    there.isTokenKnown = true
    await world.connectors.changeKeys(id, { token })
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
    await later()
    expect(await job(callId)).to.include({ state: 'done' })
  })

  it('adds nothing when the tape is replayed, and keeps no secret in its log', async () => {
    const call = world.call().rings(world.anna).ends('missed')
    await call.done()
    await world.write(call.rows)
    await later()
    expect(there.asked).to.equal(1)
    expect(JSON.stringify(await world.db('connector_exchanges').select('*'))).to.not.include(token)
  })
})
