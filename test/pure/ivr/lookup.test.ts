import { expect } from 'chai'
import type { BlockEffect } from '../../../ivr/block.ts'
import {
  answered,
  dialFailed,
  failed,
  found,
  noAnswer,
  people,
  played,
  talkEnded,
  timeout,
  Visit,
  type When
} from './visit.ts'

const url = 'https://crm.example.com/route'
const cancelTimer: BlockEffect = { do: 'cancelTimer' }
const timer = (ms: number): BlockEffect => ({ do: 'timer', ms })
const ringback = (on: boolean): BlockEffect => ({ do: 'ringback', on })
const ask = (userId: string, ...except: string[]): BlockEffect => ({
  do: 'findOperators',
  query: { kind: 'user', userId, except }
})
const ring = (userId: string): BlockEffect[] => [
  { do: 'ring', operators: people(userId), ringMs: 20_000, record: true },
  timer(20_000)
]
const dial = (number: string): BlockEffect[] => [
  { do: 'dial', target: { kind: 'external', number }, ringMs: 20_000, record: true },
  timer(20_000)
]
const user = (userId: string) => ({ kind: 'user', userId }) as const
const outside = (number: string) => ({ kind: 'external', number }) as const

const looking = (settings: Record<string, unknown> = {}): Visit =>
  new Visit({ type: 'lookup', settings: { url, ...settings } })

function told(visit: Visit, events: readonly When[]): (readonly BlockEffect[] | null)[] {
  return events.map((event) => visit.tell(event)?.effects ?? null)
}

describe('Asking an outside system', () => {
  it('waits for its answer no longer than told, and a second more for one that got lost', () => {
    expect(looking({ timeoutMs: 800 }).last.effects).to.deep.equal([
      { do: 'lookup', url, timeoutMs: 800 },
      timer(1_800)
    ])
    const lost = looking().tellAll([timeout])
    expect(lost.last).to.deep.equal({ state: null, effects: [], exit: 'failed' })
  })

  it('leaves by "failed" when there is no usable answer', () => {
    expect(looking().tellAll([noAnswer]).last).to.deep.equal({
      state: null,
      effects: [cancelTimer],
      exit: 'failed'
    })
  })

  it('goes on when the answer holds nothing to be done', () => {
    expect(looking().tellAll([answered()]).last).to.deep.equal({
      state: null,
      effects: [cancelTimer],
      exit: 'next'
    })
  })

  it('says its text first, answering the call for it, and cuts what no caller would listen to', () => {
    const visit = looking().tellAll([answered({ text: ` ${'long '.repeat(400)}` })])
    expect(visit.last.effects.slice(0, 2)).to.deep.equal([cancelTimer, { do: 'answer' }])
    const [sound] = visit.last.effects.flatMap((effect) => (effect.do === 'play' ? effect.sounds : []))
    expect(sound && 'text' in sound && sound.text).to.have.length(1_000)
    expect(looking().tellAll([answered({ text: '  ' })]).last.exit).to.equal('next')
  })

  it('gives the client the owner and the name that it tells', () => {
    const visit = looking().tellAll([answered({ ownerId: 'anna', contactName: 'Мария' })])
    expect(visit.last.effects).to.deep.equal([
      cancelTimer,
      { do: 'assign', ownerId: 'anna', contactName: 'Мария' }
    ])
  })

  it('branches by a code it knows before ringing anybody, and passes over one that it does not', () => {
    const settings = { codes: ['vip', 'debt'] }
    const known = looking(settings).tellAll([
      answered({ code: 'debt', text: 'Момент', targets: [user('anna')] }),
      played
    ])
    expect(known.last).to.include({ exit: 'code:debt' })
    expect(looking(settings).tellAll([answered({ code: 'other' })]).last.exit).to.equal('next')
    const rung = looking(settings).tell(answered({ code: 'other', targets: [user('anna')] }))
    expect(rung?.effects).to.deep.equal([cancelTimer, ask('anna')])
  })

  it('rings those it names one after another, inside and outside', () => {
    const visit = looking()
    const targets = [user('anna'), outside('+79261112233'), user('boris'), outside('101')]
    const events = [
      answered({ targets }),
      found('anna'),
      timeout,
      dialFailed('+79261112233', 'refused'),
      found('boris'),
      failed('boris', 'busy'),
      timeout
    ]
    expect(told(visit, events)).to.deep.equal([
      [cancelTimer, ask('anna')],
      [ringback(true), ...ring('anna')],
      [{ do: 'stopRinging', userIds: ['anna'] }, ...dial('+79261112233')],
      [cancelTimer, ask('boris')],
      ring('boris'),
      [cancelTimer, ...dial('101')],
      [{ do: 'stopDialling' }, ringback(false)]
    ])
    expect(visit.last.exit).to.equal('noAnswer')
  })

  it('passes over those who are not free or have declined', () => {
    const visit = looking()
    const declined = { context: { declined: ['anna'] } }
    const targets = [user('anna'), user('boris'), user('vera')]
    expect(told(visit, [{ ...answered({ targets }), ...declined }, found(), found('vera')])).to.deep.equal([
      [cancelTimer, ask('boris', 'anna')],
      [ask('vera', 'anna')],
      [ringback(true), ...ring('vera')]
    ])
    const late = looking().tellAll([answered({ targets: [user('anna')] }), { ...found('anna'), ...declined }])
    expect(late.last).to.deep.equal({
      state: null,
      effects: [{ do: 'stopRinging', userIds: ['anna'] }],
      exit: 'noAnswer'
    })
  })

  it('never rings on for ever, however many are named', () => {
    const visit = looking().tellAll([
      answered({ targets: Array.from({ length: 50 }, (_, index) => outside(`10${index}`)) })
    ])
    for (let index = 0; visit.last.exit === null; index += 1) visit.tell(dialFailed(`10${index}`, 'refused'))
    expect(visit.effects.filter((effect) => effect.do === 'dial')).to.have.length(20)
  })

  it('is done when the talk with one of them is', () => {
    const visit = looking().tellAll([answered({ targets: [outside('101')] }), talkEnded])
    expect(visit.last).to.deep.equal({ state: null, effects: [], exit: 'talked' })
  })

  it('ignores what comes too late or is not about it', () => {
    const visit = looking().tellAll([answered({ targets: [user('anna'), outside('101')] }), found('anna')])
    const strays = [answered(), played, failed('boris', 'busy'), dialFailed('101', 'busy'), found('anna')]
    expect(told(visit, strays)).to.deep.equal([null, null, null, null, null])
    expect(visit.tell(found('vera'))?.effects).to.deep.equal([{ do: 'stopRinging', userIds: ['vera'] }])
  })
})
