import { expect } from 'chai'
import fc from 'fast-check'
import type { Strategy } from '../../../ivr/block.ts'
import { choose, score, type Candidate } from '../../../pbx/routing/strategies.ts'

const one = (userId: string, change: Partial<Candidate> = {}): Candidate => ({
  userId,
  idleSinceMs: 1000,
  lastOfferedMs: 0,
  rating: null,
  talkSeconds: 0,
  ...change
})
const names = (chosen: readonly Candidate[]): string => chosen.map(({ userId }) => userId).join()

describe('Among free operators', () => {
  const anna = one('anna', { idleSinceMs: 300, lastOfferedMs: 10, rating: 4.5, talkSeconds: 900 })
  const boris = one('boris', { idleSinceMs: 100, lastOfferedMs: 30, rating: null, talkSeconds: 600 })
  const vera = one('vera', { idleSinceMs: 200, lastOfferedMs: 20, rating: 3, talkSeconds: 1200 })
  const all = [vera, anna, boris]

  const table: [Strategy, string][] = [
    ['longestIdle', 'boris'],
    ['roundRobin', 'anna'],
    ['inOrder', 'vera'],
    ['byRating', 'anna'],
    ['leastLoaded', 'boris'],
    ['ringAll', 'vera,anna,boris']
  ]
  for (const [strategy, expected] of table) {
    it(`${strategy} rings ${expected}`, () => {
      expect(names(choose(strategy, all))).to.equal(expected)
    })
    it(`${strategy} rings nobody where nobody is free`, () => {
      expect(choose(strategy, [])).to.deep.equal([])
    })
  }

  it('takes the company’s average for whoever was not rated', () => {
    expect(names(choose('byRating', [vera, boris], { companyRating: 4 }))).to.equal('boris')
    expect(names(choose('byRating', [vera, boris], { companyRating: 2 }))).to.equal('vera')
  })

  it('lets the longest idle go first among equals, and the group’s order in round robin', () => {
    const equal = [one('late', { idleSinceMs: 9 }), one('early', { idleSinceMs: 5 })]
    for (const strategy of ['byRating', 'leastLoaded', 'weighted'] as const) {
      const fair = strategy === 'weighted' ? { weights: { rating: 1, idle: 0, load: 1 } } : {}
      expect(names(choose(strategy, equal, fair)), strategy).to.equal('early')
    }
    expect(names(choose('roundRobin', equal))).to.equal('late')
  })

  it('weighs the parts that are asked for', () => {
    const by = (rating: number, idle: number, load: number): string =>
      names(choose('weighted', all, { weights: { rating, idle, load }, companyRating: 3.5 }))
    expect(by(1, 0, 0)).to.equal('anna')
    expect(by(0, 1, 0)).to.equal('boris')
    expect(by(0, 0, 1)).to.equal('boris')
    expect(by(10, 1, 1)).to.equal('anna')
  })

  it('shows each part of a score between 0 and 1', () => {
    const scores = score(all, { rating: 2, idle: 1, load: 1 }, 3.5)
    const [first] = scores
    expect(first).to.deep.equal({ userId: 'vera', rating: 0, idle: 0.5, load: 0, total: 0.125 })
    expect(scores[1]).to.deep.equal({ userId: 'anna', rating: 1, idle: 0, load: 0.5, total: 0.625 })
  })
})

describe('A choice of operators', () => {
  const candidate = fc.record({
    idleSinceMs: fc.integer({ min: 0, max: 50 }),
    lastOfferedMs: fc.integer({ min: 0, max: 50 }),
    rating: fc.option(fc.double({ min: 1, max: 5, noNaN: true })),
    talkSeconds: fc.integer({ min: 0, max: 30_000 })
  })
  const free = fc
    .array(candidate, { maxLength: 12 })
    .map((list) => list.map((each, index): Candidate => ({ ...each, userId: `u${index}` })))
  const share = fc.double({ min: 0, max: 10, noNaN: true })
  const weights = fc.record({ rating: share, idle: share, load: share })
  const strategies: Strategy[] = [
    'longestIdle',
    'roundRobin',
    'ringAll',
    'inOrder',
    'byRating',
    'leastLoaded',
    'weighted'
  ]

  it('is one of the free, or all of them, and somebody whenever there is somebody', () => {
    fc.assert(
      fc.property(fc.constantFrom(...strategies), free, weights, (strategy, list, given) => {
        const chosen = choose(strategy, list, { weights: given, companyRating: 4 })
        const expected = strategy === 'ringAll' ? list.length : Math.min(1, list.length)
        return chosen.length === expected && chosen.every((each) => list.includes(each))
      })
    )
  })

  it('does not depend on the order in which they are given, but for the strategies that are about it', () => {
    const fair = strategies.filter((each) => !['roundRobin', 'inOrder', 'ringAll'].includes(each))
    const distinct = free.map((list) => list.map((each, index) => ({ ...each, idleSinceMs: index })))
    fc.assert(
      fc.property(fc.constantFrom(...fair), distinct, weights, (strategy, list, given) => {
        const there = choose(strategy, list, { weights: given })
        const back = choose(strategy, list.toReversed(), { weights: given })
        return names(there) === names(back)
      })
    )
  })

  it('has scores between 0 and 1, whoever is best in all parts having the best', () => {
    fc.assert(
      fc.property(free, weights, (list, given) => {
        const scores = score(list, given, 4)
        const isWithin = scores.every(({ rating, idle, load, total }) =>
          [rating, idle, load, total].every((part) => part >= 0 && part <= 1 + 1e-9)
        )
        const best = scores.find(({ rating, idle, load }) => rating === 1 && idle === 1 && load === 1)
        return isWithin && (!best || scores.every(({ total }) => total <= best.total + 1e-9))
      })
    )
  })
})
