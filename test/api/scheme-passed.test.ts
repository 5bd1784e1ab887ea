import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { idOf, startRig, type Rig } from './support/rig.ts'

describe('Calls of today by block', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())

  it('are counted once each, also those that went on to another scheme; tests and older ones are not', async () => {
    const draft = { locale: 'ru', start: '', blocks: {} }
    const schemeId = idOf(await rig.as.admin.send('POST', '/api/schemes', { name: 'Main', draft }))
    const call = (steps: [string, string | null][], rest: Record<string, unknown> = {}) => ({
      ...{ id: randomUUID(), pbx_unique_id: randomUUID(), direction: 'in', call_type: 'tracking_static' },
      ...{ started_at: new Date(), scheme_id: schemeId },
      steps: JSON.stringify(steps.map(([block, exit]) => ({ block, exit }))),
      ...rest
    })
    const gone = call(
      [
        ['menu', '2'],
        ['elsewhere', 'goto'],
        ['hello', 'next']
      ],
      { scheme_id: randomUUID() }
    )
    await rig.db('calls').insert([
      call([
        ['menu', '1'],
        ['ring', 'talked']
      ]),
      call([
        ['menu', '9'],
        ['menu', '1']
      ]),
      // Of another scheme until it went on to this one.
      call([
        ['ring', 'goto'],
        ['voicemail', 'next']
      ]),
      gone,
      call([['menu', '1']], { direction: 'internal', call_type: 'test' }),
      call([['menu', '1']], { started_at: new Date(Date.now() - 48 * 3_600_000) })
    ])
    await rig.db('call_events').insert({
      ...{ call_id: gone.id, seq: 1, at: new Date(), type: 'call.initiated' },
      ...{ data: JSON.stringify({ scheme: { id: schemeId } }), effects: '[]' }
    })
    const { body } = await rig.as.admin.get(`/api/schemes/${schemeId}/passed`)
    expect(body['blocks']).to.deep.equal({ menu: 3, ring: 1, voicemail: 1, elsewhere: 1 })
  })
})
