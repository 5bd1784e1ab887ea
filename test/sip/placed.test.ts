import { expect } from 'chai'
import type { DialPolicySettings } from '../../dialling/policy/settings.ts'
import { until } from '../support/until.ts'
import type { JournalCallWithLegs } from '../../api/contract/calls.ts'
import type { Dialog } from './dialog.ts'
import { header } from './message.ts'
import { atOnce, bothHear, openOffice, type Desk, type Office } from './office.ts'
import type { Peer } from './peer.ts'

describe('A call that we place, by what the carrier answers', function () {
  this.timeout(60_000)
  let office: Office
  /** Calls go through the first; the second is there for those that it cannot carry. */
  let carrier: Peer
  let second: Peer
  before(async function () {
    this.timeout(120_000)
    office = await openOffice(12_400, 47, 20)
    const { instance } = office
    carrier = await office.carrier()
    second = await office.carrier({ host: '127.0.47.9' })
    const { items } = await instance.api<{ items: { id: string }[] }>('GET', '/api/trunks')
    const { id } = await instance.api<{ id: string }>('POST', '/api/trunks', {
      ...{ name: 'Spare', kind: 'address', host: '127.0.47.9' }
    })
    const policy = await instance.api<DialPolicySettings>('GET', '/api/dial-policy')
    await instance.api('PUT', '/api/dial-policy', {
      ...policy,
      caps: { ...policy.caps, userConcurrent: null, allConcurrent: null },
      trunks: [{ trunkId: items[0]?.id }, { trunkId: id }]
    })
  })
  after(() => office.close())

  const numberOf = (call: Dialog): string =>
    /^INVITE sip:([^@]+)@/.exec(call.heard[0]?.first ?? '')?.[1] ?? ''
  const dialled = (at: Peer, number: string): Promise<Dialog> =>
    until(() => at.calls.find((call) => numberOf(call) === number), { what: `${number} is dialled` })
  let next = 1
  const client = (): string => `+74951240${String(next++).padStart(3, '0')}`

  interface Placed {
    desk: Desk
    to: string
    callId: string
    operator: Dialog
    outside: Dialog
  }
  /** An operator who has taken up the telephone, and the client's side as the carrier has it. */
  async function placed(body: (desk: Desk) => Promise<Record<string, unknown>> = () => Promise.resolve({})) {
    const desk = await office.desk()
    const to = client()
    const { callId } = await office.instance.api<{ callId: string }>('POST', '/api/calls', {
      ...{ to, userId: desk.operators[0]?.id },
      ...(await body(desk))
    })
    const operator = await desk.phone.incoming()
    operator.ring()
    operator.answer()
    const outside = await dialled(carrier, to)
    return { desk, to, callId, operator, outside } satisfies Placed
  }
  const failsWith =
    (status: string, expected: { result: string; outcome: string; reason: string }) =>
    async (): Promise<void> => {
      const { to, operator, outside } = await placed()
      outside.ring()
      outside.refuse(status)
      await operator.waitFor('BYE')
      const call = await office.ended(to)
      expect(call.legs.map((leg) => leg.result)).to.deep.equal(['answered', expected.result])
      expect(call).to.include({
        direction: 'out',
        outcome: expected.outcome,
        reason: expected.reason,
        talkSeconds: 0
      })
      expect(second.calls.map(numberOf), 'the spare trunk').to.not.include(to)
    }
  async function talks({ to, operator, outside }: Placed): Promise<JournalCallWithLegs> {
    outside.answer()
    await bothHear(outside, operator, 600)
    expect((await outside.hangup()).status).to.equal(200)
    await operator.waitFor('BYE')
    const call = await office.ended(to)
    expect(call).to.include({ direction: 'out', outcome: 'answered', hangupBy: 'client' })
    return call
  }

  atOnce({
    '180, then 200: the operator hears ringing, then the client': async () => {
      const call = await placed()
      call.outside.ring()
      await until(() => call.operator.media.level() > 0.02, { what: 'the operator hears ringing' })
      await talks(call)
    },
    '183 with sound: the operator hears the carrier before any answer, and nobody talks yet': async () => {
      const call = await placed()
      call.outside.ring('183 Session Progress', true)
      await until(() => call.operator.media.heard(600) > 0.1, {
        what: 'the operator hears the carrier’s sound'
      })
      const row = await until(
        async () => {
          const { items } = await office.instance.api<{ items: JournalCallWithLegs[] }>(
            'GET',
            '/api/calls?limit=100'
          )
          return items.find(({ id }) => id === call.callId)
        },
        { what: 'the call is in the journal' }
      )
      expect(row.answeredAt).to.equal(null)
      await talks(call)
    },
    '200 at once': async () => {
      await talks(await placed())
    },
    '404: the client could not be reached': failsWith('404 Not Found', {
      ...{ result: 'failed', outcome: 'failed', reason: 'client_unreachable' }
    }),
    '480: the client does not answer': failsWith('480 Temporarily Unavailable', {
      ...{ result: 'noAnswer', outcome: 'missed', reason: 'client_no_answer' }
    }),
    '486: the client is busy': failsWith('486 Busy Here', {
      ...{ result: 'busy', outcome: 'busy', reason: 'busy' }
    }),
    '603: the client declines': failsWith('603 Decline', {
      ...{ result: 'declined', outcome: 'missed', reason: 'client_declined' }
    }),
    '302: nobody else is dialled': async () => {
      const { to, operator, outside } = await placed()
      outside.refuse('302 Moved Temporarily', ['contact: <sip:+79990001122@127.0.47.9>'])
      await operator.waitFor('BYE')
      const call = await office.ended(to)
      expect(call.outcome).to.not.equal('answered')
      expect([...carrier.calls, ...second.calls].map(numberOf)).to.not.include('+79990001122')
    },
    '503: the spare trunk carries it': async () => {
      const call = await placed()
      call.outside.refuse('503 Service Unavailable')
      const outside = await dialled(second, call.to)
      const row = await talks({ ...call, outside })
      expect(row.legs.map((leg) => leg.result)).to.deep.equal(['answered', 'failed', 'answered'])
    },
    '503 of both trunks: it has failed, and says so': async () => {
      const { to, operator, outside } = await placed()
      outside.refuse('503 Service Unavailable')
      ;(await dialled(second, to)).refuse('503 Service Unavailable')
      await operator.waitFor('BYE')
      const call = await office.ended(to)
      expect(call).to.include({ outcome: 'failed', reason: 'client_unreachable' })
      expect(call.legs.filter((leg) => leg.result === 'failed')).to.have.length.at.least(2)
    },
    'nothing yet, and the operator hangs up: CANCEL, and no call': async () => {
      const { to, operator, outside } = await placed()
      outside.ring()
      await operator.hangup()
      await outside.waitFor('CANCEL')
      const call = await office.ended(to)
      expect(call).to.include({ outcome: 'abandoned', hangupBy: 'operator', reason: 'operator_left_early' })
      expect(call.legs.map((leg) => leg.result)).to.deep.equal(['answered', 'cancelled'])
    },
    '200 just as the operator hangs up: confirmed and hung up, nobody pays for silence': async () => {
      const { to, operator, outside } = await placed()
      outside.ring()
      const done = operator.hangup()
      outside.answer()
      await done
      await outside.waitFor('ACK')
      await outside.waitFor('BYE')
      expect((await office.ended(to)).talkSeconds).to.be.at.most(1)
    },
    'with the number of ours that was asked for as the caller, in From and P-Asserted-Identity': async () => {
      let shown = ''
      const call = await placed(async (desk) => {
        const { items } = await office.instance.api<{ items: { id: string; e164: string }[] }>(
          'GET',
          '/api/numbers?limit=100'
        )
        shown = desk.number
        return { numberId: items.find((item) => item.e164 === desk.number)?.id }
      })
      const [invite] = call.outside.heard
      if (!invite) throw new Error('There is an INVITE')
      expect(header(invite, 'from')).to.include(`sip:${shown}@`)
      expect(header(invite, 'p-asserted-identity')).to.include(`sip:${shown}@`)
      await talks(call)
    }
  })
})
