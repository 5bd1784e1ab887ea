import { expect } from 'chai'
import { blockKinds } from '../../../ivr/blocks/index.ts'
import type { Outcome } from '../../../pbx/call/types.ts'
import { anna, boris, groupId, route, Story, type Told } from '../call/given.ts'

const found = (...operators: (typeof anna)[]): Told => ({ type: 'operatorsFound', operators })
const digit = (key: string): Told => ({ type: 'digit', digit: key })
const decision = {
  allowed: true,
  trunkId: 't',
  endpoint: 'carrier',
  number: '+74957654321',
  callerId: null
} as const
const dialled: Told = { type: 'dialDecided', leg: 'ext1', decision }
const answer = { targets: [], code: null, text: null, contactName: null, ownerId: null }
const looked = (more: object): Told => ({ type: 'lookedUp', answer: { ...answer, ...more } })

interface Place {
  /** What happens before the caller leaves; `sound` and `timer` are the ends of those that run. */
  after: (Told | 'sound' | 'timer')[]
  outcome: Outcome
  /** What must be undone for others, beside the call itself. */
  undone?: string[]
}

/** Where in each kind of block a caller may be when they hang up. */
const places: Record<string, { settings?: Record<string, unknown>; in: Record<string, Place> }> = {
  greeting: { in: { listening: { after: [], outcome: 'abandoned' } } },
  announce: {
    settings: { say: [{ text: 'Добрый день' }], times: 2 },
    in: { 'listening again': { after: ['sound'], outcome: 'abandoned' } }
  },
  menu: {
    settings: { options: [{ digit: '1' }] },
    in: {
      listening: { after: [], outcome: 'abandoned' },
      choosing: { after: ['sound'], outcome: 'abandoned' },
      'after a wrong key': { after: [digit('5')], outcome: 'abandoned' }
    }
  },
  ring: {
    settings: { groupId, externalNumber: '+74957654321' },
    in: {
      'while operators are looked for': { after: [], outcome: 'missed' },
      'while one rings': { after: [found(anna)], outcome: 'missed', undone: ['hangupLeg op1', 'release'] },
      'while a number outside is asked for': { after: [found()], outcome: 'missed' },
      'while a number outside rings': {
        after: [found(), dialled],
        outcome: 'missed',
        undone: ['hangupLeg ext1']
      }
    }
  },
  queue: {
    settings: { groupId, callbackKey: '1', strategy: 'ringAll' },
    in: {
      'while welcomed': { after: [], outcome: 'missed', undone: ['leaveQueue'] },
      'in the music': { after: ['sound'], outcome: 'missed', undone: ['leaveQueue'] },
      'hearing their place': {
        after: [{ type: 'queuePlace', position: 3, waiting: 3, estimateSeconds: null }, 'sound', 'timer'],
        outcome: 'missed',
        undone: ['leaveQueue']
      },
      'while operators ring': {
        after: ['sound', found(anna, boris)],
        outcome: 'missed',
        undone: ['leaveQueue', 'hangupLeg op1', 'release', 'hangupLeg op2', 'release']
      },
      'hearing the promise of a callback': { after: [digit('1')], outcome: 'missed' }
    }
  },
  external: {
    settings: { number: '+74957654321' },
    in: {
      'before it may be called': { after: [], outcome: 'abandoned' },
      'while it rings': { after: [dialled], outcome: 'abandoned', undone: ['hangupLeg ext1'] }
    }
  },
  lookup: {
    settings: { url: 'https://crm.example.com/' },
    in: {
      'while asked for': { after: [], outcome: 'abandoned' },
      'hearing the answer': { after: [looked({ text: 'Добрый день' })], outcome: 'abandoned' },
      'while somebody is looked for': {
        after: [looked({ targets: [{ kind: 'user', userId: anna.userId }] })],
        outcome: 'missed'
      },
      'while somebody rings': {
        after: [looked({ targets: [{ kind: 'user', userId: anna.userId }] }), found(anna)],
        outcome: 'missed',
        undone: ['hangupLeg op1', 'release']
      }
    }
  },
  voicemail: {
    in: {
      'before the tone': { after: [], outcome: 'abandoned' },
      speaking: { after: ['sound'], outcome: 'abandoned' }
    }
  },
  callback: { in: { 'hearing the promise': { after: [], outcome: 'missed' } } },
  rating: {
    in: {
      listening: { after: [], outcome: 'abandoned' },
      thinking: { after: ['sound'], outcome: 'abandoned' }
    }
  },
  goto: {
    settings: { schemeId: 'other' },
    in: { 'while it is looked for': { after: [], outcome: 'abandoned' } }
  }
}

/** Nobody can leave in these: they take no time. */
const instant = ['schedule', 'condition', 'tag', 'recording', 'hangup']

describe('A caller who hangs up', () => {
  it('may do so in every kind of block that takes time', () => {
    expect([...Object.keys(places), ...instant]).to.have.members([...blockKinds.keys()])
  })

  for (const [type, { settings = {}, in: all }] of Object.entries(places)) {
    for (const [where, { after, outcome, undone = [] }] of Object.entries(all)) {
      it(`in a ${type} block, ${where}, leaves nothing behind and one true row`, () => {
        const story = new Story().when(
          { type: 'arrived', isSpeakable: true },
          {
            type: 'routed',
            route: route({ locale: 'ru', start: 'here', blocks: { here: { type, settings, exits: {} } } })
          }
        )
        for (const event of after) {
          if (event === 'sound') story.soundEnds()
          else if (event === 'timer') story.timerEnds()
          else story.when(event)
        }
        expect(story.call.block, 'the block the caller stands in').to.include({ id: 'here', type })
        story.when({ type: 'callerLeft', cause: 16 })

        expect(story.call).to.include({ phase: 'ended', deadlineMs: null, isQueued: false, block: null })
        expect(story.call.legs.filter((leg) => leg.state !== 'ended')).to.deep.equal([])
        const names = story.effects.map((effect) =>
          effect.do === 'hangupLeg' ? `hangupLeg ${effect.leg}` : effect.do
        )
        expect(names).to.deep.equal([...undone, 'forget'])
        expect(story.rows.findLast((row) => row.type === 'call.forwarding_step')?.data).to.include({
          state: 'ended',
          block: 'here',
          exit: null
        })
        expect(story.rows.filter((row) => row.type === 'call.ended')).to.have.length(1)
        expect(story.last('call.ended')).to.include({ outcome, hangupBy: 'client' })
      })
    }
  }

  it('after a callback was promised is owed it all the same', () => {
    const blocks = { here: { type: 'callback', settings: { groupId }, exits: {} } }
    const story = new Story().when(
      { type: 'arrived', isSpeakable: true },
      { type: 'routed', route: route({ locale: 'ru', start: 'here', blocks }) },
      { type: 'callerLeft', cause: 16 }
    )
    expect(story.last('call.callback_promised')).to.deep.equal({
      phone: '+79161112233',
      atMs: null,
      groupId,
      queue: null
    })
    expect(story.last('call.ended')).to.include({ reason: 'callback_promised' })
  })
})
