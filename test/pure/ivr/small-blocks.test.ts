import { expect } from 'chai'
import type { BlockEffect } from '../../../ivr/block.ts'
import { dialFailed, digit, found, played, talkEnded, timeout, Visit } from './visit.ts'

describe('Announcing', () => {
  const say = [{ text: 'Скидка 10 % до пятницы' }, { sound: 'ringtrace/thank-you' }]
  const play: BlockEffect = { do: 'play', sounds: say }

  it('answers, says sounds and spoken texts as often as told, and goes on', () => {
    const visit = new Visit({ type: 'announce', settings: { say, times: 2 } })
    expect(visit.last.effects).to.deep.equal([{ do: 'answer' }, play])
    expect(visit.tell(played)?.effects).to.deep.equal([play])
    expect(visit.tell(played)).to.deep.equal({ state: null, effects: [], exit: 'next' })
  })

  it('is cut short by its key and by no other', () => {
    const visit = new Visit({ type: 'announce', settings: { say, skipKey: '#' } })
    expect(visit.tell(digit('1'))).to.equal(null)
    expect(visit.tell(digit('#'))).to.deep.equal({
      state: null,
      effects: [{ do: 'stopPlaying' }, { do: 'note', pressed: '#' }],
      exit: 'next'
    })
    expect(new Visit({ type: 'announce', settings: { say } }).tell(digit('#'))).to.equal(null)
  })
})

describe('Calling a number outside', () => {
  const number = '+74951234567'
  const dialling = (settings: Record<string, unknown> = {}): Visit =>
    new Visit({ type: 'external', settings: { number, ...settings } })

  it('rings it through the trunk and for the time that are named, with ringback', () => {
    expect(dialling({ trunkId: 't1', ringSeconds: 10, record: false }).last.effects).to.deep.equal([
      { do: 'ringback', on: true },
      { do: 'dial', target: { kind: 'external', number, trunkId: 't1' }, ringMs: 10_000, record: false },
      { do: 'timer', ms: 10_000 }
    ])
  })

  for (const [result, exit] of [
    ['busy', 'busy'],
    ['declined', 'busy'],
    ['noAnswer', 'noAnswer'],
    ['failed', 'noAnswer'],
    ['refused', 'refused']
  ] as const) {
    it(`leaves by "${exit}" when it comes back ${result}`, () => {
      expect(dialling().tell(dialFailed(number, result))).to.deep.equal({
        state: null,
        effects: [{ do: 'cancelTimer' }, { do: 'ringback', on: false }],
        exit
      })
    })
  }

  it('stops ringing when its time is over', () => {
    expect(dialling({ ringback: false }).tell(timeout)).to.deep.equal({
      state: null,
      effects: [{ do: 'stopDialling' }],
      exit: 'noAnswer'
    })
  })

  it('is done when the talk is', () => {
    expect(dialling().tell(talkEnded)).to.deep.equal({ state: null, effects: [], exit: 'talked' })
  })
})

describe('Blocks that take no time', () => {
  it('tag the call', () => {
    expect(new Visit({ type: 'tag', settings: { add: ['vip'], remove: ['new'] } }).last).to.deep.equal({
      state: null,
      effects: [{ do: 'tag', add: ['vip'], remove: ['new'] }],
      exit: 'next'
    })
  })

  it('switch recording', () => {
    for (const on of [true, false]) {
      expect(new Visit({ type: 'recording', settings: { on } }).last).to.deep.equal({
        state: null,
        effects: [{ do: 'setRecording', on }],
        exit: 'next'
      })
    }
  })
})

describe('Going on in another scheme', () => {
  it('asks for it, and has a way out when there is none', () => {
    const visit = new Visit({ type: 'goto', settings: { schemeId: 's2' } })
    expect(visit.last).to.deep.equal({
      state: { phase: 'going' },
      effects: [{ do: 'goToScheme', schemeId: 's2' }],
      exit: null
    })
    expect(visit.tell(found('anna'))).to.equal(null)
    expect(visit.tell({ type: 'schemeMissing' })).to.deep.equal({ state: null, effects: [], exit: 'missing' })
  })
})

describe('A message left', () => {
  const taskOf = (settings: Record<string, unknown>): unknown => {
    const visit = new Visit({ type: 'voicemail', settings }).tellAll([played])
    return visit.effects.flatMap((effect) => (effect.do === 'recordVoicemail' ? [effect.task] : []))
  }

  it('becomes a task, for the group that is named, unless told otherwise', () => {
    expect(taskOf({})).to.deep.equal([{ groupId: null }])
    expect(taskOf({ taskGroupId: 'sales' })).to.deep.equal([{ groupId: 'sales' }])
    expect(taskOf({ createTask: false, taskGroupId: 'sales' })).to.deep.equal([null])
  })
})

describe('A blind transfer', () => {
  const asked = (visit: Visit) => visit.last.effects.find((effect) => effect.do === 'findOperators')

  it('asks for whoever sent the client when nobody is there, even in the wrap-up', () => {
    const target = { kind: 'user', userId: 'boris' }
    const visit = new Visit({ type: 'transfer', settings: { target, returnTo: 'anna' } })
    expect(asked(visit)).to.deep.include({ query: { kind: 'user', userId: 'boris', except: [] } })
    visit.tell(found())
    const back = { kind: 'user', userId: 'anna', isReturn: true, except: [] }
    expect(asked(visit)).to.deep.include({ query: back })
  })

  it('of a parked call goes back to whoever parked it, even in the wrap-up', () => {
    const target = { kind: 'user', userId: 'anna' }
    const visit = new Visit({ type: 'transfer', settings: { target, returnTo: null, isReturn: true } })
    expect(asked(visit)).to.deep.include({
      query: { kind: 'user', userId: 'anna', isReturn: true, except: [] }
    })
  })
})
