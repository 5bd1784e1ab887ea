import { expect } from 'chai'
import { bitrix24 } from '../../../integrations/bitrix24/index.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { foundWorld, hookTokenOf, type World } from '../world.ts'
import { startPortal, type Portal } from './stub.ts'

const minute = 60_000

/** A form as nested objects, the way the API reads it. */
function nested(form: Record<string, string>): Record<string, unknown> {
  const event: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(form)) {
    const [, outer = '', inner] = /^(\w+)(?:\[(\w+)\])?$/.exec(name) ?? []
    if (inner === undefined) event[outer] = value
    else event[outer] = { ...(event[outer] as object | undefined), [inner]: value }
  }
  return event
}

describe('Bitrix24, by the contract it publishes', function () {
  this.timeout(90_000)
  let world: World
  let portal: Portal
  let id: string

  let database: TestDatabase
  before(async function () {
    // The first to ask starts PostgreSQL.
    this.timeout(120_000)
    database = await createTestDatabase()
  })
  after(() => database.drop())
  beforeEach(async () => {
    let nowOf: () => number = () => Date.now()
    portal = await startPortal(() => nowOf())
    world = await foundWorld(database, (now) => {
      nowOf = now
      return [bitrix24(portal.oauthUrl)]
    })
    id = await world.add(
      'bitrix24',
      {
        portal: portal.url,
        people: { [world.anna]: '11', [world.boris]: '12' },
        ...{ defaultPerson: '1', isCreating: true, isShowingCard: true, isSendingRecords: true },
        ...{ isTellingSource: true, locale: 'ru' }
      },
      { clientId: portal.clientId, clientSecret: portal.clientSecret }
    )
  })
  afterEach(async () => {
    await world.close()
    await portal.close()
  })

  const event = async (form: Record<string, string>): ReturnType<World['connectors']['event']> =>
    world.connectors.event('bitrix24', await hookTokenOf(world, id), nested(form))
  const install = async (): Promise<void> => {
    expect(await event(portal.installEvent())).to.equal('taken')
    expect(await world.connectors.test(id, 'https://pbx.example.com')).to.include({ isOk: true })
    portal.asked.length = 0
  }
  const said = (): string[] => portal.asked.map(({ method }) => method.replace('telephony.externalCall.', ''))
  const job = async (callId: string): Promise<Record<string, unknown>> =>
    (await world.db('connector_jobs').where({ subject_id: callId }).first<Record<string, unknown>>()) ?? {}
  const connector = (): Promise<Record<string, unknown>> =>
    world.db('connectors').where({ id }).first<Record<string, unknown>>()

  /** A call that went well, told as it goes. */
  async function wholeCall(): Promise<string> {
    const call = world.call()
    await call.done()
    await call.rings(world.anna).done()
    world.clock.move(5000)
    await call.answers(world.anna).done()
    await call.talkEnds(40).done()
    world.clock.move(6000)
    await call.rates(5).ends('answered').done()
    world.clock.move(3000)
    await call.recorded().done()
    return call.callId
  }

  it('is joined by its install event, once its keys have proved themselves', async () => {
    const forged = { ...portal.installEvent(), 'auth[refresh_token]': 'invented' }
    expect(await event(forged)).to.equal('refused')
    expect(await connector()).to.include({ state: 'new' })
    await install()
    expect(await connector()).to.include({ state: 'ready', trouble: null })
    expect([...portal.lines]).to.deep.equal(['+74951234567'])
    expect([...portal.handlers.keys()]).to.deep.equal(['ONEXTERNALCALLSTART', 'ONEXTERNALCALLBACKSTART'])
    const again = await world.connectors.test(id, 'https://pbx.example.com')
    expect(again, 'what is there already is no trouble').to.include({ isOk: true })
  })

  it('hears of a whole call: card, talk, rating, record, source', async () => {
    await install()
    const callId = await wholeCall()
    const [call] = portal.calls
    expect(portal.calls).to.have.length(1)
    expect(call?.params).to.include({
      USER_ID: 11,
      TYPE: 2,
      PHONE_NUMBER: '+79161112233',
      EXTERNAL_CALL_ID: callId
    })
    expect(call?.finished).to.include({ USER_ID: 11, STATUS_CODE: '200', VOTE: 5 })
    expect(call?.uploads).to.have.length(1)
    expect(said()).to.deep.equal(['register', 'show', 'crm.timeline.comment.add', 'finish', 'attachRecord'])
    expect(String(portal.comments[0]?.['COMMENT'])).to.include('Яндекс.Директ').and.include('купить окна')
    expect(await job(callId)).to.include({ state: 'done', last_error: null })
    const links = await world
      .db('connector_links')
      .where({ connector_id: id, our_id: callId })
      .pluck('foreign_kind')
    expect(links).to.have.members(['call', 'activity'])
  })

  it('waits twenty seconds for a rating, and no longer', async () => {
    await install()
    const call = world.call()
    await call.rings(world.anna).answers(world.anna).talkEnds(15).done()
    expect(portal.calls[0]?.finished).to.equal(null)
    world.clock.move(19_000)
    await world.connectors.work()
    expect(portal.calls[0]?.finished).to.equal(null)
    world.clock.move(1000)
    await world.connectors.work()
    expect(portal.calls[0]?.finished).to.include({ DURATION: 15 }).and.not.have.property('VOTE')
    await call.ends('answered').done()
    expect(said().filter((method) => method === 'finish')).to.have.length(1)
  })

  it('moves the card with a transfer, and finishes it with whoever talked last', async () => {
    await install()
    const call = world.call()
    await call.rings(world.anna).answers(world.anna).done()
    expect(portal.calls[0]?.shownTo).to.deep.equal([11])
    await call.talkEnds(20, true).rings(world.boris).answers(world.boris).done()
    expect(portal.calls[0]?.shownTo).to.deep.equal([12])
    await call.talkEnds(30).ends('answered').recorded().done()
    expect(portal.calls[0]?.finished).to.include({ USER_ID: 12 })
    expect(portal.calls).to.have.length(1)
    expect(portal.calls[0]?.uploads, 'the longest record only').to.have.length(1)
  })

  it('takes the card from whoever declined, and tells of a missed call', async () => {
    await install()
    const call = world.call()
    await call.rings(world.anna).rings(world.boris).done()
    expect(portal.calls[0]?.shownTo).to.have.members([11, 12])
    await call.declines(world.anna).done()
    expect(portal.calls[0]?.shownTo).to.deep.equal([12])
    await call.declines(world.boris).ends('missed').done()
    expect(portal.calls[0]).to.deep.include({ shownTo: [] })
    expect(portal.calls[0]?.finished).to.include({ STATUS_CODE: '304', DURATION: 0 })
  })

  it('gives a call that rang nobody to the person for such calls, and says nothing of spam', async () => {
    await install()
    await world.call().ends('abandoned').done()
    await world.call({ isSpam: true }).rings(world.anna).ends('missed').done()
    await world.call({ client: null }).ends('missed').done()
    expect(portal.calls).to.have.length(1)
    expect(portal.calls[0]?.finished).to.include({ USER_ID: 1, STATUS_CODE: '304' })
  })

  it('keeps two calls of one client within half an hour apart', async () => {
    await install()
    for (let count = 0; count < 2; count += 1) {
      await world.call().rings(world.anna).answers(world.anna).talkEnds(10).ends('answered').done()
      world.clock.move(minute)
    }
    expect(portal.calls).to.have.length(2)
    expect(portal.calls.every(({ finished }) => finished !== null)).to.equal(true)
  })

  it('renews a token that has ended once, however many calls wait for it', async () => {
    await install()
    const { refreshes } = portal
    world.clock.move(2 * 60 * minute)
    for (const client of ['+79160000001', '+79160000002', '+79160000003'])
      await world.write(world.call({ client }).rings(world.anna).ends('missed').rows)
    await world.connectors.work()
    expect(portal.calls).to.have.length(3)
    expect(portal.refreshes - refreshes).to.equal(1)
  })

  it('loses and doubles nothing in an outage of an hour', async () => {
    await install()
    const open = world.call({ client: '+79160000001' })
    await open.rings(world.anna).answers(world.anna).done()
    portal.isAway = true
    await open.talkEnds(30).rates(4).ends('answered').recorded().done()
    const during: string[] = []
    for (let count = 0; count < 6; count += 1) {
      const call = world.call({ client: `+791600001${10 + count}` })
      await call.rings(world.boris).answers(world.boris).talkEnds(20).ends('answered').recorded().done()
      during.push(call.callId)
      world.clock.move(10 * minute)
      await world.connectors.work()
    }
    expect(await connector()).to.include({ state: 'ready', trouble: 'http503' })
    expect(portal.calls).to.have.length(1)
    const failed = await world.db('connector_jobs').where({ state: 'failed' })
    expect(failed, 'an outage is held against no call').to.have.length(0)

    portal.isAway = false
    world.clock.move(5 * minute)
    await world.connectors.work()
    expect(portal.calls).to.have.length(7)
    expect(portal.calls.map(({ params }) => params['EXTERNAL_CALL_ID']).slice(1)).to.have.members(during)
    expect(portal.calls.every(({ finished, uploads }) => finished && uploads.length === 1)).to.equal(true)
    expect(portal.calls[0]?.finished).to.include({ VOTE: 4 })
    const shows = said().filter((method) => method === 'show')
    expect(shows, 'no card for a call that was over').to.have.length(1)
    expect(await connector()).to.include({ trouble: null, failures: 0 })
  })

  it('stays inside the limits of the portal when many calls wait', async () => {
    await install()
    for (let count = 0; count < 20; count += 1) {
      const call = world.call({ client: `+7916000${1000 + count}` })
      await world.write(call.rings(world.anna).ends('missed').rows)
    }
    await world.connectors.work()
    expect(portal.calls.filter(({ finished }) => finished)).to.have.length(20)
    const statuses = await world.db('connector_exchanges').pluck<number[]>('status')
    expect(statuses.length, 'more than the portal takes at once').to.be.greaterThan(50)
    expect(statuses).not.to.include(503)
  })

  for (const method of ['register', 'finish', 'attachRecord']) {
    it(`does not double a call when the answer to ${method} is lost`, async () => {
      await install()
      portal.losesAnswersOf = `telephony.externalCall.${method}`
      const callId = await wholeCall()
      world.clock.move(minute)
      await world.connectors.work()
      expect(portal.losesAnswersOf).to.equal(null)
      expect(portal.calls).to.have.length(1)
      expect(portal.calls[0]?.finished).to.include({ VOTE: 5 })
      expect(portal.calls[0]?.uploads).to.have.length(1)
      expect(await job(callId)).to.include({ state: 'done' })
    })
  }

  it('says one comment at most, even if its answer is lost', async () => {
    await install()
    portal.losesAnswersOf = 'crm.timeline.comment.add'
    await wholeCall()
    world.clock.move(minute)
    await world.connectors.work()
    expect(portal.comments).to.have.length(1)
    expect(portal.calls[0]?.finished).to.not.equal(null)
  })

  it('adds nothing when the tape is replayed', async () => {
    await install()
    const callId = await wholeCall()
    const before = portal.asked.length
    const rows = await world.db('call_events').where({ call_id: callId }).orderBy('seq')
    await world.write(
      rows.map((row: { seq: number; type: string; at: Date; data: Record<string, unknown> }) => ({
        ...{ callId, seq: row.seq, type: row.type, atMs: row.at.getTime(), data: row.data },
        ...{ from: null, to: null, effects: [] }
      }))
    )
    await world.connectors.work()
    expect(portal.asked.length).to.equal(before)
  })

  it('gives a call up that the portal refuses, tells why, and sends it again when asked', async () => {
    await install()
    portal.refuses = {
      ...{ method: 'telephony.externalCall.register', status: 400 },
      ...{ error: 'ERROR_ARGUMENT', text: 'Unsupported phone number format' }
    }
    const callId = await wholeCall()
    expect(await job(callId)).to.include({ state: 'failed', last_error: 'Unsupported phone number format' })
    expect(await connector(), 'others go on').to.include({ trouble: null })
    portal.refuses = null
    expect(await world.connectors.resend(id, null)).to.equal(1)
    await world.connectors.work()
    expect(await job(callId)).to.include({ state: 'done', last_error: null })
    expect(portal.calls[0]?.finished).to.include({ VOTE: 5 })
  })

  it('stops when the application is taken away, and goes on when it is installed again', async () => {
    await install()
    portal.refuses = {
      ...{ method: 'telephony.externalCall.register', status: 401 },
      ...{ error: 'NO_AUTH_FOUND', text: 'Wrong authorization data' }
    }
    const callId = await wholeCall()
    expect(await connector()).to.include({ state: 'needsLogin', trouble: 'NO_AUTH_FOUND' })
    portal.refuses = null
    await event(portal.installEvent())
    world.clock.move(minute)
    await world.connectors.work()
    expect(await job(callId)).to.include({ state: 'done' })
    expect(portal.calls).to.have.length(1)
  })

  it('calls for whoever clicked a number there, in the call that the portal has made, once', async () => {
    await install()
    const click = portal.event('ONEXTERNALCALLSTART', {
      ...{ PHONE_NUMBER: '89161112233', PHONE_NUMBER_INTERNATIONAL: '+79161112233', USER_ID: '11' },
      ...{ CALL_ID: 'externalCall.there.1', LINE_NUMBER: '+74951234567' }
    })
    expect(await event(click)).to.equal('taken')
    expect(await event(click)).to.equal('taken')
    expect(world.ports.called).to.deep.equal([
      { phone: '+79161112233', userId: world.anna, line: '+74951234567' }
    ])
    const placed = await world
      .db('connector_events')
      .where({ key: 'call externalCall.there.1' })
      .first<{ call_id: string }>()
    portal.calls.push({
      ...{ id: 'externalCall.there.1', params: {}, shownTo: [11] },
      ...{ finished: null, records: [], uploads: [] }
    })
    const call = world.call({
      callId: placed.call_id,
      direction: 'out',
      callType: 'api',
      orderedBy: world.anna
    })
    await call.rings(world.anna).answers(world.anna).talkEnds(12).ends('answered').recorded().done()
    expect(said()).to.not.include('register')
    expect(portal.calls[0]?.finished).to.include({ USER_ID: 11, STATUS_CODE: '200' })
    expect(portal.calls[0]?.uploads).to.have.length(1)
  })

  it('tells the portal of a click that led to no call', async () => {
    await install()
    portal.calls.push({
      ...{ id: 'externalCall.there.2', params: {}, shownTo: [11] },
      ...{ finished: null, records: [], uploads: [] }
    })
    world.ports.refuses = 'operator_busy'
    const data = { PHONE_NUMBER: '+79161112233', USER_ID: '11', CALL_ID: 'externalCall.there.2' }
    await event(portal.event('ONEXTERNALCALLSTART', data))
    expect(portal.calls[0]?.finished).to.include({
      DURATION: 0,
      STATUS_CODE: '480',
      FAILED_REASON: 'operator_busy'
    })
  })

  it('orders the callback of a form, and believes nobody without the token', async () => {
    await install()
    const wish = portal.event('ONEXTERNALCALLBACKSTART', {
      PHONE_NUMBER: '+79161112233',
      TEXT: 'Перезвоните'
    })
    expect(await event({ ...wish, 'auth[application_token]': 'guessed' })).to.equal('refused')
    expect(world.ports.callbacks).to.have.length(0)
    expect(await event(wish)).to.equal('taken')
    expect(await event(wish)).to.equal('taken')
    expect(world.ports.callbacks).to.deep.equal([{ phone: '+79161112233', note: 'Перезвоните', line: null }])
    expect(await world.connectors.event('bitrix24', 'no-such-token', nested(wish))).to.equal('unknown')
  })

  it('says whose client it is, and who works there', async () => {
    await install()
    portal.owners.set('+79161112233', { NAME: 'Иван Петров', ASSIGNED_BY_ID: '12' })
    const url = `${portal.url}/ringtrace/owner`
    expect(await world.connectors.owner(url, '+79161112233', 1500)).to.deep.include({
      contactName: 'Иван Петров',
      userId: world.boris
    })
    expect(await world.connectors.owner(url, '+79160000000', 1500)).to.equal(null)
    portal.people = Array.from({ length: 60 }, (_, number) => ({
      ...{ ID: String(number + 1), NAME: 'Имя', LAST_NAME: `Ф${number}`, EMAIL: `u${number}@example.com` },
      UF_PHONE_INNER: number === 0 ? '101' : null
    }))
    const people = await world.connectors.people(id)
    expect(people).to.have.length(60)
    expect(people[0]).to.deep.include({ id: '1', extension: '101' })
  })

  it('keeps no secret in its log', async () => {
    await install()
    await wholeCall()
    const log = JSON.stringify(await world.db('connector_exchanges').select('*'))
    expect(log).to.include('telephony.externalCall.register')
    const stored = await world.db('connectors').select('*')
    for (const secret of [portal.clientSecret, portal.applicationToken]) {
      expect(log).to.not.include(secret)
      expect(JSON.stringify(stored)).to.not.include(secret)
    }
    expect(log).to.not.match(/"(access_token|refresh_token|auth)\\?":\\?"[0-9a-f]{24}/)
  })
})
