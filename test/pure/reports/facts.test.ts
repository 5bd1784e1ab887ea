import { expect } from 'chai'
import fc from 'fast-check'
import { flagsOf, returnsOf, type ClientCall } from '../../../reports/core/flags.ts'
import { reportRules } from '../../../reports/core/rules.ts'
import { millionths, sharesOf, whole } from '../../../reports/core/shares.ts'
import { mostTouches, pathOf, touchesOf, unknownPath, type Touch } from '../../../reports/core/touches.ts'
import { models } from '../../../tracking/attribution/models.ts'
import { createReplay, type CallFacts } from '../../../tracking/recompute/replay.ts'

const day = 86_400_000
const noon = Date.parse('2026-11-20T12:00:00Z')
const rules = reportRules.parse({ targetSeconds: 30, saleCycleDays: 30, uniqueDays: 7 })

const call = (atDay: number, change: Partial<ClientCall> = {}): ClientCall => ({
  ...{ id: `c${atDay}`, siteId: null, atMs: noon + atDay * day, isCounted: true, isMissed: false },
  ...{ talkedMs: noon + atDay * day + 5000, talkSeconds: 60, ...change }
})
const missed = (atDay: number): ClientCall => call(atDay, { isMissed: true, talkedMs: null, talkSeconds: 0 })

describe('Flags of a client’s calls', () => {
  it('tell first, unique, repeat and target calls', () => {
    const calls = [call(0, { talkSeconds: 29 }), call(1), call(8), call(9), call(31), call(31.001)]
    const told = flagsOf(calls, rules).map((one) =>
      [one.callNumber, one.isFirst, one.isUnique, one.isRepeat, one.isTarget].join()
    )
    expect(told).to.deep.equal([
      '1,true,true,false,false',
      '2,false,false,false,true',
      // Exactly as many days later is still within them.
      '3,false,false,true,false',
      '4,false,false,true,false',
      '5,false,true,true,false',
      '6,false,false,false,true'
    ])
  })
  it('leave out what is not counted, and count sites apart where that is the rule', () => {
    const calls = [call(0, { isCounted: false }), call(1, { siteId: 'a' }), call(2, { siteId: 'b' })]
    const numbers = (isPerSite: boolean) =>
      flagsOf(calls, { ...rules, isPerSite }).map(({ callNumber }) => callNumber)
    expect(numbers(false)).to.deep.equal([null, 1, 2])
    expect(numbers(true)).to.deep.equal([null, 1, 1])
  })
  it('are the same when they are worked out in two parts', () => {
    const any = fc.array(
      fc.record({
        at: fc.nat({ max: 90 }),
        talkSeconds: fc.constantFrom(0, 29, 30),
        isCounted: fc.boolean()
      }),
      { minLength: 1, maxLength: 30 }
    )
    fc.assert(
      fc.property(any, fc.nat({ max: 30 }), (list, cut) => {
        const calls = list.toSorted((a, b) => a.at - b.at).map(({ at, ...rest }) => call(at, rest))
        const all = flagsOf(calls, rules)
        const early = calls.slice(0, cut).map((one, place) => ({ one, flags: all[place] }))
        const counted = early.filter(({ one }) => one.isCounted)
        const before = {
          count: counted.length,
          lastMs: counted.at(-1)?.one.atMs ?? null,
          lastTargetMs: counted.findLast(({ flags }) => flags?.isTarget)?.one.atMs ?? null
        }
        expect(flagsOf(calls.slice(cut), rules, new Map([['', before]]))).to.deep.equal(all.slice(cut))
      })
    )
  })
  it('give a missed call the first talk after it, whoever began that', () => {
    const out = call(3, { id: 'out', isCounted: false })
    const found = returnsOf([call(0), missed(1), missed(2), out, missed(4)])
    const back = { callId: 'out', atMs: noon + 3 * day + 5000 }
    expect(found).to.deep.equal([null, back, back, null, null])
    expect(returnsOf([missed(4)], back)).to.deep.equal([back])
  })
})

const touch = (ago: number, change: Partial<Touch> = {}): Touch => ({
  ...{ atMs: noon - ago * day, isDirect: false, path: { ...unknownPath, source: `s${ago}` }, ...change }
})

