import { expect } from 'chai'
import type { Scheme } from '../../ivr/scheme.ts'
import { cseqOf, header, type Message } from './message.ts'
import { atOnce, bothHear, openOffice, talking, type Office } from './office.ts'

/** What takes its time: parties that vanish, answers that never come, timers of a minute. All of it at once. */
describe('A party that says nothing any more', function () {
  this.timeout(110_000)
  let office: Office
  before(async function () {
    this.timeout(120_000)
    office = await openOffice(18_400, 48, 12)
    // A minute, and ten while held, is right for people; here the carrier's silence is noticed sooner.
    const known = await office.instance.asterisk<{ resource: string }[]>('/endpoints/PJSIP')
    const id = known.find(({ resource }) => resource.startsWith('trunk-'))?.resource ?? ''
    await office.patch('endpoint', id, { rtp_timeout: '6', rtp_timeout_hold: '12' })
  })
  after(() => office.close())

  atOnce({
    'is a caller who never confirms the answer (no ACK): hung up after 32 s, the operator is free':
      async () => {
        const desk = await office.desk()
        const caller = await (await office.outside()).call(desk.number, { acks: false })
        const operator = await desk.phone.incoming()
        operator.ring()
        operator.answer()
        expect(await caller.final()).to.equal(200)
        await operator.waitFor('BYE', 50_000)
        const repeated = caller.heard.filter((message) => message.status === 200)
        expect(repeated.length, 'the answer was repeated').to.be.greaterThan(4)
        const call = await office.ended(desk.number)
        expect(call).to.include({ outcome: 'answered', hangupBy: 'client' })
        expect(call.talkSeconds).to.be.within(30, 40)
      },

    'is an operator whose telephone vanished: after 15 s the call goes on without it': async () => {
      const { desk, caller, operator } = await talking(office)
      operator.vanish()
      await caller.waitFor('BYE', 40_000)
      const call = await office.ended(desk.number)
      expect(call).to.include({ outcome: 'answered', hangupBy: 'operator' })
      expect(call.talkSeconds).to.be.within(14, 25)
    },

    'is a caller who vanished (the trunk’s RTP timeout): hung up, and the operator with it': async () => {
      const { desk, caller, operator } = await talking(office)
      caller.vanish()
      await operator.waitFor('BYE', 30_000)
      const call = await office.ended(desk.number)
      expect(call).to.include({ outcome: 'answered', hangupBy: 'client' })
      expect(call.talkSeconds).to.be.within(5, 15)
    },

    'is a caller who holds: left in peace far longer than one who vanished': async () => {
      const { desk, caller, operator } = await talking(office)
      expect((await caller.offer({ direction: 'inactive' })).status).to.equal(200)
      const heldMs = Date.now()
      caller.vanish()
      await operator.waitFor('BYE', 40_000)
      expect(Date.now() - heldMs, 'longer than the silence of a talk').to.be.greaterThan(9000)
      expect(await office.ended(desk.number)).to.include({ outcome: 'answered', hangupBy: 'client' })
    },

    'is a caller who vanished in a menu': async () => {
      const desk = await office.desk({ operators: 0, blocks: menu })
      const caller = await (await office.outside()).call(desk.number)
      expect(await caller.final()).to.equal(200)
      caller.vanish()
      const call = await office.ended(desk.number, 40_000)
      expect(call).to.include({ outcome: 'abandoned', hangupBy: 'client' })
    },

    'is a caller who never keeps the session alive (RFC 4028): hung up when it expires': async () => {
      const { desk, caller } = await talking(office, { caller: { headers: theirs } })
      await caller.waitFor('BYE', 95_000)
      const call = await office.ended(desk.number)
      expect(call).to.include({ outcome: 'answered', hangupBy: 'client' })
      expect(call.talkSeconds).to.be.within(50, 92)
    },

    'is a caller who leaves keeping the session alive to us: Asterisk does, and the talk goes on':
      async () => {
        const { desk, caller, operator } = await talking(office, { caller: { headers: ours } })
        const refresh = await caller.waitFor(isRefresh, 60_000)
        expect(header(refresh, 'session-expires')).to.match(/^90/)
        await bothHear(caller, operator)
        await caller.hangup()
        expect(await office.ended(desk.number)).to.include({ outcome: 'answered', hangupBy: 'client' })
      },

    'is a caller whose re-INVITE crossed ours (glare, 491): both stand back, and the talk goes on':
      async () => {
        let refusals = 0
        const { desk, caller, operator } = await talking(office, {
          caller: {
            headers: ours,
            onRequest(dialog, message) {
              if (message.method !== 'INVITE' || refusals > 0) return false
              refusals += 1
              dialog.respond(message, '491 Request Pending')
              return true
            }
          }
        })
        const first = await caller.waitFor(isRefresh, 60_000)
        // Ours goes out while theirs is not settled yet.
        const answer = await caller.offer({})
        expect(answer.status).to.be.oneOf([200, 491, 500])
        const again = await caller.waitFor(
          (message) => isRefresh(message) && cseqOf(message) > cseqOf(first),
          20_000
        )
        expect(again.status).to.equal(0)
        expect((await caller.offer({})).status).to.equal(200)
        await bothHear(caller, operator)
        await caller.hangup()
        expect(await office.ended(desk.number)).to.include({ outcome: 'answered', hangupBy: 'client' })
      }
  })
})

const isRefresh = (message: Message): boolean => message.status === 0 && message.method === 'INVITE'
const ours = ['supported: timer', 'session-expires: 90;refresher=uas']
const theirs = ['supported: timer', 'session-expires: 90;refresher=uac']
const menu: Scheme['blocks'] = {
  first: {
    type: 'menu',
    settings: { prompt: [{ sound: 'ringtrace/menu-shop' }], options: [{ digit: '1' }], waitSeconds: 60 },
    exits: { '1': null, noInput: null, wrongInput: null }
  }
}
