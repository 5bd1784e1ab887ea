import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { until } from '../../support/until.ts'
import { direct } from '../tape.ts'
import type { World } from '../world.ts'
import { openLink, password, user, type Link } from './link.ts'
import { askedBy, type Cloud } from './stub.ts'

type Row = Record<string, unknown>
const minute = 60_000

describe('Roistat, by the contract it publishes', function () {
  this.timeout(90_000)
  let link: Link
  let world: World
  let cloud: Cloud
  let id: string
  let clients = 0

  before(async function () {
    this.timeout(120_000)
    link = await openLink()
    ;({ world, cloud, id } = link)
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
  })
  after(() => link.close())
  beforeEach(() => {
    for (const list of [cloud.calls, cloud.leads, cloud.asked]) list.length = 0
    world.clock.move(minute)
  })

  /** Nobody has called from there before. */
  const someone = (): string => `+7916${String(1_000_000 + (clients += 1))}`
  const job = async (subjectId: string): Promise<Row> =>
    (await world.db('connector_jobs').where({ subject_id: subjectId }).first<Row | undefined>()) ?? {}
  const connector = (): Promise<Row> => world.db('connectors').where({ id }).first<Row>()
  const work = (): Promise<void> => world.connectors.work()
  const visit: Link['visit'] = (roistatVisit) => link.visit(roistatVisit)
  const ask: Link['ask'] = (...given) => link.ask(...given)
  const orders = async (since = 0): Promise<Row[]> =>
    (await ask({ action: 'export', date: String(since), offset: '0' })).body['orders'] as Row[]
  const forms = (): Promise<Row[]> => world.db('form_submissions').orderBy('at')

  it('hears of a whole call once it is over: talk, transfer, rating, record, visit', async () => {
    const call = world.call({ client: someone(), direction: 'in' })
    const first = call.rows[0]
    if (first) Object.assign(first.data, { visit: { ...(await visit('4336465')), utm: {}, clickIds: {} } })
    await call.rings(world.anna).answers(world.anna).done()
    await call.talkEnds(20, true).rings(world.boris).answers(world.boris).done()
    expect(cloud.calls, 'nothing while it goes on').to.have.length(0)
    await call.talkEnds(30).rates(5).ends('answered').done()
    expect(cloud.calls, 'the record is waited for').to.have.length(0)
    await call.recorded().done()
    expect(cloud.calls).to.have.length(1)
    expect(cloud.calls[0]).to.include({
      ...{ callee: '74951234567', status: 'ANSWER', visit_id: '4336465', save_to_crm: 0, duration: 50 }
    })
    expect(cloud.calls[0]).to.not.have.property('marker')
    expect(String(cloud.calls[0]?.['comment'])).to.match(/С переводом.*Оценка: 5/)
    expect(String(cloud.calls[0]?.['link'])).to.match(/^https:.*\.mp3$/)
    expect(await job(call.callId)).to.include({ state: 'done', last_error: null })
    const link = await world
      .db('connector_links')
      .where({ connector_id: id, our_id: call.callId })
      .first<Row>()
    expect(link).to.include({ foreign_kind: 'call', foreign_id: '1' })
  })

  it('hears of a missed call with our source as its marker, and nothing of spam, tests and outgoing calls', async () => {
    await world.call({ client: someone(), source: direct }).rings(world.anna).ends('missed').done()
    expect(cloud.calls).to.have.length(1)
    expect(cloud.calls[0]).to.include({
      status: 'NOANSWER',
      marker: 'Яндекс.Директ_Окна_купить-окна',
      answer_duration: 0
    })
    await world.call({ client: someone(), isSpam: true }).ends('missed').done()
    await world.call({ client: someone(), callType: 'test' }).ends('missed').done()
    await world.call({ client: null }).ends('missed').done()
    await world.call({ client: someone(), direction: 'out' }).ends('missed').done()
    expect(cloud.calls).to.have.length(1)
  })

  it('loses and doubles nothing in an outage of an hour, in a lost answer, and in a replay', async () => {
    cloud.isAway = true
    const during: string[] = []
    for (let count = 0; count < 6; count += 1) {
      const call = world.call({ client: someone() })
      await call.rings(world.anna).answers(world.anna).talkEnds(20).ends('answered').recorded().done()
      during.push(call.callId)
      world.clock.move(10 * minute)
      await work()
    }
    expect(await connector()).to.include({ state: 'ready', trouble: 'http503' })
    expect(await world.db('connector_jobs').where({ state: 'failed' })).to.have.length(0)
    cloud.isAway = false
    cloud.losesAnswersOf = 'project/phone-call'
    world.clock.move(5 * minute)
    await work()
    world.clock.move(5 * minute)
    await work()
    expect(cloud.losesAnswersOf).to.equal(null)
    const marks = cloud.calls.map(({ comment }) => /Ringtrace ([\w-]+)/.exec(String(comment))?.[1])
    expect(marks).to.have.members(during).and.have.length(6)
    expect(await connector()).to.include({ trouble: null, failures: 0 })
    const asked = cloud.asked.length
    const rows = await world.db('call_events').where({ call_id: during[0] }).orderBy('seq')
    await world.write(
      rows.map((row: { seq: number; type: string; at: Date; data: Row }) => ({
        ...{ callId: during[0] ?? '', seq: row.seq, type: row.type, atMs: row.at.getTime(), data: row.data },
        ...{ from: null, to: null, effects: [] }
      }))
    )
    await work()
    expect(cloud.asked.length).to.equal(asked)
  })

  it('stays inside ten requests a second when many calls wait', async () => {
    for (let count = 0; count < 30; count += 1)
      await world.write(world.call({ client: someone() }).rings(world.anna).ends('missed').rows)
    await work()
    expect(cloud.calls).to.have.length(30)
    expect(await connector()).to.include({ trouble: null })
  })

  it('gives up what Roistat refuses, and stops when the key is taken no more', async () => {
    cloud.refuses = { path: 'project/phone-call', status: 400, error: 'incorrect_request_parameters' }
    const refused = world.call({ client: someone() })
    await refused.rings(world.anna).ends('missed').done()
    expect(await job(refused.callId)).to.include({
      state: 'failed',
      last_error_code: 'incorrect_request_parameters'
    })
    cloud.refuses = null
    cloud.isLocked = true
    const waiting = world.call({ client: someone() })
    await waiting.rings(world.anna).ends('missed').done()
    expect(await connector()).to.include({ state: 'needsLogin', trouble: 'authentication_failed' })
    expect(await world.connectors.test(id, null)).to.include({ isOk: false, code: 'authentication_failed' })
    cloud.isLocked = false
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
    await world.connectors.resend(id, null)
    world.clock.move(minute)
    await work()
    expect(cloud.calls).to.have.length(2)
  })

  it('hears of a form once, though the answer was lost, and does not send it on', async () => {
    cloud.losesAnswersOf = 'leads/add'
    const { visitId, visitorId } = await visit('777')
    await world.db('form_submissions').insert({
      ...{ site_id: link.siteId, visit_id: visitId, visitor_id: visitorId, form_name: 'Замер', name: 'Иван' },
      ...{ phone: someone(), message: 'Два окна' }
    })
    const inquiry = await until(() =>
      world.db('inquiries').where({ note: 'Два окна' }).first<Row | undefined>()
    )
    world.clock.move(minute)
    await work()
    world.clock.move(minute)
    await work()
    expect(cloud.losesAnswersOf).to.equal(null)
    expect(cloud.leads).to.have.length(1)
    expect(cloud.leads[0]).to.deep.include({
      ...{ title: 'Замер', name: 'Иван', roistat: '777', comment: 'Два окна', is_skip_sending: '1' },
      order_fields: { ringtrace: inquiry['id'] }
    })
    const back = await ask({
      action: 'lead',
      id: '90',
      phone: '89990001122',
      data: JSON.stringify(cloud.leads[0]?.['order_fields'])
    })
    expect(back.body, 'even if it came back').to.deep.include({ order_id: inquiry['id'] })
  })

  it('believes only whoever knows the password, and answers bad questions with words', async () => {
    const guessed = { user, token: 'd41d8cd98f00b204e9800998ecf8427e' }
    expect(await ask({ action: 'import_scheme' }, guessed)).to.include({ status: 401 })
    expect(await ask({ action: 'import_scheme' }, askedBy('root', password))).to.include({ status: 401 })
    for (const wrong of [
      ...[
        { action: 'drop' },
        { action: 'export', date: 'yesterday' },
        { action: 'export', date: '0', offset: '-1' }
      ],
      ...[
        { action: 'lead', id: '1' },
        { action: 'call' },
        { action: 'message', lead_id: "1' or 1=1", message: 'x' }
      ]
    ])
      expect(await ask(wrong), JSON.stringify(wrong)).to.include({ status: 400 })
    expect(await ask({ action: 'message', lead_id: randomUUID(), message: 'x' })).to.include({ status: 404 })
    const log = JSON.stringify(await world.db('connector_exchanges').select('*'))
    for (const secret of [cloud.apiKey, cloud.leadKey, password, askedBy(user, password).token])
      expect(log).to.not.include(secret)
  })

  it('tells its stages, fields and people', async () => {
    const { body } = await ask({ action: 'import_scheme' })
    expect((body['statuses'] as Row[]).map(({ name }) => name)).to.include.members([
      'Обращение: новое',
      'Продажи: Счёт'
    ])
    expect(body['fields']).to.deep.include({ id: 'roistat', name: 'roistat' })
    expect((body['managers'] as Row[]).map(({ name }) => name)).to.have.members(['Анна', 'Борис'])
  })

  it('makes one inquiry of a lead, with its source, and tells under which id it stands', async () => {
    const before = (await forms()).length
    const lead = {
      ...{
        action: 'lead',
        id: '12',
        visit: '5550001',
        title: 'JivoSite Lead',
        name: 'Пётр',
        phone: '8 (999) 000-33-44'
      },
      ...{ text: 'Перезвоните', created_date: '2026-11-22 09:12:54' },
      data: JSON.stringify({
        utm_source: 'vk',
        utm_medium: 'cpc',
        utm_campaign: 'Балконы',
        page: 'https://okna.example.com/b'
      })
    }
    const [first, second] = await Promise.all([ask(lead), ask(lead)])
    expect(first.body).to.include({ status: 'ok' })
    expect(second.body).to.deep.equal(first.body)
    expect((await forms()).length).to.equal(before + 1)
    const inquiry = await world.db('inquiries').where({ id: first.body['order_id'] }).first<Row>()
    expect(inquiry).to.include({
      ...{
        kind: 'form',
        phone: '+79990003344',
        name: 'Пётр',
        source: 'vk',
        medium: 'cpc',
        campaign: 'Балконы'
      },
      ...{ inquiry_channel: 'paid', note: 'Перезвоните' }
    })
    await work()
    expect(cloud.leads, 'what has come from there is not told there').to.have.length(0)
    const [order] = (await orders()).filter((one) => one['id'] === first.body['order_id'])
    expect(order).to.include({ status: 'inquiry-new', roistat: '5550001', price: 0 })
  })

  it('finds our own visit behind a lead: what tracking knows stands', async () => {
    const { visitId } = await visit('600600')
    const lead = {
      action: 'lead',
      id: '13',
      visit: '600600',
      phone: someone(),
      marker: 'fb_new',
      title: 'Форма'
    }
    const { body } = await ask(lead)
    const inquiry = await world.db('inquiries').where({ id: body['order_id'] }).first<Row>()
    expect(inquiry).to.include({
      source: 'yandex',
      campaign: 'Окна',
      visit_id: visitId,
      site_id: link.siteId
    })
  })

  it('keeps the id of an order when a deal is made of it, with stage, sum and cost', async () => {
    const { body } = await ask({ action: 'lead', id: '14', visit: '1', phone: someone(), title: 'Форма' })
    const inquiry = await world.db('inquiries').where({ id: body['order_id'] }).first<Row>()
    const stage = await world.db('pipeline_stages').where({ kind: 'won' }).first<Row>()
    const [deal] = await world
      .db('deals')
      .insert({
        ...{ title: 'Окна на дачу', pipeline_id: stage['pipeline_id'], stage_id: stage['id'], amount: 90000 },
        ...{
          cost: 40000,
          inquiry_id: inquiry['id'],
          contact_id: inquiry['contact_id'],
          responsible_id: world.anna
        }
      })
      .returning<Row[]>('id')
    await world
      .db('inquiries')
      .where({ id: inquiry['id'] })
      .update({ deal_id: deal?.['id'], state: 'accepted' })
    const found = (await orders()).filter((one) => [inquiry['id'], deal?.['id']].includes(one['id']))
    expect(found).to.have.length(1)
    expect(found[0]).to.include({
      ...{ id: inquiry['id'], status: stage['id'], price: 90000, cost: 40000, roistat: '1' },
      ...{ client_id: inquiry['contact_id'], manager_id: world.anna }
    })
    const again = await ask({ action: 'lead', id: '15', phone: String(inquiry['phone']), title: 'Ещё раз' })
    expect(again.body, 'it joins the deal that is won no more than the inquiry').to.include({ status: 'ok' })
    await ask({
      action: 'message',
      lead_id: String(inquiry['id']),
      title: 'Комментарий',
      message: 'Звонил сам'
    })
    await ask({
      action: 'message',
      lead_id: String(inquiry['id']),
      title: 'Комментарий',
      message: 'Звонил сам'
    })
    const kept = await world.db('deals').where({ id: deal?.['id'] }).first<Row>()
    expect(kept['note']).to.equal('Комментарий\nЗвонил сам')
    const task = {
      action: 'task',
      element_id: String(inquiry['id']),
      deadline: '2026-12-01T11:11:11',
      text: 'Перезвонить'
    }
    expect((await ask(task)).body).to.deep.equal({ status: 'ok' })
    await ask(task)
    const tasks = await world.db('tasks').where({ title: 'Перезвонить' })
    expect(tasks).to.have.length(1)
    expect(tasks[0]).to.deep.include({ assignee_id: world.anna, due_at: new Date('2026-12-01T11:11:11Z') })
  })

  it('reads page by page: what changes meanwhile changes neither the count nor the order', async () => {
    for (let count = 0; count < 4; count += 1)
      await ask({ action: 'lead', id: `page ${count}`, phone: someone(), title: 'Форма' })
    const pageOf = async (offset: number): Promise<{ ids: unknown[]; total: unknown }> => {
      const { body } = await ask({ action: 'export', date: '0', offset: String(offset), limit: '3' })
      const { total_count: total, limit } = body['pagination'] as Row
      expect(limit).to.equal(3)
      return { ids: (body['orders'] as Row[]).map((one) => one['id']), total }
    }
    const whole = (await orders()).map((one) => one['id'])
    const first = await pageOf(0)
    await world
      .db('inquiries')
      .whereIn('id', first.ids as string[])
      .update({ updated_at: new Date(0) })
    await ask({ action: 'lead', id: 'late', phone: someone(), title: 'Форма' })
    const pages = [first]
    for (let offset = 3; offset < whole.length; offset += 3) pages.push(await pageOf(offset))
    expect(pages.flatMap(({ ids }) => ids)).to.deep.equal(whole)
    expect(new Set(pages.map(({ total }) => total))).to.deep.equal(new Set([whole.length]))
    const sinceNow = String(Math.floor(Date.now() / 1000) + 60)
    expect((await ask({ action: 'export', date: sinceNow })).body['orders']).to.deep.equal([])
    const { body } = await ask({ action: 'export_clients', date: '0', limit: '2' })
    expect(body['clients']).to.have.length(2)
    expect((body['clients'] as Row[])[0]).to.have.all.keys('id', 'name', 'phone', 'email', 'company')
  })

  it('knows a call of ours again, and makes an inquiry of one that went past us', async () => {
    const caller = someone()
    const callId = randomUUID()
    await world.db('calls').insert({
      ...{
        id: callId,
        pbx_unique_id: callId,
        call_type: 'tracking_static',
        direction: 'in',
        caller_number: caller,
        started_at: new Date('2026-11-20T10:00:00Z')
      }
    })
    const call = {
      action: 'call',
      id: '31',
      caller: caller.slice(1),
      callee: '78002225566',
      date: '2026-11-20T10:00:40'
    }
    expect((await ask(call)).body).to.deep.equal({ status: 'ok', call_id: callId })
    const before = (await forms()).length
    const other = { ...call, id: '32', date: '2026-11-21T10:00:40', status: 'ANSWER', marker: 'vk_new_post' }
    const { body } = await ask(other)
    expect((await ask(other)).body).to.deep.equal(body)
    expect((await forms()).length).to.equal(before + 1)
    const inquiry = await until(() => world.db('inquiries').where({ phone: caller }).first<Row | undefined>())
    expect(inquiry).to.include({ source: 'vk', campaign: 'new', keyword: 'post', inquiry_channel: 'social' })
  })
})
