import { expect } from 'chai'
import { idOf, startRig, type Answer, type Json, type Rig } from './support/rig.ts'

const nobody = '00000000-0000-4000-8000-000000000000'

describe('Deals in full over the API', function () {
  this.timeout(60_000)
  let rig: Rig
  let stages: { id: string; kind: string; name: string }[]
  before(async () => {
    rig = await startRig()
    const { body } = await rig.as.admin.get('/api/pipelines')
    stages = ((body['items'] as Json[])[0]?.['stages'] ?? []) as typeof stages
  })
  after(() => rig.close())
  afterEach(() => rig.db('deals').delete())

  const ok = (answer: Answer, status = 200): Json => {
    expect(answer.status, JSON.stringify(answer.body)).to.equal(status)
    return answer.body
  }
  const stageOf = (kind: string): string => stages.find((stage) => stage.kind === kind)?.id ?? ''
  const make = async (change: Json = {}): Promise<string> =>
    idOf(await rig.as.operator.send('POST', '/api/deals', { title: 'Kitchen', ...change }))
  const item = async (id: string): Promise<Json> => ok(await rig.as.admin.get(`/api/deals/${id}`))
  const contact = async (name: string, phone: string): Promise<string> =>
    idOf(
      await rig.as.admin.send('POST', '/api/contacts', {
        ...{ name, company: null, ownerId: null, note: null, phones: [phone] }
      })
    )

  it('have lines that make their sum and cost, until somebody types another', async () => {
    const { operator } = rig.as
    const id = await make({ amount: 5 })
    const path = `/api/deals/${id}`
    const lines = [
      { name: 'Kitchen', quantity: 1, price: 100_000.5, discount: 10, cost: 60_000 },
      { name: 'Assembly', quantity: 2.5, price: 1000, cost: 400 }
    ]
    const with2 = ok(await operator.send('PUT', `${path}/lines`, { lines }))
    expect(with2).to.include({ amount: 92_500.45, cost: 61_000, followsLines: true })
    expect((with2['lines'] as Json[]).map(({ name, total }) => [name, total])).to.deep.equal([
      ['Kitchen', 90_000.45],
      ['Assembly', 2500]
    ])
    expect(ok(await operator.send('PATCH', path, { amount: 90_000 }))).to.include({
      ...{ amount: 90_000, followsLines: false }
    })
    const typed = ok(await operator.send('PUT', `${path}/lines`, { lines, followsLines: false }))
    expect(typed['amount']).to.equal(90_000)
    expect(ok(await operator.send('PATCH', path, { followsLines: true }))['amount']).to.equal(92_500.45)
    for (const line of [
      { name: '', price: 1 },
      { name: 'x', price: -1 },
      { name: 'x', price: 1, quantity: 0 },
      { name: 'x', price: 1, discount: 101 },
      { name: 'x', price: 1.001 },
      { name: 'x', price: 999_999_999_999.99, quantity: 999_999_999 }
    ])
      expect((await operator.send('PUT', `${path}/lines`, { lines: [line] })).status).to.equal(422)
    expect((await item(id))['lines']).to.have.length(2)
  })

  it('are won by their payment in full, and only so become revenue', async () => {
    const { operator, marketer } = rig.as
    const id = await make({ amount: 100 })
    const pay = (amount: number) => operator.send('POST', `/api/deals/${id}/payments`, { amount })
    const part = ok(await pay(40), 201)
    expect(part).to.deep.include({ paid: 40, stageId: stages[0]?.id, amount: 100 })
    const whole = ok(await pay(65.5), 201)
    expect(whole).to.deep.include({ paid: 105.5, stageId: stageOf('won'), amount: 105.5 })
    const [first] = whole['payments'] as Json[]
    expect(ok(await operator.send('DELETE', `/api/deal-payments/${String(first?.['id'])}`), 204)).to.exist
    expect(await item(id)).to.include({ paid: 65.5, amount: 105.5 })
    expect((await pay(0)).status).to.equal(422)
    expect((await marketer.send('POST', `/api/deals/${id}/payments`, { amount: 1 })).status).to.equal(403)
    const notes = await rig.db('audit').where({ entity_id: id }).orderBy('id').pluck('action')
    expect(notes).to.include.members(['deal.payment.add', 'deal.payment.remove'])
  })

  it('have several contacts, whose calls come into them too', async () => {
    const { operator } = rig.as
    const [own, wife] = [await contact('Ivan', '+79160000071'), await contact('Anna', '+79160000072')]
    const id = await make({ contactId: own })
    const set = (contactIds: string[]) => operator.send('PUT', `/api/deals/${id}/contacts`, { contactIds })
    const both = ok(await set([own, wife]))
    expect(both['contacts']).to.deep.equal([{ id: wife, name: 'Anna', phone: '+79160000072' }])
    expect((await set([nobody])).status).to.equal(422)
    expect((await item(id))['contacts']).to.have.length(1)
  })

  it('show what is to be done next, and how long they stayed in each stage', async () => {
    const id = await make()
    await rig.db('deal_stage_changes').update({ at: new Date(Date.now() - 3_600_000) })
    ok(await rig.as.operator.send('PATCH', `/api/deals/${id}`, { stageId: stages[1]?.id }))
    await rig.db('tasks').insert([
      { kind: 'follow_up', title: 'Later', deal_id: id, due_at: new Date(Date.now() + 9e6) },
      { kind: 'follow_up', title: 'Soon', deal_id: id, due_at: new Date(Date.now() - 9e6) },
      { kind: 'follow_up', title: 'Done', deal_id: id, due_at: new Date(0), state: 'done' }
    ])
    const shown = await item(id)
    expect(shown['nextTask']).to.include({ title: 'Soon' })
    const [now, before] = shown['history'] as { seconds: number }[]
    expect(now?.seconds).to.be.below(60)
    expect(before?.seconds).to.be.within(3590, 3660)
    const care = async () =>
      ((await rig.as.operator.get('/api/deals?needsCare=true')).body['items'] as Json[]).length
    expect(await care()).to.equal(0)
    await rig.db('tasks').where({ title: 'Later' }).update({ state: 'done' })
    expect(await care()).to.equal(1)
    await rig.db('tasks').delete()
  })

  it('move and change hands together, and go back with what the answer says', async () => {
    const { supervisor, operator } = rig.as
    const ids = [await make(), await make(), await make()]
    await rig.db('deals').where({ id: ids[2] }).update({ responsible_id: supervisor.userId })
    const lost = stageOf('lost')
    const move = { stageId: lost, lostReason: 'price', responsibleId: supervisor.userId }
    const done = ok(
      await supervisor.send('POST', '/api/deals/bulk', { items: ids.map((id) => ({ id, ...move })) })
    )
    expect(done['changed']).to.equal(3)
    expect(await rig.db('deals').where({ stage_id: lost, lost_reason: 'price' })).to.have.length(3)
    expect(await rig.db('deals').where({ responsible_id: supervisor.userId })).to.have.length(3)
    ok(await supervisor.send('POST', '/api/deals/bulk', { items: done['before'] }))
    expect(await rig.db('deals').where({ stage_id: stages[0]?.id, lost_reason: null })).to.have.length(3)
    // What is another's is left alone.
    const mine = ok(
      await operator.send('POST', '/api/deals/bulk', { items: ids.map((id) => ({ id, ...move })) })
    )
    expect(mine['changed']).to.equal(2)
    const wrong = (change: Json) =>
      supervisor.send('POST', '/api/deals/bulk', {
        items: [
          { id: ids[0], responsibleId: null },
          { id: ids[1], ...change }
        ]
      })
    expect((await wrong({ stageId: nobody })).status).to.equal(422)
    expect((await wrong({ responsibleId: nobody })).status).to.equal(422)
    // All of it or nothing.
    expect(await rig.db('deals').where({ responsible_id: null })).to.deep.equal([])
  })

  it('are forecast by month and by whose they are, each as likely as its stage', async () => {
    const { operator, supervisor } = rig.as
    const month = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Moscow', dateStyle: 'short' })
      .format(Date.now())
      .slice(0, 7)
    const open = stages.filter(({ kind }) => kind === 'open')
    const a = await make({ amount: 1000 })
    const b = await make({ amount: 500, responsibleId: supervisor.userId, stageId: open[1]?.id })
    const c = await make({ amount: 70, stageId: stageOf('won') })
    await make({ amount: 9, currency: 'USD' })
    for (const id of [a, b, c])
      ok(await supervisor.send('PATCH', `/api/deals/${id}`, { expectedAt: `${month}-28` }))
    const pipelineId = (await item(a))['pipelineId']
    const body = ok(
      await supervisor.send('PATCH', `/api/pipelines/${String(pipelineId)}`, {
        stages: stages.map((stage) => ({ ...stage, position: undefined, probability: undefined }))
      })
    )
    expect((body['stages'] as Json[]).map(({ probability }) => probability)).to.deep.equal(
      stages.map(() => null)
    )
    const shown = ok(await supervisor.get('/api/deals/forecast?months=3'))
    expect(shown['missingRates']).to.deep.equal(['USD'])
    const months = shown['months'] as { month: string | null; people: Json[] }[]
    expect(months).to.have.length(4)
    expect(months[0]).to.deep.include({ month, deals: 2, amount: 1500, weighted: 500, won: 70 })
    expect(months[0]?.people.map(({ amount }) => amount).toSorted()).to.deep.equal([1000, 500])
    const own = ok(await operator.get('/api/deals/forecast'))['months'] as Json[]
    expect(own[0]).to.include({ amount: 1000 })
  })

  it('are lost for reasons that the company has named', async () => {
    const { operator, supervisor } = rig.as
    const before = ok(await operator.get('/api/loss-reasons'))['names'] as string[]
    expect(before).to.include('Дорого')
    const names = ['No money', 'Дорого']
    expect(ok(await supervisor.send('PUT', '/api/loss-reasons', { names }))).to.deep.equal({ names })
    expect((await supervisor.send('PUT', '/api/loss-reasons', { names: ['a', 'A'] })).status).to.equal(422)
    expect((await operator.send('PUT', '/api/loss-reasons', { names })).status).to.equal(403)
    expect(ok(await operator.get('/api/loss-reasons'))).to.deep.equal({ names })
  })
})
