import { expect } from 'chai'
import fc from 'fast-check'
import { credits, models, type Model, type Touchpoint } from '../../../tracking/attribution/models.ts'
import { leastConfidence, whoCalled, type Holding, type Question } from '../../../tracking/attribution/who.ts'

const minute = 60_000
const day = 24 * 60 * minute
const atMs = Date.parse('2026-11-20T10:00:00Z')

describe('Attribution models', () => {
  const touches: Touchpoint[] = [
    { atMs: atMs - 14 * day, isDirect: false },
    { atMs: atMs - 7 * day, isDirect: false },
    { atMs: atMs - 1 * day, isDirect: true },
    { atMs, isDirect: true }
  ]
  const table: [Model, number[]][] = [
    ['first', [1, 0, 0, 0]],
    ['last', [0, 0, 0, 1]],
    ['lastNonDirect', [0, 1, 0, 0]],
    ['linear', [0.25, 0.25, 0.25, 0.25]],
    ['position', [0.4, 0.1, 0.1, 0.4]],
    // 1/4, 1/2, 2^(-1/7), 1 over their sum.
    ['timeDecay', [0.09414, 0.18827, 0.34105, 0.37654]]
  ]
  for (const [model, expected] of table) {
    it(`${model} gives ${expected.join(', ')}`, () => {
      const given = credits(model, touches, atMs, 30 * day)
      given.forEach((credit, i) => expect(credit).to.be.closeTo(expected[i] ?? -1, 0.0001))
    })
  }
  it('leave out what is older than the window or after the call', () => {
    expect(credits('first', touches, atMs, 10 * day)).to.deep.equal([0, 1, 0, 0])
    expect(credits('last', touches, atMs - minute, 30 * day)).to.deep.equal([0, 0, 1, 0])
  })
  it('share a call of two touches evenly by position, and give one all', () => {
    expect(credits('position', touches.slice(2), atMs, 30 * day)).to.deep.equal([0.5, 0.5])
    for (const model of models) expect(credits(model, touches.slice(3), atMs, day)).to.deep.equal([1])
  })
  it('give nothing where nothing was', () => {
    for (const model of models) {
      expect(credits(model, [], atMs, day)).to.deep.equal([])
      expect(credits(model, [{ atMs: atMs + 1, isDirect: false }], atMs, day)).to.deep.equal([0])
    }
  })
  it('credit the last direct visit when there was no other', () => {
    expect(credits('lastNonDirect', touches.slice(2), atMs, 30 * day)).to.deep.equal([0, 1])
  })
  it('add up to one call, over any history', () => {
    const touch = fc.record({
      atMs: fc.integer({ min: atMs - 400 * day, max: atMs + day }),
      isDirect: fc.boolean()
    })
    const history = fc.array(touch, { maxLength: 60 }).map((list) => list.sort((a, b) => a.atMs - b.atMs))
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        history,
        fc.integer({ min: 0, max: 400 * day }),
        (model, list, windowMs) => {
          const given = credits(model, list, atMs, windowMs)
          const isAny = list.some((one) => one.atMs <= atMs && atMs - one.atMs <= windowMs)
          expect(given).to.have.length(list.length)
          expect(given.every((credit) => credit >= 0 && credit <= 1)).to.equal(true)
          expect(given.reduce((sum, credit) => sum + credit, 0)).to.be.closeTo(isAny ? 1 : 0, 1e-12)
          list.forEach((one, i) => {
            if (one.atMs > atMs || atMs - one.atMs > windowMs) expect(given[i]).to.equal(0)
          })
        }
      ),
      { numRuns: 1000 }
    )
  })
})

/** `seen` and `until` in minutes before the call; negative: still to come. */
const held = (name: string, from: number, seen: number, until = seen - 3): Holding => ({
  visitId: `visit-${name}`,
  visitorId: name,
  fromMs: atMs - from * minute,
  seenMs: atMs - seen * minute,
  untilMs: atMs - until * minute
})
const ask = (holdings: Holding[], rest: Partial<Question> = {}) =>
  whoCalled({ atMs, role: 'member', holdings, earlier: null, redialMs: day, ...rest })

