import { expect } from 'chai'
import { itemsOf, startRig, type Answer, type Json, type Rig } from './support/rig.ts'

const nobody = '00000000-0000-4000-8000-000000000000'

describe('Pipelines over the API', function () {
  this.timeout(60_000)
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())

  const ok = (answer: Answer, status = 200): Json => {
    expect(answer.status, JSON.stringify(answer.body)).to.equal(status)
    return answer.body
  }
  const wanted = [{ name: 'New' }, { name: 'Done', kind: 'won' }, { name: 'Off', kind: 'lost' }]

  it('have one stage won and one lost, and keep the order given', async () => {
    const { supervisor, operator } = rig.as
    expect((await operator.send('POST', '/api/pipelines', { name: 'x', stages: wanted })).status).to.equal(
      403
    )
    const made = ok(await supervisor.send('POST', '/api/pipelines', { name: 'Rent', stages: wanted }), 201)
    const path = `/api/pipelines/${String(made['id'])}`
    const [first, won, lost] = made['stages'] as { id: string; name: string }[]
    const changed = ok(
      await supervisor.send('PATCH', path, {
        stages: [
          { id: lost?.id, name: 'Done', kind: 'lost' },
          { id: won?.id, name: 'Off', kind: 'won' },
          { name: 'Talk' },
          { id: first?.id, name: 'New' }
        ]
      })
    )
    expect((changed['stages'] as Json[]).map(({ name, kind }) => [name, kind])).to.deep.equal([
      ...[
        ['Talk', 'open'],
        ['New', 'open'],
        ['Off', 'won'],
        ['Done', 'lost']
      ]
    ])
    for (const stages of [
      wanted.slice(0, 2),
      [...wanted, { name: 'Also', kind: 'won' }],
      [...wanted, { name: 'New' }],
      [...wanted, { id: nobody, name: 'Else' }]
    ])
      expect((await supervisor.send('PATCH', path, { stages })).status, JSON.stringify(stages)).to.equal(422)
    expect((await supervisor.send('DELETE', path)).status).to.equal(204)
  })

  it('stay while deals are in them, stage by stage, and one stays always', async () => {
    const { supervisor } = rig.as
    const made = ok(await supervisor.send('POST', '/api/pipelines', { name: 'Rent', stages: wanted }), 201)
    const path = `/api/pipelines/${String(made['id'])}`
    const [first, won, lost] = made['stages'] as { id: string; name: string; kind: string }[]
    const deal = ok(
      await supervisor.send('POST', '/api/deals', { title: 'Flat', pipelineId: made['id'] }),
      201
    )
    expect(deal['stageId']).to.equal(first?.id)
    const without = {
      stages: [{ name: 'Other' }, won, lost].map((one) => one && { ...one, position: undefined })
    }
    expect((await supervisor.send('PATCH', path, without)).body['code']).to.equal('in_use')
    expect((await supervisor.send('DELETE', path)).body['code']).to.equal('in_use')
    expect((ok(await supervisor.get(path))['stages'] as Json[]).map(({ name }) => name)).to.deep.equal([
      'New',
      'Done',
      'Off'
    ])
    ok(await supervisor.send('DELETE', `/api/deals/${String(deal['id'])}`), 204)
    ok(await supervisor.send('DELETE', path), 204)
    const [last] = itemsOf(await supervisor.get('/api/pipelines'))
    const answer = await supervisor.send('DELETE', `/api/pipelines/${String(last?.['id'])}`)
    expect(answer.body['code']).to.equal('last_pipeline')
  })
})
