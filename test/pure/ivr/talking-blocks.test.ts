import { expect } from 'chai'
import type { BlockEffect } from '../../../ivr/block.ts'
import { digit, played, timeout, Visit, type Given, type When } from './visit.ts'

interface Row {
  name: string
  given: Given
  when: readonly When[]
  /** Effects of the last event, or of entering when there is none; `ignored` when it has no row. */
  then: readonly BlockEffect[] | 'ignored'
  exit?: string
}

const answered = { isAnswered: true }
const say = (...names: string[]): BlockEffect => ({ do: 'play', sounds: names.map((sound) => ({ sound })) })
const menuSettings = {
  prompt: [{ sound: 'choose' }],
  wrongSounds: [{ sound: 'no' }],
  options: [{ digit: '1' }],
  attempts: 2
}
const menu: Given = { type: 'menu', settings: menuSettings, context: answered }
const voicemail: Given = {
  type: 'voicemail',
  settings: { greeting: [{ sound: 'speak' }], maxSeconds: 60 },
  context: answered
}
const rating: Given = {
  type: 'rating',
  settings: {
    question: [{ sound: 'rate' }],
    wrongSounds: [{ sound: 'no' }],
    thanks: [{ sound: 'thanks' }],
    waitSeconds: 4
  },
  context: { isAnswered: true, lastOperatorId: 'anna' }
}

