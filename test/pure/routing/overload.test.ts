import { expect } from 'chai'
import { blockKinds, madeKinds } from '../../../ivr/blocks/index.ts'
import {
  answerTo,
  feel,
  leastCalls,
  noLoad,
  overloadScheme,
  roomForTurnedAway,
  usualOverload,
  type LoadSample
} from '../../../pbx/routing/overload.ts'
import { anna, groupId, route, Story } from '../call/given.ts'

const limited = { ...usualOverload, maxCalls: 2 }
const withGroup = { ...limited, answer: 'group' as const, groupId }
const standing = { calls: 0, turnedAway: 0, level: 'normal' as const }

describe('More calls than can be carried', () => {
  describe('what a new call gets', () => {
    const table: [string, typeof usualOverload, Partial<Parameters<typeof answerTo>[1]>, string | null][] = [
      ['its scheme, where nothing is limited', usualOverload, { calls: 5000 }, null],
      ['its scheme, as the last one within the limit', limited, { calls: 1 }, null],
      ['the message beyond it', limited, { calls: 2 }, 'message'],
      ['the group where one is named', withGroup, { calls: 2 }, 'group'],
      ['the message where no group is named', { ...withGroup, groupId: null }, { calls: 2 }, 'message'],
      ['a refusal when too many hear it already', limited, { calls: 2, turnedAway: 5 }, 'refused'],
      ['the message when the exchange is late', usualOverload, { level: 'high' }, 'message'],
      ['a refusal when it is very late', usualOverload, { level: 'extreme' }, 'refused'],
      [
        'its scheme, late or not, where lateness counts for nothing',
        { ...usualOverload, isAutomatic: false },
        { level: 'extreme' },
        null
      ],
      [
        'the message at the limit, where lateness counts for nothing',
        { ...limited, isAutomatic: false },
        { calls: 2, level: 'extreme' },
        'message'
      ]
    ]
    for (const [what, rules, figures, answer] of table) {
      it(what, () => expect(answerTo(rules, { ...standing, ...figures })).to.equal(answer))
    }

    it('leaves room for a fifth of the limit, and for five at least', () => {
      expect([null, 2, 26, 500].map(roomForTurnedAway)).to.deep.equal([5, 5, 6, 100])
    })
  })

  describe('how late the exchange is', () => {
    const late: LoadSample = { loopMs: 400, ariMs: 5 }
    const fine: LoadSample = { loopMs: 2, ariMs: 5 }
    const after = (samples: readonly LoadSample[], calls = leastCalls, from = noLoad) =>
      samples.reduce((load, sample) => feel(load, sample, calls), from).level

    it('is felt only when it lasts', () => {
      expect(after([late, late])).to.equal('normal')
      expect(after([late, late, late])).to.equal('high')
      expect(after([late, late, fine, late, late])).to.equal('normal')
    })
    it('is felt by Asterisk’s answers too, and not where there were none', () => {
      const slow = { loopMs: 0, ariMs: 3000 }
      expect(after([slow, slow, slow])).to.equal('extreme')
      expect(after(Array<LoadSample>(9).fill({ loopMs: 0, ariMs: null }))).to.equal('normal')
    })
    it('is nobody’s fault while there are few calls', () => {
      expect(after(Array<LoadSample>(9).fill({ loopMs: 9000, ariMs: 9000 }), leastCalls - 1)).to.equal(
        'normal'
      )
    })
    it('is left slowly, step by step', () => {
      const extreme = { level: 'extreme' as const, worse: 0, better: 0 }
      expect(after(Array<LoadSample>(4).fill(fine), leastCalls, extreme)).to.equal('extreme')
      expect(after(Array<LoadSample>(5).fill(fine), leastCalls, extreme)).to.equal('high')
      expect(after(Array<LoadSample>(10).fill(fine), leastCalls, extreme)).to.equal('normal')
    })
  })

  describe('the life of a call that is turned away', () => {
    const story = (answer: 'group' | 'message' | 'refused'): Story => {
      const scheme = answer === 'refused' ? null : overloadScheme(withGroup, answer, 'ru')
      const overload = { answer, scheme, groupNames: { [groupId]: 'Spare' } }
      return new Story().when(
        { type: 'arrived', isSpeakable: true },
        { type: 'routed', route: route(), overload }
      )
    }
    const turnedAway = { outcome: 'missed', reason: 'overloaded' }

    it('hears the message unanswered, and is busy (486)', () => {
      const call = story('message')
      expect(call.last('call.initiated')).to.include({ overload: 'message' })
      expect(call.does('play')).to.have.length(1)
      expect(call.does('answer')).to.have.length(0)
      call.soundEnds()
      expect(call.does('hangupCaller')).to.deep.equal([{ do: 'hangupCaller', cause: 17 }])
      expect(call.last('call.ended')).to.include({ ...turnedAway, hangupBy: 'system' })
    })
    it('is over too when nobody tells the end of the message', () => {
      const call = story('message').timerEnds()
      expect(call.does('stopPlaying')).to.have.length(1)
      expect(call.last('call.ended')).to.include(turnedAway)
    })
    it('was turned away, however soon the caller hangs up', () => {
      const call = story('message').when({ type: 'callerLeft', cause: 16 })
      expect(call.last('call.ended')).to.include({ ...turnedAway, hangupBy: 'client' })
    })
    it('is refused at once (503) when even that is too much', () => {
      const call = story('refused')
      expect(call.does('hangupCaller')).to.deep.equal([{ do: 'hangupCaller', cause: 42 }])
      expect(call.does('play')).to.have.length(0)
      expect(call.last('call.ended')).to.include(turnedAway)
    })
    it('rings the group, and hears the message when nobody of it is free', () => {
      const call = story('group')
      expect(call.does('ask')[0]).to.deep.include({ what: 'operators' })
      call.when({ type: 'operatorsFound', operators: [] }).soundEnds()
      expect(call.last('call.ended')).to.include(turnedAway)
      expect(call.last('call.forwarding_step')).to.include({ blockType: 'turnAway', state: 'ended' })
    })
    it('talks with the group as in any call', () => {
      const call = story('group').when({ type: 'operatorsFound', operators: [anna] })
      call.when({ type: 'legAnswered', leg: 'op1' }, { type: 'callerLeft', cause: 16 })
      expect(call.last('call.ended')).to.include({ outcome: 'answered' })
    })
  })

  it('is told by blocks that nobody can draw', () => {
    expect(blockKinds.has('turnAway')).to.equal(false)
    expect(madeKinds.has('turnAway')).to.equal(true)
  })
})
