import { expect } from 'chai'
import { megafon } from '../../../integrations/megafon/index.ts'
import { mapping } from '../../../integrations/megafon/mapping.ts'
import { megafonSettings } from '../../../integrations/megafon/settings.ts'
import type { CallFacts } from '../../../integrations/connectors/facts.ts'
import type { ServeAnswer, ServeRequest } from '../../../integrations/connectors/kind.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { insertCall } from '../../api/support/calls.ts'
import { foundWorld, hookTokenOf, type World } from '../world.ts'
import { startCrm, type Crm } from './stub.ts'

const minute = 60_000
const apiKey = 'ours-9c2b'
type Row = Record<string, unknown>

describe('A CRM that speaks MegaFon’s protocol', function () {
  this.timeout(90_000)
  let database: TestDatabase
  let world: World
  let crm: Crm
  let id: string

  before(async function () {
    this.timeout(120_000)
    database = await createTestDatabase()
    crm = await startCrm()
    const makeLink = (recording: string): string => `https://pbx.example.com/${recording}.mp3`
    world = await foundWorld(database, () => [megafon({ db: database.db, makeLink })])
  })
  after(async () => {
    await world.close()
    await crm.close()
    await database.drop()
  })
  beforeEach(async () => {
    await world.db.raw('truncate connectors, call_events cascade')
    crm.taken.length = 0
    Object.assign(crm, { isAway: false, isTokenKnown: true, losesAnswer: false })
    crm.clients.clear()
    const { crmToken } = crm
    id = await world.add('megafon', megafonSettings.parse({ url: crm.url }), { crmToken, apiKey })
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
    crm.asked = 0
  })

  const job = async (callId: string): Promise<Row> =>
    (await world.db('connector_jobs').where({ subject_id: callId }).first<Row | undefined>()) ?? {}
  const later = async (ms = minute): Promise<void> => {
    world.clock.move(ms)
    await world.connectors.work()
  }
  const told = (): string[] =>
    crm.taken.map(({ cmd, type, user, rating }) =>
      cmd === 'event' ? `${type} ${user}` : [cmd, rating].filter(Boolean).join(' ')
    )

  describe('is told', () => {
    it('of a whole call: rings, a decline, the talk, a transfer, and its history with rating and record', async () => {
      const call = world.call()
      await call.rings(world.anna).done()
      await call.declines(world.anna).rings(world.boris).done()
      await call.answers(world.boris).done()
      expect(told()).to.deep.equal(['INCOMING anna', 'CANCELLED anna', 'INCOMING boris', 'ACCEPTED boris'])
      expect(crm.taken.at(-1)).to.deep.equal({
        ...{ cmd: 'event', type: 'ACCEPTED', user: 'boris', ext: '102', direction: 'in' },
        ...{ phone: '79161112233', diversion: '74951234567', callid: call.callId }
      })
      await call.talkEnds(20, true).rings(world.anna).answers(world.anna).done()
      await call.talkEnds(25).rates(4).done()
      await call.ends('answered').done()
      expect(told().slice(4)).to.deep.equal(['COMPLETED boris', 'ACCEPTED anna', 'COMPLETED anna'])
      await call.recorded().done()
      expect(told().slice(7)).to.deep.equal(['history 4'])
      expect(crm.taken.at(-1)).to.deep.include({
        ...{ type: 'in', status: 'Success', user: 'anna', ext: '101', duration: '45', rating: '4' },
        ...{ phone: '79161112233', diversion: '74951234567' }
      })
      expect(crm.taken.at(-1)?.['link']).to.match(/^https:\/\/pbx\.example\.com\/[0-9a-f-]{36}\.mp3$/)
      expect(await job(call.callId)).to.include({ state: 'done', last_error: null })
    })

    it('of a missed call, and of one of ours that nobody took', async () => {
      await world.call().rings(world.anna).ends('missed').done()
      expect(crm.taken).to.have.length(1)
      expect(crm.taken[0]).to.include({ cmd: 'history', status: 'missed', duration: '0', user: 'anna' })
      await world.call({ direction: 'out', orderedBy: world.boris }).ends('busy').done()
      expect(crm.taken[1]).to.include({ cmd: 'history', type: 'out', status: 'Busy', user: 'boris' })
    })

    it('of a rating that comes after the history', async () => {
      const call = world.call().rings(world.anna).answers(world.anna).talkEnds(5).ends('answered').recorded()
      await call.done()
      expect(told()).to.deep.equal(['history'])
      await call.rates(2).done()
      expect(told()).to.deep.equal(['history', 'rating 2'])
      expect(crm.taken[1]).to.include({ callid: call.callId, phone: '79161112233', user: 'anna' })
    })

    it('nothing of spam, tests, hidden numbers and blocked calls', async () => {
      await world.call({ isSpam: true }).rings(world.anna).ends('missed').done()
      await world.call({ callType: 'test' }).rings(world.anna).ends('missed').done()
      await world.call({ client: null }).rings(world.anna).ends('missed').done()
      await world.call().ends('blocked').done()
      expect(crm.taken).to.deep.equal([])
    })

    it('of each call once after an outage of an hour, without cards of calls that are over', async () => {
      crm.isAway = true
      const during = []
      for (let count = 0; count < 4; count += 1) {
        const call = world.call()
        await call.rings(world.anna).answers(world.anna).done()
        await call.talkEnds(30).ends('answered').recorded().done()
        during.push(call.callId)
        await later(15 * minute)
      }
      crm.isAway = false
      await later(5 * minute)
      expect(told()).to.deep.equal(['history', 'history', 'history', 'history'])
      expect(crm.taken.map(({ callid }) => callid)).to.have.members(during)
    })

    it('again of what it has not said to have heard, and by the same call id', async () => {
      const call = world.call()
      crm.losesAnswer = true
      await call.rings(world.anna).done()
      await later()
      await call.ends('missed').done()
      await later()
      expect(told()).to.deep.equal(['INCOMING anna', 'INCOMING anna', 'CANCELLED anna', 'history'])
      expect(new Set(crm.taken.map(({ callid }) => callid)).size).to.equal(1)
    })

    it('nothing more when the tape is replayed, and the log keeps no secret', async () => {
      const call = world.call().rings(world.anna).ends('missed')
      await call.done()
      await world.write(call.rows)
      await later()
      expect(told()).to.deep.equal(['history'])
      const log = JSON.stringify(await world.db('connector_exchanges').select('*'))
      expect(log).to.not.include(crm.crmToken).and.not.include(apiKey)
    })

    it('nothing while its token is refused; people are told why, and it goes on with another', async () => {
      crm.isTokenKnown = false
      const call = world.call().rings(world.anna).ends('missed')
      await call.done()
      const row = await world.db('connectors').where({ id }).first<Row>()
      expect(row).to.include({ state: 'needsLogin', trouble_detail: 'Invalid token' })
      crm.isTokenKnown = true
      await world.connectors.changeKeys(id, { crmToken: crm.crmToken, apiKey })
      expect(await world.connectors.test(id, null)).to.include({ isOk: true })
      await later()
      expect(await job(call.callId)).to.include({ state: 'done' })
    })
  })

  it('hears TRANSFERRED of whoever gave the talk on', () => {
    const { anna, boris } = world
    const talk = { leg: 'op1', name: '', fromMs: 0, toMs: null, seconds: 0, userId: boris }
    const talks = [{ ...talk, userId: anna, toMs: 5 }, talk]
    const facts = {
      callId: '1',
      line: null,
      ended: null,
      direction: 'in',
      client: '+79161112233',
      ringing: [],
      talks
    } as unknown as CallFacts
    const settings = megafonSettings.parse({ url: crm.url })
    const around = { nowMs: 9, settings, people: {}, ownerId: null, links: [] }
    const told = { told: { [anna]: 'talks' } }
    expect(mapping.next({ ...facts, isTransferred: true }, told, around)).to.include({
      key: `event TRANSFERRED ${anna}`
    })
    expect(mapping.next(facts, told, around)).to.include({ key: `event COMPLETED ${anna}` })
  })

  it('says in the middle of a call whose client it is', async () => {
    crm.clients.set('79161112233', { contact_name: 'ООО Ромашка', responsible: 'boris' })
    const url = new URL('/ringtrace/owner', crm.url).href
    expect(await world.connectors.owner(url, '+79161112233', 1500)).to.include({
      ...{ contactName: 'ООО Ромашка', userId: world.boris }
    })
    expect(await world.connectors.owner(url, '+79160000000', 1500)).to.equal(null)
  })

  describe('asks', () => {
    async function ask(given: Partial<ServeRequest>): Promise<ServeAnswer> {
      const request = { method: 'POST' as const, path: '', query: {}, body: null, headers: {}, ...given }
      const answer = await world.connectors.serve('megafon', await hookTokenOf(world, id), request)
      if (!answer) throw new Error('Nobody answered')
      return answer
    }
    const old = (body: Row): Promise<ServeAnswer> => ask({ body: { token: apiKey, ...body } })
    const fresh = (path: string, given: Partial<ServeRequest> = {}): Promise<ServeAnswer> =>
      ask({ method: 'GET', path: `/crmapi/v1/${path}`, headers: { 'x-api-key': apiKey }, ...given })

    it('for a call, by both interfaces; a click that comes twice is one call', async () => {
      const wish = { cmd: 'makeCall', phone: '8 (916) 111-22-33', user: 'anna' }
      const first = await old(wish)
      expect(first.status).to.equal(200)
      expect((await old(wish)).body).to.deep.equal(first.body)
      expect(world.ports.called.splice(0)).to.deep.equal([
        { phone: '+79161112233', userId: world.anna, line: null }
      ])
      const { status, body } = await fresh('makecall', {
        method: 'POST',
        body: { phone: '+79163334455', user: '102', clid: '84951234567' }
      })
      expect(status).to.equal(200)
      expect(body).to.have.property('callid')
      expect(world.ports.called.splice(0)).to.deep.equal([
        { phone: '+79163334455', userId: world.boris, line: '+74951234567' }
      ])
    })

    it('and is refused without the key, and for what makes no sense', async () => {
      expect(await ask({ body: { cmd: 'accounts', token: 'guessed' } })).to.include({ status: 401 })
      expect(await ask({ body: { cmd: 'accounts' } })).to.include({ status: 401 })
      for (const body of [
        { cmd: 'makeCall', phone: '+79161112233', user: 'nobody' },
        { cmd: 'makeCall', phone: "'; drop table users", user: 'anna' },
        { cmd: 'makeCall', user: 'anna' },
        { cmd: 'history', period: 'never' },
        { cmd: 'history', type: 'odd' },
        { cmd: 'history', start: '20261122T000000Z', end: '20261121T000000Z' },
        { cmd: 'history', limit: '-1' },
        { cmd: 'rm' },
        { cmd: { $gt: '' } }
      ])
        expect(await old(body), JSON.stringify(body)).to.include({ status: 400 })
      expect(await fresh('odd')).to.include({ status: 404 })
      expect(await fresh('makecall')).to.include({ status: 405 })
      expect(world.ports.called).to.deep.equal([])
    })

    it('who is there', async () => {
      expect((await old({ cmd: 'accounts' })).body).to.deep.equal([
        { name: 'anna', realName: 'Анна', ext: '101' },
        { name: 'boris', realName: 'Борис', ext: '102' }
      ])
      expect((await fresh('users')).body).to.deep.equal({
        items: [
          { login: 'anna', name: 'Анна', ext: '101' },
          { login: 'boris', name: 'Борис', ext: '102' }
        ]
      })
    })

    it('for the history, as JSON and as CSV', async () => {
      await world.db('calls').delete()
      const at = '2026-11-20T09:00:00.000Z'
      const callId = await insertCall(world.db, {
        ...{ direction: 'in', outcome: 'answered', started_at: at, answered_at: at, ended_at: at },
        ...{ caller_number: '+79161112233', dialed_number: '+74951234567', operator_id: world.anna },
        ...{ wait_seconds: 4, talk_seconds: 61, rating: 5, call_type: 'tracking_static' }
      })
      await insertCall(world.db, {
        ...{ direction: 'in', outcome: 'missed', started_at: '2026-11-20T10:00:00.000Z', ended_at: at },
        ...{ caller_number: '+79160000000', answered_at: null, talk_seconds: 0, call_type: 'tracking_static' }
      })
      const query = { start: '20261120T000000Z', end: '20261121T000000Z' }
      const { body } = await fresh('history/json', { query })
      expect(
        (body as Row[]).map(({ type, status }) => `${type as string} ${status as string}`)
      ).to.deep.equal(['missed missed', 'in Success'])
      expect((body as Row[])[1]).to.include({
        ...{ uid: callId, client: '79161112233', user: 'anna', start: '20261120T090000Z' },
        ...{ wait: 4, duration: 61, rating: 5, diversion: '74951234567' }
      })
      expect((await fresh('history/json', { query: { ...query, type: 'missed' } })).body).to.have.length(1)
      expect((await fresh('history/json', { query: { ...query, limit: '1' } })).body).to.have.length(1)
      const csv = await old({ cmd: 'history', ...query, type: 'in' })
      expect(csv.contentType).to.match(/^text\/csv/)
      expect(String(csv.body).split('\r\n')[1]).to.equal(
        `${callId},in,79161112233,anna,74951234567,20261120T090000Z,4,61,`
      )
    })
  })
})
