import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { pino } from 'pino'
import { createCrm, type Crm } from '../../../crm/crm.ts'
import { announceNothing } from '../../../crm/ports.ts'
import { readPipelines } from '../../../integrations/comagic/funnels.ts'
import { comagic } from '../../../integrations/comagic/index.ts'
import type { Keys } from '../../../integrations/connectors/kind.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { until } from '../../support/until.ts'
import { foundWorld, hookTokenOf, type World } from '../world.ts'
import { startAccount, type Account } from './stub.ts'

type Row = Record<string, unknown>
const minute = 60_000
const log = pino({ level: 'silent' })

describe('UIS and CoMagic, by the contract they publish', function () {
  this.timeout(90_000)
  let database: TestDatabase
  let world: World
  let account: Account
  let crm: Crm
  let id: string
  let clients = 0

  before(async function () {
    this.timeout(120_000)
    database = await createTestDatabase()
    const { db } = database
    let nowOf: () => number = () => Date.now()
    account = await startAccount(() => nowOf())
    world = await foundWorld(database, (now) => {
      nowOf = now
      const makeLink = (recording: string) => `https://pbx.example.com/api/shared-recordings/${recording}.mp3`
      return [comagic({ makeLink, pipelines: () => readPipelines(db), baseUrl: account.url })]
    })
    crm = createCrm({ db, databaseUrl: database.url, announce: announceNothing, log })
    crm.start()
    id = await link({ login: account.login, password: account.password })
  })
  after(async () => {
    await crm.stop()
    await world.close()
    await account.close()
    await database.drop()
  })
  beforeEach(() => {
    account.asked.length = 0
    world.clock.move(minute)
  })

  async function link(keys: Keys, change: Row = {}): Promise<string> {
    const made = await world.add('comagic', settings(change), keys)
    expect(await world.connectors.test(made, null)).to.include({ isOk: true })
    return made
  }
  const settings = (change: Row): Row => ({
    ...{
      server: 'uiscom',
      timeZone: 'Europe/Moscow',
      siteId: '24',
      campaignId: '',
      currency: 'RUB',
      locale: 'ru'
    },
    ...{ isSendingCalls: true, isSendingRecords: true, isSendingForms: true, isSendingDeals: true },
    ...{ isTakingRequests: true, people: { [world.anna]: '7' }, defaultPerson: null },
    ...change
  })

  /** Nobody has called from there before. */
  const someone = (): string => `+7926${String(1_000_000 + (clients += 1))}`
  const job = async (subjectId: unknown): Promise<Row> =>
    (await world
      .db('connector_jobs')
      .where({ connector_id: id, subject_id: subjectId })
      .first<Row | undefined>()) ?? {}
  const connector = (): Promise<Row> => world.db('connectors').where({ id }).first<Row>()
  const work = (): Promise<void> => world.connectors.work()

  async function tell(body: Row) {
    const request = { method: 'POST' as const, path: '', query: {}, body, headers: {} }
    const answer = await world.connectors.serve('comagic', await hookTokenOf(world, id), request)
    if (!answer) throw new Error('Nobody answered')
    return answer
  }

  it('makes sales funnels of our pipelines once, and adds stages between their neighbours', async () => {
    const [pipeline] = await readPipelines(world.db)
    const funnel = account.funnels.get(pipeline?.id ?? '')
    expect([...(funnel?.values() ?? [])]).to.deep.equal([10, 20, 30, 10_000, 10_000])
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
    expect(account.asked).to.not.include('create.sales_funnel')
    const [stage] = await world
      .db('pipeline_stages')
      .insert({ pipeline_id: pipeline?.id, name: 'Замер', kind: 'open', position: 15 })
      .returning<Row[]>('id')
    await world.connectors.test(id, null)
    expect(funnel?.get(String(stage?.['id']))).to.equal(15)
  })

  it('hears of a whole call once it is over: transfer, rating, record, in the time of the account', async () => {
    const call = world.call({ client: someone() })
    const first = call.rows[0]
    if (first) first.atMs = Date.parse('2026-11-22T09:00:00Z')
    await call.rings(world.boris).answers(world.boris).done()
    await call.talkEnds(20, true).rings(world.anna).answers(world.anna).done()
    await call.talkEnds(30).rates(4).ends('answered').done()
    expect(account.calls.size, 'the record is waited for').to.equal(0)
    await call.recorded().done()
    const there = account.calls.get(call.callId)
    expect(there).to.include({
      ...{ direction: 'in', called_phone_number: '74951234567', start_time: '2026-11-22 12:00:00' },
      ...{ is_lost: false, is_transfer: true, site_id: 24 }
    })
    expect(String(there?.['comment'])).to.include('Яндекс.Директ').and.include('Оценка: 4')
    expect((there?.['mp3_records'] as Row[])[0]).to.include({ employee_id: 7 })
    expect(await job(call.callId)).to.include({ state: 'done', last_error: null })
  })

  it('hears of a missed call and of an outgoing one, and nothing of spam and tests', async () => {
    const before = account.calls.size
    const missed = world.call({ client: someone() })
    await missed.rings(world.anna).ends('missed').done()
    expect(account.calls.get(missed.callId)).to.include({ is_lost: true, talk_duration: 0 })
    const out = world.call({ client: someone(), direction: 'out' })
    await out.rings(world.anna).answers(world.anna).talkEnds(9).ends('answered').recorded().done()
    expect(account.calls.get(out.callId)).to.include({
      direction: 'out',
      calling_phone_number: '74951234567'
    })
    await world.call({ client: someone(), isSpam: true }).ends('missed').done()
    await world.call({ client: someone(), callType: 'test' }).ends('missed').done()
    expect(account.calls.size).to.equal(before + 2)
  })

  it('begins a new session when the old one has ended, once for all that wait', async () => {
    const { sessions } = account
    world.clock.move(2 * 60 * minute)
    for (let count = 0; count < 3; count += 1)
      await world.write(world.call({ client: someone() }).rings(world.anna).ends('missed').rows)
    await work()
    expect(account.sessions).to.equal(sessions + 1)
    expect(await connector()).to.include({ state: 'ready', trouble: null })
  })

  it('loses and doubles nothing in an outage of an hour, in a lost answer, and in a replay', async () => {
    account.isAway = true
    const during: string[] = []
    for (let count = 0; count < 6; count += 1) {
      const call = world.call({ client: someone() })
      await call.rings(world.anna).answers(world.anna).talkEnds(20).ends('answered').recorded().done()
      during.push(call.callId)
      world.clock.move(10 * minute)
      await work()
    }
    expect(await connector()).to.include({ state: 'ready', trouble: 'http503' })
    account.isAway = false
    account.losesAnswersOf = 'upload.calls'
    for (let count = 0; count < 2; count += 1) {
      world.clock.move(5 * minute)
      await work()
    }
    expect(account.losesAnswersOf).to.equal(null)
    expect(during.every((callId) => account.calls.has(callId))).to.equal(true)
    expect(
      await world.db('connector_jobs').whereIn('subject_id', during).whereNot({ state: 'done' })
    ).to.have.length(0)
    const asked = account.asked.length
    const rows = await world.db('call_events').where({ call_id: during[0] }).orderBy('seq')
    await world.write(
      rows.map((row: { seq: number; type: string; at: Date; data: Row }) => ({
        ...{ callId: during[0] ?? '', seq: row.seq, type: row.type, atMs: row.at.getTime(), data: row.data },
        ...{ from: null, to: null, effects: [] }
      }))
    )
    await work()
    expect(account.asked.length).to.equal(asked)
  })

  it('asks for no more than the limits allow that each answer tells', async () => {
    account.minuteLimit = 23
    const waiting: string[] = []
    for (let count = 0; count < 10; count += 1) {
      const call = world.call({ client: someone() })
      waiting.push(call.callId)
      await world.write(call.rings(world.anna).ends('missed').rows)
    }
    for (let count = 0; count < 12 && !waiting.every((one) => account.calls.has(one)); count += 1) {
      await work()
      world.clock.move(30_000)
    }
    account.minuteLimit = 1000
    expect(waiting.every((one) => account.calls.has(one))).to.equal(true)
    const failed = await world.db('connector_jobs').whereIn('subject_id', waiting).whereNot({ state: 'done' })
    expect(failed).to.have.length(0)
    const refused = await world.db('connector_exchanges').whereRaw(`response like '%limit_exceeded%'`)
    expect(refused, 'nothing was asked for that was not left').to.have.length(0)
    world.clock.move(minute)
    await work()
  })

  it('stops for a person at a foreign address, and gives one call up that is refused', async () => {
    account.refuses = { method: 'upload.calls', code: -32008, mnemonic: 'method_component_disabled' }
    const refused = world.call({ client: someone() })
    await refused.rings(world.anna).ends('missed').done()
    expect(await job(refused.callId)).to.include({
      state: 'failed',
      last_error_code: 'method_component_disabled'
    })
    account.refuses = null
    account.isStranger = true
    const waiting = world.call({ client: someone() })
    await waiting.rings(world.anna).ends('missed').done()
    expect(await connector()).to.include({ state: 'needsLogin', trouble: 'ip_not_whitelisted' })
    account.isStranger = false
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
    await world.connectors.resend(id, null)
    world.clock.move(minute)
    await work()
    expect(account.calls.has(refused.callId) && account.calls.has(waiting.callId)).to.equal(true)
  })

  it('says when the zone is not the account\u2019s, and takes a permanent key', async () => {
    account.timezone = 'Asia/Yekaterinburg'
    expect(await world.connectors.test(id, null)).to.include({ isOk: false, code: 'otherZone' })
    account.timezone = 'Europe/Moscow'
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
    const { sessions } = account
    await world.db('connectors').where({ id }).update({ is_active: false, name: 'first' })
    const other = await link({ accessKey: account.accessKey }, { isSendingDeals: false })
    expect(account.sessions).to.equal(sessions)
    expect(await world.connectors.people(other)).to.deep.equal([
      { id: '7', name: 'Анна', extension: null, mail: null }
    ])
    await world.db('connectors').where({ id: other }).delete()
    await world.db('connectors').where({ id }).update({ is_active: true })
    const texts = JSON.stringify(await world.db('connector_exchanges').select('*'))
    for (const secret of [account.accessKey, account.password, 'session-1'])
      expect(texts).to.not.include(secret)
  })

  it('hears of a form once, though the answer was lost, with the visit that they know', async () => {
    account.losesAnswersOf = 'upload.offline_messages'
    const [visitorId, visitId] = [randomUUID(), randomUUID()]
    const [site] = await world
      .db('sites')
      .insert({ name: 'Окна', domain: 'okna.example.com' })
      .returning<Row[]>('id')
    await world.db('visitors').insert({ id: visitorId, site_id: site?.['id'], touch: '{}' })
    await world.db('visits').insert({
      ...{
        id: visitId,
        visitor_id: visitorId,
        site_id: site?.['id'],
        landing_url: 'https://okna.example.com/'
      },
      ...{
        page_url: 'https://okna.example.com/',
        rule: 'campaign',
        inquiry_channel: 'paid',
        source: 'yandex'
      },
      ...{ medium: 'cpc', campaign: 'Окна', cookies: JSON.stringify({ comagic_session: '38500' }) }
    })
    const form = { form_name: 'Замер', name: 'Иван', phone: someone(), message: 'Два окна' }
    await world
      .db('form_submissions')
      .insert({ site_id: site?.['id'], visit_id: visitId, visitor_id: visitorId, ...form })
    const inquiry = await until(() =>
      world.db('inquiries').where({ note: 'Два окна' }).first<Row | undefined>()
    )
    for (let count = 0; count < 3; count += 1) {
      world.clock.move(minute)
      await work()
    }
    expect(account.losesAnswersOf).to.equal(null)
    expect(account.requests).to.have.length(1)
    expect(account.requests[0]).to.include({
      ...{
        ext_id: inquiry['id'],
        name: 'Иван',
        form_name: 'Замер',
        visitor_session_id: 38500,
        message: 'Два окна'
      }
    })
    expect(account.requests[0]).to.not.have.property('site_id')
  })

  it('makes one inquiry of a request of theirs, with its source, and tells its deal stage by stage', async () => {
    const told = {
      ...{ communication_id: '770011', communication_type: 'offline_message', visitor_name: 'Пётр' },
      ...{ visitor_phone_number: '79990003344', text: 'Балкон', notification_time: '2026-11-22 12:00:00' },
      ...{
        channel: 'paid',
        utm_source: 'yandex',
        utm_medium: 'cpc',
        utm_campaign: 'Балконы',
        utm_term: '{{utm_term}}'
      },
      ...{ site_domain_name: 'www.okna.example.com', visitor_session_id: '39000', form_name: '' }
    }
    const answers = await Promise.all([tell(told), tell(told)])
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200])
    expect(await world.db('form_submissions').where({ foreign_id: 'communication 770011' })).to.have.length(1)
    const inquiry = await world.db('inquiries').where({ phone: '+79990003344' }).first<Row>()
    expect(inquiry).to.deep.include({
      ...{
        name: 'Пётр',
        note: 'Балкон',
        inquiry_channel: 'paid',
        source: 'yandex',
        campaign: 'Балконы',
        keyword: null
      },
      created_at: new Date('2026-11-22T09:00:00Z')
    })
    expect(inquiry['site_id'], 'by the domain that they name').to.be.a('string')
    await work()
    expect(account.requests, 'what has come from there is not told there').to.have.length(1)

    const { db } = world
    const stages = await db('pipeline_stages').orderBy('position').select<Row[]>('id', 'kind', 'pipeline_id')
    const [open, next] = stages
    const won = stages.find(({ kind }) => kind === 'won')
    const [deal] = await db('deals')
      .insert({
        ...{ title: 'Балкон', pipeline_id: open?.['pipeline_id'], stage_id: open?.['id'], amount: 0 },
        ...{ inquiry_id: inquiry['id'], contact_id: inquiry['contact_id'] }
      })
      .returning<Row[]>(['id', 'created_at'])
    const dealId = String(deal?.['id'])
    // Each stage a second after the one before: they refuse what lies before the stage that they knew last.
    const createdMs = (deal?.['created_at'] as Date).getTime()
    let moves = 0
    const move = async (stage: Row | undefined, change: Row = {}): Promise<void> => {
      const at = new Date(createdMs + (moves += 1) * 1000)
      await db('deal_stage_changes').insert({ deal_id: dealId, to_stage_id: stage?.['id'], at })
      await db('deals')
        .where({ id: dealId })
        .update({ stage_id: stage?.['id'], ...change })
      world.clock.move(minute)
      await work()
    }
    await move(open)
    expect(account.contacts.get(String(inquiry['contact_id']))).to.deep.include({
      phone_numbers: ['79990003344']
    })
    account.isAway = true
    await move(next)
    account.isAway = false
    account.losesAnswersOf = 'upload.deals_history'
    await move(won, { amount: 90_000, closed_at: new Date() })
    world.clock.move(5 * minute)
    await work()
    world.clock.move(5 * minute)
    await work()
    const history = account.deals.get(dealId) ?? []
    expect(history.map((one) => one['stage_ext_id'])).to.deep.equal([open?.['id'], next?.['id'], won?.['id']])
    expect(history.at(-1)).to.include({
      ...{ revenue: 90_000, communication_id: 770011, communication_type: 'offline_message' },
      sales_funnel_ext_id: open?.['pipeline_id']
    })
    expect(history.at(-1)).to.have.property('closed_date_time')
    await db('deals').where({ id: dealId }).update({ amount: 95_000 })
    world.clock.move(minute)
    await work()
    expect(account.deals.get(dealId), 'a changed sum is no new stage').to.have.length(3)
    expect(account.deals.get(dealId)?.at(-1)).to.include({ revenue: 95_000 })
    await db('contact_phones').insert({ contact_id: inquiry['contact_id'], e164: someone() })
    await db('deals').where({ id: dealId }).update({ title: 'Балкон и окно' })
    world.clock.move(minute)
    await work()
    expect(account.contacts.get(String(inquiry['contact_id']))?.['phone_numbers']).to.have.length(2)
    expect(await job(dealId)).to.include({ state: 'done', last_error: null })
  })

  it('answers a notification that says too little, and makes nothing of a call that came through us', async () => {
    expect(await tell({ visitor_phone_number: '79990003344' })).to.include({ status: 400 })
    expect(await tell({ communication_id: '1' })).to.include({ status: 400 })
    const caller = someone()
    await world.db('calls').insert({
      ...{ id: randomUUID(), pbx_unique_id: randomUUID(), call_type: 'tracking_static', direction: 'in' },
      ...{ caller_number: caller, started_at: new Date('2026-11-20T09:00:00Z') }
    })
    const before = await world.db('form_submissions').count<{ count: string }[]>('*')
    const call = {
      communication_type: 'call',
      contact_phone_number: caller,
      start_time: '2026-11-20 12:01:00'
    }
    expect((await tell({ ...call, communication_id: '41' })).status).to.equal(200)
    expect(await world.db('form_submissions').count<{ count: string }[]>('*')).to.deep.equal(before)
    const lost = { ...call, communication_id: '42', start_time: '2026-11-21 12:01:00' }
    expect((await tell(lost)).status).to.equal(200)
    await until(() => world.db('inquiries').where({ phone: caller }).first<Row | undefined>())
  })
})
