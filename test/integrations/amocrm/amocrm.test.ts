import { expect } from 'chai'
import { amocrm } from '../../../integrations/amocrm/index.ts'
import { amocrmSettings } from '../../../integrations/amocrm/settings.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { formsOf } from '../forms.ts'
import { foundWorld, hookTokenOf, type World } from '../world.ts'
import { startAccount, type Account } from './stub.ts'

const minute = 60_000
const ivan = '+79161112233'
const stranger = '+79169990000'

describe('amoCRM, by the contract it publishes', function () {
  this.timeout(90_000)
  let world: World
  let account: Account
  let id: string
  let database: TestDatabase
  /** What this installation is known by outside. */
  let publicUrl: string | null = null

  before(async function () {
    // The first to ask starts PostgreSQL.
    this.timeout(120_000)
    database = await createTestDatabase()
    let nowOf: () => number = () => Date.now()
    account = await startAccount(() => nowOf())
    world = await foundWorld(database, (now) => {
      nowOf = now
      return [
        amocrm({
          makeLink: (recordingId) => publicUrl && `${publicUrl}/r/${recordingId}.mp3`,
          publicUrl: 'https://pbx.example.com'
        })
      ]
    })
  })
  after(async () => {
    await world.close()
    await account.close()
    await database.drop()
  })
  beforeEach(async () => {
    await world.db.raw('truncate connectors, call_events cascade')
    for (const list of [account.calls, account.unsorted, account.notes, account.tasks, account.pops])
      list.length = 0
    account.asked.length = 0
    account.tooMany = 0
    world.clock.move(5000)
    account.entities.splice(0, Infinity, {
      ...{ id: 8, type: 'contacts', name: 'Иван', phone: ivan },
      responsible_user_id: 12
    })
    Object.assign(account, { code: `code-${Math.random()}`, isAway: false, losesAnswersOf: null })
    Object.assign(account, { refuses: null, nobody: 'item' })
    publicUrl = 'https://pbx.example.com'
    world.ports.called.length = 0
    id = await world.add(
      'amocrm',
      amocrmSettings.parse({
        portal: account.url,
        redirectUrl: account.redirectUrl,
        people: { [world.anna]: '11', [world.boris]: '12' },
        defaultPerson: '1'
      }),
      { clientId: account.clientId, clientSecret: account.clientSecret, code: account.code }
    )
    expect(await world.connectors.test(id, publicUrl)).to.include({ isOk: true })
  })

  const job = async (callId: string): Promise<Record<string, unknown>> =>
    (await world.db('connector_jobs').where({ subject_id: callId }).first<Record<string, unknown>>()) ?? {}
  const connector = (): Promise<Record<string, unknown>> =>
    world.db('connectors').where({ id }).first<Record<string, unknown>>()
  const later = async (ms = minute): Promise<void> => {
    world.clock.move(ms)
    await world.connectors.work()
  }

  /** A call that went well, told as it goes. */
  async function wholeCall(client = ivan): Promise<string> {
    const call = world.call({ client })
    await call.done()
    await call.rings(world.anna).done()
    world.clock.move(5000)
    await call.answers(world.anna).done()
    await call.talkEnds(40).done()
    await call.rates(5).ends('answered').done()
    world.clock.move(3000)
    await call.recorded().done()
    return call.callId
  }

  it('hears of a whole call: card, talk, rating, source, a link to the record', async () => {
    const callId = await wholeCall()
    expect(account.pops).to.deep.equal([{ type: 'phone_call', phone_number: ivan, users: [11] }])
    expect(account.calls).to.have.length(1)
    expect(account.calls[0]).to.include({
      ...{ direction: 'inbound', uniq: callId, phone: ivan, call_status: 4, duration: 45 },
      ...{ responsible_user_id: 11, entity_id: 8 }
    })
    expect(account.calls[0]?.['call_result']).to.equal(
      'Оценка клиента: 5 · Яндекс.Директ / Окна / купить окна'
    )
    expect(account.calls[0]?.['link']).to.match(/^https:\/\/pbx\.example\.com\/r\/[\w-]+\.mp3$/)
    expect(account.notes).to.have.length(1)
    expect(JSON.stringify(account.notes[0])).to.include('Источник: Яндекс.Директ')
    expect(account.tasks).to.have.length(0)
    expect(await job(callId)).to.include({ state: 'done', last_error: null })
    const links = await world.db('connector_links').where({ connector_id: id, our_id: callId })
    expect(links[0]).to.include({ foreign_kind: 'call', foreign_id: String(account.calls[0]?.['id']) })
  })

  it('waits two minutes for the record, and tells of a later one, and of a later rating, by notes', async () => {
    const call = world.call()
    await call.rings(world.anna).answers(world.anna).talkEnds(10).ends('answered').done()
    expect(account.calls).to.have.length(0)
    await later(2 * minute)
    expect(account.calls).to.have.length(1)
    expect(account.calls[0]).to.not.have.property('link')
    await call.rates(2).recorded().done()
    expect(account.calls).to.have.length(1)
    const said = account.notes.map((note) => String((note['params'] as { text: string }).text))
    expect(said).to.have.length(3)
    expect(said[1]).to.match(/Оценка клиента: 2$/)
    expect(said[0]).to.match(/Запись разговора: https:\/\/pbx\.example\.com\/r\/[\w-]+\.mp3$/)
  })

  it('sends no link where nobody outside reaches us', async () => {
    publicUrl = null
    const callId = await wholeCall()
    expect(account.calls[0]).to.not.have.property('link')
    expect(account.notes).to.have.length(1)
    expect(await job(callId)).to.include({ state: 'done' })
  })

  it('puts a transferred call to whoever talked last, with a card for each', async () => {
    const call = world.call()
    await call.rings(world.anna).done()
    await call.answers(world.anna).done()
    await call.talkEnds(20, true).rings(world.boris).done()
    await call.answers(world.boris).talkEnds(30).ends('answered').recorded().done()
    expect(account.pops.map(({ users }) => users)).to.deep.equal([[11], [12]])
    expect(account.calls).to.have.length(1)
    expect(account.calls[0]).to.include({ responsible_user_id: 12 })
  })

  it('makes one task of missed calls for whoever looks after the client there', async () => {
    for (let count = 0; count < 2; count += 1) {
      await world.call().rings(world.anna).declines(world.anna).ends('missed').done()
      world.clock.move(minute)
    }
    expect(account.calls.map(({ call_status, duration }) => [call_status, duration])).to.deep.equal([
      [6, 0],
      [6, 0]
    ])
    expect(account.tasks).to.have.length(1)
    expect(account.tasks[0]).to.include({
      ...{ task_type_id: 1, entity_id: 8, entity_type: 'contacts', responsible_user_id: 12 },
      text: `Перезвоните: пропущенный звонок с номера ${ivan}`
    })
  })

  for (const nobody of ['item', 'embedded', 'whole', 'hollow'] as const)
    it(`puts a client that nobody knows into Unsorted (${nobody})`, async () => {
      account.nobody = nobody
      const callId = await wholeCall(stranger)
      expect(account.calls).to.have.length(0)
      expect(account.unsorted).to.have.length(1)
      expect(account.unsorted[0]).to.deep.include({ source_uid: callId, category: 'sip' })
      expect(account.unsorted[0]?.['metadata']).to.include({ from: stranger, duration: 45, uniq: callId })
      expect(JSON.stringify(account.unsorted[0])).to.include('/r/').and.include(`"value":"${stranger}"`)
      expect(await job(callId)).to.include({ state: 'done', last_error: null })
    })

  it('says nothing of spam, hidden numbers, and calls to strangers that we made', async () => {
    await world.call({ isSpam: true }).rings(world.anna).ends('missed').done()
    await world.call({ client: null }).ends('missed').done()
    await world.call({ client: stranger, direction: 'out' }).ends('missed').done()
    expect(account.unsorted).to.have.length(0)
    expect(account.calls).to.have.length(0)
  })

  it('renews a token that has ended once, however many calls wait for it', async () => {
    const { refreshes } = account
    world.clock.move(25 * 60 * minute)
    for (let count = 0; count < 3; count += 1)
      await world.write(world.call().rings(world.anna).answers(world.anna).talkEnds(5).ends('answered').rows)
    await later(3 * minute)
    expect(account.calls).to.have.length(3)
    expect(account.refreshes - refreshes).to.equal(1)
    await later(25 * 60 * minute)
    await wholeCall()
    expect(account.refreshes - refreshes).to.equal(2)
  })

  it('stops when its keys are refused, and goes on with new ones', async () => {
    account.forgetTokens()
    const callId = await wholeCall()
    expect(await connector()).to.include({ state: 'needsLogin', trouble: 'tokenRefused' })
    expect(await world.connectors.test(id, publicUrl)).to.include({ isOk: false, code: 'tokenRefused' })
    await world.connectors.changeKeys(id, { code: 'guessed' })
    expect(await world.connectors.test(id, publicUrl)).to.include({ isOk: false })
    account.code = 'fresh'
    await world.connectors.changeKeys(id, { code: 'fresh' })
    expect(await world.connectors.test(id, publicUrl)).to.include({ isOk: true })
    await later()
    expect(account.calls).to.have.length(1)
    expect(await job(callId)).to.include({ state: 'done' })
  })

  it('is joined by a long-lived token as well', async () => {
    await world.db('connectors').delete()
    const other = await world.add('amocrm', amocrmSettings.parse({ portal: account.url }), {})
    expect(await world.connectors.test(other, null)).to.include({ isOk: false, code: 'notInstalled' })
    await world.connectors.changeKeys(other, { token: 'invented' })
    expect(await world.connectors.test(other, null)).to.include({ isOk: false, code: 'http401' })
    await world.connectors.changeKeys(other, { token: account.token })
    expect(await world.connectors.test(other, null)).to.include({ isOk: true })
  })

  it('loses and doubles nothing in an outage of an hour', async () => {
    account.isAway = true
    const during: string[] = []
    for (let count = 0; count < 6; count += 1) {
      const call = world.call({ client: count % 2 === 0 ? ivan : stranger })
      await call.rings(world.boris).answers(world.boris).talkEnds(20).ends('answered').recorded().done()
      during.push(call.callId)
      await later(10 * minute)
    }
    expect(await connector()).to.include({ state: 'ready', trouble: 'http503' })
    account.isAway = false
    await later(5 * minute)
    const told = [
      ...account.calls.map(({ uniq }) => uniq),
      ...account.unsorted.map((one) => one['source_uid'])
    ]
    expect(told).to.have.members(during)
    expect(account.pops, 'no card for a call that was over').to.have.length(0)
    expect(await world.db('connector_jobs').whereNot({ state: 'done' })).to.have.length(0)
  })

  it('stays inside seven requests a second when many calls wait', async () => {
    for (let count = 0; count < 12; count += 1)
      await world.write(world.call().rings(world.anna).ends('missed').rows)
    await world.connectors.work()
    expect(account.calls).to.have.length(12)
    expect(account.tooMany).to.equal(0)
  })

  for (const path of ['v4/calls', 'v4/contacts/notes', 'v4/tasks', 'v4/leads/unsorted/sip', 'v2/events'])
    it(`neither loses nor doubles when the answer to ${path} is lost`, async () => {
      account.losesAnswersOf = path
      const client = path.includes('unsorted') ? stranger : ivan
      const call = world.call({ client })
      await call.rings(world.anna).done()
      await later()
      await call.ends('missed').done()
      await later()
      expect(account.losesAnswersOf).to.equal(null)
      expect(account.calls).to.have.length(client === ivan ? 1 : 0)
      expect(account.unsorted).to.have.length(client === ivan ? 0 : 1)
      expect(account.notes).to.have.length(client === ivan ? 1 : 0)
      expect(account.tasks).to.have.length(client === ivan ? 1 : 0)
      expect(account.pops).to.have.length(1)
      expect(await job(call.callId)).to.include({ state: 'done' })
    })

  it('does again what never arrived', async () => {
    account.refuses = { path: 'v4/calls', status: 500, body: { title: 'Internal Server Error' } }
    const callId = await wholeCall()
    expect(await job(callId)).to.include({ state: 'pending', asked: 'call' })
    account.refuses = null
    await later()
    expect(account.calls).to.have.length(1)
    expect(await job(callId)).to.include({ state: 'done' })
  })

  it('gives a call up that is refused, tells why, and sends it again when asked', async () => {
    const errors = [{ code: 'InvalidType', path: 'phone', detail: 'This phone is not valid' }]
    account.refuses = {
      ...{ path: 'v4/calls', status: 400 },
      body: { 'validation-errors': [{ request_id: '0', errors }], title: 'Bad Request', status: 400 }
    }
    const callId = await wholeCall()
    expect(await job(callId)).to.include({ state: 'failed', last_error: 'phone: This phone is not valid' })
    account.refuses = null
    expect(await world.connectors.resend(id, null)).to.equal(1)
    await world.connectors.work()
    expect(account.calls).to.have.length(1)
  })

  it('adds nothing when the tape is replayed', async () => {
    const callId = await wholeCall()
    const before = account.asked.length
    const rows = await world.db('call_events').where({ call_id: callId }).orderBy('seq')
    await world.write(
      rows.map((row: { seq: number; type: string; at: Date; data: Record<string, unknown> }) => ({
        ...{ callId, seq: row.seq, type: row.type, atMs: row.at.getTime(), data: row.data },
        ...{ from: null, to: null, effects: [] }
      }))
    )
    await world.connectors.work()
    expect(account.asked.length).to.equal(before)
  })

  it('puts each form of our sites into Unsorted, once, and a wish to be called back', async () => {
    const { inquiry, form } = await formsOf(world.db, () => world.clock.nowMs)
    account.losesAnswersOf = 'v4/leads/unsorted/forms'
    const first = await inquiry({ kind: 'form', phone: stranger })
    await form(first, stranger, 'Три окна')
    await world.connectors.work()
    await later()
    expect(account.unsorted).to.have.length(1)
    expect(account.unsorted[0]).to.deep.include({ category: 'forms', source_name: 'Яндекс.Директ' })
    expect(account.unsorted[0]?.['metadata']).to.include({
      ...{ form_name: 'Замер', form_page: 'https://okna.example.com/zamer' }
    })
    expect(JSON.stringify(account.unsorted[0])).to.include('petr@example.com').and.include('Три окна')
    await form(first, stranger, 'И дверь')
    await later()
    expect(account.unsorted).to.have.length(2)
    await inquiry({ kind: 'callback', phone: stranger, callback_id: first })
    await inquiry({ kind: 'call', phone: stranger, call_id: first })
    await inquiry({ kind: 'form', phone: stranger, state: 'spam' })
    await later()
    expect(account.unsorted, 'a call is told as a call, and spam not at all').to.have.length(3)
    expect(await world.db('connector_jobs').whereNot({ state: 'done' })).to.have.length(0)
  })

  it('says whose client it is, and who works there', async () => {
    const url = `${account.url}/ringtrace/owner`
    expect(await world.connectors.owner(url, ivan, 1500)).to.deep.include({
      contactName: 'Иван',
      userId: world.boris
    })
    expect(await world.connectors.owner(url, stranger, 1500)).to.equal(null)
    account.users.splice(0)
    for (let count = 0; count < 260; count += 1)
      account.users.push({ id: count + 1, name: `Имя ${count}`, email: `u${count}@example.com` })
    const people = await world.connectors.people(id)
    expect(people).to.have.length(260)
    expect(await world.connectors.list(id, 'pipelines')).to.deep.equal([{ id: '77', name: 'Продажи' }])
  })

  it('calls for whoever clicked a number there, once, and not for another account', async () => {
    const token = await hookTokenOf(world, id)
    const ask = (body: object, method: 'GET' | 'POST' = 'POST', query = {}): Promise<unknown> =>
      world.connectors.serve('amocrm', token, { method, path: '', query, body, headers: {} })
    const click = { account: '127', user: '11', phone: ivan, click: 'c1' }
    expect(await ask({ ...click, account: 'other' })).to.include({ status: 403 })
    expect(await ask({ ...click, phone: '' })).to.include({ status: 422 })
    expect(await ask({ ...click, user: '99' })).to.deep.include({
      body: { ok: false, reason: 'noSuchPerson' }
    })
    expect(world.ports.called).to.have.length(0)
    for (let count = 0; count < 2; count += 1)
      expect(await ask(click)).to.deep.include({ body: { ok: true } })
    expect(world.ports.called).to.deep.equal([{ phone: ivan, userId: world.anna, line: null }])
    world.ports.refuses = 'operator_busy'
    expect(await ask({ ...click, click: 'c2' })).to.deep.include({
      body: { ok: false, reason: 'operator_busy' }
    })
    world.ports.refuses = null
  })

  it('is joined by the code that a user of the account comes back with', async () => {
    const token = await hookTokenOf(world, id)
    await world.db('connectors').update({ state: 'new' })
    const back = (query: Record<string, string>): Promise<unknown> =>
      world.connectors.serve('amocrm', token, { method: 'GET', path: '', query, body: null, headers: {} })
    account.code = 'by-redirect'
    expect(await back({ code: 'by-redirect', referer: 'other.amocrm.ru' })).to.include({ status: 400 })
    expect(await back({ code: 'guessed', referer: '127.0.0.1' })).to.include({ status: 400 })
    expect(await connector()).to.include({ state: 'new' })
    expect(await back({ code: 'by-redirect', referer: '127.0.0.1' })).to.include({ status: 200 })
    expect(await connector()).to.include({ state: 'ready' })
  })

  it('keeps no secret in its log', async () => {
    await wholeCall()
    const log = JSON.stringify(await world.db('connector_exchanges').select('*'))
    expect(log).to.include('oauth2/access_token')
    const stored = JSON.stringify(await world.db('connectors').select('*'))
    for (const text of [log, stored]) expect(text).to.not.include(account.clientSecret)
    expect(log).to.not.match(/"(access_token|refresh_token)\\?":\\?"[0-9a-f]{24}/)
  })
})
