import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { numberParts } from '../../api/routes/dial-search.ts'
import { createFacts } from '../../reports/facts/facts.ts'
import { operatorOf } from '../dialling/support/exchange.ts'
import { insertCall } from './support/calls.ts'
import { idOf, itemsOf, startRig, type Rig } from './support/rig.ts'

const minutes = (ago: number): Date => new Date(Date.now() - ago * 60_000)

describe('What an operator has before them', function () {
  this.timeout(60_000)
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())

  /** A missed call that rang at somebody. */
  async function missed(
    phone: string | null,
    ago: number,
    rang: string[],
    change: object = {}
  ): Promise<string> {
    const at = { started_at: minutes(ago), ended_at: minutes(ago - 1) }
    const id = await insertCall(rig.db, { ...at, outcome: 'missed', caller_number: phone, ...change })
    for (const [index, userId] of rang.entries())
      await rig.db('call_legs').insert({
        ...{ call_id: id, leg: `op${index + 1}`, user_id: userId, user_name: 'x', started_at: minutes(ago) },
        ...{ kind: 'operator', purpose: 'scheme', result: 'noAnswer' }
      })
    return id
  }
  const talked = (phone: string, ago: number, direction: string, operatorId: string): Promise<string> =>
    insertCall(rig.db, {
      ...{ started_at: minutes(ago), answered_at: minutes(ago), ended_at: minutes(ago - 1), direction },
      ...{ caller_number: phone, operator_id: operatorId, operator_name: 'Anna', talk_seconds: 60 }
    })
  const list = async () => (await rig.as.operator.get('/api/me/missed-calls')).body

  describe('missed calls', () => {
    beforeEach(async () => {
      await rig.db('calls').delete()
      await rig.db('call_legs').delete()
    })

    it('are those that rang here, one line for each client, with who called back and when', async () => {
      const { operator, supervisor } = rig.as
      await missed('+79160000001', 90, [operator.userId])
      const last = await missed('+79160000001', 60, [operator.userId, supervisor.userId])
      await insertCall(rig.db, {
        ...{ direction: 'out', started_at: minutes(50), ended_at: minutes(49), outcome: 'missed' },
        caller_number: '+79160000001'
      })
      const settled = await missed('+79160000002', 80, [operator.userId])
      const back = await talked('+79160000002', 20, 'out', supervisor.userId)
      await missed('+79160000003', 30, [supervisor.userId])
      await missed('+79160000004', 15, [operator.userId], { is_spam: true })
      await missed('+79160000005', 60 * 24 * 8, [operator.userId])
      const facts = createFacts({ db: rig.db, log: pino({ level: 'silent' }) })
      await facts.settle()
      await facts.stop()
      const body = await list()
      expect(body['unreturned']).to.equal(1)
      const [first, second, ...rest] = itemsOf({ status: 200, headers: new Headers(), body })
      expect(rest).to.deep.equal([])
      expect(first).to.deep.include({
        ...{ callId: last, phone: '+79160000001', calls: 2, tries: 1, ring: 'noAnswer', returned: null }
      })
      expect(second).to.deep.include({ callId: settled, phone: '+79160000002', calls: 1 })
      expect(second?.['returned']).to.deep.include({
        ...{ callId: back, direction: 'out', operator: { id: supervisor.userId, name: 'Anna' } }
      })
    })

    it('are those of own clients too, whoever was rung; hidden numbers are a client each', async () => {
      const { operator } = rig.as
      const [contact] = await rig
        .db('contacts')
        .insert({ name: 'Иван Петров', owner_id: operator.userId })
        .returning<{ id: string }[]>('id')
      await missed('+79160000011', 10, [], { contact_id: contact?.id })
      await missed(null, 9, [operator.userId])
      await missed(null, 8, [operator.userId])
      const { unreturned, items } = await list()
      expect(unreturned).to.equal(3)
      expect(
        (items as { name: string; phone: string; ring: string }[]).map(({ name, phone, ring }) => [
          name,
          phone,
          ring
        ])
      ).to.deep.equal([
        [null, null, 'noAnswer'],
        [null, null, 'noAnswer'],
        ['Иван Петров', '+79160000011', null]
      ])
    })

    it('are nobody’s who may not call', async () => {
      expect((await rig.as.marketer.get('/api/me/missed-calls')).status).to.equal(403)
    })
  })

  describe('the dial pad', () => {
    const find = async (search: string) =>
      itemsOf(await rig.as.operator.get(`/api/dial-search?search=${encodeURIComponent(search)}`))
    before(async () => {
      const { operator, supervisor, admin } = rig.as
      await rig.db('calls').delete()
      const make = (name: string, company: string | null, phone: string) =>
        admin.send('POST', '/api/contacts', { name, company, ownerId: null, note: null, phones: [phone] })
      await make('Мария Ёлкина', 'ООО «Ромашка»', '+79161112233')
      await make('Савелий Марьин', null, '+74950009988')
      await make('Ромашкин Пётр', null, '+79031234567')
      await make('100% скидка', null, '+78005553535')
      await talked('+74950009988', 5, 'in', operator.userId)
      await talked('+79251110000', 3, 'out', operator.userId)
      await talked('+79997776655', 1, 'out', supervisor.userId)
    })

    it('finds clients by the beginning or a part of a name or company, in any case', async () => {
      expect((await find('мар')).map(({ name }) => name)).to.deep.equal(['Савелий Марьин', 'Мария Ёлкина'])
      expect((await find('РОМАШ')).map(({ name }) => name)).to.deep.equal(['Ромашкин Пётр', 'Мария Ёлкина'])
      expect((await find('100%')).map(({ name }) => name)).to.deep.equal(['100% скидка'])
      expect(await find('%%')).to.deep.equal([])
    })

    it('finds numbers by a part, as people of Russia type them', async () => {
      for (const typed of ['916 111', '8916', '8 (916) 111-22-33', '+7916', '2233'])
        expect(
          (await find(typed)).map(({ phone }) => phone),
          typed
        ).to.include('+79161112233')
      expect(numberParts('8 (916) 111-22-33')).to.deep.equal(['+79161112233'])
      expect(numberParts('Анна')).to.deep.equal([])
    })

    it('shows own last numbers first, and nothing else while nothing is typed', async () => {
      expect((await find('')).map(({ phone, kind }) => [phone, kind])).to.deep.equal([
        ['+79251110000', 'recent'],
        ['+74950009988', 'recent']
      ])
      expect((await find('9251'))[0]).to.deep.include({
        kind: 'recent',
        phone: '+79251110000',
        contactId: null
      })
    })

    it('says beforehand whom a call reaches, which number they see, and why it is refused', async () => {
      const { admin, operator } = rig.as
      const trunkId = idOf(
        await admin.send('POST', '/api/trunks', { name: 'MTS', kind: 'address', host: '192.0.2.1' })
      )
      const [one, two] = ['+74951112233', '+74951112244']
      await admin.send('POST', '/api/numbers', { e164: one, trunkId })
      const numberId = idOf(await admin.send('POST', '/api/numbers', { e164: two, trunkId }))
      await insertCall(rig.db, { caller_number: '+79161112233', number_id: numberId })
      await admin.send('POST', '/api/do-not-call', { phone: '+79161112233' })
      await rig.dialling.policy.reload()
      const preview = async (to: string) =>
        (await operator.get(`/api/dial-preview?to=${encodeURIComponent(to)}`)).body
      const known = await preview('8 916 111-22-33')
      expect(known, 'the number they called last').to.include({
        ...{ allowed: true, number: '+79161112233', callerId: two, isDoNotCall: true }
      })
      expect(known['contact']).to.include({ name: 'Мария Ёлкина' })
      expect(await preview('+33612345678')).to.include({ allowed: false, reason: 'country_not_allowed' })
      expect(await preview('nobody')).to.include({ allowed: false, reason: 'bad_number', contact: null })
      expect(rig.exchange.placed).to.deep.equal([])
    })

    it('calls a colleague by extension, and nobody outside', async () => {
      const { operator, supervisor } = rig.as
      await rig.db('users').where({ id: supervisor.userId }).update({ extension: '204' })
      await rig.db('users').where({ id: operator.userId }).update({ extension: '203' })
      rig.pbx.operatorStates = [operatorOf(operator.userId)]
      const preview = (await operator.get('/api/dial-preview?to=204')).body
      expect(preview).to.deep.include({
        allowed: true,
        colleague: { id: supervisor.userId, name: 'The supervisor' }
      })
      rig.exchange.fateOf = () => 'open'
      const called = await operator.send('POST', '/api/calls', { to: '204' })
      expect(called.status).to.equal(202)
      expect(rig.exchange.placed.at(-1)?.order).to.deep.include({
        target: { kind: 'user', userId: supervisor.userId },
        operators: { kind: 'user', userId: operator.userId, except: [] }
      })
      expect((await operator.send('POST', '/api/calls', { to: '203' })).body['code']).to.equal('own_number')
      await rig.db('users').where({ id: supervisor.userId }).update({ extension: '112' })
      expect((await operator.get('/api/dial-preview?to=112')).body).to.include({
        isEmergency: true,
        colleague: null
      })
    })
  })

  describe('tasks', () => {
    it('of one’s own desk are one’s own and nobody’s in one’s groups, due by a moment', async () => {
      const { admin, operator } = rig.as
      await admin.send('POST', '/api/groups', { name: 'Sales', memberIds: [operator.userId] })
      const make = (title: string, change: object) => admin.send('POST', '/api/tasks', { title, ...change })
      await make('mine', { assigneeId: admin.userId, dueAt: minutes(-5).toISOString() })
      await make('free', {})
      await make('later', { assigneeId: admin.userId, dueAt: minutes(-5000).toISOString() })
      await make('another’s', { assigneeId: operator.userId })
      const today = minutes(-1000).toISOString()
      const titles = async (query: string) =>
        itemsOf(await admin.get(`/api/tasks?open=true&sort=dueAt&${query}`)).map(({ title }) => title)
      expect(await titles(`atDesk=true&dueBefore=${today}`)).to.deep.equal(['mine', 'free'])
      expect(await titles('atDesk=true')).to.deep.equal(['mine', 'later', 'free'])
      expect((await titles('')).length).to.equal(4)
      expect((await admin.get('/api/tasks?dueBefore=soon')).status).to.equal(422)
      await rig
        .db('callbacks')
        .insert({ id: randomUUID(), phone: '+79160000001', kind: 'manual', user_id: operator.userId })
      const callbacks = async (who: 'admin' | 'operator') =>
        itemsOf(await rig.as[who].get(`/api/callbacks?state=open&atDesk=true&dueBefore=${today}`)).length
      expect([await callbacks('admin'), await callbacks('operator')]).to.deep.equal([0, 1])
    })
  })
})
