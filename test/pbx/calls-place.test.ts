import { expect } from 'chai'
import type { Party } from '../ari/party.ts'
import type { Operator } from '../support/company.ts'
import { until } from '../support/until.ts'
import { hears, newest, openOffice, speakOn, type Office } from './office.ts'

describe('A call of ours', function () {
  this.timeout(60_000)
  let office: Office
  const number = '+79035550102'

  before(async function () {
    this.timeout(120_000)
    office = await openOffice(11_200, 41)
    for (const [operator, extension] of [
      [office.boris, '202'],
      [office.vera, '203']
    ] as const)
      await office.instance.api('PATCH', `/api/users/${operator.id}`, { extension })
  })
  after(() => office.close())
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.log(await office.company.account())
    await office.clear()
  })

  /** Asks for a call from Anna's panel. */
  async function click(to = number): Promise<string> {
    const { status, body } = await office.as(office.anna, 'POST', '/api/calls', { to })
    expect(status, JSON.stringify(body)).to.equal(202)
    return (body as { callId: string }).callId
  }

  /** A telephone that proves who it is, so that it may dial. */
  async function dialler(operator: Operator, port: number): Promise<Party> {
    const { items } = await office.instance.api<{ items: { id: string }[] }>(
      'GET',
      `/api/devices?userId=${operator.id}`
    )
    for (const { id } of items) {
      const sheet = await office.instance
        .api<{ user: string; secret: string }>('GET', `/api/devices/${id}/provisioning`)
        .catch(() => null)
      if (sheet)
        return office.desk(operator, { port, user: sheet.user, password: sheet.secret, manner: 'ring' })
    }
    throw new Error('No telephone that dials')
  }

  it('rings the operator first, then the client, who is heard before answering (183)', async () => {
    const anna = await office.desk(office.anna, { manner: 'ring' })
    const client = await office.outside({ manner: 'early' })
    const id = await click()
    await until(() => anna.isRinging())
    expect(client.heard).to.deep.equal([])
    anna.answer()
    await until(() => client.heard.some((first) => first.startsWith('INVITE')))
    await hears(anna, { outside: true })
    expect(client.isUp()).to.equal(false)
    client.answer()
    await hears(client, { anna: true })
    await hears(anna, { outside: true })
    await speakOn(anna)
    anna.hangup()
    const call = await office.ended(id)
    expect(call).to.include({
      direction: 'out',
      callType: 'click_to_call',
      outcome: 'answered',
      hangupBy: 'operator'
    })
    expect(call.legs.map((leg) => [leg.userName, leg.result])).to.deep.equal([
      ['Anna', 'answered'],
      [number, 'answered']
    ])
    await until(() => !client.isUp(), { what: 'the client is let go' })
    const recorded = await until(
      async () => {
        const { recording } = await office.ended(id)
        return recording?.state === 'ready' ? recording : null
      },
      { timeoutMs: 30_000, what: 'the recording is ready' }
    )
    expect(recorded.seconds).to.be.greaterThan(0)
  })

  it('lets the operator hear ringing of our own while the client only rings (180)', async () => {
    const anna = await office.desk(office.anna)
    const client = await office.outside({ manner: 'ring' })
    const id = await click()
    await until(() => client.isRinging())
    await until(() => anna.lately(400).some((sample) => Math.abs(sample) > 1000), {
      what: 'Anna hears ringing'
    })
    client.answer()
    await hears(client, { anna: true })
    await hears(anna, { outside: true })
    client.hangup()
    const call = await office.ended(id)
    expect(call).to.include({ outcome: 'answered', hangupBy: 'client' })
    await until(() => !anna.isUp())
  })

  for (const [what, manner, reason] of [
    ['is busy', { status: 486, text: 'Busy Here' }, 'busy'],
    ['declines', { status: 603, text: 'Decline' }, 'client_declined']
  ] as const) {
    it(`ends with its reason when the client ${what}`, async () => {
      const anna = await office.desk(office.anna)
      await office.outside({ manner })
      const id = await click()
      const call = await office.ended(id)
      expect(call.reason).to.equal(reason)
      await until(() => !anna.isUp(), { what: 'Anna is let go' })
    })
  }

  it('ends when the operator declines, and the client never hears of it', async () => {
    await office.desk(office.anna, { manner: { status: 603, text: 'Decline' } })
    const client = await office.outside()
    const id = await click()
    expect((await office.ended(id)).reason).to.equal('operator_declined')
    expect(client.heard).to.deep.equal([])
  })

  it('can be given on to a colleague, as any other', async () => {
    await office.desk(office.anna)
    const client = await office.outside()
    const boris = await office.desk(office.boris)
    const id = await click()
    await hears(client, { anna: true })
    const target = { kind: 'user', userId: office.boris.id }
    expect(
      (await office.as(office.anna, 'POST', `/api/calls/${id}/transfer`, { mode: 'blind', target })).status
    ).to.equal(200)
    await hears(client, { boris: true, anna: false })
    await hears(boris, { outside: true })
    client.hangup()
    await office.ended(id)
    await until(() => !boris.isUp())
  })

  it('is dialled at a telephone: a number outside, under the dialling policy', async () => {
    const anna = await dialler(office.anna, 5090)
    const client = await office.outside({ manner: 'ring' })
    const answered = anna.call('89035550102')
    await until(() => client.isRinging())
    client.answer()
    expect(await answered).to.equal(200)
    await hears(anna, { outside: true })
    await hears(client, { anna: true })
    const { id } = await newest(office.instance)
    anna.hangup()
    const call = await office.ended(id)
    expect(call).to.include({ direction: 'out', outcome: 'answered', hangupBy: 'operator' })
    expect(call.operator?.name).to.equal('Anna')
    await until(() => !client.isUp())
    await anna.call('+8821234567890')
    const refused = await until(async () => {
      const one = await newest(office.instance)
      return one.id !== id && one.endedAt ? one : null
    })
    expect(refused.reason).to.equal('blocked')
    await until(() => !anna.isUp(), { what: 'the telephone is let go' })
  })

  it('is dialled at a telephone: a colleague by short number', async () => {
    const anna = await dialler(office.anna, 5091)
    const boris = await office.desk(office.boris, { manner: 'ring' })
    const answered = anna.call('202')
    await until(() => boris.isRinging())
    boris.answer()
    expect(await answered).to.equal(200)
    await hears(anna, { boris: true })
    await hears(boris, { anna: true })
    boris.hangup()
    const { id } = await until(async () => {
      const call = await newest(office.instance)
      return call.dialedNumber === '202' ? call : null
    })
    expect(await office.ended(id)).to.include({ direction: 'internal', outcome: 'answered' })
    await until(() => !anna.isUp())
  })

  it('takes a parked client at a telephone that dials the slot', async () => {
    const { id, client, anna } = await office.talk('+74951410001')
    const { body } = await office.as(office.anna, 'POST', `/api/calls/${id}/park`, { seconds: 60 })
    const { slot } = body as { slot: number }
    await until(() => !anna.isUp())
    const vera = await dialler(office.vera, 5092)
    expect(await vera.call(`*${slot}`)).to.equal(200)
    await hears(client, { vera: true })
    await hears(vera, { client: true })
    client.hangup()
    const call = await office.ended(id)
    expect(call.operator?.name).to.equal('Vera')
    expect(await vera.call('*99'), 'nobody waits there').to.be.oneOf([404, 480, 486, 503, 603])
  })

  describe('by REFER of a telephone', () => {
    it('is given on blindly, and the telephone is told so', async () => {
      const { id, client, anna } = await office.talk('+74951410001')
      const vera = await office.desk(office.vera)
      expect(await anna.refer('203')).to.equal(202)
      await until(() => anna.notified.some((text) => text.startsWith('SIP/2.0 200')), { what: 'NOTIFY 200' })
      await hears(client, { vera: true, anna: false })
      await hears(vera, { client: true })
      client.hangup()
      await office.ended(id)
      await until(() => !vera.isUp() && !anna.isUp())
    })

    it('is refused where nobody is, and the talk goes on', async () => {
      const { id, client, anna } = await office.talk('+74951410001')
      expect(await anna.refer('*')).to.equal(202)
      await until(() => anna.notified.some((text) => /^SIP\/2\.0 (603|503)/.test(text)), {
        what: 'NOTIFY 603'
      })
      await hears(client, { anna: true })
      client.hangup()
      await office.ended(id)
    })

    it('is given on attended: two calls of one telephone become one', async () => {
      const { id, client, anna } = await office.talk('+74951410001')
      expect(await anna.hold(true)).to.equal(200)
      const line2 = await dialler(office.anna, 5093)
      const vera = await office.desk(office.vera)
      expect(await line2.call('203')).to.equal(200)
      await hears(vera, { anna: true })
      const second = await until(async () => {
        const call = await newest(office.instance)
        return call.id === id ? null : call
      })
      expect(await anna.refer('203', line2.replaces())).to.equal(202)
      await hears(client, { vera: true })
      await hears(vera, { client: true, anna: false })
      await until(() => anna.notified.some((text) => text.startsWith('SIP/2.0 200')), { what: 'NOTIFY 200' })
      await until(() => !anna.isUp() && !line2.isUp(), { what: 'both lines are free' })
      expect((await office.ended(second.id)).reason).to.equal('transferred')
      vera.hangup()
      const call = await office.ended(id)
      expect(call.operator?.name).to.equal('Vera')
      expect(call.legs.map((leg) => leg.userName)).to.deep.equal(['Anna', 'Vera'])
    })
  })
})
