import { expect } from 'chai'
import { direct, type Touch } from '../../../tracking/classify.ts'
import { advise, blocking, coverage, erlangsOf, numbersFor } from '../../../tracking/pool-load.ts'
import { anyVisit, choosePool, type Pool, type PoolRule } from '../../../tracking/pools.ts'

const pool = (name: string, rule: Partial<PoolRule> = {}, rest: Partial<Pool> = {}): Pool => ({
  id: name,
  name,
  siteId: 'site',
  groupName: 'main',
  mode: 'dynamic',
  rule: { ...anyVisit, ...rule },
  overflow: null,
  createdMs: 0,
  ...rest
})
const ad: Touch = { ...direct, inquiryChannel: 'paid', source: 'yandex', medium: 'cpc', campaign: 'Okna' }
const visit = { touch: ad, zone: 'Europe/Moscow', path: '/sale/windows' }
const chosen = (pools: Pool[], at = visit, group = 'main'): string | null =>
  choosePool(pools, group, at)?.name ?? null

describe('The pool for a visit', () => {
  const all = pool('all')
  const page = pool('page', { pages: ['/sale'] })
  const zone = pool('zone', { zones: ['Europe'] })
  const channel = pool('channel', { channels: ['paid'] })
  const source = pool('source', { sources: ['yandex'] })
  const campaign = pool('campaign', { campaigns: ['okna'] })

  it('is that of the narrowest rule, in fixed order, however they are listed', () => {
    const pools = [all, page, zone, channel, source, campaign]
    for (let left = pools.length; left > 0; left -= 1) {
      const some = pools.slice(0, left)
      expect(chosen(some)).to.equal(pools[left - 1]?.name)
      expect(chosen(some.toReversed())).to.equal(pools[left - 1]?.name)
    }
  })
  it('asks for every kind of condition, and for one value of each', () => {
    expect(chosen([pool('p', { channels: ['organic', 'paid'], sources: ['google', 'yandex'] })])).to.equal(
      'p'
    )
    expect(chosen([pool('p', { channels: ['organic'], sources: ['yandex'] })])).to.equal(null)
  })
  it('counts a rule of two kinds as narrower than one of either', () => {
    const both = pool('both', { channels: ['paid'], zones: ['Europe/Moscow'] })
    expect(chosen([channel, zone, both])).to.equal('both')
    expect(chosen([source, both])).to.equal('source')
  })
  it('is the older of two equal ones', () => {
    const older = pool('older', { sources: ['yandex'] }, { createdMs: 1, id: 'z' })
    const newer = pool('newer', { sources: ['yandex'] }, { createdMs: 2, id: 'a' })
    expect(chosen([newer, older])).to.equal('older')
  })
  it('belongs to the group that the page shows', () => {
    expect(chosen([pool('service', {}, { groupName: 'service' })])).to.equal(null)
    expect(chosen([pool('service', {}, { groupName: 'service' })], visit, 'service')).to.equal('service')
  })
  const pages: [pattern: string, path: string, fits: boolean][] = [
    ['/sale', '/sale/windows', true],
    ['/sale', '/other/sale', false],
    ['/', '/', true],
    ['*/windows', '/sale/windows', true],
    ['*/windows', '/sale/windows/blue', false],
    ['/a*b*c', '/aXbYc', true],
    ['/a*b*c', '/aXcYb', false],
    ['/ab*ba', '/aba', false],
    ['*', '/any', true],
    ['**', '/any', true],
    ['/*x*x*x', '/xx', false]
  ]
  for (const [pattern, path, fits] of pages) {
    it(`${pattern} ${fits ? 'fits' : 'does not fit'} ${path}`, () => {
      expect(chosen([pool('p', { pages: [pattern] })], { ...visit, path })).to.equal(fits ? 'p' : null)
    })
  }
  it('is found at once with a pattern made to be slow', () => {
    const pattern = `/${'a*'.repeat(500)}b`
    const startedMs = performance.now()
    chosen([pool('p', { pages: [pattern] })], { ...visit, path: `/${'a'.repeat(2000)}` })
    expect(performance.now() - startedMs).to.be.below(100)
  })
})

describe('Erlang B', () => {
  // Published tables of traffic engineering: blocking, lines, erlangs offered.
  const table: [lines: number, share: number, erlangs: number][] = [
    [1, 0.01, 0.0101],
    [5, 0.01, 1.361],
    [10, 0.01, 4.461],
    [20, 0.01, 12.031],
    [10, 0.02, 5.084],
    [20, 0.02, 13.182],
    [10, 0.05, 6.216],
    [20, 0.05, 15.249],
    [50, 0.01, 37.901],
    [100, 0.01, 84.064],
    [100, 0.05, 95.24]
  ]
  for (const [lines, share, erlangs] of table) {
    it(`blocks ${share * 100} % of ${erlangs} erlangs on ${lines} lines`, () => {
      expect(blocking(erlangs, lines)).to.be.closeTo(share, share * 0.01)
    })
  }

  const sizes: [perHour: number, minutes: number, numbers: [number, number, number]][] = [
    [30, 5, [5, 6, 7]],
    [60, 5, [8, 9, 11]],
    [120, 5, [13, 15, 18]],
    [200, 5, [20, 22, 26]],
    [400, 5, [35, 39, 45]],
    [60, 30, [32, 36, 42]],
    [200, 30, [97, 105, 117]]
  ]
  for (const [perHour, minutes, numbers] of sizes) {
    it(`asks for ${numbers.join(', ')} numbers at ${perHour} visitors an hour who hold for ${minutes} minutes`, () => {
      const erlangs = erlangsOf(perHour, minutes)
      expect([0.9, 0.95, 0.99].map((share) => numbersFor(erlangs, share))).to.deep.equal(numbers)
    })
  }

  it('covers everybody when nobody comes, and nobody without numbers', () => {
    expect(coverage(0, 0)).to.equal(1)
    expect(coverage(3, 0)).to.equal(0)
    expect(numbersFor(0, 0.99)).to.equal(0)
    expect(() => numbersFor(1, 1)).to.throw(RangeError)
  })
  it('covers ever more with every number', () => {
    for (let n = 1; n < 60; n += 1) expect(coverage(20, n)).to.be.above(coverage(20, n - 1))
  })
  it('gives advice that keeps its own promise', () => {
    const { wanted, erlangs } = advise(4, 200, 5)
    for (const { coverage: share, numbers } of wanted) {
      expect(coverage(erlangs, numbers)).to.be.at.least(share)
      expect(coverage(erlangs, numbers - 1)).to.be.below(share)
    }
  })
})
