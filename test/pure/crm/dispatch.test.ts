import { expect } from 'chai'
import { dispatchModes, type DispatchSettings } from '../../../crm/inquiries/desk-settings.ts'
import { chooseColleague, type Colleague } from '../../../crm/inquiries/dispatch.ts'
import { createRandom } from '../../../db/demo/random.ts'

const weights = { free: 1, load: 1, rating: 1 }
const one = (userId: string, change: Partial<Colleague> = {}): Colleague => ({
  ...{ userId, presence: 'available', sinceMs: 1000, load: 0, rating: null, lastGivenMs: 0, isActive: true },
  ...change
})
const choose = (
  people: Colleague[],
  mode: DispatchSettings['mode'],
  before: string | null = null,
  given = weights
) => chooseColleague(people, { mode, weights: given }, before)

describe('Who gets the next inquiry', () => {
  it('is never somebody who is away, off or has left; with nobody free it waits', () => {
    const people = [
      one('away', { presence: 'away' }),
      one('off', { presence: 'offline' }),
      one('gone', { isActive: false }),
      one('talks', { presence: 'busy' })
    ]
    for (const mode of dispatchModes) {
      const { userId, why, standings } = choose(people, mode, 'away')
      expect([userId, why], mode).to.deep.equal([null, 'nobody'])
      expect(standings.map(({ skipped }) => skipped)).to.deep.equal(['away', 'offline', 'inactive', null])
      expect(choose([], mode).userId).to.equal(null)
    }
  })

  it('stays with whoever has the client, though they talk; others get it by score', () => {
    const people = [one('a'), one('b', { presence: 'busy', load: 9 }), one('c', { presence: 'away' })]
    expect(choose(people, 'sticky', 'b')).to.include({ userId: 'b', why: 'sticky' })
    expect(choose(people, 'sticky', 'c')).to.include({ userId: 'a', why: 'weighted' })
    expect(choose(people, 'sticky')).to.include({ userId: 'a', why: 'weighted' })
  })

  it('goes by rating, by load or in turn, and then by who has been idle longest', () => {
    const people = [
      one('a', { rating: 4, load: 3, lastGivenMs: 5 }),
      one('b', { rating: 4.5, load: 4, lastGivenMs: 9 }),
      one('c', { rating: 3, load: 1, lastGivenMs: 7 })
    ]
    expect(choose(people, 'rating').userId).to.equal('b')
    expect(choose(people, 'load').userId).to.equal('c')
    expect(choose(people, 'carousel').userId).to.equal('a')
    for (const mode of dispatchModes)
      expect(choose([one('new', { sinceMs: 9000 }), one('idle', { sinceMs: 10 })], mode).userId).to.equal(
        'idle'
      )
  })

  it('weighs freedom, load and rating', () => {
    const people = [one('a', { load: 4, rating: 5 }), one('b', { load: 1, rating: 2 })]
    expect(choose(people, 'weighted', null, { free: 0, load: 1, rating: 0 }).userId).to.equal('b')
    expect(choose(people, 'weighted', null, { free: 0, load: 0, rating: 1 }).userId).to.equal('a')
    const { standings } = choose(people, 'weighted')
    expect(standings.map(({ score }) => Math.round(score * 100))).to.deep.equal([67, 72])
  })

  it('goes round evenly, and never to two at once, whatever happens', () => {
    const random = createRandom(7)
    const people = ['a', 'b', 'c', 'd'].map((userId) => one(userId))
    const given = new Map<string, number>()
    for (let at = 1; at <= 400; at += 1) {
      const { userId } = choose(people, 'carousel')
      const whose = people.find((each) => each.userId === userId)
      if (!whose) throw new Error('nobody')
      whose.lastGivenMs = at
      whose.load += random.whole(0, 2)
      given.set(whose.userId, (given.get(whose.userId) ?? 0) + 1)
    }
    expect([...given.values()]).to.deep.equal([100, 100, 100, 100])
  })
})
