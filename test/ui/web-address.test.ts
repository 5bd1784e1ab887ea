import { expect } from 'chai'
import { webAddress } from '../../ui/src/lib/web-address.ts'

describe('the address of a page', () => {
  it('is short: without its scheme, its questions and the usual www', () => {
    expect(webAddress('https://www.okna.example/?utm_source=yandex').words).to.equal('okna.example')
    expect(webAddress('https://okna.example/price#table').words).to.equal('okna.example/price')
  })

  it('is read in the letters of its language, also where they are broken', () => {
    expect(webAddress('https://okna.example/%D1%86%D0%B5%D0%BD%D1%8B').words).to.equal('okna.example/цены')
    expect(webAddress('https://okna.example/%D1').words).to.equal('okna.example/%D1')
  })

  it('can be followed only where it leads to a page', () => {
    expect(webAddress('https://okna.example/a?b').link).to.equal('https://okna.example/a?b')
    for (const odd of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'no address', ''])
      expect(webAddress(odd), odd).to.deep.equal({ words: odd, link: null })
  })
})
