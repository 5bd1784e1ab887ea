import { expect } from 'chai'
import { callId, initiated, insertCall, rung, anna, tapeOf } from './support/calls.ts'
import { startRig, type Rig } from './support/rig.ts'

describe('Wishes for a call in progress', function () {
  this.timeout(60_000)
  let rig: Rig
  let id: string
  const audited = async (): Promise<{ action: string; data: unknown }[]> =>
    rig.db('audit').where({ entity_id: id }).orderBy('id').select('action', 'data')
  const userId = async (login: string): Promise<string> => {
    const row = await rig.db<{ id: string; login: string }>('users').where({ login }).first('id')
    return row?.id ?? ''
  }

  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())
  beforeEach(async () => {
    id = callId()
    const row = tapeOf(id)
    rig.pbx.say(row('call.initiated', initiated(), 'inScheme'))
    rig.pbx.say(row('leg.started', rung('op1', anna), 'inScheme'))
    rig.pbx.wishes.length = 0
    rig.pbx.granted = 'done'
    rig.pbx.phones.set(await userId('supervisor'), ['browser-of-supervisor'])
  })

  it('reach the call with the name of whoever wishes', async () => {
    const answer = await rig.as.operator.send('POST', `/api/calls/${id}/hold`, { on: true })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    expect(rig.pbx.wishes[0]).to.deep.equal({
      callId: id,
      by: { userId: await userId('operator'), name: 'The operator' },
      wish: { type: 'hold', on: true }
    })
    for (const [path, type] of [
      ['complete-transfer', 'completeTransfer'],
      ['cancel-transfer', 'cancelTransfer'],
      ['swap', 'swap'],
      ['join', 'join'],
      ['take', 'takeParked']
    ] as const) {
      expect((await rig.as.operator.send('POST', `/api/calls/${id}/${path}`)).status, path).to.equal(200)
      expect(rig.pbx.wishes.at(-1)?.wish.type).to.equal(type)
    }
  })

  it('are refused with the code of the call itself', async () => {
    for (const code of ['not_yours', 'not_in_talk', 'same_party', 'no_consult'] as const) {
      rig.pbx.granted = code
      const answer = await rig.as.operator.send('POST', `/api/calls/${id}/swap`)
      expect(answer.status).to.equal(409)
      expect(answer.body).to.include({ code })
    }
  })

  it('say whether a call is over or never was', async () => {
    const over = await insertCall(rig.db)
    expect((await rig.as.operator.send('POST', `/api/calls/${over}/swap`)).body).to.include({
      code: 'call_ended'
    })
    expect((await rig.as.operator.send('POST', `/api/calls/${callId()}/swap`)).status).to.equal(404)
  })

  it('transfer only to somebody who is there, and keep the note out of the audit', async () => {
    const path = `/api/calls/${id}/transfer`
    const target = { kind: 'user', userId: await userId('supervisor') }
    const note = 'wants a discount'
    const answer = await rig.as.operator.send('POST', path, { mode: 'warm', target, note })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    expect(rig.pbx.wishes[0]?.wish).to.deep.equal({ type: 'transfer', mode: 'warm', target, note })
    const [row] = await audited()
    expect(row?.action).to.equal('call.transfer')
    expect(JSON.stringify(row)).not.to.include('discount')
    for (const gone of [
      { kind: 'user', userId: callId() },
      { kind: 'group', groupId: callId() },
      { kind: 'scheme', schemeId: callId() }
    ]) {
      const refused = await rig.as.operator.send('POST', path, { mode: 'blind', target: gone })
      expect(refused.body).to.include({ code: 'unknown_reference' })
    }
    for (const number of ['', 'robert; drop table', '1'.repeat(40)]) {
      const refused = await rig.as.operator.send('POST', path, {
        mode: 'blind',
        target: { kind: 'external', number }
      })
      expect(refused.status, number).to.equal(422)
    }
    expect(rig.pbx.wishes).to.have.length(1)
  })

  it('park in the first place that is free', async () => {
    const first = await rig.as.operator.send('POST', `/api/calls/${id}/park`)
    expect(first.body).to.include({ result: 'done', slot: 10 })
    const other = tapeOf(callId())
    rig.pbx.say(other('call.initiated', initiated(), 'inScheme'))
    rig.pbx.say(other('call.parked', { slot: 10, by: { id: anna.userId, name: anna.name } }, 'parked'))
    const second = await rig.as.operator.send('POST', `/api/calls/${id}/park`, { seconds: 60 })
    expect(second.body).to.include({ slot: 11 })
    expect(rig.pbx.wishes.at(-1)?.wish).to.include({ type: 'park', slot: 11, seconds: 60 })
  })

  it('let supervisors watch, in the audit with the silence; nobody else', async () => {
    for (const path of ['watch', 'listen', 'whisper', 'stop-watching', 'take-over']) {
      expect(
        (await rig.as.operator.send('POST', `/api/calls/${id}/${path}`, { mode: 'listen' })).status
      ).to.equal(403)
    }
    const answer = await rig.as.supervisor.send('POST', `/api/calls/${id}/watch`, {
      mode: 'whisper',
      isSilent: true
    })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    expect(rig.pbx.wishes[0]?.wish).to.deep.equal({
      type: 'watch',
      mode: 'whisper',
      isSilent: true,
      devices: ['browser-of-supervisor']
    })
    await rig.as.supervisor.send('POST', `/api/calls/${id}/take-over`)
    expect(await audited()).to.deep.equal([
      { action: 'call.watch', data: { mode: 'whisper', isSilent: true } },
      { action: 'call.takeOver', data: {} }
    ])
  })

  it('need a telephone to listen with', async () => {
    rig.pbx.phones.clear()
    expect((await rig.as.supervisor.send('POST', `/api/calls/${id}/listen`)).body).to.include({
      code: 'no_phone'
    })
    expect(rig.pbx.wishes).to.deep.equal([])
  })

  it('make `join` of a stranger’s talk a way of watching, for supervisors', async () => {
    rig.pbx.granted = 'not_yours'
    expect((await rig.as.operator.send('POST', `/api/calls/${id}/join`)).body).to.include({
      code: 'not_yours'
    })
    await rig.as.supervisor.send('POST', `/api/calls/${id}/join`)
    expect(rig.pbx.wishes.at(-1)?.wish).to.include({ type: 'watch', mode: 'join' })
  })
})
