import { expect } from 'chai'
import fc from 'fast-check'
import { createQuality, mosOf, type Measured } from '../../ui/src/softphone/quality.ts'

const packets = 50

/** A leg of so many seconds; `change` tells what is not as usual in a second. */
function leg(seconds: number, change: (second: number) => Partial<Measured & { gone: number }> = () => ({})) {
  const quality = createQuality()
  let received = 0
  let lost = 0
  let verdict = quality.add({
    ...{ atMs: 0, received, lost, jitterMs: 2, rttMs: 30, microphone: 0.02, isMuted: false }
  })
  for (let second = 1; second <= seconds; second += 1) {
    const { gone = 0, ...other } = change(second)
    received += packets - gone
    lost += gone
    verdict = quality.add({
      ...{ atMs: second * 1000, received, lost, jitterMs: 2, rttMs: 30, microphone: 0.02, isMuted: false },
      ...other
    })
  }
  return { verdict, summary: quality.summary() }
}

describe('Quality of a leg', () => {
  it('is good on a good line', () => {
    const { verdict, summary } = leg(20)
    expect(verdict).to.deep.include({ level: 'good', problems: [], loss: 0 })
    expect(verdict.mos).to.be.greaterThan(4.3)
    expect(summary).to.deep.include({ seconds: 20, problems: [], rttMs: 30, jitterMs: 2, loss: 0 })
  })

  it('warns of delay and jitter in three of five seconds, not in two', () => {
    const late = (bad: number) => leg(5, (second) => (second <= bad ? { rttMs: 450 } : {})).verdict.problems
    expect(late(2)).to.deep.equal([])
    expect(late(3)).to.deep.equal(['rtt'])
    const jitter = leg(5, (second) => (second > 2 ? { jitterMs: 45 } : {})).verdict
    expect(jitter).to.deep.include({ level: 'fair', problems: ['jitter'] })
  })

  it('warns of loss by its mean over seven seconds', () => {
    expect(leg(7, (second) => (second === 4 ? { gone: 9 } : {})).verdict.problems).to.deep.equal([])
    expect(leg(7, () => ({ gone: 2 })).verdict.problems).to.deep.equal(['loss'])
  })

  it('hears that the microphone gives nothing, unless it is muted', () => {
    const still = (change: Partial<Measured>) => leg(12, () => ({ microphone: 0, ...change })).verdict
    expect(still({})).to.deep.include({ level: 'poor', problems: ['silentMicrophone'] })
    expect(still({ isMuted: true }).problems).to.deep.equal([])
    expect(leg(12, (second) => ({ microphone: second === 8 ? 0.01 : 0 })).verdict.problems).to.deep.equal([])
  })

  it('says when nothing comes any more', () => {
    const { verdict, summary } = leg(10, (second) => (second > 5 ? { gone: packets, lost: 0 } : {}))
    expect(verdict.problems[0]).to.equal('noSound')
    expect(summary.problems).to.include('noSound')
  })

  it('keeps the worst five seconds, not the worst packet', () => {
    const spike = leg(30, (second) => (second === 10 ? { gone: 10 } : {})).summary
    const long = leg(30, (second) => (second >= 10 && second < 15 ? { gone: 10 } : {})).summary
    expect(spike.worstMos).to.be.greaterThan(long.worstMos ?? 5)
    expect(long.worstMos).to.be.lessThan(3.5)
  })

  it('gives a score that only falls with delay, jitter and loss', () => {
    const figure = fc.tuple(fc.nat(2000), fc.nat(200), fc.float({ min: 0, max: 1, noNaN: true }))
    fc.assert(
      fc.property(figure, fc.nat(500), fc.nat(50), ([rtt, jitter, loss], more, shake) => {
        const mos = mosOf(rtt, jitter, loss)
        expect(mos).to.be.within(1, 4.5)
        for (const worse of [mosOf(rtt + more, jitter, loss), mosOf(rtt, jitter + shake, loss)])
          expect(worse).to.be.at.most(mos + 1e-9)
        expect(mosOf(rtt, jitter, Math.min(1, loss + 0.1))).to.be.at.most(mos + 1e-9)
      })
    )
  })
})
