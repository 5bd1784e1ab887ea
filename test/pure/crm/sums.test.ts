import { expect } from 'chai'
import { likelihoods, lineTotal, stays, sumOfLines } from '../../../crm/deals/sums.ts'

describe('What a deal comes to', () => {
  it('is pieces × price − discount, exact to the hundredth', () => {
    expect(lineTotal({ quantity: 3, price: 0.1, discount: 0 })).to.equal(0.3)
    expect(lineTotal({ quantity: 1.5, price: 19.99, discount: 0 })).to.equal(29.99)
    expect(lineTotal({ quantity: 1, price: 1000, discount: 33.33 })).to.equal(666.7)
    expect(lineTotal({ quantity: 7, price: 0.05, discount: 50 })).to.equal(0.18)
    expect(lineTotal({ quantity: 1, price: 999_999_999_999.99, discount: 0 })).to.equal(999_999_999_999.99)
    expect(lineTotal({ quantity: 5, price: 10, discount: 100 })).to.equal(0)
  })

  it('adds lines up without losing a kopeck, and knows the cost only where every line does', () => {
    const line = { quantity: 1, price: 0.1, discount: 0, cost: 0.07 }
    expect(sumOfLines(Array.from({ length: 10 }, () => line))).to.deep.equal({ amount: 1, cost: 0.7 })
    expect(sumOfLines([line, { ...line, cost: null }])).to.deep.equal({ amount: 0.2, cost: null })
    expect(sumOfLines([])).to.deep.equal({ amount: 0, cost: null })
  })

  it('takes the likelihood that somebody gave a stage, else that of its place', () => {
    const stage = (id: string, kind: 'open' | 'won' | 'lost', probability: number | null = null) => ({
      ...{ id, kind, probability }
    })
    const all = likelihoods([
      stage('a', 'open'),
      stage('b', 'open', 90),
      stage('c', 'open'),
      stage('w', 'won')
    ])
    expect([...all]).to.deep.equal([
      ['a', 25],
      ['b', 90],
      ['c', 75],
      ['w', 100]
    ])
    expect(likelihoods([stage('l', 'lost', 40)]).get('l')).to.equal(0)
  })

  it('counts how long a deal stayed in each stage', () => {
    expect(stays([{ atMs: 90_000 }, { atMs: 60_000 }, { atMs: 0 }], 100_000)).to.deep.equal([10, 30, 60])
    expect(stays([{ atMs: 5000 }], 1000)).to.deep.equal([0])
  })
})
