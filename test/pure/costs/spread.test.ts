import { expect } from 'chai'
import { createRandom } from '../../../db/demo/random.ts'
import { daysOf, spread } from '../../../integrations/costs/core/spread.ts'

describe('Spreading an amount over days', () => {
  it('names every day of a period, over ends of months, leap days and changes of the clock', () => {
    expect(daysOf('2026-10-30', '2026-11-02')).to.deep.equal([
      ...['2026-10-30', '2026-10-31', '2026-11-01', '2026-11-02']
    ])
    expect(daysOf('2028-02-28', '2028-03-01')).to.deep.equal(['2028-02-28', '2028-02-29', '2028-03-01'])
    expect(daysOf('2026-03-05', '2026-03-05')).to.deep.equal(['2026-03-05'])
    expect(daysOf('2026-03-06', '2026-03-05')).to.deep.equal([])
    expect(daysOf('2026-01-01', '2026-12-31')).to.have.length(365)
  })

  it('adds up exactly, and the days are even to the kopeck', () => {
    const random = createRandom(26)
    for (let round = 0; round < 2000; round++) {
      const total = random.pick([0, 1, random.whole(0, 100), random.whole(0, 99_999_999_999_999)])
      const parts = random.pick([1, 2, 7, random.whole(1, 731)])
      const shares = spread(total, parts)
      expect(shares).to.have.length(parts)
      expect(
        shares.reduce((sum, share) => sum + share, 0),
        `${total} / ${parts}`
      ).to.equal(total)
      expect(Math.max(...shares) - Math.min(...shares)).to.be.at.most(1)
      expect(Math.min(...shares)).to.be.at.least(0)
      expect(shares.every(Number.isSafeInteger)).to.equal(true)
    }
  })

  it('shares 100 roubles among three days and a week', () => {
    expect(spread(10_000, 3)).to.have.members([3333, 3333, 3334])
    expect(spread(3, 7).filter((share) => share === 1)).to.have.length(3)
  })
})
