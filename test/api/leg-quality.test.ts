import { expect } from 'chai'
import { insertCall } from './support/calls.ts'
import { itemsOf, startRig, type Rig } from './support/rig.ts'

describe('Quality of legs over the API', function () {
  this.timeout(60_000)
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())

  const told = { mos: 4.2, worstMos: 3.1, rttMs: 40, jitterMs: 3.5, loss: 0.004, seconds: 61 }

  it('is told by whoever was in the call, and kept once for each leg', async () => {
    const { operator, supervisor } = rig.as
    const id = await insertCall(rig.db)
    const started = { started_at: new Date(), answered_at: new Date() }
    await rig.db('call_legs').insert({ call_id: id, leg: 'op1', user_id: operator.userId, ...started })
    const path = `/api/calls/${id}/quality`
    const body = { ...told, problems: ['loss'], reconnects: 1 }
    expect((await supervisor.send('POST', path, body)).status, 'was not in it').to.equal(404)
    expect((await operator.send('POST', path, { ...body, reconnects: 0 })).status).to.equal(204)
    expect((await operator.send('POST', path, body)).status).to.equal(204)
    const kept = itemsOf(await supervisor.get(path))
    expect(kept).to.deep.equal([{ ...body, leg: 'op1', userId: operator.userId }])
  })

  it('refuses figures that cannot be', async () => {
    const id = await insertCall(rig.db)
    for (const wrong of [{ mos: 7 }, { loss: 2 }, { problems: ['<b>'] }, { seconds: -1 }]) {
      const body = { ...told, problems: [], reconnects: 0, ...wrong }
      expect((await rig.as.operator.send('POST', `/api/calls/${id}/quality`, body)).status).to.equal(422)
    }
  })
})
