import { expect } from 'chai'
import { startRig, type Rig } from './support/rig.ts'

describe('Notes of a call', () => {
  let rig: Rig
  const callId = '01996f2a-6400-7001-8abc-0000000000b1'
  before(async () => {
    rig = await startRig()
    await call(callId, [])
  })
  after(() => rig.close())

  const call = (id: string, tags: string[], startedAt = new Date().toISOString()): Promise<unknown> =>
    rig.db('calls').insert({
      ...{ id, pbx_unique_id: id, direction: 'in', call_type: 'tracking_static', started_at: startedAt },
      ...{ caller_number: '+79161112233', tags }
    })
  const write = async (
    who: 'operator' | 'supervisor',
    body: Record<string, unknown>
  ): Promise<Record<string, unknown>> => {
    const { status, body: answer } = await rig.as[who].send('PATCH', `/api/calls/${callId}`, body)
    expect(status).to.equal(200)
    return answer
  }

  it('are saved with who wrote them, and nobody is told of what they saw', async () => {
    const first = await write('operator', { note: 'Wants a kitchen', noteSeen: null })
    expect(first).to.deep.include({ note: 'Wants a kitchen', overwritten: null })
    const { by } = first['noteChange'] as { by: unknown }
    expect(by).to.deep.equal({ id: rig.as.operator.userId, name: 'The operator' })
    const second = await write('operator', { note: 'Wants a white kitchen', noteSeen: 'Wants a kitchen' })
    expect(second['overwritten']).to.equal(null)
    const seen = (await rig.as.supervisor.get(`/api/calls/${callId}`)).body
    expect(seen).to.include({ note: 'Wants a white kitchen' }).and.not.to.have.property('overwritten')
  })

  it('of two people at once: the last wins, and is told what stood there', async () => {
    await write('supervisor', { note: 'Call back on Monday', noteSeen: 'Wants a white kitchen' })
    const last = await write('operator', { note: 'Wants it white, 3 m', noteSeen: 'Wants a white kitchen' })
    expect(last).to.include({ note: 'Wants it white, 3 m' })
    expect(last['overwritten']).to.deep.include({
      note: 'Call back on Monday',
      by: { id: rig.as.supervisor.userId, name: 'The supervisor' }
    })
    const again = await write('operator', { note: 'Wants it white, 3 m', noteSeen: 'Call back on Monday' })
    expect(again['overwritten'], 'the same once more, after an answer that was lost').to.equal(null)
  })

  it('that are emptied replace nothing unseen, and are nobody’s loss twice', async () => {
    await write('supervisor', { note: null, noteSeen: 'Wants it white, 3 m' })
    const filled = await write('operator', { note: 'New', noteSeen: 'Wants it white, 3 m' })
    expect(filled['overwritten'], 'there was nothing').to.equal(null)
  })

  it('leave tags alone, which others may choose from', async () => {
    await call('01996f2a-6400-7001-8abc-0000000000b2', ['kitchen', 'urgent'])
    await call('01996f2a-6400-7001-8abc-0000000000b3', ['kitchen'])
    await call('01996f2a-6400-7001-8abc-0000000000b4', ['ancient'], '2020-01-01T00:00:00Z')
    await write('operator', { tags: ['measure'] })
    const { body } = await rig.as.operator.get('/api/tags')
    expect(body['items']).to.deep.equal([
      { name: 'kitchen', calls: 2 },
      { name: 'measure', calls: 1 },
      { name: 'urgent', calls: 1 }
    ])
    expect((await rig.as.operator.get(`/api/calls/${callId}`)).body).to.deep.include({
      note: 'New',
      tags: ['measure']
    })
    const changes = await rig.db('audit').where({ entity_id: callId }).orderBy('id')
    expect(JSON.stringify(changes.at(-1)))
      .to.include('tags')
      .and.not.to.include('measure')
  })

  it('are not for marketers to write', async () => {
    const { status } = await rig.as.marketer.send('PATCH', `/api/calls/${callId}`, {
      note: 'x',
      noteSeen: null
    })
    expect(status).to.equal(403)
  })
})
