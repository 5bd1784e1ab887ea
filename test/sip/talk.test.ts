import { expect } from 'chai'
import type { Scheme } from '../../ivr/scheme.ts'
import { until } from '../support/until.ts'
import type { Dialog } from './dialog.ts'
import { header, readSdp, sdpText } from './message.ts'
import { atOnce, bothHear, openOffice, talking, type Office } from './office.ts'

describe('In a talk', function () {
  this.timeout(60_000)
  let office: Office
  before(async function () {
    this.timeout(120_000)
    office = await openOffice(12_400, 47, 24)
  })
  after(() => office.close())

  /** The talk is as it was: both hear each other, and its end is one answered row. */
  async function goesOn(talk: { desk: { number: string }; caller: Dialog; operator: Dialog }) {
    await bothHear(talk.caller, talk.operator)
    expect((await talk.caller.hangup()).status).to.equal(200)
    const call = await office.ended(talk.desk.number)
    expect(call).to.include({ outcome: 'answered', hangupBy: 'client' })
    return call
  }

  /** `side` puts the other on hold and takes them back; how long the music must have been heard is up to the other. */
  async function holds(which: 'caller' | 'operator', hold: Parameters<Dialog['offer']>[0], answer: string[]) {
    const talk = await talking(office)
    const { caller, operator } = talk
    const [side, other, tone] = which === 'caller' ? [caller, operator, 440] : [operator, caller, 1000]
    const held = await side.offer(hold)
    expect(held.status).to.equal(200)
    expect(readSdp(held.body)?.direction).to.be.oneOf(answer)
    await until(() => other.media.heard(tone) < 0.02 && other.media.level() > 0.005, {
      what: 'the other hears music'
    })
    const back = await side.offer({ direction: 'sendrecv' })
    expect(readSdp(back.body)?.direction).to.equal('sendrecv')
    return goesOn(talk)
  }

  const menu: Scheme['blocks'] = {
    first: {
      type: 'menu',
      settings: {
        prompt: [{ sound: 'ringtrace/menu-shop' }],
        options: [{ digit: '1' }, { digit: '7' }],
        waitSeconds: 10
      },
      exits: { '1': null, '7': 'bye', noInput: null, wrongInput: null }
    },
    bye: { type: 'hangup', settings: { reason: 'pressed_seven' }, exits: {} }
  }

  /** A caller in a menu who presses 7 in some way. */
  async function presses(
    press: (caller: Dialog) => Promise<void>,
    events: number | null = 101
  ): Promise<void> {
    const desk = await office.desk({ operators: 0, blocks: menu })
    const caller = await (await office.outside()).call(desk.number, { sdp: { events } })
    expect(await caller.final()).to.equal(200)
    await until(() => caller.media.level() > 0.01, { what: 'the menu speaks' })
    await press(caller)
    await caller.waitFor('BYE')
    expect(await office.ended(desk.number)).to.include({ pressed: '7', reason: 'pressed_seven' })
  }
  async function info(caller: Dialog, type: string, body: string): Promise<void> {
    expect((await caller.request('INFO', [`content-type: ${type}`], body)).status).to.equal(200)
  }

  atOnce({
    'the caller holds (sendonly) and comes back: the operator hears music meanwhile': async () => {
      await holds('caller', { direction: 'sendonly' }, ['recvonly', 'inactive'])
    },
    'the caller holds (inactive) and comes back': async () => {
      await holds('caller', { direction: 'inactive' }, ['inactive'])
    },
    'the caller holds as RFC 2543 does (0.0.0.0) and comes back': async () => {
      await holds('caller', { host: '0.0.0.0' }, ['recvonly', 'inactive', 'sendrecv'])
    },
    'the operator’s telephone holds (sendonly) and comes back: the caller hears music meanwhile':
      async () => {
        await holds('operator', { direction: 'sendonly' }, ['recvonly', 'inactive'])
      },
    'the operator’s telephone holds (inactive) and comes back': async () => {
      await holds('operator', { direction: 'inactive' }, ['inactive'])
    },
    'two re-INVITEs at once: one is refused with 491 or 500, and the talk goes on': async () => {
      const talk = await talking(office)
      const answers = await Promise.all([talk.caller.offer({}), talk.caller.offer({})])
      const statuses = answers.map(({ status }) => status).toSorted()
      expect(statuses[0]).to.equal(200)
      expect(statuses[1]).to.be.oneOf([491, 500])
      expect((await talk.caller.offer({})).status, 'a later one').to.equal(200)
      await goesOn(talk)
    },
    'UPDATE is answered, with an offer and without': async () => {
      const talk = await talking(office)
      const bare = await talk.caller.request('UPDATE')
      expect([bare.status, bare.body]).to.deep.equal([200, ''])
      const held = await talk.caller.offer({ direction: 'inactive' }, 'UPDATE')
      expect([held.status, readSdp(held.body)?.direction]).to.deep.equal([200, 'inactive'])
      await until(() => talk.operator.media.heard(440) < 0.02)
      expect((await talk.caller.offer({}, 'UPDATE')).status).to.equal(200)
      await goesOn(talk)
    },
    'the caller changes to another codec, and both hear each other still': async () => {
      const talk = await talking(office)
      const answer = await talk.caller.offer({ codecs: [0] })
      expect(readSdp(answer.body)?.payloads[0]).to.equal(0)
      await until(() => talk.caller.media.payloads().includes(0), { what: 'µ-law comes' })
      await goesOn(talk)
    },
    'a change to a codec that nobody speaks is refused with 488, and all stays as it was': async () => {
      const talk = await talking(office)
      expect((await talk.caller.offer({ codecs: [96] })).status).to.equal(488)
      await goesOn(talk)
    },
    'a change that is no SDP at all is refused, and all stays as it was': async () => {
      const talk = await talking(office)
      const answer = await talk.caller.request('INVITE', [], 'v=0\r\nthis is not SDP\r\n')
      expect(answer.status).to.be.oneOf([400, 415, 488])
      await goesOn(talk)
    },
    'a carrier may not transfer by REFER: that would be a call at our cost': async () => {
      const talk = await talking(office)
      const answer = await talk.caller.request('REFER', ['refer-to: <sip:+79990001122@127.0.47.3>'])
      expect(answer.status).to.be.within(400, 699)
      await goesOn(talk)
    },
    'an INVITE without an offer: ours comes in the answer, theirs in the ACK': async () => {
      const talk = await talking(office, { caller: { isLateOffer: true } })
      await goesOn(talk)
    },
    'a caller who offers video too gets sound only': async () => {
      const extra = ['m=video 40000 RTP/AVP 97', 'a=rtpmap:97 H264/90000']
      const talk = await talking(office, { caller: { sdp: { extra } } })
      const answer = talk.caller.heard.find((message) => message.status === 200)
      expect(answer?.body).to.match(/^m=video 0 /m)
      await goesOn(talk)
    },
    'a caller who wants provisional answers confirmed (100rel) gets them so': async () => {
      const desk = await office.desk()
      const caller = await (await office.outside()).call(desk.number, { headers: ['require: 100rel'] })
      const operator = await desk.phone.incoming()
      operator.ring()
      const ringing = await caller.waitFor((message) => message.status === 180)
      const number = header(ringing, 'rseq')
      expect(number).to.match(/^\d+$/)
      expect((await caller.request('PRACK', [`rack: ${number} 1 INVITE`])).status).to.equal(200)
      operator.answer()
      expect(await caller.final()).to.equal(200)
      await goesOn({ desk, caller, operator })
    },
    'a caller with µ-law and an operator with A-law hear each other': async () => {
      const desk = await office.desk()
      const caller = await (await office.outside()).call(desk.number, { sdp: { codecs: [0] } })
      const operator = await desk.phone.incoming()
      operator.answer({ codecs: [8] })
      await goesOn({ desk, caller, operator })
    },
    'a telephone with G.722 hears the caller, and the caller hears it': async () => {
      const desk = await office.desk({ phone: { dialog: { hertz: 'echo' } } })
      const caller = await (await office.outside()).call(desk.number)
      const operator = await desk.phone.incoming()
      expect(operator.remoteSdp()?.payloads).to.include(9)
      operator.answer({ codecs: [9] })
      await until(() => caller.media.heard(440) > 0.1, {
        what: 'the caller’s own tone comes back over G.722'
      })
      expect(operator.media.payloads()).to.include(9)
      await caller.hangup()
      expect(await office.ended(desk.number)).to.include({ outcome: 'answered' })
    },

    'a key in a menu by RFC 4733': () => presses((caller) => key(caller, 101)),
    'a key in a menu by RFC 4733 with payload type 96': () => presses((caller) => key(caller, 96), 96),
    'a key in a menu by RFC 4733 with payload type 127': () => presses((caller) => key(caller, 127), 127),
    'a key in a menu by INFO, application/dtmf-relay': () =>
      presses((caller) => info(caller, 'application/dtmf-relay', 'Signal=7\r\nDuration=160\r\n'), null),
    'a key in a menu by INFO, application/dtmf-relay with blanks, as some carriers write it': () =>
      presses((caller) => info(caller, 'application/dtmf-relay', 'Signal= 7\r\nDuration= 160\r\n'), null),
    'a key in a menu by INFO, application/dtmf': () =>
      presses((caller) => info(caller, 'application/dtmf', '7'), null),
    'a session timer shorter than we allow is refused with 422, which says how long it must be': async () => {
      const desk = await office.desk()
      const outside = await office.outside()
      const timer = (seconds: number) => ['supported: timer', `session-expires: ${seconds}`]
      const short = await outside.call(desk.number, { headers: timer(30) })
      expect(await short.final()).to.equal(422)
      const refused = await short.waitFor((message) => message.status === 422)
      expect(header(refused, 'min-se')).to.equal('90')
      const caller = await outside.call(desk.number, { headers: timer(90) })
      const operator = await desk.phone.incoming()
      operator.answer()
      expect(await caller.final()).to.equal(200)
      const answer = await caller.waitFor((message) => message.status === 200)
      expect(header(answer, 'session-expires')).to.match(/^90;\s*refresher=ua[cs]$/)
      await goesOn({ desk, caller, operator })
    }
  })

  function key(caller: Dialog, payload: number): Promise<void> {
    caller.media.key('7', payload)
    return Promise.resolve()
  }

  it('an offer with an address nobody can read is refused or answered, and nothing breaks', async () => {
    const outside = await office.outside()
    const good = sdpText({ host: '127.0.47.3', port: 40_000 })
    for (const body of [
      good.replace(/^c=.*$/m, 'c=IN IP6 [::1'),
      good.replace(/^c=.*$/m, 'c=IN IP4 999.1.2.3'),
      good.replace(/^m=audio 40000/m, 'm=audio 99999999'),
      good.replace(/^o=.*$/m, 'o='),
      'not SDP'
    ]) {
      const call = await outside.call('+74957999999', { body })
      const status = await call.final()
      expect(status, body).to.be.within(200, 699)
      if (status === 200 && call.state() === 'up') await call.hangup()
    }
    await goesOn(await talking(office))
  })
})
