import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { isMissed, operatorOf } from '../dialling/support/exchange.ts'
import { until } from '../support/until.ts'
import { idOf, itemsOf, startRig, type Rig } from './support/rig.ts'

const always = {
  timeZone: 'Europe/Moscow',
  hours: Object.fromEntries(
    ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [['00:00', '24:00']]])
  )
}
const client = '+79161112233'
const soon = (): string => new Date(Date.now() + 60_000).toISOString()

describe('Calls that are started, over the API', function () {
  this.timeout(60_000)
  let rig: Rig
  let trunkId: string
  let numberId: string
  let groupId: string

  before(async () => {
    rig = await startRig()
    const { admin, operator } = rig.as
    trunkId = idOf(
      await admin.send('POST', '/api/trunks', { name: 'MTS', kind: 'address', host: '192.0.2.1' })
    )
    numberId = idOf(await admin.send('POST', '/api/numbers', { e164: '+74951112233', trunkId }))
    groupId = idOf(await admin.send('POST', '/api/groups', { name: 'Sales', memberIds: [operator.userId] }))
    await admin.send('PUT', '/api/callback-settings', { hours: always, groupId })
    await rig.dialling.policy.reload()
  })
  after(() => rig.close())
  beforeEach(async () => {
    rig.exchange.placed.length = 0
    rig.exchange.fateOf = () => 'talk'
    rig.pbx.operatorStates = [operatorOf(rig.as.operator.userId), operatorOf(rig.as.supervisor.userId)]
    for (const table of ['tasks', 'callbacks', 'dial_lists', 'do_not_call']) await rig.db(table).delete()
    await rig.as.admin.send('PUT', '/api/dial-policy', {})
  })

  const post = (who: keyof Rig['as'], path: string, body: unknown, headers: Record<string, string> = {}) =>
    rig.as[who].send('POST', path, body, headers)

  describe('the policy', () => {
    it('spends nothing abroad until an admin says so, and says why', async () => {
      const { supervisor, operator, marketer } = rig.as
      const usual = (await supervisor.get('/api/dial-policy')).body
      expect(usual).to.deep.include({ homeCountry: 'RU', countries: ['RU'], trunks: [] })
      const check = async (number: string) =>
        (await operator.send('POST', '/api/dial-policy/check', { number })).body
      expect(await check('8 (916) 111-22-33')).to.deep.include({
        ...{ allowed: true, reason: null, number: client, country: 'RU', callerId: '+74951112233' },
        trunk: { id: trunkId, name: 'MTS' }
      })
      expect(await check('+33612345678')).to.include({ allowed: false, reason: 'country_not_allowed' })
      expect(await check('+882161234567')).to.include({ allowed: false, reason: 'prefix_blocked' })
      expect(await check('nobody')).to.include({ allowed: false, reason: 'bad_number', number: null })
      expect(await check('112')).to.include({ allowed: true, isEmergency: true, number: '112' })
      expect((await supervisor.send('PUT', '/api/dial-policy', {})).status).to.equal(403)
      expect((await operator.get('/api/dial-policy')).status).to.equal(403)
      expect((await marketer.send('POST', '/api/dial-policy/check', { number: '112' })).status).to.equal(403)
    })

    it('follows a change at once, keeps it, and writes it down', async () => {
      const { admin } = rig.as
      const body = { countries: ['RU', 'FR'], trunks: [{ trunkId, countries: ['FR'] }] }
      const answer = await admin.send('PUT', '/api/dial-policy', body)
      expect(answer.status).to.equal(200)
      expect((await admin.get('/api/dial-policy')).body).to.deep.equal(answer.body)
      const check = async (number: string) =>
        (await admin.send('POST', '/api/dial-policy/check', { number })).body['reason']
      expect([await check('+33612345678'), await check(client)]).to.deep.equal([null, 'no_trunk'])
      const { body: audit } = await admin.get('/api/audit?action=dial_policy.change')
      expect(itemsOf({ ...answer, body: audit }).length).to.be.greaterThan(0)
    })

    it('refuses what cannot be meant, naming the field, and changes nothing', async () => {
      const { admin } = rig.as
      const before = (await admin.get('/api/dial-policy')).body
      for (const [body, path] of [
        [{ countries: ['Russia'] }, 'countries.0'],
        [{ timeZone: 'Moon/Crater' }, 'timeZone'],
        [{ caps: { userCallsPerDay: -1 } }, 'caps.userCallsPerDay'],
        [{ blockedPrefixes: ['882'] }, 'blockedPrefixes.0'],
        [{ trunks: [{ trunkId: randomUUID() }] }, 'trunks']
      ] as const) {
        const answer = await admin.send('PUT', '/api/dial-policy', body)
        expect(answer.status).to.equal(422)
        expect((answer.body['errors'] as { path: string }[])[0]?.path).to.equal(path)
      }
      expect((await admin.get('/api/dial-policy')).body).to.deep.equal(before)
    })
  })

  describe('a click', () => {
    it('rings the operator first, then the client, showing the number that the client called', async () => {
      await rig.exchange.comesIn(client, isMissed)
      await rig.db('calls').where({ caller_number: client }).update({ number_id: numberId })
      const answer = await post('operator', '/api/calls', { to: '8 916 111-22-33' })
      expect(answer.status).to.equal(202)
      const [placed] = rig.exchange.placed
      expect(answer.body).to.deep.equal({ callId: placed?.callId, warnings: [] })
      expect(placed?.order).to.deep.include({
        callType: 'click_to_call',
        target: { kind: 'external', number: client },
        operators: { kind: 'user', userId: rig.as.operator.userId, except: [] },
        byUserId: rig.as.operator.userId,
        numberId
      })
      const { body } = await rig.as.admin.get('/api/audit?action=call.place')
      expect(JSON.stringify(body)).to.include(placed?.callId)
    })

    it('places one call however often the request is repeated under its key', async () => {
      const key = { 'Idempotency-Key': randomUUID() }
      const first = await post('operator', '/api/calls', { to: client }, key)
      const again = await post('operator', '/api/calls', { to: client }, key)
      expect(again.body).to.deep.equal(first.body)
      expect(again.headers.get('Idempotency-Replayed')).to.equal('true')
      expect(rig.exchange.placed).to.have.length(1)
    })

    it('is for the operator alone; those who lead call for others', async () => {
      const other = { to: client, userId: rig.as.supervisor.userId }
      expect((await post('operator', '/api/calls', other)).body).to.include({ code: 'forbidden' })
      const led = await post('supervisor', '/api/calls', { to: client, userId: rig.as.operator.userId })
      expect(led.status).to.equal(202)
      expect((await post('marketer', '/api/calls', { to: client })).status).to.equal(403)
    })

    it('says why there is no call, before anything rings', async () => {
      const refusal = async (to = client) => (await post('operator', '/api/calls', { to })).body['code']
      const { userId } = rig.as.operator
      rig.pbx.operatorStates = [operatorOf(userId, { isReachable: false })]
      expect(await refusal()).to.equal('operator_unreachable')
      rig.pbx.operatorStates = [operatorOf(userId, { presence: 'busy', callId: randomUUID() })]
      expect(await refusal()).to.equal('operator_busy')
      rig.pbx.operatorStates = [operatorOf(userId, { presence: 'away', chosen: 'away' })]
      expect(await refusal()).to.equal('operator_away')
      rig.pbx.operatorStates = [operatorOf(userId)]
      expect(await refusal('+33612345678')).to.equal('country_not_allowed')
      expect(await refusal('+882161234567')).to.equal('prefix_blocked')
      expect(await refusal('no number')).to.equal('bad_number')
      await rig.as.admin.send('PUT', '/api/dial-policy', { caps: { userCallsPerDay: 0 } })
      expect(await refusal()).to.equal('user_daily_cap')
      expect(await refusal('112')).to.equal(undefined)
      expect(rig.exchange.placed.map(({ order }) => order.target)).to.deep.equal([
        { kind: 'external', number: '112' }
      ])
      const audit = await rig.as.admin.get('/api/audit?action=dial.refused&limit=10')
      expect(itemsOf(audit).map(({ data }) => (data as { reason: string }).reason)).to.include(
        'prefix_blocked'
      )
    })

    it('ends the time for notes of whoever calls for themselves, but not of another', async () => {
      const { userId } = rig.as.operator
      rig.pbx.operatorStates = [operatorOf(userId, { presence: 'wrapUp', chosen: 'wrapUp', until: soon() })]
      const other = await post('supervisor', '/api/calls', { to: client, userId })
      expect(other.body).to.include({ code: 'operator_busy' })
      expect((await post('operator', '/api/calls', { to: client })).status).to.equal(202)
      expect(rig.pbx.operatorStates[0]?.presence).to.equal('available')
    })

    it('warns of a client who wishes no calls', async () => {
      await post('operator', '/api/do-not-call', { phone: client, reason: 'asked so' })
      const answer = await post('operator', '/api/calls', { to: client })
      expect(answer.body['warnings']).to.deep.equal(['do_not_call'])
    })
  })

  describe('a callback', () => {
    it('is ordered once per client: a repeated wish joins it and says so', async () => {
      const made = await post('operator', '/api/callbacks', { phone: '8 916 111-22-33', name: 'Иван' })
      expect(made.status).to.equal(201)
      expect(made.body).to.include({ phone: client, state: 'waiting', isMerged: false, kind: 'manual' })
      const soon = new Date(Date.now() + 3_600_000).toISOString()
      const again = await post('supervisor', '/api/callbacks', { phone: client, at: soon, groupId })
      expect(again.body).to.include({ id: idOf(made), isMerged: true, requests: 2, name: 'Иван', groupId })
      // The earlier of the two times stays.
      expect(again.body['nextAttemptAt']).to.equal(made.body['nextAttemptAt'])
      expect(itemsOf(await rig.as.operator.get('/api/callbacks?state=open'))).to.have.length(1)
    })

    it('is put off, given to somebody, called off; a closed one stays closed', async () => {
      const path = `/api/callbacks/${idOf(await post('supervisor', '/api/callbacks', { phone: client }))}`
      const later = '2026-12-24T10:00:00.000Z'
      const { supervisor, operator } = rig.as
      const put = await supervisor.send('PATCH', path, { at: later, userId: operator.userId })
      expect(put.body).to.deep.include({ nextAttemptAt: later, userId: operator.userId, tries: [] })
      const cancelled = await operator.send('PATCH', path, { state: 'cancelled' })
      expect(cancelled.body).to.include({ state: 'cancelled', nextAttemptAt: null })
      expect((await operator.send('PATCH', path, { at: later })).body).to.include({ code: 'callback_closed' })
      expect((await operator.send('POST', `${path}/call-now`)).body).to.include({ code: 'callback_closed' })
      expect((await operator.send('DELETE', path)).status).to.equal(403)
      expect((await supervisor.send('DELETE', path)).status).to.equal(204)
      expect((await operator.get(path)).status).to.equal(404)
    })

    it('is refused at once where the policy would never let it happen', async () => {
      const code = async (phone: string) => (await post('operator', '/api/callbacks', { phone })).body['code']
      expect(await code('+33612345678')).to.equal('country_not_allowed')
      expect(await code('112')).to.equal('bad_number')
      await post('operator', '/api/do-not-call', { phone: client })
      expect(await code(client)).to.equal('do_not_call')
    })

    it('is seen by those whose it is', async () => {
      const other = await rig.as.admin.send('POST', '/api/groups', { name: `G ${randomUUID()}` })
      await post('supervisor', '/api/callbacks', { phone: '+79160000001', groupId: idOf(other) })
      await post('supervisor', '/api/callbacks', { phone: '+79160000002', groupId })
      await post('supervisor', '/api/callbacks', { phone: '+79160000003', userId: rig.as.supervisor.userId })
      const phones = async (who: keyof Rig['as']) =>
        itemsOf(await rig.as[who].get('/api/callbacks'))
          .map(({ phone }) => phone)
          .toSorted()
      expect(await phones('supervisor')).to.have.length(3)
      expect(await phones('operator')).to.deep.equal(['+79160000002'])
    })

    it('is placed at once on demand, and tells how it went', async () => {
      await rig.dialling.start()
      const later = new Date(Date.now() + 3_600_000).toISOString()
      const made = await post('operator', '/api/callbacks', { phone: client, at: later })
      const path = `/api/callbacks/${idOf(made)}`
      const now = await post('operator', `${path}/call-now`, {})
      expect(now.status, JSON.stringify(now.body)).to.equal(202)
      expect(rig.exchange.placed[0]?.order).to.include({ orderId: idOf(made), callType: 'callback_form' })
      const done = await until(
        async () => {
          const { body } = await rig.as.operator.get(path)
          return body['state'] === 'done' ? body : null
        },
        { what: 'the callback is done' }
      )
      expect(done).to.deep.include({ lastResult: 'talked', attempts: 1, callId: now.body['callId'] })
      expect(done['tries']).to.have.length(1)
    })
  })

  describe('a task', () => {
    it('is made, taken, put off and done', async () => {
      const made = await post('operator', '/api/tasks', {
        title: 'Send the offer',
        phone: '89161112233',
        groupId
      })
      expect(made.body).to.include({ kind: 'follow_up', state: 'open', phone: client, assigneeId: null })
      const path = `/api/tasks/${idOf(made)}`
      const { operator } = rig.as
      const due = '2020-01-01T10:00:00.000Z'
      const taken = await operator.send('PATCH', path, { assigneeId: operator.userId, dueAt: due })
      expect(taken.body).to.include({ assigneeId: operator.userId, dueAt: due })
      expect(itemsOf(await operator.get('/api/tasks?overdue=true&mine=true'))).to.have.length(1)
      const done = await operator.send('PATCH', path, { state: 'done' })
      expect(done.body).to.include({ state: 'done', doneBy: operator.userId })
      expect(done.body['doneAt']).to.be.a('string')
      expect(itemsOf(await operator.get('/api/tasks?open=true'))).to.have.length(0)
      const again = await operator.send('PATCH', path, { state: 'open' })
      expect(again.body).to.include({ state: 'open', doneAt: null, doneBy: null })
    })

    it('of somebody else is none of an operator’s business', async () => {
      const made = await post('supervisor', '/api/tasks', {
        title: 'Mine',
        assigneeId: rig.as.supervisor.userId
      })
      expect((await rig.as.operator.get(`/api/tasks/${idOf(made)}`)).status).to.equal(404)
      const patch = await rig.as.operator.send('PATCH', `/api/tasks/${idOf(made)}`, { state: 'done' })
      expect(patch.status).to.equal(404)
      expect(itemsOf(await rig.as.operator.get('/api/tasks'))).to.have.length(0)
    })
  })

  describe('a dialling list', () => {
    const make = async (change: object = {}) =>
      `/api/dial-lists/${idOf(await post('supervisor', '/api/dial-lists', { name: `L ${randomUUID()}`, groupId, ...change }))}`

    it('takes entries as JSON or CSV, all or nothing, and counts its progress', async () => {
      const path = await make()
      const csv = 'phone;name\n8 916 111-22-33;Иван\n+74951234567;Пётр\n'
      expect((await post('supervisor', `${path}/entries`, { csv })).body).to.deep.equal({
        added: 2,
        skipped: 0
      })
      const more = { entries: [{ phone: client }, { phone: '+78121234567', name: 'Olga' }] }
      expect((await post('supervisor', `${path}/entries`, more)).body).to.deep.equal({ added: 1, skipped: 1 })
      const bad = await post('supervisor', `${path}/entries`, { csv: `${csv}oops;Nobody\n;\nx` })
      expect(bad.status).to.equal(422)
      expect((bad.body['errors'] as { path: string }[]).map((error) => error.path)).to.deep.equal([
        'line 4',
        'line 6'
      ])
      const { body } = await rig.as.supervisor.get(path)
      expect(body).to.deep.include({
        counts: { waiting: 3, calling: 0, retry: 0, done: 0, failed: 0, stopped: 0 },
        state: 'draft'
      })
      const entries = itemsOf(await rig.as.supervisor.get(`${path}/entries`))
      expect(entries.map(({ phone, name }) => [phone, name])).to.deep.equal([
        [client, 'Иван'],
        ['+74951234567', 'Пётр'],
        ['+78121234567', 'Olga']
      ])
    })

    it('starts only with somebody to call, pauses, and is not deleted while it runs', async () => {
      const path = await make()
      const { supervisor, operator } = rig.as
      expect((await supervisor.send('POST', `${path}/start`)).body).to.include({ code: 'list_not_ready' })
      await post('supervisor', `${path}/entries`, { entries: [{ phone: client }] })
      expect((await supervisor.send('POST', `${path}/start`)).body).to.include({ state: 'running' })
      expect((await supervisor.send('DELETE', path)).body).to.include({ code: 'list_running' })
      expect((await supervisor.send('POST', `${path}/pause`)).body).to.include({ state: 'paused' })
      expect((await operator.get(path)).status).to.equal(403)
      expect((await supervisor.send('DELETE', path)).status).to.equal(204)
    })

    it('leaves a client alone who wishes no calls', async () => {
      const path = await make()
      await post('supervisor', `${path}/entries`, { entries: [{ phone: client }, { phone: '+74951234567' }] })
      await post('operator', '/api/do-not-call', { phone: '8 (916) 111 22 33', reason: 'said so' })
      expect((await rig.as.supervisor.get(path)).body['counts']).to.include({ waiting: 1, stopped: 1 })
      const [note] = itemsOf(await rig.as.operator.get('/api/do-not-call?search=9161112233'))
      expect(note).to.include({ phone: client, reason: 'said so' })
      const gone = await rig.as.operator.send('DELETE', `/api/do-not-call/${String(note?.['id'])}`)
      expect(gone.status).to.equal(403)
    })
  })

  it('keeps the rules of callbacks, and refuses ones that cannot be meant', async () => {
    const { admin, supervisor } = rig.as
    const body = {
      hours: always,
      groupId,
      maxAttempts: 5,
      pausesMinutes: [1, 2],
      autoCallback: { isOn: true }
    }
    const set = await admin.send('PUT', '/api/callback-settings', body)
    expect(set.body).to.deep.include({ maxAttempts: 5, pausesMinutes: [1, 2] })
    expect((await supervisor.get('/api/callback-settings')).body).to.deep.equal(set.body)
    expect((await admin.send('PUT', '/api/callback-settings', { groupId: randomUUID() })).status).to.equal(
      422
    )
    expect((await admin.send('PUT', '/api/callback-settings', { pausesMinutes: [] })).status).to.equal(422)
    expect((await supervisor.send('PUT', '/api/callback-settings', body)).status).to.equal(403)
  })
})
