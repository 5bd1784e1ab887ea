import { expect } from 'chai'
import { lptracker } from '../../../integrations/lptracker/index.ts'
import { lptrackerSettings } from '../../../integrations/lptracker/settings.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { formsOf } from '../forms.ts'
import { foundWorld, type World } from '../world.ts'
import { project, startTracker, type Tracker } from './stub.ts'

const minute = 60_000
const ivan = '+79161112233'

describe('LPTracker, by the requests of its own client', function () {
  this.timeout(90_000)
  let database: TestDatabase
  let world: World
  let there: Tracker
  let id: string

  before(async function () {
    // The first to ask starts PostgreSQL.
    this.timeout(120_000)
    database = await createTestDatabase()
    there = await startTracker()
    world = await foundWorld(database, () => [
      lptracker((recordingId) => `https://pbx.example.com/r/${recordingId}.mp3`, there.url)
    ])
  })
  after(async () => {
    await world.close()
    await there.stop()
    await database.drop()
  })
  beforeEach(async () => {
    await world.db.raw('truncate connectors, call_events, inquiries cascade')
    there.contacts.length = 0
    there.leads.length = 0
    Object.assign(there, { isAway: false, password: 'right', losesAnswersOf: null })
    world.clock.move(minute)
    id = await world.add(
      'lptracker',
      lptrackerSettings.parse({
        ...{ project: String(project), people: { [world.anna]: '71', [world.boris]: '72' } },
        closedStages: 'отказ, Завершено'
      }),
      { login: 'owner@example.com', password: 'right' }
    )
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
  })

  const job = async (callId: string): Promise<Record<string, unknown>> =>
    (await world.db('connector_jobs').where({ subject_id: callId }).first<Record<string, unknown>>()) ?? {}
  const later = async (ms = minute): Promise<void> => {
    world.clock.move(ms)
    await world.connectors.work()
  }
  async function wholeCall(client = ivan): Promise<string> {
    const call = world.call({ client })
    await call.rings(world.anna).answers(world.anna).done()
    await call.talkEnds(20, true).rings(world.boris).answers(world.boris).talkEnds(25).rates(5).done()
    await call.ends('answered').done()
    await call.recorded().done()
    return call.callId
  }

  it('gets a contact, a lead with its visit, and a comment with rating, source and record', async () => {
    const callId = await wholeCall()
    expect(there.contacts).to.have.length(1)
    expect(there.contacts[0]?.['details']).to.deep.equal([{ type: 'phone', data: '79161112233' }])
    expect(there.leads).to.have.length(1)
    expect(there.leads[0]).to.include({ owner: 72, name: `${ivan} · Яндекс.Директ` })
    expect(there.leads[0]?.['view']).to.include({ project_id: project, source: 'Яндекс.Директ' })
    const [comment = ''] = there.leads[0]?.comments ?? []
    expect(there.leads[0]?.comments).to.have.length(1)
    expect(comment).to.include('Входящий звонок, 45 с').and.include('Оценка клиента: 5')
    expect(comment)
      .to.include('Кампания: Окна')
      .and.match(/Запись разговора: https:.*\/r\/[\w-]+\.mp3$/)
    expect(await job(callId)).to.include({ state: 'done', last_error: null })
  })

  it('keeps one lead while it is open, and makes another when it is closed', async () => {
    await wholeCall()
    await world.call().rings(world.anna).ends('missed').done()
    expect(there.contacts).to.have.length(1)
    expect(there.leads.map(({ comments }) => comments.length)).to.deep.equal([2])
    expect(there.leads[0]?.comments[1]).to.include('Пропущенный звонок')
    there.close(there.leads[0]?.id ?? 0)
    await wholeCall()
    expect(there.leads.map(({ comments }) => comments.length)).to.deep.equal([2, 1])
  })

  it('waits for the record, and tells of a later one, and of a later rating, apart', async () => {
    const call = world.call()
    await call.rings(world.anna).answers(world.anna).talkEnds(10).ends('answered').done()
    expect(there.leads).to.have.length(0)
    await later(2 * minute)
    await call.rates(2).recorded().done()
    const said = there.leads[0]?.comments ?? []
    expect(said).to.have.length(2)
    expect(said[1]).to.include('Оценка клиента: 2').and.include('/r/')
  })

  it('says nothing of spam and hidden numbers, and makes no lead of strangers whom we called', async () => {
    await world.call({ isSpam: true }).ends('missed').done()
    await world.call({ client: null }).ends('missed').done()
    await world.call({ direction: 'out', client: '+79169998877' }).ends('missed').done()
    expect(there.leads).to.have.length(0)
  })

  it('logs in again when its token has ended, and stops when the password is another', async () => {
    const { logins } = there
    there.endTokens()
    await wholeCall()
    expect(there.leads).to.have.length(1)
    expect(there.logins - logins).to.equal(1)
    there.endTokens()
    there.password = 'changed'
    const callId = await wholeCall('+79160000001')
    expect(await world.db('connectors').where({ id }).first<object>()).to.include({
      ...{ state: 'needsLogin', trouble: 'wrongPassword' }
    })
    await world.connectors.changeKeys(id, { password: 'changed' })
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
    await later()
    expect(await job(callId)).to.include({ state: 'done' })
    expect(there.leads).to.have.length(2)
  })

  it('loses and doubles nothing in an outage of an hour', async () => {
    there.isAway = true
    for (let count = 0; count < 4; count += 1) {
      await wholeCall(count % 2 === 0 ? ivan : '+79160000002')
      await later(15 * minute)
    }
    expect(there.contacts).to.have.length(0)
    there.isAway = false
    await later(5 * minute)
    expect(there.contacts).to.have.length(2)
    expect(there.leads.map(({ comments }) => comments.length)).to.deep.equal([2, 2])
    expect(await world.db('connector_jobs').whereNot({ state: 'done' })).to.have.length(0)
  })

  for (const [what, path] of [
    ['contact', /^POST \/contact$/],
    ['lead', /^POST \/lead$/],
    ['comment', /comment$/]
  ] as const)
    it(`neither loses nor doubles when the answer to a new ${what} is lost`, async () => {
      there.losesAnswersOf = path
      const callId = await wholeCall()
      await later()
      expect(there.losesAnswersOf).to.equal(null)
      expect(there.contacts).to.have.length(1)
      expect(there.leads.map(({ comments }) => comments.length)).to.deep.equal([1])
      expect(await job(callId)).to.include({ state: 'done' })
    })

  it('puts forms and wishes to be called back to the same lead, spam never', async () => {
    const { inquiry, form } = await formsOf(world.db, () => world.clock.nowMs)
    const first = await inquiry({ kind: 'form', phone: ivan })
    await form(first, ivan, 'Три окна')
    await later()
    await form(first, ivan, 'И дверь')
    await inquiry({ kind: 'callback', phone: ivan, callback_id: first })
    await inquiry({ kind: 'form', phone: '+79160000003', state: 'spam' })
    await later()
    expect(there.contacts).to.have.length(1)
    expect(there.leads).to.have.length(1)
    const said = there.leads[0]?.comments.join('\n---\n') ?? ''
    expect(there.leads[0]?.comments).to.have.length(3)
    expect(said).to.include('Три окна').and.include('И дверь').and.include('Просит перезвонить')
  })

  it('adds nothing when the tape is replayed, and keeps no secret in its log', async () => {
    const call = world.call().rings(world.anna).ends('missed')
    await call.done()
    const { asked } = there
    await world.write(call.rows)
    await later()
    expect(there.asked).to.equal(asked)
    const log = JSON.stringify(await world.db('connector_exchanges').select('*'))
    expect(log).to.include('login').and.not.include('"right"')
    expect(log).to.not.match(/"token\\?":\\?"[0-9a-f]{24}/)
  })

  it('says whose client it is, and who works there', async () => {
    await wholeCall()
    const owner = await world.connectors.owner(`${there.url}/ringtrace/owner`, ivan, 1500)
    expect(owner).to.deep.include({ contactName: ivan, userId: world.boris })
    expect(await world.connectors.people(id)).to.deep.include({
      ...{ id: '71', name: 'Анна', extension: null, mail: 'anna@example.com' }
    })
  })
})
