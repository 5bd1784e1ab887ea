import { expect } from 'chai'
import type { BlockContext, BlockEffect } from '../../../ivr/block.ts'
import { digit, hidden, noFacts, played, timeout, Visit, wednesdayNoonMs, type When } from './visit.ts'

const saidDigits = (number: string): { sound: string }[] =>
  [...number].map((each) => ({ sound: `digits/${each}` }))
const promise = (number: string | null, atMs: number | null = null): BlockEffect => ({
  do: 'promiseCallback',
  number,
  atMs,
  groupId: null,
  queue: null
})
const thanks = (number: string): BlockEffect => ({
  do: 'play',
  sounds: [
    { sound: 'ringtrace/callback-promised' },
    { sound: 'ringtrace/callback-number' },
    ...saidDigits(number)
  ]
})
const question: BlockEffect = { do: 'play', sounds: [{ sound: 'ringtrace/enter-number' }] }
const again: BlockEffect = {
  do: 'play',
  sounds: [{ sound: 'ringtrace/wrong-number' }, { sound: 'ringtrace/enter-number' }]
}
const timer: BlockEffect = { do: 'timer', ms: 6_000 }
const cancelTimer: BlockEffect = { do: 'cancelTimer' }
const note = (pressed: string): BlockEffect => ({ do: 'note', pressed })

const promising = (settings: Record<string, unknown> = {}, context: Partial<BlockContext> = {}): Visit =>
  new Visit({ type: 'callback', settings, context })

function told(visit: Visit, events: readonly When[]): (readonly BlockEffect[] | null)[] {
  return events.map((event) => visit.tell(event)?.effects ?? null)
}

const keys = (text: string): When[] => [...text].map(digit)

describe('Promising a callback', () => {
  it('promises at once, then thanks and says the number', () => {
    const visit = promising()
    expect(visit.last.effects).to.deep.equal([{ do: 'answer' }, promise(null), thanks('74951234567')])
    expect(told(visit, [digit('1'), timeout, played])).to.deep.equal([null, null, []])
    expect(visit.last.exit).to.equal('next')
  })

  it('is for the group that its settings name, and says no number when told so', () => {
    const visit = promising({ groupId: 'sales', sayNumber: false }, { isAnswered: true })
    expect(visit.last.effects).to.deep.equal([
      { do: 'promiseCallback', number: null, atMs: null, groupId: 'sales', queue: null },
      { do: 'play', sounds: [{ sound: 'ringtrace/callback-promised' }] }
    ])
  })

  it('is for the moment when the hours next begin, or for now while they last', () => {
    const saturdayMs = Date.parse('2026-03-14T12:00:00+03:00')
    const mondayNineMs = Date.parse('2026-03-16T09:00:00+03:00')
    const at = (nowMs: number): BlockEffect | undefined =>
      promising({ when: 'open', holidays: [] }, { nowMs }).effects[1]
    expect(at(saturdayMs)).to.deep.equal(promise(null, mondayNineMs))
    expect(at(wednesdayNoonMs)).to.deep.equal(promise(null, wednesdayNoonMs))
  })

  it('takes the number that a hidden caller keys in, up to the hash key', () => {
    const visit = promising({}, hidden)
    expect(visit.last.effects).to.deep.equal([{ do: 'answer' }, question])
    expect(told(visit, [digit('8'), digit('4')])).to.deep.equal([
      [{ do: 'stopPlaying' }, note('8'), timer],
      [cancelTimer, note('4'), timer]
    ])
    expect(told(visit, [...keys('951234567'), digit('#')]).at(-1)).to.deep.equal([
      cancelTimer,
      note('#'),
      promise('84951234567'),
      thanks('84951234567')
    ])
    expect(visit.tellAll([played]).last.exit).to.equal('next')
  })

  it('takes it as well when the caller just stops, or keys in more than any number has', () => {
    const paused = promising({}, hidden).tellAll([played, ...keys('1234567'), timeout])
    expect(paused.last.effects).to.deep.equal([promise('1234567'), thanks('1234567')])
    const long = promising({}, hidden).tellAll([played, ...keys('123456789012345')])
    expect(long.last.effects[2]).to.deep.equal(promise('123456789012345'))
  })

  it('begins anew at the star key', () => {
    const visit = promising({}, hidden).tellAll([played, ...keys('999*1234567#')])
    expect(visit.last.effects[2]).to.deep.equal(promise('1234567'))
  })

  it('asks once more for a number that is too short or was not keyed in, and then gives up', () => {
    const visit = promising({}, hidden)
    expect(told(visit, [played, digit('1'), digit('#'), played, timeout])).to.deep.equal([
      [timer],
      [cancelTimer, note('1'), timer],
      [cancelTimer, note('#'), again],
      [timer],
      []
    ])
    expect(visit.last.exit).to.equal('noNumber')
  })

  it('does not ask when told so', () => {
    expect(promising({ askNumber: false }, hidden).last).to.deep.equal({
      state: null,
      effects: [],
      exit: 'noNumber'
    })
  })

  it('ignores timers and sounds that are not its own', () => {
    const visit = promising({}, hidden)
    expect(visit.tell(timeout)).to.equal(null)
    visit.tell(played)
    expect(visit.tell(played)).to.equal(null)
  })

  it('reads out nothing but digits of a number', () => {
    const odd = { facts: { ...noFacts, callerNumber: '+7 (495) a' } }
    expect(promising({}, odd).last.effects.at(-1)).to.deep.equal(thanks('7495'))
  })
})
