import { expect } from 'chai'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JournalCallWithLegs, TapeEntry } from '../../api/contract/calls.ts'
import type { Scheme, SchemeBlock } from '../../ivr/scheme.ts'
import { createParty, type Manner, type Party } from '../ari/party.ts'
import { foundCompany, type Company, type Operator } from '../support/company.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { until } from '../support/until.ts'
import { hearsTone, onlyRow, rowsOf, telephones, type Telephones } from './chaos.ts'

const lane = 42
const say = (text: string, next: string | null = null): SchemeBlock => ({
  type: 'announce',
  settings: { say: [{ text }] },
  exits: { next }
})

describe('Blocks of a scheme in the ears of a caller', function () {
  this.timeout(60_000)
  let instance: Instance
  let company: Company
  let phones: Telephones
  let anna: Operator
  const outsiders: Party[] = []

  before(async function () {
    this.timeout(120_000)
    instance = await startInstance(25_200)
    company = await foundCompany(instance, lane, 1)
    phones = telephones(instance, company)
    // A telephone with one line is rung again only when it knows that its last call is over.
    await instance.api('PATCH', '/api/operator-settings', { wrapUpSeconds: 1, autoPauseAfter: 0 })
    if (!company.operators[0]) throw new Error('No operator')
    anna = company.operators[0]
  })
  after(() => instance.stop())
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.log(await company.account())
    for (const party of outsiders.splice(0)) await party.close()
    await phones.close()
    await company.clear()
    await presence('available')
  })

  /** Adds a number with these blocks; calls start in the first. */
  async function number(to: string, blocks: Scheme['blocks'], locale: 'ru' | 'en' = 'ru'): Promise<void> {
    await company.number(to, { locale, start: Object.keys(blocks)[0] ?? '', blocks })
  }

  async function presence(is: 'available' | 'away'): Promise<void> {
    await instance.api('PATCH', `/api/users/${anna.id}`, { presence: is })
    await until(async () => {
      const { items } = await instance.api<{ items: { id: string; presence: string }[] }>('GET', '/api/users')
      // Who comes back may be taken at once by a call that waits.
      return (items.find((user) => user.id === anna.id)?.presence === 'away') === (is === 'away')
    })
  }

  /** Somebody at the carrier whom calls through the trunk reach. */
  async function outsider(options: { manner: Manner; toneHz?: number }): Promise<Party> {
    const server = { host: '127.0.0.1', port: instance.sipPort }
    const party = await createParty({ host: company.trunkHost, port: 5060, server, user: 'x', ...options })
    outsiders.push(party)
    return party
  }

  /** The last caller of a number, with the tape so far. */
  async function live(to: string, nth = 0): Promise<TapeEntry[]> {
    const rows = (await rowsOf(instance, to)).toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
    const row = rows[nth]
    return row ? company.tape(row.id) : []
  }

  /** Sounds that were asked for so far, in order. */
  const soundsOf = (rows: readonly TapeEntry[]): unknown[] =>
    rows.flatMap((row) =>
      row.effects.flatMap((effect) => (effect['do'] === 'play' ? (effect['sounds'] as unknown[]) : []))
    )
  const way = (call: JournalCallWithLegs): (string | null)[][] =>
    call.steps.map((step) => [step.blockType, step.exit])
  /** Sound of any kind came in the last half second. */
  const hearsSomething = (party: Party): boolean =>
    party.lately(500).some((sample) => Math.abs(sample) > 1000)

  describe('a queue', () => {
    const line = (groupId: string, settings: Record<string, unknown> = {}): Scheme['blocks'] => ({
      line: {
        type: 'queue',
        settings: { groupId, welcome: [], ringSeconds: 10, ...settings },
        exits: { talked: null, timeout: 'late', full: 'late', callback: null, '0': 'late' }
      },
      late: say('До свидания')
    })

    it('tells callers their place and serves them in order, with music until the operator answers', async () => {
      const to = '+74956000001'
      await number(to, line(company.groupId))
      await presence('away')
      const desk = await phones.at(anna, { manner: 'ring', toneHz: 1000 })
      const first = await phones.outside({ toneHz: 440 })
      expect(await first.call(to)).to.equal(200)
      await until(async () => (await live(to, 0)).some((row) => row.type === 'call.queued'))
      const second = await phones.outside({ toneHz: 600, user: '+79161112244' })
      expect(await second.call(to)).to.equal(200)
      await until(async () => soundsOf(await live(to, 1)).length > 0, { what: 'the second is told' })
      expect(soundsOf(await live(to, 0))).to.deep.equal([{ sound: 'ringtrace/queue-place' }, { number: 1 }])
      expect(soundsOf(await live(to, 1))).to.deep.equal([{ sound: 'ringtrace/queue-place' }, { number: 2 }])
      await until(() => hearsSomething(first) && hearsSomething(second), { what: 'both hear music' })

      await presence('available')
      await until(() => desk.isRinging(), { what: 'the operator is rung' })
      desk.answer()
      await until(() => hearsTone(first, 1000) && hearsTone(desk, 440), { what: 'the first talks' })
      expect(hearsTone(second, 1000), 'the second hears the operator').to.equal(false)
      first.hangup()
      await until(() => desk.isRinging(), { what: 'the operator is rung for the second' })
      desk.answer()
      await until(() => hearsTone(second, 1000) && hearsTone(desk, 600), { what: 'the second talks' })
      second.hangup()
      await until(async () => (await rowsOf(instance, to)).every((row) => row.endedAt))
      const rows = await rowsOf(instance, to)
      expect(rows.map((row) => [row.outcome, row.operator?.name])).to.deep.equal([
        ['answered', 'Anna'],
        ['answered', 'Anna']
      ])
    })

    it('keeps the music and the place when the operator does not answer, and rings again', async () => {
      const to = '+74956000002'
      await number(to, line(company.groupId, { ringSeconds: 5 }))
      const desk = await phones.at(anna, { manner: 'ring', toneHz: 1000 })
      const caller = await phones.outside({ toneHz: 440 })
      expect(await caller.call(to)).to.equal(200)
      await until(() => desk.isRinging(), { what: 'the operator is rung' })
      await until(() => !desk.isRinging(), { what: 'the operator lets it ring', timeoutMs: 15_000 })
      await until(() => hearsSomething(caller), { what: 'the music goes on' })
      await until(() => desk.isRinging(), { what: 'the operator is rung again', timeoutMs: 15_000 })
      desk.answer()
      await until(() => hearsTone(caller, 1000), { what: 'they talk' })
      caller.hangup()
      const call = await onlyRow(instance, to)
      expect(call.legs.map((leg) => leg.result)).to.deep.equal(['noAnswer', 'answered'])
      const queued = (await company.tape(call.id)).filter((row) => row.type === 'call.queued')
      expect(queued, 'one stay in the queue').to.have.length(1)
    })

    it('lets a caller go who waited long enough, and one who presses the key to leave', async () => {
      const to = '+74956000003'
      await number(to, line(company.groupId, { maxWaitSeconds: 10, keys: [{ digit: '0' }] }))
      await presence('away')
      const patient = await phones.outside({ toneHz: 440 })
      expect(await patient.call(to)).to.equal(200)
      const hasty = await phones.outside({ toneHz: 440, user: '+79161112255' })
      expect(await hasty.call(to)).to.equal(200)
      await until(async () => (await live(to, 1)).some((row) => row.type === 'call.queued'))
      hasty.key('0')
      await until(async () => (await rowsOf(instance, to)).filter((row) => row.endedAt).length === 2, {
        what: 'both are out',
        timeoutMs: 30_000
      })
      const calls = await Promise.all(
        (await rowsOf(instance, to)).map((row) =>
          instance.api<JournalCallWithLegs>('GET', `/api/calls/${row.id}`)
        )
      )
      expect(calls.map((call) => call.steps[0]?.exit)).to.have.members(['timeout', '0'])
      expect(calls.map((call) => call.outcome)).to.deep.equal(['missed', 'missed'])
    })

    it('offers a callback, and promises one that keeps the place', async () => {
      const to = '+74956000004'
      const offer = { callbackKey: '1', offerAfterSeconds: 5, announcePlace: false, announceWait: false }
      await number(to, line(company.groupId, offer))
      await presence('away')
      const caller = await phones.outside({ toneHz: 440 })
      expect(await caller.call(to)).to.equal(200)
      await until(async () => soundsOf(await live(to)).length > 0, { what: 'the offer', timeoutMs: 15_000 })
      expect(soundsOf(await live(to))).to.deep.equal([
        { sound: 'ringtrace/callback-offer' },
        { sound: 'digits/1' }
      ])
      caller.key('1')
      const call = await onlyRow(instance, to, 40_000)
      expect(way(call)).to.deep.equal([['queue', 'callback']])
      expect(call).to.include({ outcome: 'missed', reason: 'callback_promised' })
      const rows = await company.tape(call.id)
      const promised = rows.find((row) => row.type === 'call.callback_promised')
      const queued = rows.find((row) => row.type === 'call.queued')
      expect(promised?.data).to.deep.include({ phone: '+79161112233', groupId: company.groupId })
      const place = promised?.data['queue'] as { sinceMs: number; queueId: string }
      expect(place.queueId).to.equal(company.groupId)
      expect(place.sinceMs).to.be.closeTo(Date.parse(queued?.at ?? ''), 1000)

      const desk = await phones.at(anna, { manner: 'ring', toneHz: 1000 })
      const client = await outsider({ manner: 'answer', toneHz: 700 })
      await presence('available')
      await until(() => desk.isRinging(), { what: 'the operator is rung for the callback' })
      desk.answer()
      await until(() => hearsTone(desk, 700) && hearsTone(client, 1000), { what: 'operator and client talk' })
      client.hangup()
      await until(() => !desk.isUp(), { what: 'the callback is over' })
    })
  })

  describe('a number outside', () => {
    const outside = '+74957654321'
    const blocks: Scheme['blocks'] = {
      out: {
        type: 'external',
        settings: { number: outside, ringSeconds: 10 },
        exits: { talked: null, noAnswer: 'sorry', busy: 'sorry', refused: 'sorry' }
      },
      sorry: say('Никто не отвечает')
    }

    it('is called through the trunk and talked with', async () => {
      const to = '+74956000011'
      await number(to, blocks)
      const somebody = await outsider({ manner: 'answer', toneHz: 700 })
      const caller = await phones.outside({ toneHz: 440 })
      expect(await caller.call(to)).to.equal(200)
      await until(() => hearsTone(caller, 700) && hearsTone(somebody, 440), { what: 'they talk' })
      somebody.hangup()
      const call = await onlyRow(instance, to)
      expect(way(call)).to.deep.equal([['external', 'talked']])
      expect(call).to.include({ outcome: 'answered' })
      expect(call.legs.map((leg) => [leg.userId, leg.result])).to.deep.equal([[null, 'answered']])
    })

    it('leads on when it is busy, and when the policy does not allow it', async () => {
      const [busy, abroad] = ['+74956000012', '+74956000013']
      await number(busy, blocks)
      await outsider({ manner: { status: 486, text: 'Busy Here' } })
      const caller = await phones.outside({ toneHz: 440 })
      expect(await caller.call(busy)).to.equal(200)
      expect(way(await onlyRow(instance, busy))).to.deep.equal([
        ['external', 'busy'],
        ['announce', 'next']
      ])
      const out = { ...blocks['out'], settings: { number: '+882161234567' } } as SchemeBlock
      await number(abroad, { ...blocks, out })
      const other = await phones.outside({ toneHz: 440 })
      expect(await other.call(abroad)).to.equal(200)
      const call = await onlyRow(instance, abroad)
      expect(way(call)[0]).to.deep.equal(['external', 'refused'])
      expect((await company.tape(call.id)).map((row) => row.type)).to.include('call.dial_refused')
    })
  })

  describe('an outside system that is asked', () => {
    let server: ReturnType<typeof createServer>
    let answer: (request: IncomingMessage, response: ServerResponse) => void
    let url: string
    const asked: URL[] = []

    before(async () => {
      server = createServer((request, response) => {
        asked.push(new URL(request.url ?? '', 'http://crm'))
        answer(request, response)
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/route`
    })
    after(() => {
      server.closeAllConnections()
      server.close()
    })

    const blocks = (): Scheme['blocks'] => ({
      ask: {
        type: 'lookup',
        settings: { url, codes: ['7'], ringSeconds: 10 },
        exits: { next: 'bye', talked: null, noAnswer: 'bye', failed: 'sorry', 'code:7': 'vip' }
      },
      vip: { type: 'tag', settings: { add: ['vip'] }, exits: { next: 'bye' } },
      bye: say('До свидания'),
      sorry: say('Попробуйте позже')
    })

    it('is told of the call, and its code leads on', async () => {
      const to = '+74956000021'
      await number(to, blocks())
      answer = (_, response) => response.end('{"returned_code": 7}')
      const caller = await phones.outside({ toneHz: 440 })
      expect(await caller.call(to)).to.equal(200)
      const call = await onlyRow(instance, to)
      expect(way(call)).to.deep.equal([
        ['lookup', 'code:7'],
        ['tag', 'next'],
        ['announce', 'next']
      ])
      expect(call.tags).to.deep.equal(['vip'])
      expect(Object.fromEntries(asked.at(-1)?.searchParams ?? [])).to.include({
        numa: '79161112233',
        numb: '74956000021',
        cdr_id: call.id,
        campaign: 'windows'
      })
    })

    it('has its text said, and whom it names rung', async () => {
      const to = '+74956000022'
      await number(to, blocks())
      const named = JSON.stringify({ phones: [anna.id], text: 'Здравствуйте, Мария' })
      answer = (_, response) => response.end(named)
      const desk = await phones.at(anna, { manner: 'ring', toneHz: 1000 })
      const caller = await phones.outside({ toneHz: 440 })
      expect(await caller.call(to)).to.equal(200)
      await until(() => hearsSomething(caller), { what: 'the text is heard' })
      await until(() => desk.isRinging(), { what: 'the operator is rung', timeoutMs: 15_000 })
      desk.answer()
      await until(() => hearsTone(caller, 1000), { what: 'they talk' })
      desk.hangup()
      expect(way(await onlyRow(instance, to))).to.deep.equal([['lookup', 'talked']])
    })

    it('is waited for no longer than told', async () => {
      const to = '+74956000023'
      await number(to, blocks())
      answer = () => undefined
      const caller = await phones.outside({ toneHz: 440 })
      expect(await caller.call(to)).to.equal(200)
      const call = await onlyRow(instance, to)
      expect(way(call)).to.deep.equal([
        ['lookup', 'failed'],
        ['announce', 'next']
      ])
      expect(call.steps[0]?.seconds).to.be.within(1, 2)
    })
  })

  it('texts are spoken, and a key cuts them short', async () => {
    const to = '+74956000031'
    const text = 'Сегодня мы работаем до восьми вечера, а завтра весь день. '.repeat(6)
    await number(to, {
      long: { type: 'announce', settings: { say: [{ text }], skipKey: '5' }, exits: { next: 'bye' } },
      bye: say('До свидания')
    })
    const caller = await phones.outside({ toneHz: 440 })
    expect(await caller.call(to)).to.equal(200)
    await until(() => hearsSomething(caller), { what: 'speech' })
    caller.key('5')
    const call = await onlyRow(instance, to)
    expect(call.steps.map((step) => [step.blockType, step.exit, step.pressed])).to.deep.equal([
      ['announce', 'next', '5'],
      ['announce', 'next', null]
    ])
    expect(call.steps[0]?.seconds).to.be.below(10)
  })

  it('conditions know the source of the call, and a scheme can go on in another', async () => {
    const [other, to] = ['+74956000041', '+74956000042']
    await number(other, { hello: say('Вторая схема') })
    const { items } = await instance.api<{ items: { id: string; name: string }[] }>('GET', '/api/schemes')
    const schemeId = items.find((scheme) => scheme.name === `For ${other}`)?.id
    await number(to, {
      who: {
        type: 'condition',
        settings: {
          rules: [
            { name: 'clients', conditions: [{ fact: 'client', is: 'known' }] },
            {
              name: 'ads',
              conditions: [
                { fact: 'campaign', test: 'in', values: ['Windows'] },
                { fact: 'callerNumber', test: 'startsWith', values: ['+7916'] }
              ]
            }
          ]
        },
        exits: { clients: null, ads: 'go', otherwise: null }
      },
      go: { type: 'goto', settings: { schemeId }, exits: { missing: null } }
    })
    // Whoever has called before is a known client by now.
    const caller = await phones.outside({ toneHz: 440, user: '+79161112277' })
    expect(await caller.call(to)).to.equal(200)
    const call = await onlyRow(instance, to)
    expect(way(call).map(([type, exit]) => `${type}>${exit}`)).to.include.members([
      'condition>ads',
      'announce>next'
    ])
    const changed = (await company.tape(call.id)).find((row) => row.type === 'call.scheme_changed')
    expect(changed?.data['scheme']).to.include({ id: schemeId })
  })
})
