import { expect } from 'chai'
import type { JournalCall } from '../../api/contract/calls.ts'
import { ringScheme } from '../support/company.ts'
import { until } from '../support/until.ts'
import { hears, openOffice, type Office } from './office.ts'

type Item = Record<string, unknown>
const number = '+79035550144'
const always = Object.fromEntries(
  ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [['00:00', '24:00']]])
)

describe('Callbacks and lists with real telephones', function () {
  this.timeout(90_000)
  let office: Office
  let groupId: string

  before(async function () {
    this.timeout(120_000)
    office = await openOffice(23_600, 44)
    groupId = office.company.groupId
    // Only Anna takes calls here.
    for (const one of [office.boris, office.vera, office.gleb])
      await office.instance.api('PATCH', `/api/users/${one.id}`, { presence: 'away' })
  })
  after(() => office.close())
  beforeEach(async () => {
    await rules({})
    await office.instance.api('PUT', '/api/dial-policy', {})
  })
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.log(await office.company.account())
    await office.clear()
    const { items } = await office.instance.api<{ items: Item[] }>('GET', '/api/callbacks?state=open')
    for (const { id } of items)
      await office.instance.api('PATCH', `/api/callbacks/${String(id)}`, { state: 'cancelled' })
  })

  const rules = (change: Item): Promise<unknown> =>
    office.instance.api('PUT', '/api/callback-settings', {
      ...{ hours: { timeZone: 'Europe/Moscow', hours: always }, groupId, ringSeconds: 60 },
      ...{ pausesMinutes: [0.02], shortPauseSeconds: 0.5, minTalkSeconds: 0, ...change }
    })
  const order = async (phone = number, change: Item = {}): Promise<string> =>
    (await office.instance.api<{ id: string }>('POST', '/api/callbacks', { phone, ...change })).id
  const becomes = (id: string, state: string): Promise<Item> =>
    until(
      async () => {
        const one = await office.instance.api<Item>('GET', `/api/callbacks/${id}`)
        return one['state'] === state ? one : null
      },
      { timeoutMs: 30_000, what: `the callback is ${state}` }
    )
  const tasks = async (filter = ''): Promise<Item[]> =>
    (await office.instance.api<{ items: Item[] }>('GET', `/api/tasks?open=true${filter}`)).items
  const auditOf = async (action: string): Promise<Item[]> =>
    (await office.instance.api<{ items: Item[] }>('GET', `/api/audit?action=${action}&limit=50`)).items

  it('ring the operator first, then the client; both talk, and the callback is done', async () => {
    const anna = await office.desk(office.anna, { manner: 'ring' })
    const client = await office.outside({ manner: 'ring' })
    const id = await order(number, { name: 'Ivan' })
    await until(() => anna.isRinging(), { what: 'Anna rings' })
    expect(client.heard).to.deep.equal([])
    expect((await becomes(id, 'calling'))['attempts']).to.equal(0)
    anna.answer()
    await until(() => client.isRinging(), { what: 'the client rings' })
    client.answer()
    await hears(client, { anna: true })
    await hears(anna, { outside: true })
    client.hangup()
    const done = await becomes(id, 'done')
    expect(done).to.include({ lastResult: 'talked', attempts: 1 })
    const call = await office.ended(String(done['callId']))
    expect(call).to.include({ callType: 'callback_form', direction: 'out', outcome: 'answered' })
    expect(call.operator?.name).to.equal('Anna')
    expect(done['tries']).to.have.length(1)
  })

  it('are tried again while the client is busy, then become a task', async () => {
    await rules({ maxAttempts: 2 })
    await office.desk(office.anna)
    const client = await office.outside({ manner: { status: 486, text: 'Busy Here' } })
    const id = await order()
    const failed = await becomes(id, 'failed')
    expect(failed).to.include({ attempts: 2, lastResult: 'clientBusy' })
    expect(client.heard.filter((first) => first.startsWith('INVITE'))).to.have.length(2)
    const task = (await tasks()).find(({ callbackId }) => callbackId === id)
    expect(task).to.include({ kind: 'callback_failed', phone: number })
  })

  it('come again soon when the operator declines, and the client never hears of it', async () => {
    const anna = await office.desk(office.anna, { manner: { status: 603, text: 'Decline' } })
    const client = await office.outside()
    const id = await order()
    await until(() => anna.heard.filter((first) => first.startsWith('INVITE')).length >= 1)
    anna.setManner('answer')
    expect(client.heard).to.deep.equal([])
    await hears(client, { anna: true })
    client.hangup()
    expect(await becomes(id, 'done')).to.include({ attempts: 1 })
  })

  it('follow a missed call by rule; without the rule it is a task that a talk closes', async () => {
    const to = '+74954400001'
    await office.company.number(to, ringScheme(groupId, { ringSeconds: 20 }))
    const phone = '+79161114401'
    const miss = async (): Promise<void> => {
      const caller = await office.company.caller(to, { scenario: 'caller-cancels', keys: { caller: phone } })
      await caller.done
    }
    const anna = await office.desk(office.anna, { manner: 'ring' })
    await miss()
    const task = await until(async () => (await tasks()).find((one) => one['phone'] === phone))
    expect(task).to.include({ kind: 'call_back', assigneeId: office.anna.id, calls: 1 })

    await rules({ autoCallback: { isOn: true, delaySeconds: 1, maxPerDay: 2 } })
    await miss()
    const callback = await until(
      async () =>
        (
          await office.instance.api<{ items: Item[] }>('GET', '/api/callbacks?kind=missed&state=open')
        ).items.find((one) => one['phone'] === phone),
      { what: 'a callback follows' }
    )
    const client = await office.outside({ manner: 'ring' })
    anna.setManner('answer')
    await until(() => client.isRinging(), { what: 'the client is called back' })
    client.answer()
    await hears(client, { anna: true })
    client.hangup()
    const done = await becomes(String(callback['id']), 'done')
    const call = await office.ended(String(done['callId']))
    expect(call.callType).to.equal('callback_missed')
    // The client sees the number that they had called.
    expect(client.shown.at(-1)).to.include('74954400001')
    const [settled] = (
      await office.instance.api<{ items: Item[] }>('GET', `/api/tasks?state=done&kind=call_back`)
    ).items.filter((one) => one['phone'] === phone)
    expect(settled).to.include({ result: 'returned' })
  })

  it('are placed once when the controller is killed while the client rings', async () => {
    const anna = await office.desk(office.anna)
    const client = await office.outside({ manner: 'ring' })
    const id = await order()
    await until(() => client.isRinging())
    // What was not on the tape yet is lost with the controller, and tried again: another test.
    await until(
      async () => {
        const { items } = await office.instance.api<{ items: JournalCall[] }>('GET', '/api/calls?limit=1')
        if (!items[0] || items[0].endedAt) return false
        const tape = await office.tapeOf(items[0].id)
        return tape.filter((type) => type === 'leg.ringing').length === 2
      },
      { what: 'the ringing is on the tape' }
    )
    await office.instance.kill()
    await office.instance.start()
    client.answer()
    await hears(client, { anna: true })
    anna.hangup()
    const done = await becomes(id, 'done')
    expect(done).to.include({ lastResult: 'talked', attempts: 1 })
    expect(done['tries']).to.have.length(1)
    expect(client.heard.filter((first) => first.startsWith('INVITE'))).to.have.length(1)
  })

  it('are tried again when the controller is killed before the operator answers', async () => {
    const anna = await office.desk(office.anna, { manner: 'ring' })
    const client = await office.outside()
    const id = await order()
    await until(() => anna.isRinging())
    await office.instance.kill()
    await office.instance.start()
    anna.setManner('answer')
    if (anna.isRinging()) anna.answer()
    await hears(client, { anna: true })
    client.hangup()
    const done = await becomes(id, 'done')
    expect(done).to.include({ lastResult: 'talked' })
    const talked = (done['tries'] as Item[]).filter(({ result }) => result === 'talked')
    expect(talked).to.have.length(1)
  })

  it('keep the place that a caller had in a queue, over a restart of the controller too', async () => {
    const to = '+74954400005'
    await office.company.number(to, {
      ...{ locale: 'ru', start: 'queue' },
      blocks: {
        queue: {
          type: 'queue',
          settings: { groupId, callbackKey: '1', ringSeconds: 10 },
          exits: { talked: null, noAnswer: null, full: null, callback: null }
        }
      }
    })
    const { id: talkId, client: first, anna } = await office.talk('+74954400004')
    const waiting = await office.outside({ port: 5066, user: number })
    expect(await waiting.call(to)).to.equal(200)
    const queued = await until(async () => {
      const { items } = await office.instance.api<{ items: JournalCall[] }>('GET', '/api/calls?limit=5')
      const call = items.find((one) => one.dialedNumber === to)
      return call && (await office.tapeOf(call.id)).includes('call.queued') ? call : null
    })
    waiting.press('1')
    await until(async () => (await office.tapeOf(queued.id)).includes('call.callback_promised'), {
      what: 'the callback is promised'
    })
    waiting.hangup()
    await office.ended(queued.id)
    const callback = await until(async () => {
      const { items } = await office.instance.api<{ items: Item[] }>('GET', '/api/callbacks?kind=queue')
      return items.find((one) => one['parentCallId'] === queued.id)
    })
    expect(callback).to.include({ phone: number, isQueued: true, state: 'waiting' })
    const inLine = (): Promise<unknown> =>
      until(
        async () =>
          JSON.stringify(await office.instance.api('GET', '/api/queues')).includes(String(callback['id'])),
        { what: 'the callback stands in the queue' }
      )
    await inLine()
    await office.instance.kill()
    await office.instance.start()
    await inLine()
    const client = await office.outside({ manner: 'ring' })
    first.hangup()
    await office.ended(talkId)
    await until(() => client.isRinging(), { what: 'the client is called when their turn has come' })
    client.answer()
    await hears(client, { anna: true })
    expect(anna.isUp()).to.equal(true)
    client.hangup()
    expect(await becomes(String(callback['id']), 'done')).to.include({ lastResult: 'talked' })
  })

  it('of a list call one client after the other, at a polite hour, and only who wishes it', async () => {
    const anna = await office.desk(office.anna)
    const client = await office.outside()
    await office.instance.api('PUT', '/api/dial-policy', { countries: ['RU', 'GB'] })
    // It is noon where the company is; somewhere it is night.
    const hour = new Date().getUTCHours()
    const timeZone = `Etc/GMT${hour < 12 ? '-' : '+'}${Math.abs(12 - hour)}`
    const asleep = hour >= 8 && hour < 20 ? '+74152123456' : '+442079460123'
    const { id } = await office.instance.api<{ id: string }>('POST', '/api/dial-lists', {
      ...{ name: 'Autumn', groupId, hours: { timeZone, hours: always } }
    })
    const unwanted = '+79035550147'
    const csv = `phone,name\n${asleep},John\n+79035550145,Ivan\n${unwanted},Oleg\n+79035550146,Petr\n`
    await office.instance.api('POST', `/api/dial-lists/${id}/entries`, { csv })
    await office.instance.api('POST', '/api/do-not-call', { phone: unwanted })
    await office.instance.api('POST', `/api/dial-lists/${id}/start`)
    for (const called of ['+79035550145', '+79035550146']) {
      await until(() => client.heard.some((first) => first.startsWith(`INVITE sip:${called}@`)), {
        ...{ timeoutMs: 30_000, what: `${called} is called` }
      })
      await until(() => client.isUp() && anna.isUp())
      await hears(client, { anna: true })
      client.hangup()
    }
    const counts = await until(async () => {
      const one = await office.instance.api<{ counts: Record<string, number> }>(
        'GET',
        `/api/dial-lists/${id}`
      )
      return one.counts['done'] === 2 ? one.counts : null
    })
    expect(counts).to.include({ done: 2, stopped: 1, waiting: 1 })
    expect(client.heard.filter((first) => first.startsWith('INVITE'))).to.have.length(2)
    await office.instance.api('POST', `/api/dial-lists/${id}/pause`)
  })

  describe('and money', () => {
    it('a number that nobody may dial is refused before the operator rings, and stands in the audit', async () => {
      const anna = await office.desk(office.anna)
      const client = await office.outside()
      const before = (await auditOf('dial.refused')).length
      const { status, code } = await office.as(office.anna, 'POST', '/api/calls', { to: '+882161234567' })
      expect([status, code]).to.deep.equal([409, 'prefix_blocked'])
      expect([...anna.heard, ...client.heard]).to.deep.equal([])
      const rows = await auditOf('dial.refused')
      expect(rows).to.have.length(before + 1)
      expect(rows[0]).to.deep.include({ userId: office.anna.id })
      expect(rows[0]?.['data']).to.include({ reason: 'prefix_blocked' })
    })

    it('a transfer to such a number is refused at the dial: on the tape, in the audit, in the metrics', async () => {
      const { id, client } = await office.talk('+74954400002')
      const outside = await office.outside()
      const target = { kind: 'external', number: '+882161234567' }
      await office.as(office.anna, 'POST', `/api/calls/${id}/transfer`, { mode: 'blind', target })
      await until(async () => (await office.tapeOf(id)).includes('call.dial_refused'), {
        what: 'the tape tells of it'
      })
      const row = await until(async () =>
        (await auditOf('dial.refused')).find((one) => one['entityId'] === id)
      )
      expect(row).to.deep.include({ userId: office.anna.id })
      expect(row['data']).to.deep.equal({ number: '+882161234567', reason: 'prefix_blocked' })
      expect(outside.heard).to.deep.equal([])
      const metrics = await (await fetch(`${office.instance.url}/metrics`)).text()
      expect(metrics).to.match(/pbx_dials_refused_total\{reason="prefix_blocked"\} [1-9]/)
      client.hangup()
      await office.ended(id)
    })

    it('a stolen account reaches its limit by clicks and by transfers alike, also after a restart', async () => {
      await office.desk(office.anna)
      const client = await office.outside()
      const dialledBefore = await callsOf(office)
      const cap = dialledBefore + 2
      await office.instance.api('PUT', '/api/dial-policy', { caps: { userCallsPerDay: cap } })
      const click = (): ReturnType<Office['as']> =>
        office.as(office.anna, 'POST', '/api/calls', { to: number })
      for (let n = 0; n < 2; n += 1) {
        const { status, body } = await click()
        expect(status, JSON.stringify(body)).to.equal(202)
        await until(() => client.isUp(), { what: 'the client is reached' })
        await hears(client, { anna: true })
        client.hangup()
        await office.ended((body as { callId: string }).callId)
      }
      expect((await click()).code).to.equal('user_daily_cap')
      await office.instance.kill()
      await office.instance.start()
      expect((await click()).code).to.equal('user_daily_cap')
      await office.clear()
      const { id, client: caller } = await office.talk('+74954400003')
      const target = { kind: 'external', number }
      await office.as(office.anna, 'POST', `/api/calls/${id}/transfer`, { mode: 'blind', target })
      const tape = await until(async () => {
        const rows = await office.company.tape(id)
        return rows.find((row) => row.type === 'call.dial_refused')
      })
      expect(tape.data).to.include({ reason: 'user_daily_cap', byUserId: office.anna.id })
      caller.hangup()
      await office.ended(id)
    })
  })
})

/** How many numbers outside were dialled today on Anna's account, as the journal's legs tell. */
async function callsOf(office: Office): Promise<number> {
  const { items } = await office.instance.api<{ items: JournalCall[] }>('GET', '/api/calls?limit=200')
  let count = 0
  for (const { id } of items) {
    for (const row of await office.company.tape(id)) {
      for (const effect of row.effects) if (effect['do'] === 'dialOut') count += 1
    }
  }
  return count
}