describe('Whose call it is', () => {
  it('the visit that holds the number, almost surely', () => {
    const who = ask([held('anna', 5, 0.1)])
    expect(who).to.deep.include({ rule: 'holder', visitId: 'visit-anna', visitorId: 'anna' })
    expect(who.confidence).to.be.closeTo(0.99, 0.001)
  })
  it('the holder still within the linger', () => {
    const who = ask([held('anna', 9, 2.5)])
    expect(who.rule).to.equal('holder')
    expect(who.confidence).to.be.closeTo(0.977, 0.001)
  })
  it('the last holder after the lease, ever less surely', () => {
    const shares = [4, 10, 20].map((ago) => ask([held('anna', 30, ago)]))
    expect(shares.map(({ rule }) => rule)).to.deep.equal(['lastHolder', 'lastHolder', 'lastHolder'])
    expect(shares.map(({ confidence }) => Number(confidence.toFixed(2)))).to.deep.equal([0.96, 0.78, 0.11])
  })
  it('nobody known an hour later, with the candidate kept', () => {
    const who = ask([held('anna', 70, 60)])
    expect(who).to.deep.include({ rule: 'unknown', visitId: null, confidence: 0 })
  })
  it('the holder rather than the one whose number was taken over, but less surely', () => {
    const who = ask([held('anna', 15, 5), held('boris', 1.5, 0)])
    expect(who).to.deep.include({ rule: 'holder', visitId: 'visit-boris' })
    expect(who.confidence).to.be.closeTo(0.834, 0.001)
    expect(who.candidates.map(({ visitorId }) => visitorId)).to.deep.equal(['boris', 'anna'])
  })
  it('no visit behind an overflow or a static number', () => {
    const holdings = [held('anna', 5, 0)]
    expect(ask(holdings, { role: 'overflow' })).to.deep.include({
      rule: 'pool',
      visitId: null,
      confidence: 0
    })
    expect(ask(holdings, { role: 'static' })).to.deep.include({ rule: 'source', visitId: null })
  })
  it('nobody, of a number that nobody held', () => {
    expect(ask([])).to.deep.include({ rule: 'unknown', visitId: null, confidence: 0, candidates: [] })
  })
  it('not somebody who got the number only afterwards', () => {
    expect(ask([held('anna', -1, -2, -5)]).visitId).to.equal(null)
  })

  const earlier = { visitId: 'visit-anna', visitorId: 'anna', atMs: atMs - 60 * minute, confidence: 0.99 }
  it('the visit of the caller’s earlier call, though another holds the number now', () => {
    const who = ask([held('boris', 5, 0)], { earlier })
    expect(who).to.deep.include({ rule: 'redial', visitId: 'visit-anna' })
    expect(who.confidence).to.be.closeTo(0.9405, 0.0001)
    expect(who.candidates.map(({ visitorId }) => visitorId)).to.deep.equal(['anna', 'boris'])
  })
  it('the visit of now, when the same person is back on the site', () => {
    const now = { ...held('anna', 5, 0), visitId: 'visit-anna-2' }
    expect(ask([now], { earlier })).to.deep.include({ rule: 'holder', visitId: 'visit-anna-2' })
  })
  it('not the earlier visit after the redial window', () => {
    expect(ask([held('boris', 5, 0)], { earlier, redialMs: 30 * minute }).visitId).to.equal('visit-boris')
  })

  it('is a visit that held the number before, with shares that leave room for a stranger, over any history', () => {
    const holding = fc
      .tuple(
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: -10, max: 300 }),
        fc.integer({ min: 0, max: 60 })
      )
      .map(([name, from, length]) => held(`v${name}`, from, from - length))
    fc.assert(
      fc.property(fc.array(holding, { maxLength: 20 }), (holdings) => {
        const who = ask(holdings)
        const sum = who.candidates.reduce((total, { share }) => total + share, 0)
        expect(sum).to.be.below(1)
        if (who.visitId === null) expect(who.confidence).to.equal(0)
        else {
          expect(who.confidence).to.be.within(leastConfidence, 0.9901)
          expect(holdings.some((one) => one.visitId === who.visitId && one.fromMs <= atMs)).to.equal(true)
        }
      }),
      { numRuns: 500 }
    )
  })
})