describe('Touches and shares', () => {
  it('are the visits inside the window, else the own source, else unknown', () => {
    const subject = { atMs: noon, windowMs: 30 * day, own: { ...unknownPath, source: 'banner' } }
    const sources = (web: Touch[], own = true) =>
      touchesOf({ ...subject, own: own ? subject.own : null }, web).map(({ path }) => path.source)
    expect(sources([touch(1), touch(31), touch(30), touch(-1)])).to.deep.equal(['s30', 's1'])
    expect(sources([touch(31)])).to.deep.equal(['banner'])
    expect(touchesOf({ ...subject, own: null }, [])).to.deep.equal([
      { atMs: noon, isDirect: false, path: unknownPath }
    ])
    const many = Array.from({ length: mostTouches + 5 }, (_, i) => touch(i / 1000))
    expect(touchesOf(subject, many)).to.have.length(mostTouches)
  })
  it('of every model add up to the whole, over any history', () => {
    const history = fc.array(fc.record({ ago: fc.nat({ max: 400 }), isDirect: fc.boolean() }), {
      minLength: 1,
      maxLength: 80
    })
    fc.assert(
      fc.property(history, (list) => {
        const touches = list
          .map(({ ago, isDirect }) => touch(ago, { isDirect }))
          .toSorted((a, b) => a.atMs - b.atMs)
        const shares = sharesOf(touches, noon)
        expect(shares).to.have.length(touches.length)
        for (const model of models) {
          expect(shares.every((one) => Number.isInteger(one[model]) && one[model] >= 0)).to.equal(true)
          expect(shares.reduce((sum, one) => sum + one[model], 0)).to.equal(whole)
        }
      })
    )
  })
  it('give what is left over to the largest remainder, the earlier first', () => {
    expect(millionths([1 / 3, 1 / 3, 1 / 3])).to.deep.equal([333_334, 333_333, 333_333])
    expect(millionths([0.2, 0.8])).to.deep.equal([200_000, 800_000])
  })
  it('cut long texts between characters, and know nothing of an empty path', () => {
    const none = { inquiryChannel: null, source: '', medium: 'cpc', campaign: null, keyword: null }
    expect(pathOf(none)).to.equal(null)
    expect(pathOf({ ...none, source: 'x', keyword: '😀'.repeat(400) })).to.deep.include({
      ...{ inquiryChannel: 'unknown', keyword: '😀'.repeat(300), campaign: '' }
    })
  })
})

describe('Attributing anew', () => {
  const known = { visitId: null, rule: 'unknown', model: 'who/1', confidence: 0 }
  const ask = (change: Partial<CallFacts> = {}): CallFacts => ({
    ...{
      id: 'c',
      atMs: noon,
      numberId: 'n',
      caller: '+7',
      role: 'member',
      redialMs: day,
      leases: [],
      known,
      ...change
    }
  })
  const lease = {
    visitId: 'v',
    visitorId: 'p',
    fromMs: noon - 60_000,
    seenMs: noon + 60_000,
    untilMs: noon + 90_000
  }

  it('finds whoever held the number, and the same visit for the caller’s next call', () => {
    const replay = createReplay()
    expect(replay.find(ask({ leases: [lease] }))).to.deep.include({ kind: 'changed', model: 'who/1' })
    const later = replay.find(ask({ atMs: noon + 3_600_000 }))
    expect(later).to.have.nested.include({ kind: 'changed', 'who.rule': 'redial', 'who.visitId': 'v' })
  })
  it('takes a lease of that time for one, though the number is shown to everybody now', () => {
    expect(createReplay().find(ask({ role: 'overflow', leases: [lease] }))).to.have.nested.include({
      'who.visitId': 'v'
    })
  })
  it('leaves alone what it cannot tell any better', () => {
    const replay = createReplay()
    const found = (given: Partial<CallFacts['known']>) =>
      replay.find(ask({ known: { ...known, ...given } })).kind
    expect(found({})).to.equal('unchanged')
    expect(found({ rule: null, model: null, confidence: null })).to.equal('unchanged')
    expect(found({ visitId: 'gone', rule: 'holder', confidence: 0.9 })).to.equal('unknown')
  })
})
