import { expect } from 'chai'
import { drainInbox } from '../../dialling/inbox.ts'
import { workOut } from '../../dialling/moments.ts'
import { claim } from '../../dialling/attempts.ts'
import { until } from '../support/until.ts'
import { hearsAndLeaves, isAnswered, isMissed, toPromise, toVoicemail } from './support/exchange.ts'
import { newId, openOffice, type Office } from './support/office.ts'

const client = '+79161112233'

describe('Callbacks', function () {
  this.timeout(60_000)
  let office: Office
  before(async () => {
    office = await openOffice()
  })
  after(() => office.close())
  afterEach(() => office.clear())

  it('ring the operator first, then the client, and are done when they talked', async () => {
    const { exchange } = await office.controller()
    const id = await office.order({ phone: client, name: 'Ivan' })
    const row = await office.becomes(id, 'done')
    expect(row).to.include({ last_result: 'talked', attempts: 1, call_id: exchange.placed[0]?.callId })
    expect(exchange.placed).to.have.length(1)
    expect(exchange.placed[0]?.order).to.deep.include({
      ...{ orderId: id, callType: 'callback_form', target: { kind: 'external', number: client } },
      operators: { kind: 'group', groupId: office.groupId, strategy: 'longestIdle', except: [] }
    })
    expect(await office.tasks()).to.deep.equal([])
  })

  it('wait until an operator is free, and do not use up a try for that', async () => {
    const { exchange } = await office.controller()
    exchange.free.clear()
    const id = await office.order({ phone: client })
    await until(async () => (await office.callback(id)).state === 'waiting')
    const other = await office.order({ phone: '+79160000001', userId: office.annaId })
    expect(exchange.placed).to.have.length(0)
    exchange.becomesFree(office.annaId)
    await office.becomes(other, 'done')
    expect(await office.becomes(id, 'done')).to.include({ attempts: 1, short_tries: 0 })
  })

  it('are tried again after a pause while the client is busy, and become a task when it was in vain', async () => {
    const { exchange } = await office.controller()
    exchange.fateOf = () => (exchange.placed.length === 1 ? 'clientNoAnswer' : 'clientBusy')
    const id = await office.order({ phone: client, name: 'Ivan', groupId: office.groupId })
    const row = await office.becomes(id, 'failed')
    expect(row).to.include({ attempts: 3, last_result: 'clientBusy' })
    const results = (await office.attempts(id)).map(({ result }) => result)
    expect(results).to.deep.equal(['clientBusy', 'clientNoAnswer', 'clientBusy'])
    const [task, ...more] = await office.tasks()
    expect(more).to.have.length(0)
    expect(task).to.include({
      ...{ kind: 'callback_failed', callback_id: id, phone: client, title: 'Ivan', state: 'open' },
      group_id: office.groupId
    })
  })

  it('come back soon when no operator answers, without a try', async () => {
    const { exchange } = await office.controller()
    exchange.fateOf = () => (exchange.placed.length < 2 ? 'noOperator' : 'talk')
    const id = await office.order({ phone: client })
    expect(await office.becomes(id, 'done')).to.include({ attempts: 1, short_tries: 2 })
  })

  it('wait for an exchange that is down, without counting tries', async () => {
    const { exchange } = await office.controller()
    let asked = 0
    exchange.fateOf = () => ((asked += 1) < 4 ? 'refused' : 'talk')
    const id = await office.order({ phone: client })
    expect(await office.becomes(id, 'done')).to.include({ attempts: 1, short_tries: 0 })
    const reasons = (await office.attempts(id)).map(({ reason }) => reason)
    expect(reasons).to.deep.equal(['asterisk_away', 'asterisk_away', 'asterisk_away', null])
  })

  it('become a task at once when the policy will never allow the number', async () => {
    const { exchange } = await office.controller()
    exchange.refuse = 'country_not_allowed'
    const id = await office.order({ phone: '+33612345678' })
    expect(await office.becomes(id, 'failed')).to.include({
      last_result: 'refused',
      last_reason: 'country_not_allowed'
    })
    expect((await office.tasks())[0]).to.include({ note: 'refused: country_not_allowed' })
    await office.workedOut()
    const audit = await office.db('audit').where({ action: 'dial.refused' })
    expect(audit).to.have.length(1)
    expect(audit[0]).to.deep.include({ data: { number: '+33612345678', reason: 'country_not_allowed' } })
  })

  it('become a task when nobody is named who could call', async () => {
    office.settings = { ...office.settings, groupId: null }
    await office.controller()
    const id = await office.order({ phone: client })
    expect(await office.becomes(id, 'failed')).to.include({ last_reason: 'no_group' })
    expect(await office.tasks()).to.have.length(1)
  })

  it('wait for working hours, and for the time the client wished', async () => {
    // A Saturday.
    let nowMs = Date.parse('2026-11-21T09:00:00Z')
    const hours = {
      ...office.settings.hours,
      hours: { ...closed, mon: [['10:00', '18:00'] as [string, string]] }
    }
    office.settings = { ...office.settings, hours }
    const { exchange, runner } = await office.controller({ now: () => nowMs })
    const id = await office.order({ phone: client, createdAtMs: nowMs })
    const monday = Date.parse('2026-11-23T07:00:00Z')
    await until(async () => (await office.callback(id)).next_attempt_at?.getTime() === monday)
    const wished = await office.order({ phone: '+79160000001', atMs: monday + 3_600_000, createdAtMs: nowMs })
    nowMs = monday + 1000
    runner.wake()
    await office.becomes(id, 'done')
    expect((await office.callback(wished)).state).to.equal('waiting')
    nowMs = monday + 3_600_000
    runner.wake()
    await office.becomes(wished, 'done')
    expect(exchange.placed).to.have.length(2)
  })

  it('go to the owner of the client, or to the group while the owner is away', async () => {
    const [contact] = await office
      .db('contacts')
      .insert({ name: 'Ivan', owner_id: office.annaId })
      .returning<{ id: string }[]>('id')
    await office.db('contact_phones').insert({ e164: client, contact_id: contact?.id })
    const { exchange } = await office.controller()
    await office.becomes(await office.order({ phone: client }), 'done')
    expect(exchange.placed[0]?.order.operators).to.deep.include({ kind: 'owner', userId: office.annaId })
    exchange.free.clear()
    exchange.free.add(newId())
    await office.becomes(await office.order({ phone: client }), 'done')
    expect(exchange.placed[1]?.order.operators).to.deep.include({ kind: 'group' })
  })

  it('keep the place that the caller had in a queue', async () => {
    const { exchange } = await office.controller()
    const query = { kind: 'group', groupId: office.groupId, strategy: 'longestIdle', except: [] } as const
    const queue = { queueId: office.groupId, query, priority: 5, sinceMs: 12_345 }
    const id = await office.order({ phone: client, kind: 'queue', queue })
    const wait = await until(() => exchange.waits.get(id), { what: 'the place is kept' })
    expect(wait.request).to.deep.equal(queue)
    expect(exchange.placed).to.have.length(0)
    wait.onReserved({ userId: office.annaId, name: 'Anna', devices: ['anna'] })
    await office.becomes(id, 'done')
    expect(exchange.placed[0]?.order.operators).to.deep.equal({
      ...{ kind: 'user', userId: office.annaId, except: [] }
    })
  })

  it('give the place up when they are called off', async () => {
    const { exchange } = await office.controller()
    const query = { kind: 'group', groupId: office.groupId, strategy: 'longestIdle', except: [] } as const
    const queue = { queueId: office.groupId, query, priority: 0, sinceMs: 1 }
    const id = await office.order({ phone: client, kind: 'queue', queue })
    await until(() => exchange.waits.has(id))
    await office.db('callbacks').where({ id }).update({ state: 'cancelled', next_attempt_at: null })
    await until(() => !exchange.waits.has(id), { what: 'the place is given up' })
  })

  it('are settled by a talk with the client before their turn comes', async () => {
    const { exchange } = await office.controller()
    const id = await office.order({ phone: client, notBeforeMs: Date.now() + 3_600_000 })
    const callId = await exchange.comesIn(client, isAnswered)
    expect(await office.becomes(id, 'done')).to.include({ last_result: 'returned', call_id: callId })
    expect(exchange.placed).to.have.length(0)
  })

  it('leave a client alone who is talking with us at this moment', async () => {
    const { exchange } = await office.controller()
    const talkId = await exchange.comesIn(client, (tell) => {
      tell({ type: 'operatorsFound', operators: [{ userId: office.annaId, name: 'Anna', devices: ['a'] }] })
      tell({ type: 'legAnswered', leg: 'op1' })
    })
    const before = Date.now()
    const id = await office.order({ phone: client })
    await until(async () => Number((await office.callback(id)).next_attempt_at) > before + 20_000, {
      what: 'the callback is put off'
    })
    expect(exchange.placed).to.have.length(0)
    expect(talkId).to.be.a('string')
  })

  describe('after a missed call', () => {
    it('are ordered by rule, a while later, and count how often', async () => {
      office.settings = {
        ...office.settings,
        autoCallback: { isOn: true, delaySeconds: 0.3, maxPerDay: 1 }
      }
      const { exchange } = await office.controller()
      const callId = await exchange.comesIn(client, isMissed)
      const row = await until(() => office.db('callbacks').where({ phone: client }).first<{ id: string }>())
      expect(await office.becomes(row.id, 'done')).to.include({ kind: 'missed', parent_call_id: callId })
      expect(exchange.placed[0]?.order).to.include({ callType: 'callback_missed', parentCallId: callId })
      // The second miss of the day is a person's.
      await exchange.comesIn(client, isMissed)
      const task = await until(async () => (await office.tasks())[0])
      expect(task).to.include({ kind: 'call_back', phone: client })
      expect(exchange.placed).to.have.length(1)
    })

    it('are not placed when the client has called again and was answered', async () => {
      office.settings = { ...office.settings, autoCallback: { isOn: true, delaySeconds: 3600, maxPerDay: 2 } }
      const { exchange } = await office.controller()
      await exchange.comesIn(client, isMissed)
      const row = await until(() => office.db('callbacks').where({ phone: client }).first<{ id: string }>())
      await exchange.comesIn(client, isAnswered)
      expect(await office.becomes(row.id, 'done')).to.include({ last_result: 'returned' })
      expect(exchange.placed).to.have.length(0)
    })

    it('leave hidden numbers, spam and those who wish no calls alone', async () => {
      office.settings = { ...office.settings, autoCallback: { isOn: true, delaySeconds: 0, maxPerDay: 2 } }
      const { exchange } = await office.controller()
      await office.db('do_not_call').insert({ phone: client })
      await exchange.comesIn(null, isMissed)
      await exchange.comesIn(client, isMissed)
      const spam = '+79160000009'
      const before = await exchange.comesIn(spam, isAnswered)
      await office.db('calls').where({ id: before }).update({ is_spam: true })
      await exchange.comesIn(spam, isMissed)
      await office.workedOut()
      expect(await office.db('callbacks').select()).to.deep.equal([])
      // Whoever wishes no calls from us called us: a person decides.
      expect((await office.tasks()).map(({ phone }) => phone)).to.deep.equal([client])
    })
  })

  describe('and tasks', () => {
    it('a missed call is one task for whoever was rung, with a deadline, however often it is missed', async () => {
      await office.db('users').where({ id: office.annaId }).update({ name: 'Anna' })
      const { exchange } = await office.controller()
      const first = await exchange.comesIn(client, isMissed)
      await until(async () => (await office.tasks()).length === 1)
      const again = await exchange.comesIn(client, isMissed)
      await until(async () => (await office.tasks())[0]?.['calls'] === 2, {
        what: 'the task counts two calls'
      })
      const [task, ...more] = await office.tasks()
      expect(more).to.have.length(0)
      expect(task).to.include({ kind: 'call_back', call_id: again, state: 'open', group_id: office.groupId })
      const ended = await office.db('calls').where({ id: first }).first<{ ended_at: Date }>('ended_at')
      const minutes = (Number(task?.['due_at']) - Number(ended?.ended_at)) / 60_000
      expect(minutes).to.be.closeTo(20, 0.1)
    })

    it('a later talk closes what was missed; a miss that is heard of late is not opened again', async () => {
      const { exchange } = await office.controller()
      const missed = await exchange.comesIn(client, isMissed)
      await until(async () => (await office.tasks()).length === 1)
      await exchange.comesIn(client, isAnswered)
      const task = await until(async () => (await office.tasks()).find(({ state }) => state === 'done'))
      expect(task).to.include({ result: 'returned', call_id: missed })
      await office.db('tasks').delete()
      await office.db('tape_inbox').where({ call_id: missed }).update({ done_at: null })
      await office.workedOut()
      expect(await office.tasks()).to.deep.equal([])
    })

    it('a call that we place and that is answered closes them too', async () => {
      const { exchange } = await office.controller()
      await exchange.comesIn(client, isMissed)
      await until(async () => (await office.tasks()).length === 1)
      await office.becomes(await office.order({ phone: client }), 'done')
      await until(async () => (await office.tasks())[0]?.['result'] === 'returned')
    })

    it('a voicemail is a task with the call, a promise is a callback and no task', async () => {
      const { exchange } = await office.controller()
      exchange.free.clear()
      const left = await exchange.comesIn(client, hearsAndLeaves, toVoicemail)
      const promised = await exchange.comesIn('+79160000001', hearsAndLeaves, toPromise)
      await office.workedOut()
      const tasks = await office.tasks()
      expect(tasks.map(({ kind, call_id }) => [kind, call_id])).to.deep.equal([['voicemail', left]])
      const rows = await office
        .db('callbacks')
        .select<{ kind: string; parent_call_id: string }[]>('kind', 'parent_call_id')
      expect(rows.map(({ kind, parent_call_id }) => [kind, parent_call_id])).to.deep.equal([
        ['scheme', promised]
      ])
    })
  })

  describe('and controllers that die', () => {
    it('a call that never came to the tape is lost, does not count, and is tried again', async () => {
      const first = await office.controller()
      first.exchange.fateOf = () => 'unwritten'
      const id = await office.order({ phone: client })
      await until(() => first.exchange.placed.length === 1)
      await until(async () => (await office.attempts(id))[0]?.['call_id'])
      await first.runner.stop()
      const second = await office.controller()
      expect(await office.becomes(id, 'done')).to.include({ attempts: 1 })
      expect((await office.attempts(id)).map(({ result }) => result)).to.deep.equal(['lost', 'talked'])
      expect(second.exchange.placed).to.have.length(1)
    })

    it('a claim whose call was never placed is lost too', async () => {
      const first = await office.controller()
      first.exchange.free.clear()
      const id = await office.order({ phone: client })
      const attemptId = await claim(office.db, first.fence, { kind: 'callback', id }, Date.now())
      expect(attemptId).to.be.a('string')
      await first.runner.stop()
      await office.controller()
      expect(await office.becomes(id, 'done')).to.include({ attempts: 1 })
      expect((await office.attempts(id)).map(({ result }) => result)).to.deep.equal(['lost', 'talked'])
    })

    it('a call in progress is left to end, and its end is learnt once', async () => {
      const first = await office.controller()
      first.exchange.fateOf = () => 'open'
      const id = await office.order({ phone: client })
      await until(() => first.exchange.placed.length === 1)
      await until(async () => (await office.attempts(id))[0]?.['call_id'])
      await first.runner.stop()
      const second = await office.controller()
      await office.workedOut()
      expect((await office.callback(id)).state).to.equal('calling')
      expect(second.exchange.placed).to.have.length(0)
      // The tape goes on under the controller that adopted the call.
      Object.assign(first.exchange.fence, second.fence)
      await first.exchange.finish(first.exchange.placed[0]?.callId ?? '', 'clientBusy')
      await office.becomes(id, 'done')
      expect((await office.attempts(id)).map(({ result }) => result)).to.deep.equal(['clientBusy', 'talked'])
    })

    it('an outcome that was on the tape before anybody looked is learnt by the next controller, once', async () => {
      const first = await office.controller()
      first.exchange.fateOf = () => 'open'
      const id = await office.order({ phone: client })
      await until(async () => (await office.attempts(id))[0]?.['call_id'])
      await first.runner.stop()
      await first.exchange.finish(first.exchange.placed[0]?.callId ?? '', 'talk')
      await office.controller()
      expect(await office.becomes(id, 'done')).to.include({ attempts: 1 })
      // A replayed spool brings the same rows again.
      const rows = await office.db('tape_inbox').select()
      expect(rows.every(({ done_at: doneAt }) => doneAt !== null)).to.equal(true)
      await drainInbox(office.db, (trx, row) => workOut(trx, row, office.settings), office.log)
      expect((await office.attempts(id)).map(({ result }) => result)).to.deep.equal(['talked'])
    })

    it('one that was overtaken places nothing', async () => {
      const old = await office.controller()
      old.exchange.free.clear()
      const id = await office.order({ phone: client })
      const young = await office.controller()
      young.exchange.free.clear()
      old.exchange.becomesFree(office.annaId)
      expect(await claim(office.db, old.fence, { kind: 'callback', id }, Date.now())).to.equal(null)
      young.exchange.becomesFree(office.annaId)
      await office.becomes(id, 'done')
      expect([old.exchange.placed.length, young.exchange.placed.length]).to.deep.equal([0, 1])
    })

    it('two that run at once place each callback once', async () => {
      const [one, two] = [await office.controller({ node: 'a' }), await office.controller({ node: 'b' })]
      const ids = await Promise.all(
        Array.from({ length: 20 }, (_, n) => office.order({ phone: `+7916000${1000 + n}` }))
      )
      await Promise.all(ids.map((id) => office.becomes(id, 'done')))
      const orders = [...one.exchange.placed, ...two.exchange.placed].map(({ order }) => order.orderId)
      expect(orders.toSorted()).to.deep.equal(ids.toSorted())
    })
  })

  it('one broken moment holds up no other and is kept with its error', async () => {
    await office.db('tape_inbox').insert({
      ...{ call_id: '00000000-0000-4000-8000-00000000dead', seq: 1, type: 'call.ended', data: {} },
      at: new Date(0)
    })
    const { exchange } = await office.controller()
    await exchange.comesIn(client, isMissed)
    await until(async () => (await office.tasks()).length === 1)
    const broken = await office.db('tape_inbox').whereNull('done_at').first<Record<string, unknown>>()
    expect(broken?.['error']).to.include('No journal row')
    expect(broken?.['attempts']).to.be.greaterThan(0)
  })
})

const closed = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] }
