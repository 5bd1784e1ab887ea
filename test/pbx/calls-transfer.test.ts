import { expect } from 'chai'
import { until } from '../support/until.ts'
import { groupOf } from './chaos.ts'
import { hears, hearsMusic, openOffice, type Office } from './office.ts'

describe('A call in progress is given on', function () {
  this.timeout(60_000)
  let office: Office
  const wish = async (id: string, what: string, body?: unknown, by = office.anna): Promise<void> => {
    const answer = await office.as(by, 'POST', `/api/calls/${id}/${what}`, body)
    expect(answer, JSON.stringify(answer.body)).to.deep.include({ status: 200 })
  }
  const toBoris = (mode: 'blind' | 'warm') => ({
    mode,
    note: 'wants a discount',
    target: { kind: 'user', userId: office.boris.id }
  })

  before(async function () {
    this.timeout(120_000)
    office = await openOffice(10_600, 40)
  })
  after(() => office.close())
  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      console.log(await office.company.account(), await office.operators())
    await office.clear()
  })

  it('blindly to a colleague, who is shown the note before answering', async () => {
    const { id, client, anna } = await office.talk('+74951400001')
    const boris = await office.desk(office.boris, { manner: 'ring' })
    await wish(id, 'transfer', toBoris('blind'))
    await until(() => !anna.isUp(), { what: 'Anna is let go' })
    await until(() => boris.isRinging(), { what: 'Boris is rung' })
    const started = await until(async () => {
      const legs = (await office.company.tape(id)).filter((row) => row.type === 'leg.started')
      return legs[1]
    })
    expect(started.data['handover']).to.deep.include({ fromName: 'Anna', note: 'wants a discount' })
    boris.answer()
    await hears(client, { boris: true, anna: false })
    await hears(boris, { client: true })
    client.hangup()
    const call = await office.ended(id)
    expect(call).to.include({ outcome: 'answered', hangupBy: 'client' })
    expect(call.legs.map((leg) => [leg.userName, leg.result])).to.deep.equal([
      ['Anna', 'answered'],
      ['Boris', 'answered']
    ])
    expect(await office.tapeOf(id)).to.include('call.transfer')
  })

  it('blindly to a colleague who declines: it comes back to whoever sent it, in their wrap-up too', async () => {
    const wrapUp = (wrapUpSeconds: number) =>
      office.instance.api('PATCH', '/api/operator-settings', { wrapUpSeconds })
    await wrapUp(60)
    const { id, client, anna } = await office.talk('+74951400001')
    await office.desk(office.boris, { manner: { status: 603, text: 'Decline' } })
    anna.setManner('answer')
    await wish(id, 'transfer', toBoris('blind'))
    await until(() => anna.heard.filter((first) => first.startsWith('INVITE')).length === 2)
    await hears(client, { anna: true })
    client.hangup()
    await office.ended(id)
    await wrapUp(0)
    await office.instance.api('PATCH', `/api/users/${office.anna.id}`, { presence: 'available' })
  })

  it('blindly to a number outside, which is shown one of ours and recorded', async () => {
    const { id, client, anna } = await office.talk('+74951400001')
    const outside = await office.outside()
    await wish(id, 'transfer', { mode: 'blind', target: { kind: 'external', number: '+79035550101' } })
    await hears(client, { outside: true, anna: false })
    await hears(outside, { client: true })
    expect(anna.isUp()).to.equal(false)
    outside.hangup()
    const call = await office.ended(id)
    expect(call.legs.map((leg) => leg.result)).to.deep.equal(['answered', 'answered'])
    expect(call.legs.every((leg) => leg.recordingId !== null)).to.equal(true)
  })

  it('to a number that the dialling policy refuses: nobody is dialled and the operator gets the client back', async () => {
    const { id, client, anna } = await office.talk('+74951400001')
    await wish(id, 'transfer', { mode: 'warm', target: { kind: 'external', number: '+8821234567890' } })
    await until(async () => (await office.tapeOf(id)).includes('call.dial_refused'))
    await hears(client, { anna: true })
    expect(anna.isUp()).to.equal(true)
    client.hangup()
    await office.ended(id)
  })

  it('warmly: the client hears music while the two speak, then the colleague', async () => {
    const { id, client, anna } = await office.talk('+74951400001')
    const boris = await office.desk(office.boris, { manner: 'ring' })
    await wish(id, 'transfer', toBoris('warm'))
    await until(() => boris.isRinging())
    await hearsMusic(client)
    boris.answer()
    await hears(anna, { boris: true, client: false })
    await hears(boris, { anna: true, client: false })
    await hears(client, { anna: false, boris: false })
    await wish(id, 'complete-transfer')
    await hears(client, { boris: true, anna: false })
    await hears(boris, { client: true, anna: false })
    await until(() => !anna.isUp())
    boris.hangup()
    client.hangup()
    const call = await office.ended(id)
    expect(call.operator?.name).to.equal('Boris')
  })

  it('warmly, and taken back before and after the colleague has answered', async () => {
    const { id, client, anna } = await office.talk('+74951400001')
    const boris = await office.desk(office.boris, { manner: 'ring' })
    await wish(id, 'transfer', toBoris('warm'))
    await until(() => boris.isRinging())
    await wish(id, 'cancel-transfer')
    await until(() => !boris.isRinging(), { what: 'Boris stops ringing' })
    await hears(client, { anna: true })
    boris.setManner('answer')
    await wish(id, 'transfer', toBoris('warm'))
    await hears(boris, { anna: true })
    await wish(id, 'cancel-transfer')
    await until(() => !boris.isUp(), { what: 'Boris is let go' })
    await hears(client, { anna: true, boris: false })
    await hears(anna, { client: true })
    client.hangup()
    await office.ended(id)
  })

  it('warmly, completed while the colleague still rings: the client is rung through', async () => {
    const { id, client, anna } = await office.talk('+74951400001')
    const boris = await office.desk(office.boris, { manner: 'ring' })
    await wish(id, 'transfer', toBoris('warm'))
    await until(() => boris.isRinging())
    await hearsMusic(client)
    await wish(id, 'complete-transfer')
    await until(() => !anna.isUp(), { what: 'Anna is let go' })
    await until(() => boris.isRinging(), { what: 'Boris is rung for the client' })
    boris.answer()
    await hears(client, { boris: true })
    await hears(boris, { client: true })
    client.hangup()
    await office.ended(id)
  })

  it('warmly to a number outside, which the operator hears before it answers; both legs are recorded', async () => {
    const { id, client, anna } = await office.talk('+74951400001')
    const outside = await office.outside({ manner: 'early' })
    await wish(id, 'transfer', { mode: 'warm', target: { kind: 'external', number: '+79035550101' } })
    await hears(anna, { outside: true, client: false })
    await hearsMusic(client)
    expect(outside.isUp()).to.equal(false)
    outside.answer()
    await hears(outside, { anna: true })
    await until(async () => (await office.tapeOf(id)).includes('leg.answered'))
    await wish(id, 'complete-transfer')
    await hears(client, { outside: true, anna: false })
    await hears(outside, { client: true, anna: false })
    client.hangup()
    const call = await office.ended(id)
    await until(() => !outside.isUp(), { what: 'the number outside is let go' })
    expect(call.legs.map((leg) => [leg.userName, leg.result, leg.recordingId !== null])).to.deep.equal([
      ['Anna', 'answered', true],
      ['+79035550101', 'answered', true]
    ])
  })

  it('blindly to a group: whoever is free is rung', async () => {
    const groupId = await groupOf(office.instance, office.boris, office.vera)
    const { id, client } = await office.talk('+74951400001')
    await office.desk(office.boris, { manner: { status: 486, text: 'Busy Here' } })
    const vera = await office.desk(office.vera)
    await wish(id, 'transfer', { mode: 'blind', target: { kind: 'group', groupId } })
    await hears(client, { vera: true })
    await hears(vera, { client: true })
    client.hangup()
    await office.ended(id)
  })

  it('warmly, turning from one to the other, and all three at last', async () => {
    const { id, client, anna } = await office.talk('+74951400001')
    const boris = await office.desk(office.boris)
    await wish(id, 'transfer', toBoris('warm'))
    await hears(boris, { anna: true, client: false })
    await wish(id, 'swap')
    await hears(client, { anna: true, boris: false })
    await hearsMusic(boris)
    await wish(id, 'swap')
    await hears(boris, { anna: true, client: false })
    await hearsMusic(client)
    await wish(id, 'join')
    await hears(client, { anna: true, boris: true })
    await hears(anna, { client: true, boris: true })
    await hears(boris, { client: true, anna: true })
    anna.hangup()
    await hears(client, { boris: true, anna: false })
    client.hangup()
    const call = await office.ended(id)
    expect(call.legs.map((leg) => leg.result)).to.deep.equal(['answered', 'answered'])
  })

  it('when the operator hangs up while the colleague speaks: the colleague gets the client', async () => {
    const { id, client, anna } = await office.talk('+74951400001')
    const boris = await office.desk(office.boris)
    await wish(id, 'transfer', toBoris('warm'))
    await hears(boris, { anna: true })
    anna.hangup()
    await hears(client, { boris: true })
    await hears(boris, { client: true })
    client.hangup()
    await office.ended(id)
  })

  it('is held by the panel, then by the telephone: music both times, and both are on the tape', async () => {
    const { id, client, anna } = await office.talk('+74951400001')
    await wish(id, 'hold', { on: true })
    await hearsMusic(client)
    await hears(anna, { client: false })
    await wish(id, 'hold', { on: false })
    await hears(client, { anna: true })
    expect(await anna.hold(true)).to.equal(200)
    await hearsMusic(client)
    expect(await anna.hold(false)).to.equal(200)
    await hears(client, { anna: true })
    await hears(anna, { client: true })
    client.hangup()
    // Voices may be heard a moment before the tape is written.
    await office.ended(id)
    const held = (await office.company.tape(id)).filter((row) => row.type === 'call.held')
    expect(held.map((row) => [row.data['by'], row.data['on']])).to.deep.equal([
      ['operator', true],
      ['operator', false],
      ['telephone', true],
      ['telephone', false]
    ])
  })

  it('is nobody else’s to hold, and cannot be given on twice at once', async () => {
    const { id, client } = await office.talk('+74951400001')
    await office.desk(office.boris, { manner: 'ring' })
    expect((await office.as(office.boris, 'POST', `/api/calls/${id}/hold`, { on: true })).status).to.be.oneOf(
      [403, 404, 409]
    )
    expect(await office.as(office.anna, 'POST', `/api/calls/${id}/complete-transfer`)).to.include({
      code: 'no_consult'
    })
    await wish(id, 'transfer', toBoris('warm'))
    expect(await office.as(office.anna, 'POST', `/api/calls/${id}/transfer`, toBoris('blind'))).to.include({
      status: 409,
      code: 'consult_under_way'
    })
    await hearsMusic(client)
    client.hangup()
    await office.ended(id)
  })
})
