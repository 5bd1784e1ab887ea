import { expect } from 'chai'
import { pino } from 'pino'
import { createCrm } from '../../crm/crm.ts'
import { drainCrmInbox } from '../../crm/inbox.ts'
import { dispatchInquiries } from '../../crm/inquiries/dispatcher.ts'
import { missedOwner } from '../../crm/tasks/missed-owner.ts'
import { createOutside, type Outside } from '../crm/support/events.ts'
import { operatorOf } from '../dialling/support/exchange.ts'
import { until } from '../support/until.ts'
import { idOf, itemsOf, startRig, type Answer, type Json, type Rig } from './support/rig.ts'

const log = pino({ level: 'silent' })
const minute = 60_000

describe('The desk of inquiries', function () {
  this.timeout(60_000)
  let rig: Rig
  let outside: Outside
  let databaseUrl = ''
  let told: string[] = []
  const announce = (_trx: unknown, { type }: { type: string }) => Promise.resolve(void told.push(type))

  before(async () => {
    rig = await startRig({
      before: (deps, url) => {
        databaseUrl = url
        return { ...deps, announce }
      }
    })
    outside = createOutside(rig.db)
  })
  after(() => rig.close())
  beforeEach(async () => {
    told = []
    for (const table of [
      ...['activities', 'inquiries', 'deals', 'tasks', 'contacts', 'calls', 'crm_inbox', 'spam_marks'],
      'settings'
    ])
      await rig.db(table).delete()
    rig.pbx.operatorStates = []
  })

  const ok = (answer: Answer, status = 200): Json => {
    expect(answer.status, JSON.stringify(answer.body)).to.equal(status)
    return answer.body
  }
  const drain = () => drainCrmInbox(rig.db, announce, log)
  const inquiries = async (query = ''): Promise<Json[]> =>
    itemsOf(await rig.as.admin.get(`/api/inquiries?${query}`))
  const rules = (change: Json) => rig.as.supervisor.send('PUT', '/api/inquiry-rules', change)

  describe('learns spam from its button', () => {
    it('hides what comes from that number and mail, tells nobody, and brings all of it back', async () => {
      const { operator } = rig.as
      const [phone, email] = ['+79160000021', 'Robot@Spam.example']
      await outside.form({ phone, email, name: 'Robot' })
      await drain()
      const [first] = await inquiries()
      const path = `/api/inquiries/${String(first?.['id'])}`
      ok(await operator.send('PATCH', path, { state: 'spam', spamReason: 'sells links' }))
      told = []
      await outside.call({ caller_number: phone })
      await outside.form({ phone: '+79160000022', email: 'robot@spam.example' })
      await outside.callback({ phone })
      await drain()
      expect(told).to.deep.equal([])
      expect(await inquiries()).to.deep.equal([])
      expect(await rig.db('contact_phones').where({ e164: '+79160000022' })).to.deep.equal([])
      const marks = itemsOf(await operator.get('/api/spam-marks'))
      expect(
        marks.map(({ kind, value, reason, hidden }) => [kind, value, reason, hidden]).toSorted()
      ).to.deep.equal([
        ['email', 'robot@spam.example', 'sells links', 1],
        ['phone', phone, 'sells links', 2]
      ])
      expect((await rig.as.marketer.get('/api/spam-marks')).status).to.equal(403)
      const ofPhone = marks.find(({ kind }) => kind === 'phone')
      ok(await operator.send('DELETE', `/api/spam-marks/${String(ofPhone?.['id'])}`), 204)
      await drain()
      const [back, ...others] = await inquiries()
      expect(others).to.deep.equal([])
      expect(back).to.include({ id: first?.['id'], state: 'new', events: 3 })
      // Its mail still is; through the inquiry itself that goes too.
      ok(await operator.send('PATCH', path, { state: 'spam' }))
      ok(await operator.send('PATCH', path, { state: 'inWork' }))
      await drain()
      expect(itemsOf(await operator.get('/api/spam-marks'))).to.deep.equal([])
      // By the mail it is the same client: the hidden form joins their inquiry.
      expect((await inquiries()).map(({ state, events }) => [state, events])).to.deep.equal([['inWork', 4]])
    })

    it('puts the mails of that address apart, from its first one on, and back', async () => {
      const { operator } = rig.as
      const talks = async (show: string): Promise<unknown[]> =>
        itemsOf(await operator.get(`/api/conversations?show=${show}`)).map(({ peer }) => peer)
      const unread = async (): Promise<unknown> => ok(await operator.get('/api/unread-messages'))
      const [spam, client] = ['robot@spam.example', 'ivan@client.example']
      for (const from of [spam, client]) await outside.mail(from)
      await drain()
      const [first] = (await inquiries()).filter(({ email }) => email === spam)
      ok(await operator.send('PATCH', `/api/inquiries/${String(first?.['id'])}`, { state: 'spam' }))
      await outside.mail(spam)
      await drain()
      expect([await talks('all'), await talks('unread')]).to.deep.equal([[client], [client]])
      expect(await talks('machines')).to.deep.equal([spam, spam])
      expect(await unread()).to.deep.equal({ conversations: 1 })
      const [mark] = itemsOf(await rig.as.supervisor.get('/api/spam-marks'))
      expect(mark).to.include({ kind: 'email', value: spam, hidden: 1 })
      ok(await rig.as.supervisor.send('DELETE', `/api/spam-marks/${String(mark?.['id'])}`), 204)
      await drain()
      expect(await talks('all')).to.have.members([spam, spam, client])
      expect(await talks('machines')).to.deep.equal([])
      expect(told.filter((type) => type === 'message.received')).to.have.length(3)
    })

    it('follows marks of the journal, and takes them back with its own', async () => {
      const phone = '+79160000031'
      const callId = await outside.call({ caller_number: phone, is_spam: true })
      await drain()
      await outside.call({ caller_number: phone })
      await drain()
      const [mark] = itemsOf(await rig.as.operator.get('/api/spam-marks?search=0000031'))
      expect(mark).to.include({ value: phone, by: null, hidden: 1 })
      ok(await rig.as.operator.send('DELETE', `/api/spam-marks/${String(mark?.['id'])}`), 204)
      expect(await rig.db('calls').where({ id: callId }).pluck('is_spam')).to.deep.equal([false])
      await drain()
      expect((await inquiries())[0]).to.include({ state: 'new', events: 2 })
    })
  })

  describe('board of missed calls', () => {
    const board = async (query = '', who: 'operator' | 'supervisor' = 'supervisor') =>
      ok(await rig.as[who].get(`/api/missed-calls?${query}`)) as unknown as {
        items: Json[]
        waiting: number
        overdue: number
        returned: number
        medianSeconds: number | null
      }

    it('has one line for a number, with its owner, deadline, tries, and the talk that settled it', async () => {
      const { operator, supervisor } = rig.as
      const nowMs = Date.now()
      const [a, b, c] = ['+79160000041', '+79160000042', '+79160000043']
      await outside.call({ caller_number: a, atMs: nowMs - 60 * minute })
      const last = await outside.call({ caller_number: a, atMs: nowMs - 50 * minute, outcome: 'abandoned' })
      await outside.call({ caller_number: a, atMs: nowMs - 40 * minute, direction: 'out' })
      // A talk of a moment is none; one that the client began is one.
      const short = { direction: 'out', outcome: 'answered', clean_talk_seconds: 2 }
      await outside.call({ caller_number: a, atMs: nowMs - 30 * minute, ...short })
      await outside.call({ caller_number: b, atMs: nowMs - 60 * minute })
      const back = await outside.call({
        ...{ caller_number: b, atMs: nowMs - 50 * minute, outcome: 'answered', clean_talk_seconds: 3 },
        ...{ operator_id: operator.userId, operator_name: 'The operator' }
      })
      await outside.call({ caller_number: c, atMs: nowMs - minute })
      await outside.call({ caller_number: null })
      await rig.db('tasks').insert({
        ...{ kind: 'call_back', title: a, phone: a, assignee_id: supervisor.userId },
        ...{ created_at: new Date(nowMs - 59 * minute), due_at: new Date(nowMs - 39 * minute) }
      })
      await drain()
      const all = await board()
      expect(all).to.include({ waiting: 2, overdue: 1, returned: 1, medianSeconds: 605 })
      expect(all.items.map(({ phone }) => phone)).to.deep.equal([a, c])
      expect(all.items[0]).to.deep.include({
        ...{ callId: last, calls: 2, tries: 1, returned: null },
        owner: { id: supervisor.userId, name: 'The supervisor' }
      })
      const [settled] = (await board('state=returned')).items
      expect(settled).to.deep.include({ phone: b, calls: 1 })
      expect(settled?.['returned']).to.deep.include({
        ...{ callId: back, direction: 'in', afterSeconds: 605 },
        by: { id: operator.userId, name: 'The operator' }
      })
      // An operator sees their own and nobody's.
      expect((await board('', 'operator')).items.map(({ phone }) => phone)).to.deep.equal([c])
      expect((await board('mine=true')).items.map(({ phone }) => phone)).to.deep.equal([a])
      expect((await board('search=0000043')).items).to.have.length(1)
      await rig.db('spam_marks').insert({ kind: 'phone', value: c })
      expect((await board()).waiting).to.equal(1)
    })

    it('belongs to the owner of the deal or the client, else to whoever was rung, else to the usual one', async () => {
      const { operator, supervisor, admin, marketer } = rig.as
      const id = await outside.call({ caller_number: '+79160000051' })
      const [contact] = await rig
        .db('contacts')
        .insert({ name: 'Ivan', owner_id: operator.userId })
        .returning<{ id: string }[]>('id')
      const contactId = contact?.id ?? ''
      const whose = (of: string | null = contactId) => missedOwner(rig.db, { id, contactId: of })
      expect(await whose(null)).to.equal(null)
      ok(await rules({ defaultUserId: admin.userId }))
      expect(await whose(null)).to.equal(admin.userId)
      await rig.db('call_legs').insert({
        ...{ call_id: id, leg: 'op1', user_id: supervisor.userId, user_name: 'x', started_at: new Date() },
        ...{ kind: 'operator', purpose: 'scheme', result: 'noAnswer' }
      })
      expect(await whose(null)).to.equal(supervisor.userId)
      expect(await whose()).to.equal(operator.userId)
      const deal = { title: 'x', contactId, responsibleId: marketer.userId }
      ok(await admin.send('POST', '/api/deals', deal), 201)
      expect(await whose()).to.equal(marketer.userId)
      await rig.db('users').where({ id: marketer.userId }).update({ is_active: false })
      expect(await whose(), 'who has left is nobody').to.equal(operator.userId)
      await rig.db('users').where({ id: marketer.userId }).update({ is_active: true })
      ok(await rules({ missedOwner: 'lastRung' }))
      expect(await whose()).to.equal(supervisor.userId)
      ok(await rules({ missedOwner: 'default', defaultUserId: admin.userId }))
      expect(await whose()).to.equal(admin.userId)
    })
  })

  describe('dispatcher', () => {
    const among = async (mode: string, userIds: string[]): Promise<void> =>
      void ok(await rules({ dispatch: { isOn: true, mode, userIds } }))
    const give = () => dispatchInquiries(rig.db, () => rig.pbx.operators())
    const owners = async () =>
      (await rig.db('inquiries').orderBy('created_at').pluck('responsible_id')) as (string | null)[]
    const came = async (count: number): Promise<void> => {
      for (let at = 0; at < count; at += 1)
        await outside.call({ caller_number: `+7916000006${at}`, atMs: Date.now() - (60 - at) * minute })
      await drain()
    }

    it('gives what nobody has to those at work, in turn; with nobody free it stays', async () => {
      const { operator, supervisor, admin } = rig.as
      await came(4)
      expect(await give(), 'switched off').to.equal(0)
      await among('carousel', [operator.userId, supervisor.userId, admin.userId])
      expect(await give(), 'nobody at work').to.equal(0)
      rig.pbx.operatorStates = [
        operatorOf(operator.userId),
        operatorOf(supervisor.userId, { presence: 'busy' })
      ]
      rig.pbx.operatorStates.push(operatorOf(admin.userId))
      expect(await give()).to.equal(4)
      const given = await owners()
      expect(given[0]).to.not.equal(given[1])
      expect([given[2], given[3]]).to.deep.equal([given[0], given[1]])
      expect(given).to.not.include(supervisor.userId)
      expect(await give(), 'once').to.equal(0)
    })

    it('leaves with its person whoever has come back, and never takes what somebody has', async () => {
      const { operator, supervisor } = rig.as
      const talk = { outcome: 'answered', operator_id: supervisor.userId, direction: 'out' }
      await outside.call({ caller_number: '+79160000060', ...talk, atMs: Date.now() - 90 * minute })
      await came(2)
      await rig.db('inquiries').where({ phone: '+79160000061' }).update({ responsible_id: operator.userId })
      await among('sticky', [operator.userId, supervisor.userId])
      rig.pbx.operatorStates = [
        operatorOf(operator.userId),
        operatorOf(supervisor.userId, { presence: 'busy' })
      ]
      expect(await give()).to.equal(1)
      expect(await owners()).to.deep.equal([supervisor.userId, operator.userId])
    })

    it('says beforehand who would get the next, and why the others would not', async () => {
      const { operator, supervisor, admin } = rig.as
      rig.pbx.operatorStates = [
        operatorOf(operator.userId),
        operatorOf(supervisor.userId, { presence: 'away', chosen: 'away' })
      ]
      const userIds = [operator.userId, supervisor.userId, admin.userId]
      const ask = { isOn: false, mode: 'weighted', userIds }
      const seen = ok(await supervisor.send('POST', '/api/inquiry-rules/preview', ask))
      expect(seen).to.deep.include({ next: { id: operator.userId, name: 'The operator' }, why: 'weighted' })
      const people = seen['people'] as { person: Json; skipped: string | null }[]
      expect(people.map(({ person, skipped }) => [person['name'], skipped]).toSorted()).to.deep.equal([
        ['The admin', 'offline'],
        ['The operator', null],
        ['The supervisor', 'away']
      ])
      expect((await operator.send('POST', '/api/inquiry-rules/preview', ask)).status).to.equal(403)
    })

    it('counts the wait for a response in the hours that it was given, else day and night', async () => {
      await outside.call({ caller_number: '+79160000070', atMs: Date.now() - 30 * minute })
      await drain()
      const response = async () =>
        (await inquiries())[0]?.['response'] as { seconds: number; runningSince: string }
      const always = await response()
      expect(always.seconds).to.be.within(29 * 60, 32 * 60)
      expect(Date.now() - Date.parse(always.runningSince)).to.be.within(29 * minute, 32 * minute)
      const none = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] }
      const closed = await rig.as.admin.send('POST', '/api/schedules', { name: 'Never', hours: none })
      ok(await rules({ scheduleId: idOf(closed) }))
      expect(await response()).to.deep.equal({ seconds: 0, runningSince: null })
      expect((await rules({ scheduleId: '00000000-0000-4000-8000-000000000000' })).status).to.equal(422)
      await rig.as.admin.send('DELETE', `/api/schedules/${idOf(closed)}`)
      expect((await response()).seconds, 'hours that are gone hold nothing up').to.be.at.least(29 * 60)
    })

    it('refuses rules that cannot be meant', async () => {
      const nobody = '00000000-0000-4000-8000-000000000000'
      for (const change of [
        { warnMinutes: 30, responseMinutes: 20 },
        { responseMinutes: 0 },
        { dispatch: { mode: 'random' } },
        { dispatch: { userIds: [nobody] } },
        { defaultUserId: nobody }
      ])
        expect((await rules(change)).status, JSON.stringify(change)).to.equal(422)
      expect((await rig.as.operator.send('PUT', '/api/inquiry-rules', {})).status).to.equal(403)
      expect(ok(await rig.as.operator.get('/api/inquiry-rules'))).to.include({ responseMinutes: 20 })
    })

    it('works by itself as soon as something comes', async () => {
      const { operator } = rig.as
      await among('load', [operator.userId])
      rig.pbx.operatorStates = [operatorOf(operator.userId)]
      const crm = createCrm({ db: rig.db, databaseUrl, announce, log, people: () => rig.pbx.operators() })
      crm.start()
      try {
        await outside.call({ caller_number: '+79160000069' })
        await until(async () => (await owners())[0] === operator.userId, { what: 'it is given' })
      } finally {
        await crm.stop()
      }
      const [row] = await inquiries()
      expect(idOf({ status: 200, headers: new Headers(), body: row ?? {} })).to.be.a('string')
    })
  })
})
