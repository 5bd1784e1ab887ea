import { expect } from 'chai'
import { addressGuesses, seenAs } from '../../../upkeep/nat-guesses.ts'

const answer = (via: string, status = 200) => ({
  ...{ direction: 'in' as const, status },
  text: `SIP/2.0 ${status} OK\r\n${via}\r\nCall-ID: 1\r\n\r\n`
})
const none = { host: 'localhost', address: '127.0.0.1' }

describe('Guesses at the public address', () => {
  it('takes from a carrier’s last answer as whom it saw us', () => {
    const answers = [
      answer('Via: SIP/2.0/UDP 10.0.0.2:5060;rport=5060;received=203.0.113.4;branch=z9hG4bK1'),
      answer('v: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK1;received=203.0.113.5', 401),
      answer('Via: SIP/2.0/UDP 203.0.113.5:5060;branch=z9hG4bK1')
    ]
    expect(seenAs(answers)).to.equal('203.0.113.5')
    expect(seenAs([])).to.equal(null)
  })

  it('believes no request, and nothing that we said ourselves', () => {
    const { text } = answer('Via: SIP/2.0/UDP 10.0.0.2;received=203.0.113.4')
    expect(seenAs([{ direction: 'in', status: null, text }])).to.equal(null)
    expect(seenAs([{ direction: 'out', status: 200, text }])).to.equal(null)
  })

  it('names the carrier’s word first, each address once, and none that is set already or leads nowhere', () => {
    const carriers = [
      { trunk: 'First', seen: '203.0.113.5' },
      { trunk: 'Second', seen: '203.0.113.5' },
      { trunk: 'Office', seen: '192.168.1.2' },
      { trunk: 'Silent', seen: null }
    ]
    const pages = { host: 'pbx.example.com', address: '198.51.100.7' }
    expect(addressGuesses({ now: null, carriers, pages })).to.deep.equal([
      { address: '203.0.113.5', from: 'carrier', about: 'First' },
      { address: '198.51.100.7', from: 'pages', about: 'pbx.example.com' }
    ])
    expect(addressGuesses({ now: '203.0.113.5', carriers, pages: none })).to.deep.equal([])
    expect(
      addressGuesses({ now: null, carriers: [], pages: { host: 'a', address: '2001:db8::1' } })
    ).to.deep.equal([])
  })
})
