import { expect } from 'chai'
import type { Scheme } from '../../../ivr/scheme.ts'
import { anna, groupId, route, Story } from '../call/given.ts'

/** A caller who has come to these blocks. */
function arrivedAt(blocks: Scheme['blocks']): Story {
  const body: Scheme = { locale: 'ru', start: Object.keys(blocks)[0] ?? '', blocks }
  return new Story().when({ type: 'arrived', isSpeakable: true }, { type: 'routed', route: route(body) })
}

const ring = { type: 'ring', settings: { groupId }, exits: {} }

describe('What blocks wish, done by the call', () => {
  for (const [on, record] of [
    [true, false],
    [false, true]
  ] as const) {
    it(`talks after a block that turns recording ${on ? 'on' : 'off'} are ${on ? '' : 'not '}recorded, whatever the ring block says`, () => {
      const story = arrivedAt({
        switch: { type: 'recording', settings: { on }, exits: { next: 'ring' } },
        ring: { ...ring, settings: { groupId, record } }
      }).when({ type: 'operatorsFound', operators: [anna] })
      const [originate] = story.does('originate')
      expect(originate && 'recordingId' in originate && typeof originate.recordingId).to.equal(
        on ? 'string' : 'object'
      )
    })
  }

  it('tags stand on the tape, and conditions after them know them', () => {
    const story = arrivedAt({
      tag: { type: 'tag', settings: { add: ['vip'] }, exits: { next: 'who' } },
      who: {
        type: 'condition',
        settings: { rules: [{ name: 'vip', conditions: [{ fact: 'tag', values: ['vip'] }] }] },
        exits: { vip: 'ring', otherwise: null }
      },
      ring
    })
    expect(story.last('call.tagged')).to.deep.equal({ add: ['vip'], remove: [] })
    expect(story.call).to.deep.include({ tags: ['vip'] })
    expect(story.call.block?.id).to.equal('ring')
  })

  it('conditions know the campaign, the number dialled and the caller', () => {
    const story = arrivedAt({
      who: {
        type: 'condition',
        settings: {
          rules: [
            {
              name: 'ads',
              conditions: [
                { fact: 'campaign', values: ['windows'] },
                { fact: 'number', values: ['+74951234567'] },
                { fact: 'callerNumber', test: 'startsWith', values: ['+7916'] },
                { fact: 'client', is: 'new' }
              ]
            }
          ]
        },
        exits: { ads: 'ring' }
      },
      ring
    })
    expect(story.call.block?.id).to.equal('ring')
  })

  it('a lookup names the owner, who then is rung first', () => {
    const story = arrivedAt({
      ask: { type: 'lookup', settings: { url: 'https://crm.example.com/' }, exits: { next: 'ring' } },
      ring
    }).when({
      type: 'lookedUp',
      answer: { targets: [], code: null, text: null, contactName: 'Мария', ownerId: anna.userId }
    })
    expect(story.does('ask')).to.deep.equal([
      { do: 'ask', what: 'operators', query: { kind: 'owner', userId: anna.userId, except: [] } }
    ])
  })

  it('the task for a message goes on the tape with it', () => {
    const story = arrivedAt({ box: { type: 'voicemail', settings: { taskGroupId: groupId }, exits: {} } })
    story.soundEnds().after(5).when({ type: 'recorded', seconds: 5 })
    expect(story.last('call.voicemail')).to.deep.include({ task: { groupId } })
  })

  it('another scheme is gone on in, and where there is none the block leads on', () => {
    const goto = { type: 'goto', settings: { schemeId: 's2' }, exits: { missing: 'ring' } }
    const gone = arrivedAt({ goto, ring })
    expect(gone.does('ask')).to.deep.equal([{ do: 'ask', what: 'scheme', schemeId: 's2' }])
    const body: Scheme = { locale: 'en', start: 'there', blocks: { there: ring } }
    gone.when({
      type: 'schemeFound',
      scheme: { id: 's2', name: 'Second', version: 1, body },
      groupNames: { [groupId]: 'Sales' }
    })
    expect(gone.call.block?.id).to.equal('there')
    expect(gone.last('call.scheme_changed')).to.deep.include({
      scheme: { id: 's2', name: 'Second', version: 1 }
    })
    const missing = arrivedAt({ goto, ring }).when({ type: 'schemeFound', scheme: null, groupNames: {} })
    expect(missing.call.block?.id).to.equal('ring')
  })

  it('the music of a queue ends and a sound stops when the operator answers', () => {
    const queue = { type: 'queue', settings: { groupId, welcome: [] }, exits: {} }
    const story = arrivedAt({ queue })
      .when({ type: 'queuePlace', position: 1, waiting: 1, estimateSeconds: null })
      .when({ type: 'operatorsFound', operators: [anna] }, { type: 'legAnswered', leg: 'op1' })
    expect(story.effects.map((effect) => effect.do)).to.include.members([
      'music',
      'leaveQueue',
      'cancelTimer'
    ])
    expect(story.call).to.include({ phase: 'talking', musicOn: false, isQueued: false, deadlineMs: null })
  })
})
