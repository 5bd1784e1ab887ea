import { expect } from 'chai'
import { parseRetryAfter, pauseAfter, standardPausesMs } from '../../integrations/webhooks/schedule.ts'

describe('when a webhook is tried again', () => {
  it('ten attempts over three days, then no more', () => {
    const pauses = Array.from({ length: 10 }, (_item, index) => pauseAfter(index + 1, 0))
    expect(pauses.slice(0, 3)).to.deep.equal([5000, 300_000, 1_800_000])
    expect(pauses.at(-1)).to.equal(null)
    expect(standardPausesMs.reduce((sum, pause) => sum + pause, 0) / 3_600_000).to.be.closeTo(75.6, 0.1)
  })
  it('a little chance spreads those that failed together', () => {
    expect(pauseAfter(2, 1)).to.equal(330_000)
  })
  it('a longer wish of the receiver wins, up to a day; a shorter one does not', () => {
    expect(pauseAfter(1, 0, 60_000)).to.equal(60_000)
    expect(pauseAfter(2, 0, 1000)).to.equal(300_000)
    expect(pauseAfter(1, 0, 999_999_999)).to.equal(86_400_000)
    expect(pauseAfter(10, 0, 60_000)).to.equal(null)
  })
  it('reads Retry-After as seconds or as a date', () => {
    expect(parseRetryAfter('120', 0)).to.equal(120_000)
    expect(parseRetryAfter('Thu, 01 Jan 1970 00:01:00 GMT', 30_000)).to.equal(30_000)
    expect(parseRetryAfter('soon', 0)).to.equal(null)
    expect(parseRetryAfter(undefined, 0)).to.equal(null)
  })
})
