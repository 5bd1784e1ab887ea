import { expect } from 'chai'
import fc from 'fast-check'
import { averageWaitMs, byTurn, estimateSeconds, withWait, type Pace } from '../../../pbx/routing/waiting.ts'

describe('A line of calls', () => {
  const waiter = (id: string, priority: number, sinceMs: number) => ({ id, queueId: 'q', priority, sinceMs })

  it('goes by priority, then by waiting time', () => {
    const line = [waiter('late', 0, 30), waiter('early', 0, 10), waiter('important', 5, 40)]
    expect(line.toSorted(byTurn).map(({ id }) => id)).to.deep.equal(['important', 'early', 'late'])
  })

  it('has one order, however it was put together', () => {
    const some = fc.record({
      id: fc.uuid(),
      queueId: fc.constant('q'),
      priority: fc.integer({ min: 0, max: 3 }),
      sinceMs: fc.integer({ min: 0, max: 5 })
    })
    fc.assert(
      fc.property(fc.array(some), (line) => {
        const ids = (list: typeof line): string => list.map(({ id }) => id).join()
        return ids(line.toSorted(byTurn)) === ids(line.toReversed().toSorted(byTurn))
      })
    )
  })

  it('is estimated by what it has been like', () => {
    expect(estimateSeconds([], 3)).to.equal(null)
    expect(averageWaitMs([])).to.equal(null)
    const pace: Pace = [
      { id: 'a', waitMs: 60_000, place: 1 },
      { id: 'b', waitMs: 120_000, place: 2 }
    ]
    expect(estimateSeconds(pace, 1)).to.equal(60)
    expect(estimateSeconds(pace, 3)).to.equal(180)
    expect(averageWaitMs(pace)).to.equal(90_000)
  })

  it('counts a call that came back to it once, and forgets what is long ago', () => {
    let pace: Pace = []
    for (let n = 0; n < 30; n += 1) pace = withWait(pace, { id: `c${n}`, waitMs: n, place: 1 })
    expect(pace).to.have.length(20)
    pace = withWait(pace, { id: 'c29', waitMs: 500, place: 1 })
    expect(pace).to.have.length(20)
    expect(pace.at(-1)?.waitMs).to.equal(500)
  })
})