const rows: Row[] = [
  {
    name: 'greeting answers a ringing caller before the first sound',
    given: { type: 'greeting' },
    when: [],
    then: [{ do: 'answer' }, say('ringtrace/welcome')]
  },
  {
    name: 'greeting does not answer twice',
    given: { type: 'greeting', settings: { sounds: [{ sound: 'a' }, { sound: 'b' }] }, context: answered },
    when: [],
    then: [say('a', 'b')]
  },
  {
    name: 'greeting is not cut short by a key',
    given: { type: 'greeting' },
    when: [digit('1')],
    then: 'ignored'
  },
  {
    name: 'hangup gives its reason, and does not answer for that',
    given: { type: 'hangup', settings: { reason: 'not_now' } },
    when: [],
    then: [{ do: 'hangup', reason: 'not_now' }]
  },
  { name: 'hangup takes no more events', given: { type: 'hangup' }, when: [played], then: 'ignored' },

  {
    name: 'menu answers and prompts',
    given: { ...menu, context: {} },
    when: [],
    then: [{ do: 'answer' }, say('choose')]
  },
  {
    name: 'menu waits for a key after the prompt',
    given: menu,
    when: [played],
    then: [{ do: 'timer', ms: 5000 }]
  },
  {
    name: 'menu stops its prompt at a key',
    given: menu,
    when: [digit('1')],
    then: [{ do: 'stopPlaying' }, { do: 'note', pressed: '1' }],
    exit: '1'
  },
  {
    name: 'menu stops its timer at a key',
    given: menu,
    when: [played, digit('1')],
    then: [{ do: 'cancelTimer' }, { do: 'note', pressed: '1' }],
    exit: '1'
  },
  {
    name: 'menu names a wrong key wrong and asks again',
    given: menu,
    when: [played, digit('7')],
    then: [{ do: 'cancelTimer' }, { do: 'note', pressed: '7' }, say('no', 'choose')]
  },
  { name: 'menu meets silence by asking again', given: menu, when: [played, timeout], then: [say('choose')] },
  {
    name: 'menu gives up silence at the last attempt',
    given: menu,
    when: [played, timeout, played, timeout],
    then: [],
    exit: 'noInput'
  },
  {
    name: 'menu gives up on wrong keys at the last attempt, whatever came before',
    given: menu,
    when: [played, timeout, digit('7')],
    then: [{ do: 'stopPlaying' }, { do: 'note', pressed: '7' }],
    exit: 'wrongInput'
  },
  { name: 'menu ignores a timer that ends in its prompt', given: menu, when: [timeout], then: 'ignored' },
  { name: 'menu ignores a second end of its prompt', given: menu, when: [played, played], then: 'ignored' },

  { name: 'voicemail greets and beeps', given: voicemail, when: [], then: [say('speak', 'beep')] },
  {
    name: 'voicemail records after the beep, and does not wait for ever for the end',
    given: voicemail,
    when: [played],
    then: [
      { do: 'recordVoicemail', maxSeconds: 60, silenceSeconds: 5, task: { groupId: null } },
      { do: 'timer', ms: 70_000 }
    ]
  },
  {
    name: 'voicemail skips to the beep at #',
    given: voicemail,
    when: [digit('#')],
    then: [{ do: 'stopPlaying' }, say('beep')]
  },
  { name: 'voicemail skips once', given: voicemail, when: [digit('#'), digit('#')], then: 'ignored' },
  { name: 'voicemail hears other keys as nothing', given: voicemail, when: [digit('1')], then: 'ignored' },
  {
    name: 'voicemail goes on when the message has ended',
    given: voicemail,
    when: [played, { type: 'recorded', seconds: 0 }],
    then: [{ do: 'cancelTimer' }],
    exit: 'next'
  },
  {
    name: 'voicemail goes on when no end is heard of',
    given: voicemail,
    when: [played, timeout],
    then: [],
    exit: 'next'
  },
  {
    name: 'voicemail ignores a recording it has not begun',
    given: voicemail,
    when: [{ type: 'recorded', seconds: 1 }],
    then: 'ignored'
  },

  {
    name: 'rating takes a mark in the middle of the question, for the last operator, and thanks',
    given: rating,
    when: [digit('4')],
    then: [
      { do: 'stopPlaying' },
      { do: 'note', pressed: '4' },
      { do: 'rate', rating: 4, operatorId: 'anna' },
      say('thanks')
    ]
  },
  {
    name: 'rating takes a mark after the question',
    given: rating,
    when: [played, digit('1')],
    then: [
      { do: 'cancelTimer' },
      { do: 'note', pressed: '1' },
      { do: 'rate', rating: 1, operatorId: 'anna' },
      say('thanks')
    ]
  },
  {
    name: 'rating waits after the question',
    given: rating,
    when: [played],
    then: [{ do: 'timer', ms: 4000 }]
  },
  {
    name: 'rating goes on after the thanks',
    given: rating,
    when: [digit('5'), played],
    then: [],
    exit: 'next'
  },
  { name: 'rating counts one mark only', given: rating, when: [digit('5'), digit('1')], then: 'ignored' },
  {
    name: 'rating forgives one wrong key',
    given: rating,
    when: [digit('6')],
    then: [{ do: 'stopPlaying' }, { do: 'note', pressed: '6' }, say('no', 'rate')]
  },
  {
    name: 'rating takes a mark after a wrong key',
    given: rating,
    when: [digit('0'), played, digit('5')],
    then: [
      { do: 'cancelTimer' },
      { do: 'note', pressed: '5' },
      { do: 'rate', rating: 5, operatorId: 'anna' },
      say('thanks')
    ]
  },
  {
    name: 'rating gives up at the second wrong key',
    given: rating,
    when: [digit('6'), played, digit('*')],
    then: [{ do: 'cancelTimer' }, { do: 'note', pressed: '*' }],
    exit: 'next'
  },
  { name: 'rating lets a silent caller go', given: rating, when: [played, timeout], then: [], exit: 'next' }
]

describe('What a caller hears and presses', () => {
  for (const { name, given, when, then, exit = null } of rows) {
    it(name, () => {
      const visit = new Visit(given)
      let run: typeof visit.last | null = visit.last
      for (const event of when) run = visit.tell(event)
      if (then === 'ignored') {
        expect(run).to.equal(null)
        return
      }
      expect(run?.effects).to.deep.equal(then)
      expect(run?.exit).to.equal(exit)
    })
  }

  it('a scheme that cannot be run ends the call with a reason, and throws nothing', () => {
    for (const given of [
      { type: 'teleport' },
      { type: 'constructor' },
      { type: 'ring' },
      { type: 'menu', settings: { options: 1 } }
    ]) {
      const visit = new Visit(given)
      expect(visit.last).to.deep.equal({
        state: null,
        effects: [{ do: 'hangup', reason: 'broken_scheme' }],
        exit: null
      })
      expect(visit.tell(played)).to.equal(null)
    }
  })
})
