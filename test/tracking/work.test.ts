import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { sha256, solve } from '../../tracking/snippet/work.ts'
import { createLimits } from '../../tracking/store/limits.ts'
import { createSigned } from '../../tracking/store/signed.ts'

describe('Work that abusers have to do', () => {
  const site = '00000000-0000-4000-8000-000000000001'
  const other = '00000000-0000-4000-8000-000000000002'

  it('is hashed in the page as everywhere', () => {
    for (let length = 0; length < 200; length += 1) {
      const text = 'vpbx:'.repeat(50).slice(0, length)
      const hex = [...sha256(text)].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
      expect(hex, `of ${length}`).to.equal(createHash('sha256').update(text).digest('hex'))
    }
  })

  it('counts once, for its site, for its time, and only when it is done', async () => {
    const signed = createSigned('secret')
    const given = signed.challenge(site, 10, 0)
    const solution = { challenge: given.challenge, answer: await solve(given) }
    const isSolved = (change: object = {}, at = 1000, of = site, bits = 10) =>
      signed.isSolved(of, bits, { ...solution, ...change }, at)
    // One of 1024 answers is right by chance: none of these.
    expect(
      isSolved({ answer: `${solution.answer}x` }) && isSolved({ answer: `${solution.answer}y` })
    ).to.equal(false)
    expect(isSolved({}, 1000, other), 'another site').to.equal(false)
    expect(isSolved({}, 1000, site, 11), 'too easy').to.equal(false)
    expect(isSolved({}, 5 * 60_000), 'too late').to.equal(false)
    expect(isSolved({ challenge: `${given.challenge}A` }), 'forged').to.equal(false)
    expect(isSolved({ challenge: 'nonsense' })).to.equal(false)
    expect(createSigned('other').isSolved(site, 10, solution, 1000), 'of another installation').to.equal(
      false
    )
    expect(isSolved()).to.equal(true)
    expect(isSolved(), 'a second time').to.equal(false)
  })

  it('is not taken for a look into a site, nor the other way round', () => {
    const signed = createSigned('secret')
    const token = signed.debugToken(site, 1000)
    expect(signed.isDebug(site, token, 999)).to.equal(true)
    expect(signed.isDebug(site, token, 1000), 'run out').to.equal(false)
    expect(signed.isDebug(other, token, 0)).to.equal(false)
    expect(signed.isDebug(site, signed.challenge(site, 1, 0).challenge, 0)).to.equal(false)
    expect(signed.isSolved(site, 0, { challenge: token, answer: '' }, 0)).to.equal(false)
  })

  it('grows with what an address and a site ask, and leaves people alone', () => {
    const limits = createLimits()
    const of = (address: string) => limits.workFor(site, address, 0)
    expect([of('a'), of('a'), of('a')]).to.deep.equal([0, 0, 0])
    const bits = Array.from({ length: 20 }, () => of('a'))
    expect(bits[0]).to.be.greaterThan(0)
    expect(bits).to.deep.equal([...bits].sort((a, b) => a - b))
    expect(Math.max(...bits)).to.equal(18)
    expect(of('b'), 'a neighbour').to.equal(0)
    for (let i = 0; i < 60; i += 1) of(`machine ${i}`)
    expect(of('c'), 'a site under pressure').to.be.greaterThan(0)
    expect(limits.workFor(other, 'c', 0), 'another site').to.equal(0)
    expect(limits.workFor(site, 'a', 3_600_000), 'an hour later').to.equal(0)
  })

  it('comes on top of what a telephone, an address and a site may order', () => {
    const limits = createLimits()
    const order = (phone: string, address: string, at = 0) => limits.mayOrder(site, address, phone, at)
    expect([1, 2, 3, 4].map((n) => order('+7', `${n}`))).to.deep.equal([true, true, true, false])
    const hour = 3_600_000
    expect([1, 2, 3, 4].map((n) => order('+7', `${n}`, hour))).to.deep.equal([true, true, true, false])
    expect(order('+7', '9', 2 * hour), 'six a day').to.equal(false)
    expect(order('+7', '9', 24 * hour)).to.equal(true)
    const many = Array.from({ length: 25 }, (_, n) => order(`+1${n}`, 'office'))
    expect(many.filter(Boolean)).to.have.length(20)
  })
})
