import { expect } from 'chai'
import { pino } from 'pino'
import { drainCrmInbox } from '../../crm/inbox.ts'
import { enqueueEvent } from '../../integrations/webhooks/outbox.ts'
import { createOutside, type Outside } from '../crm/support/events.ts'
import { idOf, itemsOf, startRig, type Answer, type Json, type Rig } from './support/rig.ts'

const ivan = '+79161112233'
const nobody = '00000000-0000-4000-8000-000000000000'

describe('Inquiries and deals over the API', function () {
  this.timeout(60_000)
  let rig: Rig
  let outside: Outside

  before(async () => {
    rig = await startRig({
      before: (deps) => ({ ...deps, announce: (trx, event) => enqueueEvent(trx, event, undefined) })
    })
    outside = createOutside(rig.db)
    await rig.db('webhooks').insert({
      ...{ name: 'all', url: 'https://crm.example', secrets: ['x'] },
      events: ['inquiry.created', 'form.submitted', 'deal.stage_changed']
    })
  })
  after(() => rig.close())
  beforeEach(async () => {
    for (const table of [
      'activities',
      'inquiries',
      'deals',
      'contacts',
      'calls',
      'crm_inbox',
      'webhook_deliveries'
    ])
      await rig.db(table).delete()
  })

  const drain = () =>
    drainCrmInbox(rig.db, rig.deps.announce ?? (() => Promise.resolve()), pino({ level: 'silent' }))
  const called = async (change: Json = {}): Promise<{ callId: string; inquiryId: string }> => {
    const callId = await outside.call({ caller_number: ivan, ...change })
    await drain()
    const [row] = itemsOf(await rig.as.admin.get(`/api/inquiries?callId=${callId}`))
    return { callId, inquiryId: String(row?.['id']) }
  }
  const ok = (answer: Answer, status = 200): Json => {
    expect(answer.status, JSON.stringify(answer.body)).to.equal(status)
    return answer.body
  }
  const stages = async (): Promise<{ id: string; kind: string; name: string }[]> =>
    (itemsOf(await rig.as.admin.get('/api/pipelines'))[0]?.['stages'] ?? []) as never
  const stageOf = async (kind: string): Promise<string> =>
    (await stages()).find((stage) => stage.kind === kind)?.id ?? ''
  const told = async (): Promise<{ event_type: string; payload: { data: Json } }[]> =>
    rig.db('webhook_deliveries').orderBy('created_at').select('event_type', 'payload')

  describe('inquiries', () => {
    it('are listed with what they came from, counted by state, and found', async () => {
      const { operator, marketer } = rig.as
      const { callId, inquiryId } = await called({
        caller_name: 'Ivan',
        source_name: 'yandex',
        inquiry_channel: 'paid'
      })
      await called({ caller_number: '+79160000002', caller_name: 'Petr', outcome: 'answered' })
      const list = await operator.get('/api/inquiries?waiting=true')
      expect(itemsOf(list)).to.have.length(1)
      expect(itemsOf(list)[0]).to.deep.include({
        ...{
          id: inquiryId,
          kind: 'call',
          state: 'new',
          title: 'Ivan',
          events: 1,
          isMissed: true,
          source: 'yandex'
        },
        ...{ inquiryChannel: 'paid', callId }
      })
      expect((itemsOf(list)[0]?.['call'] as Json)['outcome']).to.equal('missed')
      for (const [query, found] of [
        ['search=ivan', 1],
        ['search=8 (916) 111-22-33', 1],
        ['search=nobody', 0],
        ['kind=call', 2],
        ['kind=form', 0],
        ['state=new', 2],
        ['state=closed,spam', 0],
        ['responsibleId=none', 2],
        [`responsibleId=${nobody}`, 0],
        ['source=yandex', 1],
        ['inquiryChannel=organic', 0],
        ['from=2100-01-01T00:00:00Z', 0],
        ['to=2100-01-01T00:00:00Z', 2]
      ] as const)
        expect(itemsOf(await marketer.get(`/api/inquiries?${query}`)), query).to.have.length(found)
      expect(ok(await operator.get('/api/inquiries/counts'))).to.deep.equal({
        ...{ new: 2, inWork: 0, accepted: 0, closed: 0, spam: 0 }
      })
      expect((await operator.get('/api/inquiries?state=old')).status).to.equal(422)
    })

    it('are an operator’s own or nobody’s, and only read by marketers', async () => {
      const { operator, supervisor, marketer } = rig.as
      const { inquiryId } = await called()
      const path = `/api/inquiries/${inquiryId}`
      ok(await operator.send('PATCH', path, { state: 'inWork', responsibleId: operator.userId }))
      ok(await supervisor.send('PATCH', path, { responsibleId: supervisor.userId }))
      expect((await operator.get(path)).status).to.equal(404)
      expect((await operator.send('PATCH', path, { note: 'mine' })).status).to.equal(404)
      expect((await operator.send('POST', `${path}/accept`, {})).status).to.equal(404)
      expect(itemsOf(await operator.get('/api/inquiries'))).to.deep.equal([])
      expect(ok(await marketer.get(path))['state']).to.equal('inWork')
      expect((await marketer.send('PATCH', path, { note: 'x' })).status).to.equal(403)
    })

    it('are written down by hand, with a contact of the number', async () => {
      const { operator } = rig.as
      const made = await operator.send('POST', '/api/inquiries', { phone: '8 (916) 111-22-33', name: 'Ivan' })
      expect(ok(made, 201)).to.include({ kind: 'manual', phone: ivan, title: 'Ivan', state: 'new' })
      expect(made.body['contact']).to.include({ name: 'Ivan' })
      expect((await told()).map(({ event_type }) => event_type)).to.deep.equal(['inquiry.created'])
      for (const body of [
        {},
        { phone: 'abc' },
        { title: '' },
        { title: 'x', email: 'no' },
        { title: 'x', responsibleId: nobody }
      ])
        expect((await operator.send('POST', '/api/inquiries', body)).status, JSON.stringify(body)).to.equal(
          422
        )
    })

    it('hide as spam with their call, come back, and never become a deal meanwhile', async () => {
      const { operator } = rig.as
      const { callId, inquiryId } = await called()
      const path = `/api/inquiries/${inquiryId}`
      expect(ok(await operator.send('PATCH', path, { state: 'spam' }))['state']).to.equal('spam')
      const isSpam = async () =>
        (await rig.db('calls').where({ id: callId }).first<Json>('is_spam'))['is_spam']
      expect(await isSpam()).to.equal(true)
      await drain()
      expect(itemsOf(await operator.get('/api/inquiries'))).to.deep.equal([])
      expect((await operator.send('POST', `${path}/accept`, {})).body['code']).to.equal('inquiry_is_spam')
      expect((await operator.send('POST', '/api/deals', { callId })).body['code']).to.equal('inquiry_is_spam')
      ok(await operator.send('PATCH', path, { state: 'inWork' }))
      await drain()
      expect(await isSpam()).to.equal(false)
      expect(ok(await operator.get(path))).to.include({ state: 'inWork', closedAt: null })
    })

    it('keep what people write of their source, and when they were closed', async () => {
      const { operator } = rig.as
      const { inquiryId } = await called({ source_name: 'yandex', inquiry_channel: 'paid' })
      const path = `/api/inquiries/${inquiryId}`
      const body = ok(
        await operator.send('PATCH', path, {
          source: 'a friend',
          inquiryChannel: 'recommendation',
          state: 'closed'
        })
      )
      expect(body).to.include({ source: 'a friend', inquiryChannel: 'recommendation', state: 'closed' })
      expect(body['closedAt']).to.be.a('string')
      expect(ok(await operator.send('PATCH', path, { state: 'new' }))['closedAt']).to.equal(null)
      for (const bad of [
        { state: 'accepted' },
        { inquiryChannel: 'x' },
        { title: '' },
        { responsibleId: nobody }
      ])
        expect((await operator.send('PATCH', path, bad)).status, JSON.stringify(bad)).to.equal(422)
    })
  })

  describe('accepting', () => {
    it('makes a deal with the source, the contact and the responsible, and can be taken back', async () => {
      const { operator } = rig.as
      const { inquiryId, callId } = await called({
        caller_name: 'Ivan',
        source_name: 'yandex',
        inquiry_channel: 'paid'
      })
      const path = `/api/inquiries/${inquiryId}`
      const deal = ok(await operator.send('POST', `${path}/accept`, { amount: 1234.56 }))
      expect(deal).to.deep.include({
        ...{
          title: 'Ivan',
          amount: 1234.56,
          currency: 'RUB',
          source: 'yandex',
          inquiryChannel: 'paid',
          inquiryId
        },
        ...{ phone: ivan, responsible: { id: operator.userId, name: 'The operator' } },
        tracked: { inquiryChannel: 'paid', source: 'yandex', medium: null, campaign: null, keyword: null }
      })
      expect((deal['activities'] as Json[])[0]).to.include({ subject: 'call', subjectId: callId })
      expect(ok(await operator.get(path))).to.deep.include({
        ...{ state: 'accepted', deal: { id: deal['id'], title: 'Ivan' } }
      })
      expect((await operator.send('POST', `${path}/accept`, {})).body['code']).to.equal('inquiry_accepted')
      expect((await operator.send('PATCH', path, { state: 'closed' })).body['code']).to.equal(
        'inquiry_accepted'
      )
      expect(ok(await operator.send('POST', `${path}/undo-accept`, {}))).to.include({
        state: 'inWork',
        deal: null
      })
      expect((await operator.get(`/api/deals/${String(deal['id'])}`)).status).to.equal(404)
      expect((await operator.send('POST', `${path}/undo-accept`, {})).body['code']).to.equal('not_undoable')
    })

    it('joins the deal that is open with the client, unless a new one is wished', async () => {
      const { operator } = rig.as
      const first = await called()
      const accept = (id: string, body: Json = {}) =>
        operator.send('POST', `/api/inquiries/${id}/accept`, body)
      const other = idOf(await operator.send('POST', '/api/inquiries', { phone: ivan, title: 'Again' }))
      const third = idOf(await operator.send('POST', '/api/inquiries', { phone: ivan, title: 'More' }))
      const deal = ok(await accept(first.inquiryId))
      const opened = ok(await operator.get(`/api/inquiries/${other}`))['openDeal']
      expect(opened).to.deep.equal({ id: deal['id'], title: deal['title'] })
      expect(ok(await accept(other))['id']).to.equal(deal['id'])
      const undo = await operator.send('POST', `/api/inquiries/${first.inquiryId}/undo-accept`, {})
      expect(undo.body['code']).to.equal('not_undoable')
      expect(ok(await accept(third, { isNewDeal: true }))['id']).not.to.equal(deal['id'])
    })

    it('opens one deal, however many press the button at once', async () => {
      const { inquiryId } = await called()
      const answers = await Promise.all(
        [1, 2, 3, 4].map(() => rig.as.operator.send('POST', `/api/inquiries/${inquiryId}/accept`, {}))
      )
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 409, 409, 409])
      expect(await rig.db('deals')).to.have.length(1)
    })
  })

  describe('deals', () => {
    it('are exact to the kopeck, move through stages, and tell each move', async () => {
      const { operator } = rig.as
      const made = ok(
        await operator.send('POST', '/api/deals', { title: 'Kitchen', amount: 999_999_999_999.99 }),
        201
      )
      const path = `/api/deals/${String(made['id'])}`
      expect(made['amount']).to.equal(999_999_999_999.99)
      const won = ok(await operator.send('PATCH', path, { stageId: await stageOf('won'), amount: 0.1 }))
      expect(won).to.deep.include({ amount: 0.1, stage: { name: 'Успешно', kind: 'won' } })
      expect(won['closedAt']).to.be.a('string')
      const lost = ok(
        await operator.send('PATCH', path, { stageId: await stageOf('lost'), lostReason: 'price' })
      )
      expect(lost).to.include({ lostReason: 'price' })
      const open = ok(await operator.send('PATCH', path, { stageId: await stageOf('open') }))
      expect(open).to.include({ lostReason: null, closedAt: null })
      expect((open['history'] as Json[]).map(({ to, kind }) => [to, kind])).to.deep.equal([
        ['Новая', 'open'],
        ['Проиграна', 'lost'],
        ['Успешно', 'won'],
        ['Новая', 'open']
      ])
      const moves = (await told()).map(({ payload }) => (payload.data['to'] as Json)['kind'])
      expect(moves).to.deep.equal(['open', 'won', 'lost', 'open'])
      await operator.send('PATCH', path, { stageId: await stageOf('open') })
      expect(await told()).to.have.length(4)
    })

    it('refuse what cannot be meant', async () => {
      const { operator } = rig.as
      const { id } = ok(await operator.send('POST', '/api/deals', { title: 'Sofa' }), 201)
      for (const body of [
        { amount: -1 },
        { amount: 1.234 },
        { amount: 1e12 },
        { amount: '5' },
        { currency: 'rub' },
        { stageId: nobody },
        { contactId: nobody },
        { title: ' ' }
      ]) {
        const answers = [
          await operator.send('PATCH', `/api/deals/${String(id)}`, body),
          await operator.send('POST', '/api/deals', { title: 'x', ...body })
        ]
        for (const { status } of answers) expect(status, JSON.stringify(body)).to.equal(422)
      }
      expect((await operator.send('POST', '/api/deals', { callId: nobody })).status).to.equal(422)
      expect((await operator.send('POST', '/api/deals', {})).status).to.equal(422)
      expect(ok(await operator.get(`/api/deals/${String(id)}`))).to.include({ title: 'Sofa', amount: 0 })
    })

    it('come of a call in one request, and once under one key', async () => {
      const { operator } = rig.as
      const { callId, inquiryId } = await called({ source_name: 'vk', inquiry_channel: 'social' })
      const send = () =>
        operator.send('POST', '/api/deals', { callId, amount: 50_000 }, { 'Idempotency-Key': 'press-1' })
      const first = await send()
      expect(ok(first, 201)).to.include({ amount: 50_000, inquiryId, source: 'vk' })
      expect(ok(await send(), 201)['id']).to.equal(first.body['id'])
      expect(itemsOf(await operator.get(`/api/deals?callId=${callId}`))).to.have.length(1)
      expect(ok(await operator.get(`/api/inquiries/${inquiryId}`))['state']).to.equal('accepted')
    })

    it('come of a call of ours, which has no inquiry', async () => {
      const callId = await outside.call({ caller_number: ivan, direction: 'out', outcome: 'answered' })
      await drain()
      const deal = ok(await rig.as.operator.send('POST', '/api/deals', { callId }), 201)
      expect(deal).to.include({ title: ivan, phone: ivan, inquiryId: null })
      expect(itemsOf(await rig.as.operator.get(`/api/deals?callId=${callId}`))).to.have.length(1)
    })

    it('leave another’s inquiry alone', async () => {
      const { supervisor, operator } = rig.as
      const { callId, inquiryId } = await called()
      ok(await supervisor.send('PATCH', `/api/inquiries/${inquiryId}`, { responsibleId: supervisor.userId }))
      expect((await operator.send('POST', '/api/deals', { callId })).body['code']).to.equal('not_yours')
      expect(await rig.db('deals')).to.deep.equal([])
    })

    it('are summed up by stage and currency, and filtered alike', async () => {
      const { operator, marketer } = rig.as
      const won = await stageOf('won')
      for (const body of [
        { title: 'A', amount: 0.1, stageId: won },
        { title: 'B', amount: 0.2, stageId: won },
        { title: 'C', amount: 5, stageId: won, currency: 'EUR' },
        { title: 'D', amount: 7, phone: ivan }
      ])
        ok(await operator.send('POST', '/api/deals', body), 201)
      const summary = ok(await marketer.get('/api/deals/summary'))['stages'] as Json[]
      expect(summary.find(({ stageId }) => stageId === won)).to.deep.equal({
        stageId: won,
        deals: 3,
        sums: [
          { currency: 'EUR', amount: 5 },
          { currency: 'RUB', amount: 0.3 }
        ]
      })
      for (const [query, found] of [
        ['kind=won', 3],
        [`stageId=${won}`, 3],
        ['search=8 (916) 111-22-33', 1],
        ['search=c', 1],
        [`responsibleId=${operator.userId}`, 4],
        ['responsibleId=none', 0]
      ] as const)
        expect(itemsOf(await marketer.get(`/api/deals?${query}`)), query).to.have.length(found)
    })

    it('are deleted by leads only; what they came from is in work again', async () => {
      const { operator, supervisor, marketer } = rig.as
      const { inquiryId } = await called()
      const deal = ok(await operator.send('POST', `/api/inquiries/${inquiryId}/accept`, {}))
      const path = `/api/deals/${String(deal['id'])}`
      expect((await operator.send('DELETE', path)).status).to.equal(403)
      expect((await marketer.send('PATCH', path, { amount: 1 })).status).to.equal(403)
      ok(await supervisor.send('PATCH', path, { responsibleId: supervisor.userId }))
      expect((await operator.get(path)).status).to.equal(404)
      expect((await supervisor.send('DELETE', path)).status).to.equal(204)
      expect(ok(await operator.get(`/api/inquiries/${inquiryId}`))).to.include({
        state: 'inWork',
        deal: null
      })
    })
  })

  it('offers its events to webhooks', async () => {
    const events = ['inquiry.created', 'deal.stage_changed', 'form.submitted']
    const made = await rig.as.admin.send('POST', '/api/webhooks', {
      name: 'crm',
      url: 'https://x.example',
      events
    })
    expect(ok(made, 201)['events']).to.deep.equal(events)
    ok(await rig.as.admin.send('DELETE', `/api/webhooks/${idOf(made)}`), 204)
  })

  it('sends a long form without its fields rather than not at all', async () => {
    const fields = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`f${index}`, 'я'.repeat(1000)])
    )
    await outside.form({ phone: ivan, message: 'long', fields: JSON.stringify(fields) })
    await drain()
    const form = (await told()).find(({ event_type }) => event_type === 'form.submitted')
    expect(form?.payload.data['isTruncated']).to.equal(true)
    expect(form?.payload.data['form']).to.deep.include({ message: 'long', fields: {} })
  })
})
