import { expect } from 'chai'
import type { OperatorState } from '../../api/contract/live.ts'
import { byPresence, matches, numberIn } from '../../ui/src/lib/find.ts'

const operator = (name: string, presence: OperatorState['presence']): OperatorState => ({
  userId: name,
  name,
  presence,
  chosen: presence === 'busy' ? 'available' : presence,
  reason: null,
  until: null,
  wrapUpCallId: null,
  owesCode: null,
  isReachable: true,
  devices: [],
  since: '2026-11-21T10:00:00.000Z',
  callId: null
})

describe('finding somebody', () => {
  it('takes a number as people write it, and nothing else for one', () => {
    expect(numberIn('8 (916) 111-22-33')).to.equal('89161112233')
    expect(numberIn('+44 20 7946 0000')).to.equal('+442079460000')
    expect(numberIn('101')).to.equal('101')
    for (const text of ['', '1', 'anna', '8 916 anna', '++7', '1'.repeat(16)]) {
      expect(numberIn(text), text).to.equal(null)
    }
  })

  it('matches the beginnings of words, in any order and case', () => {
    expect(matches('смир вер', 'Вера Смирнова')).to.equal(true)
    expect(matches('ира', 'Вера Смирнова')).to.equal(false)
    expect(matches('10', 'Вера Смирнова', '101')).to.equal(true)
    expect(matches('', 'anybody')).to.equal(true)
    expect(matches('окон', 'Отдел «окон»')).to.equal(true)
  })

  it('puts those who are free first', () => {
    const sorted = [
      operator('Gleb', 'busy'),
      operator('Anna', 'away'),
      operator('Vera', 'available'),
      operator('Boris', 'available')
    ].sort(byPresence)
    expect(sorted.map((each) => each.name)).to.deep.equal(['Boris', 'Vera', 'Gleb', 'Anna'])
    const away = { ...operator('Dina', 'available'), isReachable: false }
    expect([away, operator('Anna', 'busy')].sort(byPresence)[0]?.name).to.equal('Anna')
  })
})
