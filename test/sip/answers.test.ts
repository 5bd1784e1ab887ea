import { expect } from 'chai'
import type { JournalCallWithLegs } from '../../api/contract/calls.ts'
import { until } from '../support/until.ts'
import type { Dialog } from './dialog.ts'
import type { Message } from './message.ts'
import { atOnce, bothHear, openOffice, talking, type Office } from './office.ts'

describe('An operator’s telephone that is rung', function () {
  this.timeout(60_000)
  let office: Office
  before(async function () {
    this.timeout(120_000)
    office = await openOffice(11_800, 46, 34)
  })
  after(() => office.close())

  const results = (call: JournalCallWithLegs) => call.legs.map((leg) => leg.result)

  /** One operator says no in some way; the caller must get an end, and the journal the reason. */
  async function refusal(status: string, headers: string[] = []): Promise<JournalCallWithLegs> {
    const desk = await office.desk()
    const caller = await (await office.outside()).call(desk.number)
    const operator = await desk.phone.incoming()
    operator.ring()
    operator.refuse(status, headers)
    expect(await caller.final(), 'what the caller gets').to.be.within(400, 699)
    await operator.waitFor('ACK')
    const call = await office.ended(desk.number)
    expect(call).to.include({ outcome: 'missed', reason: 'no_answer', hangupBy: 'system', talkSeconds: 0 })
    return call
  }

  const refusals: [status: string, result: string, cause: number][] = [
    ['404 Not Found', 'failed', 1],
    ['480 Temporarily Unavailable', 'noAnswer', 19],
    ['486 Busy Here', 'busy', 17],
    ['487 Request Terminated', 'failed', 127],
    ['488 Not Acceptable Here', 'failed', 58],
    ['500 Server Internal Error', 'failed', 38],
    ['503 Service Unavailable', 'failed', 34],
    ['600 Busy Everywhere', 'busy', 17],
    ['603 Decline', 'declined', 21]
  ]

  atOnce({
    ...Object.fromEntries(
      refusals.map(([status, result, cause]) => [
        `and says ${status} has not answered: ${result}`,
        async () => {
          const call = await refusal(status)
          expect(results(call)).to.deep.equal([result])
          expect(call.legs[0]?.q850Cause).to.equal(cause)
          const rows = await office.moments(call.id)
          expect(rows.find((row) => row.type === 'leg.ended')?.data).to.deep.include({ result, cause })
        }
      ])
    ),

    'and answers after 180 talks: each hears the other': async () => {
      const desk = await office.desk()
      const caller = await (await office.outside()).call(desk.number)
      const operator = await desk.phone.incoming()
      operator.ring()
      await caller.waitFor((message) => message.status === 180)
      operator.answer()
      expect(await caller.final()).to.equal(200)
      await bothHear(caller, operator)
      expect((await caller.hangup()).status).to.equal(200)
      await operator.waitFor('BYE')
      const call = await office.ended(desk.number)
      expect(call).to.include({ outcome: 'answered', hangupBy: 'client' })
      expect(results(call)).to.deep.equal(['answered'])
    },

    'with sound before its answer (183) is not answered yet: the caller hears ringing and pays nothing':
      async () => {
        const desk = await office.desk()
        const caller = await (await office.outside()).call(desk.number)
        const operator = await desk.phone.incoming()
        operator.ring('183 Session Progress', true)
        await caller.waitFor((message) => message.status === 180)
        // Asterisk takes the sound before the answer and keeps it to itself.
        await until(() => caller.state() === 'ringing')
        operator.answer()
        expect(await caller.final()).to.equal(200)
        await bothHear(caller, operator)
        await caller.hangup()
        const call = await office.ended(desk.number)
        expect(call).to.include({ outcome: 'answered' })
      },

    'and answers at once, without ringing, talks': async () => {
      const desk = await office.desk({ phone: { onCall: (call) => call.answer() } })
      const caller = await (await office.outside()).call(desk.number)
      expect(await caller.final()).to.equal(200)
      await bothHear(caller, await desk.phone.incoming())
      await caller.hangup()
      expect(await office.ended(desk.number)).to.include({ outcome: 'answered', hangupBy: 'client' })
    },

    'when the caller gives up: it gets CANCEL, says 487, and nothing is left': async () => {
      const desk = await office.desk()
      const caller = await (await office.outside()).call(desk.number)
      const operator = await desk.phone.incoming()
      operator.ring()
      await caller.waitFor((message) => message.status === 180)
      expect((await caller.cancel()).status).to.equal(200)
      expect(await caller.final()).to.equal(487)
      await operator.waitFor('CANCEL')
      await operator.waitFor('ACK')
      const call = await office.ended(desk.number)
      expect(call).to.include({ outcome: 'missed', hangupBy: 'client', reason: 'caller_left_waiting' })
      expect(results(call)).to.deep.equal(['cancelled'])
    },

    'and answers just as the caller gives up (200 crosses CANCEL) is confirmed and hung up': async () => {
      const desk = await office.desk({ phone: { dialog: { hertz: 1000, onRequest: crossing } } })
      const caller = await (await office.outside()).call(desk.number)
      const operator = await desk.phone.incoming()
      operator.ring()
      await caller.waitFor((message) => message.status === 180)
      await caller.cancel()
      expect(await caller.final()).to.equal(487)
      await operator.waitFor('ACK')
      await operator.waitFor('BYE')
      const call = await office.ended(desk.number)
      expect(call).to.include({ outcome: 'missed', hangupBy: 'client', talkSeconds: 0 })
      expect(results(call)).to.not.include('answered')
    },

    'and answers just after a colleague did: the colleague talks, the late one is hung up and free':
      async () => {
        const desk = await office.desk({
          operators: 2,
          ring: { strategy: 'ringAll' },
          phone: { dialog: { hertz: 1000, onRequest: crossing } }
        })
        const caller = await (await office.outside()).call(desk.number)
        const [first, second] = await Promise.all(desk.phones.map((phone) => phone.incoming()))
        if (!first || !second) throw new Error('Two must ring')
        first.ring()
        second.ring()
        first.answer()
        await second.waitFor('CANCEL')
        expect(await caller.final()).to.equal(200)
        await second.waitFor('BYE')
        await bothHear(caller, first)
        expect(first.state()).to.equal('up')
        const packets = second.media.packets()
        await caller.hangup()
        const call = await office.ended(desk.number)
        expect(call.operator?.id).to.equal(desk.operators[0]?.id)
        expect(results(call).toSorted()).to.deep.equal(['answered', 'cancelled'])
        expect(second.media.packets(), 'the late one heard nothing of it').to.be.at.most(packets + 2)
      },

    'and rings too long is let go, and the next one is rung': async () => {
      const desk = await office.desk({ operators: 2, ring: { ringSeconds: 5, strategy: 'longestIdle' } })
      const caller = await (await office.outside()).call(desk.number)
      const rung = await until(() => desk.phones.find((phone) => phone.calls.length > 0))
      const other = desk.phones.find((phone) => phone !== rung)
      const silent = await rung.incoming()
      silent.ring()
      await silent.waitFor('CANCEL')
      const operator = await other?.incoming()
      operator?.ring()
      operator?.answer()
      expect(await caller.final()).to.equal(200)
      await caller.hangup()
      const call = await office.ended(desk.number)
      expect(results(call)).to.deep.equal(['noAnswer', 'answered'])
    },

    'and hangs up twice, then once more: the call ends once': async () => {
      const { desk, operator } = await talking(office)
      expect((await operator.hangup()).status).to.equal(200)
      expect((await operator.hangup()).status).to.be.oneOf([200, 481])
      expect((await operator.hangup()).status).to.be.oneOf([200, 481])
      const call = await office.ended(desk.number)
      expect(call).to.include({ outcome: 'answered', hangupBy: 'operator' })
      const rows = await office.moments(call.id)
      expect(rows.filter((row) => row.type === 'call.ended')).to.have.length(1)
    },

    'and hangs up at the same moment as the caller (BYE crosses BYE): both get 200, the call ends once':
      async () => {
        const { desk, caller, operator } = await talking(office)
        const answers = await Promise.all([operator.hangup(), caller.hangup()])
        expect(answers.map(({ status }) => status)).to.deep.equal([200, 200])
        const call = await office.ended(desk.number)
        expect(call).to.include({ outcome: 'answered' })
        expect(call.hangupBy).to.be.oneOf(['client', 'operator'])
        const rows = await office.moments(call.id)
        expect(rows.filter((row) => row.type === 'call.ended')).to.have.length(1)
      },

    'in a talk whose caller hangs up twice: the second BYE meets nothing': async () => {
      const { desk, caller, operator } = await talking(office)
      expect((await caller.hangup()).status).to.equal(200)
      expect((await caller.hangup()).status).to.be.oneOf([200, 481])
      await operator.waitFor('BYE')
      expect(await office.ended(desk.number)).to.include({ outcome: 'answered', hangupBy: 'client' })
    }
  })

  describe('and sends the caller elsewhere (302)', () => {
    /** Refuses with this Contact; how many calls came to the carrier of it. */
    async function dialled(...contacts: string[]): Promise<number> {
      const carrier = await office.outside({ port: 5060, onCall: (call) => call.refuse('404 Not Found') })
      try {
        for (const contact of contacts) {
          const call = await refusal('302 Moved Temporarily', [`contact: ${contact}`])
          expect(call.legs).to.have.length(1)
          expect(results(call)).to.not.include('answered')
        }
        const log = office.instance.output()
        expect(log, 'no call came out of a 302').to.not.include('belongs to no call')
        return carrier.calls.length
      } finally {
        await carrier.close()
      }
    }

    it('makes Asterisk dial nobody: the leg has failed', async () => {
      expect(await dialled('<sip:+79990001122@127.0.46.3>', '<sip:112@127.0.46.3>;q=1, <tel:112>')).to.equal(
        0
      )
    })

    // Asterisk takes what stands before a slash for the kind of channel to dial (main/dial.c, handle_call_forward):
    // a 302 to `PJSIP/<number>@<trunk>` goes out through the trunk, past every policy. Nothing in its configuration
    // forbids that for legs that are originated: so nobody outside Asterisk is told what a trunk is called there.
    it('does not let it name a trunk to dial through: nobody knows the name', async () => {
      const { items } = await office.instance.api<{ items: { id: string }[] }>('GET', '/api/trunks')
      const known = await office.instance.asterisk<{ resource: string }[]>('/endpoints/PJSIP')
      const name = known.find(({ resource }) => resource.startsWith('trunk-'))?.resource ?? ''
      expect(name).to.match(/^trunk-[0-9a-f]{32}$/)
      expect(JSON.stringify(items)).not.to.include(name)
      const guesses = items.flatMap(({ id }) => [`trunk-${id.replaceAll('-', '')}`, `trunk-${id}`, id])
      for (const guess of guesses)
        expect(await dialled(`<sip:PJSIP%2F%2B79990001122%40${guess}@127.0.46.3>`)).to.equal(0)
    })
  })
})

/** Says 200 to the INVITE when CANCEL has already come: the answer was on its way. */
function crossing(dialog: Dialog, message: Message): boolean {
  if (message.method !== 'CANCEL') return false
  dialog.respond(message, '200 OK')
  dialog.answer()
  return true
}
