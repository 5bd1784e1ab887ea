import { expect } from 'chai'
import { createRates } from '../../../reports/core/currency.ts'

describe('Money in the currency of the company', () => {
  const rates = createRates('RUB', [
    { day: '2026-10-10', currency: 'USD', rate: 92.5 },
    { day: '2026-10-01', currency: 'USD', rate: 90 },
    { day: '2026-10-05', currency: 'EUR', rate: 100 }
  ])

  it('is itself where it is in that currency', () => {
    expect(rates.toCompany(12.34, 'RUB', '2020-01-01')).to.equal(12.34)
  })

  it('takes the last rate known on the day', () => {
    const of = (day: string) => rates.toCompany(10, 'USD', day)
    expect(of('2026-10-01')).to.equal(900)
    expect(of('2026-10-09')).to.equal(900)
    expect(of('2026-10-10')).to.equal(925)
    expect(of('2027-10-10')).to.equal(925)
  })

  it('is not known before the first rate, nor without any', () => {
    expect(rates.toCompany(10, 'USD', '2026-09-30')).to.equal(null)
    expect(rates.toCompany(10, 'KZT', '2026-10-30')).to.equal(null)
    expect(createRates('RUB', []).toCompany(0, 'EUR', '2026-10-30')).to.equal(null)
  })

  it('adds up whichever way it is grouped', () => {
    const parts = [0.01, 33.33, 1200.5].map((amount) => rates.toCompany(amount, 'USD', '2026-10-12') ?? NaN)
    const sum = parts.reduce((total, part) => total + part, 0)
    expect(sum).to.be.closeTo(rates.toCompany(1233.84, 'USD', '2026-10-12') ?? NaN, 1e-9)
  })
})
