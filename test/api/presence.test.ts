import { expect } from 'chai'
import type { OperatorState } from '../../api/contract/live.ts'
import { idOf, itemsOf, startRig, type Rig } from './support/rig.ts'

describe('Presence over the API', function () {
  this.timeout(60_000)
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())

  const state = (change: Partial<OperatorState>): OperatorState => ({
    ...{ userId: rig.as.operator.userId, name: 'The operator', presence: 'available', chosen: 'available' },
    ...{
      reason: null,
      until: null,
      wrapUpCallId: null,
      owesCode: null,
      isReachable: true,
      devices: [],
      callId: null
    },
    since: new Date().toISOString(),
    ...change
  })

  it('is away for a reason: the one that is named, or the first of the list', async () => {
    const { operator } = rig.as
    const set = (body: unknown) => operator.send('PUT', '/api/me/presence', body)
    const me = async () => (await operator.get('/api/me')).body
    expect((await set({ presence: 'away', reason: 'lunch' })).status).to.equal(204)
    expect(await me()).to.include({ presence: 'away', presenceReason: 'lunch' })
    await set({ presence: 'away' })
    expect(await me()).to.include({ presence: 'away', presenceReason: 'break' })
    const unknown = await set({ presence: 'away', reason: 'fishing' })
    expect(unknown.body).to.deep.include({
      code: 'invalid',
      errors: [{ path: 'reason', message: 'is not a pause reason in use', code: 'invalid' }]
    })
    await set({ presence: 'available', reason: 'lunch' })
    expect(await me()).to.include({ presence: 'available', presenceReason: null })
    for (const presence of ['busy', 'wrapUp']) expect((await set({ presence })).status).to.equal(422)
  })

  it('offers reasons in two languages, which an admin keeps', async () => {
    const { admin, operator } = rig.as
    const first = itemsOf(await operator.get('/api/pause-reasons'))
    expect(first.map(({ code, nameRu, nameEn }) => [code, nameRu, nameEn])).to.deep.equal([
      ['break', 'Перерыв', 'Break'],
      ['lunch', 'Обед', 'Lunch'],
      ['training', 'Обучение', 'Training'],
      ['admin_work', 'Работа с документами', 'Admin work']
    ])
    const body = { code: 'meeting', nameRu: 'Совещание', nameEn: 'Meeting', position: 5 }
    const made = await admin.send('POST', '/api/pause-reasons', body)
    expect(made.status).to.equal(201)
    expect((await admin.send('POST', '/api/pause-reasons', body)).body['code']).to.equal('already_exists')
    const path = `/api/pause-reasons/${idOf(made)}`
    const changed = await admin.send('PATCH', path, { code: 'other', nameEn: 'Conference', isActive: false })
    expect(changed.body, 'the code stays').to.include({ code: 'meeting', nameEn: 'Conference' })
    const off = await operator.send('PUT', '/api/me/presence', { presence: 'away', reason: 'meeting' })
    expect(off.status, 'switched off').to.equal(422)
    expect((await admin.send('DELETE', path)).status).to.equal(204)
  })

  it('is set for somebody else by a lead, and audited', async () => {
    const { operator, supervisor } = rig.as
    const path = `/api/users/${operator.userId}/presence`
    expect((await supervisor.send('POST', path, { presence: 'away', reason: 'training' })).status).to.equal(
      204
    )
    expect((await operator.get('/api/me')).body).to.include({ presence: 'away', presenceReason: 'training' })
    const [row] = await rig
      .db('audit')
      .where({ action: 'user.presence', entity_id: operator.userId })
      .select<{ user_id: string; data: unknown }[]>('user_id', 'data')
    expect(row).to.deep.include({
      user_id: supervisor.userId,
      data: { presence: 'away', reason: 'training' }
    })
    expect((await supervisor.send('POST', path, { presence: 'away', reason: 'x' })).status).to.equal(422)
  })

  it('lets an operator end the wrap-up, or have more of it', async () => {
    const { operator } = rig.as
    const until = '2026-11-20T10:00:10.000Z'
    rig.pbx.operatorStates = [state({ presence: 'wrapUp', chosen: 'wrapUp', until })]
    expect((await operator.get('/api/me')).body).to.include({ presence: 'wrapUp', presenceUntil: until })
    expect((await operator.send('POST', '/api/me/wrap-up/extend', { seconds: 30 })).status).to.equal(204)
    expect((await operator.get('/api/me')).body['presenceUntil']).to.equal('2026-11-20T10:00:40.000Z')
    expect((await operator.send('POST', '/api/me/wrap-up/extend', { seconds: -5 })).status).to.equal(422)
    expect((await operator.send('POST', '/api/me/wrap-up/end')).status).to.equal(204)
    for (const what of ['end', 'extend']) {
      const answer = await operator.send('POST', `/api/me/wrap-up/${what}`, {})
      expect(answer.body).to.include({ status: 409, code: 'no_wrap_up' })
    }
    rig.pbx.operatorStates = []
  })

  it('keeps an operator in the wrap-up who owes its code', async () => {
    const { operator } = rig.as
    const owing = '11111111-1111-4111-8111-111111111111'
    const wrapUp = { presence: 'wrapUp', chosen: 'wrapUp', wrapUpCallId: owing, owesCode: owing } as const
    rig.pbx.operatorStates = [state(wrapUp)]
    const end = await operator.send('POST', '/api/me/wrap-up/end')
    expect(end.body).to.include({ status: 409, code: 'wrap_up_code_owed' })
    const back = await operator.send('PUT', '/api/me/presence', { presence: 'available' })
    expect(back.body).to.include({ status: 409, code: 'wrap_up_code_owed' })
    expect((await operator.send('PUT', '/api/me/presence', { presence: 'away' })).status).to.equal(204)
    rig.pbx.operatorStates = []
  })

  it('offers wrap-up codes in the order of their keys', async () => {
    const { admin, operator } = rig.as
    const codes = async () => itemsOf(await operator.get('/api/wrap-up-codes')).map(({ code }) => code)
    expect(await codes()).to.deep.equal([
      ...['lead', 'sale', 'consulted', 'call_back', 'existing_client', 'not_target', 'spam']
    ])
    const body = { code: 'complaint', nameRu: 'Жалоба', nameEn: 'Complaint', position: 15 }
    expect((await operator.send('POST', '/api/wrap-up-codes', body)).status).to.equal(403)
    expect((await admin.send('POST', '/api/wrap-up-codes', body)).status).to.equal(201)
    expect((await codes()).slice(0, 3)).to.deep.equal(['lead', 'complaint', 'sale'])
  })

  it('has rules that an admin sets', async () => {
    const { admin, supervisor } = rig.as
    const path = '/api/operator-settings'
    expect((await supervisor.get(path)).body).to.deep.equal({
      ...{ wrapUpSeconds: 10, autoPauseAfter: 3, requireWrapUpCode: false }
    })
    expect((await admin.send('PATCH', path, { wrapUpSeconds: 0 })).body).to.deep.equal({
      ...{ wrapUpSeconds: 0, autoPauseAfter: 3, requireWrapUpCode: false }
    })
    expect((await admin.send('PATCH', path, { autoPauseAfter: 5 })).body).to.deep.equal({
      ...{ wrapUpSeconds: 0, autoPauseAfter: 5, requireWrapUpCode: false }
    })
    expect((await admin.send('PATCH', path, { wrapUpSeconds: -1 })).status).to.equal(422)
    const made = await admin.send('POST', '/api/groups', { name: 'Slow', wrapUpSeconds: 60 })
    expect(made.body).to.include({ wrapUpSeconds: 60 })
    const patched = await admin.send('PATCH', `/api/groups/${idOf(made)}`, { name: 'Slower' })
    expect(patched.body).to.include({ name: 'Slower', wrapUpSeconds: 60 })
  })

  it('shows who waits, and how the weighted strategy sees whoever is free', async () => {
    const { admin, operator, supervisor } = rig.as
    rig.pbx.queueStates = [
      {
        ...{ queueId: 'sales', name: null, longestSince: '2026-11-20T10:00:00.000Z', averageWaitSeconds: 30 },
        waiting: [
          { position: 1, callId: 'c', callbackId: null, priority: 0, since: '2026-11-20T10:00:00.000Z' }
        ]
      }
    ]
    expect((await operator.get('/api/queues')).body).to.deep.equal({ items: rig.pbx.queueStates })
    const group = await admin.send('POST', '/api/groups', { name: 'Weighed' })
    const part = { rating: 1, idle: 0.5, load: 0 }
    rig.pbx.scoreList = [
      { userId: operator.userId, ...part, total: 0.4 },
      { userId: supervisor.userId, ...part, total: 0.9 }
    ]
    const answer = await supervisor.get(`/api/groups/${idOf(group)}/scores?rating=2`)
    expect(itemsOf(answer).map(({ total }) => total)).to.deep.equal([0.9, 0.4])
    expect((await supervisor.get(`/api/groups/${idOf(group)}/scores?rating=-2`)).status).to.equal(422)
  })
})
