import { expect } from 'chai'
import type { JournalCallWithLegs, TapeEntry } from '../../api/contract/calls.ts'
import { onlyRow } from '../pbx/chaos.ts'
import { until } from '../support/until.ts'
import type { Dialog } from './dialog.ts'
import { atOnce, openOffice, type Desk, type Office } from './office.ts'
import type { Peer } from './peer.ts'

describe('A telephone that transfers by REFER', function () {
  this.timeout(60_000)
  let office: Office
  let carrier: Peer
  before(async function () {
    this.timeout(120_000)
    office = await openOffice(11_800, 46, 24)
    carrier = await office.carrier()
  })
  after(() => office.close())
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.log(await office.company.account())
  })

  const server = (): string => `127.0.0.1:${office.instance.sipPort}`
  async function refer(from: Dialog, to: string): Promise<void> {
    const answer = await from.request('REFER', [
      `refer-to: <${to}>`,
      'referred-by: <sip:operator@127.0.46.4>'
    ])
    expect(answer.status).to.equal(202)
  }
  /** How the telephone was told that it went: the final status of its NOTIFY. */
  const told = (dialog: Dialog): Promise<string> =>
    until(
      () => {
        const notes = dialog.heard.filter(({ method, status }) => method === 'NOTIFY' && status === 0)
        return notes
          .map(({ body }) => /^SIP\/2.0 ([2-6]\d\d)/m.exec(body)?.[1])
          .find((status) => status !== undefined)
      },
      { what: 'the telephone is told how it went' }
    )
  const hear = (a: Dialog, b: Dialog, aHz: number, bHz: number): Promise<boolean> =>
    until(() => a.media.heard(bHz) > 0.1 && b.media.heard(aHz) > 0.1, {
      what: `${aHz} and ${bHz} hear each other`
    })
  const transfers = (rows: TapeEntry[]) =>
    rows.filter((row) => row.type === 'call.transfer').map((row) => [row.data['mode'], row.data['state']])
  /** Every answered leg has a recording of its own, which becomes a file. */
  async function allRecorded(call: JournalCallWithLegs): Promise<void> {
    const answered = call.legs.filter((leg) => leg.result === 'answered')
    expect(answered.map((leg) => leg.recordingId)).to.not.include(null)
    expect(new Set(answered.map((leg) => leg.recordingId)).size).to.equal(answered.length)
    let states: (string | null)[] = []
    const isReady = async (): Promise<boolean> => {
      const { legs } = await office.instance.api<JournalCallWithLegs>('GET', `/api/calls/${call.id}`)
      states = legs
        .filter((leg) => leg.result === 'answered')
        .map((leg) => leg.recordingError ?? leg.recordingState)
      return states.every((state) => state === 'ready')
    }
    await until(isReady, { timeoutMs: 30_000, everyMs: 200 }).catch(() => {
      throw new Error(`Not every answered leg can be heard: ${states.join()}`)
    })
  }
  /** A caller in a talk with one of two operators, and the other one. */
  async function talkingOfTwo(): Promise<{
    desk: Desk
    caller: Dialog
    owner: Dialog
    ownerPhone: Peer
    other: Peer
    extension: string
    ownHz: number
    otherHz: number
  }> {
    const desk = await office.desk({ operators: 2, ring: { strategy: 'inOrder' } })
    const { extensions } = desk
    const caller = await (await office.outside()).call(desk.number)
    const ownerPhone = await until(() => desk.phones.find((phone) => phone.calls.length > 0), {
      what: 'one rings'
    })
    const owner = await ownerPhone.incoming()
    const index = desk.phones.indexOf(ownerPhone)
    const other = desk.phones[1 - index]
    if (!other) throw new Error('Two sit at this desk')
    owner.ring()
    owner.answer()
    expect(await caller.final()).to.equal(200)
    const [ownHz, otherHz] = index === 0 ? [1000, 1500] : [1500, 1000]
    await hear(caller, owner, 440, ownHz)
    await office.recorded(desk.number)
    return { desk, caller, owner, ownerPhone, other, extension: extensions[1 - index] ?? '', ownHz, otherHz }
  }

  atOnce({
    'blind, to a colleague: the client speaks with them, both legs are recorded': async () => {
      const { desk, caller, owner, other, extension, otherHz } = await talkingOfTwo()
      await refer(owner, `sip:${extension}@${server()}`)
      const colleague = await other.incoming()
      colleague.ring()
      colleague.answer()
      await hear(caller, colleague, 440, otherHz)
      expect(await told(owner)).to.equal('200')
      await owner.waitFor('BYE')
      await office.recorded(desk.number)
      await caller.hangup()
      const call = await office.ended(desk.number)
      expect(call).to.include({ outcome: 'answered', hangupBy: 'client', isTransferred: true })
      expect(call.legs.map((leg) => leg.result)).to.deep.equal(['answered', 'answered'])
      await allRecorded(call)
      expect(transfers(await office.moments(call.id))).to.deep.equal([
        ['blind', 'started'],
        ['blind', 'completed']
      ])
    },

    'blind, to a colleague who declines: the client comes back': async () => {
      const { desk, caller, owner, ownerPhone, other, extension, ownHz } = await talkingOfTwo()
      await refer(owner, `sip:${extension}@${server()}`)
      const colleague = await other.incoming()
      await isFree(desk, ownerPhone)
      colleague.refuse('603 Decline')
      const back = await ownerPhone.incoming(1)
      back.ring()
      back.answer()
      await hear(caller, back, 440, ownHz)
      await office.recorded(desk.number)
      await caller.hangup()
      const call = await office.ended(desk.number)
      expect(call.legs.map((leg) => leg.result)).to.deep.equal(['answered', 'declined', 'answered'])
      expect(transfers(await office.moments(call.id)).at(-1)).to.deep.equal(['blind', 'failed'])
      expect(call).to.include({ outcome: 'answered', isTransferred: false })
      await allRecorded(call)
    },

    'blind, to a number that the policy allows: the client speaks with somebody outside': async () => {
      const { desk, caller, owner } = await talkingOfTwo()
      await refer(owner, `sip:+74951230001@${server()}`)
      const outside = await called('+74951230001')
      outside.ring()
      outside.answer()
      await hear(caller, outside, 440, 600)
      await owner.waitFor('BYE')
      await office.recorded(desk.number)
      await outside.hangup()
      await caller.waitFor('BYE')
      const call = await office.ended(desk.number)
      expect(call).to.include({ outcome: 'answered', isTransferred: true })
      await allRecorded(call)
    },

    'blind, to somebody nobody knows: it is told so, and the talk goes on': async () => {
      const { desk, caller, owner, ownHz } = await talkingOfTwo()
      await refer(owner, `sip:no-such-colleague@${server()}`)
      expect(Number(await told(owner))).to.be.within(400, 699)
      expect(owner.state()).to.equal('up')
      await hear(caller, owner, 440, ownHz)
      await caller.hangup()
      const call = await office.ended(desk.number)
      expect(call).to.include({ outcome: 'answered', hangupBy: 'client', isTransferred: false })
      expect(transfers(await office.moments(call.id))).to.deep.equal([])
    },

    'attended (Replaces), from a talk with a colleague: the client speaks with the colleague': async () => {
      const { desk, caller, colleague } = await attended()
      await caller.hangup()
      await colleague.waitFor('BYE')
      const call = await onlyRow(office.instance, desk.number)
      expect(call).to.include({ outcome: 'answered', hangupBy: 'client', isTransferred: true })
      expect(call.legs.map((leg) => leg.result)).to.deep.equal(['answered', 'answered'])
      expect(transfers(await office.moments(call.id))).to.deep.equal([['warm', 'completed']])
    }
  })

  it('blind, to a number abroad: the policy refuses, nobody is dialled, and the client comes back', async () => {
    const call = await comesBack('+881612345678')
    const refused = (await office.moments(call.id)).find((row) => row.type === 'call.dial_refused')
    expect(refused?.data['number']).to.equal('+881612345678')
  })

  it('blind, to a number abroad: nobody is dialled, and the tape says why', async () => {
    const { desk, caller, owner } = await talkingOfTwo()
    await refer(owner, `sip:+881612345679@${server()}`)
    const row = await until(async () => {
      const { items } = await office.instance.api<{ items: JournalCallWithLegs[] }>(
        'GET',
        '/api/calls?limit=100'
      )
      const call = items.find(({ dialedNumber }) => dialedNumber === desk.number)
      return call && (await office.moments(call.id)).find(({ type }) => type === 'call.dial_refused')
    })
    expect(row.data).to.include({ number: '+881612345679', reason: 'prefix_blocked' })
    if (caller.state() === 'up') await caller.hangup()
    await office.ended(desk.number)
    expect(numbers()).to.not.include('+881612345679')
  })

  it('attended: the talk with the colleague is recorded too', async () => {
    const { desk, caller } = await attended()
    await office.recorded(desk.number)
    await caller.hangup()
    await allRecorded(await office.ended(desk.number))
  })

  it('attended: the colleague is free when the client has hung up', async () => {
    const { desk, caller } = await attended()
    await caller.hangup()
    await office.ended(desk.number)
  })

  /** The owner asks a colleague in a second call, then brings the two calls together. */
  async function attended() {
    const talk = await talkingOfTwo()
    const { owner, ownerPhone, other, extension, ownHz, otherHz, caller } = talk
    expect((await owner.offer({ direction: 'sendonly' })).status).to.equal(200)
    await until(() => caller.media.heard(ownHz) < 0.02 && caller.media.level() > 0.005, {
      what: 'the client hears music'
    })
    const asking = await ownerPhone.call(extension)
    const colleague = await other.incoming()
    colleague.ring()
    colleague.answer()
    expect(await asking.final()).to.equal(200)
    await hear(asking, colleague, ownHz, otherHz)
    await refer(owner, `sip:${extension}@${server()}?Replaces=${encodeURIComponent(asking.replaces())}`)
    await hear(caller, colleague, 440, otherHz)
    expect(await told(owner)).to.equal('200')
    await asking.waitFor('BYE')
    await owner.waitFor('BYE')
    return { ...talk, colleague }
  }

  async function isFree(desk: Desk, phone: Peer): Promise<void> {
    const id = desk.operators[desk.phones.indexOf(phone)]?.id ?? ''
    await until(
      async () =>
        (await office.instance.api<{ presence: string }>('GET', `/api/users/${id}`)).presence !== 'busy',
      { what: 'whoever transferred is free again' }
    )
  }

  /** A blind transfer that comes to nothing: whoever asked for it is rung, and has the client again. */
  async function comesBack(to: string): Promise<JournalCallWithLegs> {
    const { desk, caller, owner, ownerPhone, ownHz } = await talkingOfTwo()
    await refer(owner, `sip:${to}@${server()}`)
    const back = await ownerPhone.incoming(1)
    back.ring()
    back.answer()
    await hear(caller, back, 440, ownHz)
    await office.recorded(desk.number)
    await caller.hangup()
    const call = await office.ended(desk.number)
    expect(transfers(await office.moments(call.id))).to.deep.equal([
      ['blind', 'started'],
      ['blind', 'failed']
    ])
    expect(call).to.include({ outcome: 'answered', hangupBy: 'client', isTransferred: false })
    await allRecorded(call)
    return call
  }

  const numbers = (): string[] =>
    carrier.calls.map((call) => /^INVITE sip:([^@]+)@/.exec(call.heard[0]?.first ?? '')?.[1] ?? '')
  const called = (number: string): Promise<Dialog> =>
    until(() => carrier.calls[numbers().indexOf(number)], { what: `${number} is dialled at the carrier` })
})
