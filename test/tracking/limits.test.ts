import { expect } from 'chai'
import { createLimits } from '../../tracking/store/limits.ts'

describe('Limits by address', () => {
  it('stop a flood, and open again as time passes', () => {
    const limits = createLimits()
    let admitted = 0
    for (let i = 0; i < 3000; i += 1) if (limits.admit('a', 0)) admitted += 1
    expect(admitted).to.equal(1500)
    expect(limits.admit('b', 0)).to.equal(true)
    expect(limits.admit('a', 1000)).to.equal(true)
  })
  it('count new visits by site, address and hour', () => {
    const limits = createLimits()
    const open = (site: string, address: string, atMs: number) => limits.mayOpen(site, address, 2, atMs)
    expect([open('s', 'a', 0), open('s', 'a', 1), open('s', 'a', 2)]).to.deep.equal([true, true, false])
    expect(open('s', 'b', 3)).to.equal(true)
    expect(open('t', 'a', 3)).to.equal(true)
    expect(open('s', 'a', 3_599_999)).to.equal(false)
    expect(open('s', 'a', 3_600_000)).to.equal(true)
  })
  it('take a network of IPv6 for one address', () => {
    const limits = createLimits()
    const open = (address: string) => limits.mayOpen('s', address, 1, 0)
    expect([open('2001:db8:1:2::1'), open('2001:db8:1:2:aaaa:bbbb:cccc:dddd')]).to.deep.equal([true, false])
    expect([open('2001:db8::1'), open('2001:db8::ffff:1'), open('2001:db8:1::1')]).to.deep.equal([
      true,
      false,
      true
    ])
  })
  it('keep no more addresses than fit', () => {
    const limits = createLimits()
    for (let i = 0; i < 50_000; i += 1) limits.admit(`address ${i}`, 0)
    expect(limits.admit('address 0', 0)).to.equal(true)
  })
})
