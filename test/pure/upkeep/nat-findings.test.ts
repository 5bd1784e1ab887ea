import { expect } from 'chai'
import {
  findingCodes,
  isPrivateAddress,
  natFindings,
  type NatFacts,
  type Sound
} from '../../../upkeep/nat-findings.ts'

const heard: Sound = {
  ...{ result: 'heard', sent: 500, received: 500, rttMs: 20, jitterMs: 3, loss: 0 },
  pair: { protocol: 'udp', localKind: 'host', remoteAddress: '192.168.1.5', remoteKind: 'host' }
}
const silent = (result: Sound['result']): Sound => ({ ...heard, result, received: 0, pair: null })
const outside = { name: 'Carrier', address: '203.0.113.9' }
const inside = { name: 'Gateway', address: '192.168.1.20' }
const behindRouter: NatFacts = {
  external: null,
  localAddresses: ['192.168.1.5'],
  isBridged: false,
  sipPort: 5060,
  rtp: { start: 10_000, end: 10_999 },
  trunks: [],
  pageHost: '192.168.1.5',
  loop: { result: 'skipped' },
  sound: null
}
const router = { name: 'pbx.example.com', address: '203.0.113.5' }

/** What is so → what is said, the gravest first. */
const cases: readonly (readonly [string, Partial<NatFacts>, readonly string[]])[] = [
  ['a server in the office, and no carrier yet', {}, ['hint externalMissingLater']],
  ['a carrier in the same network', { trunks: [inside] }, ['hint externalMissingLater']],
  ['a carrier on the internet', { trunks: [inside, outside] }, ['failed externalMissing']],
  [
    'a trunk whose name stands for nothing',
    { trunks: [{ name: 'x', address: null }] },
    ['hint externalMissingLater']
  ],
  [
    'a server on the internet',
    { localAddresses: ['10.0.0.2', '203.0.113.5'], trunks: [outside] },
    ['ok direct']
  ],
  ['its own public address set', { external: router, localAddresses: ['203.0.113.5'] }, ['ok direct']],
  ['a public address on the router', { external: router, trunks: [outside] }, ['hint forward']],
  ['a name that nobody knows', { external: { ...router, address: null } }, ['failed externalUnresolved']],
  [
    'a private address set, and a carrier outside',
    { external: { name: '192.168.1.5', address: '192.168.1.5' }, trunks: [outside] },
    ['failed externalPrivate']
  ],
  [
    'a private address set, and a carrier inside',
    { external: { name: '192.168.1.5', address: '192.168.1.5' }, trunks: [inside] },
    ['ok direct']
  ],
  [
    'another private address set: a router within the company',
    { external: { name: '10.1.1.1', address: '10.1.1.1' } },
    ['hint forward']
  ],
  [
    'a container with its own network',
    { isBridged: true, external: router },
    ['warning container', 'hint forward']
  ],
  [
    'a packet that came back as it went',
    { external: router, loop: { result: 'seen', port: 10_999, fromPort: 10_999 } },
    ['hint forward', 'ok loopSeen']
  ],
  [
    'a packet that came back from another port',
    { external: router, loop: { result: 'seen', port: 10_999, fromPort: 61_000 } },
    ['warning portsChanged', 'hint forward']
  ],
  [
    'a packet that did not come back: only a hint',
    { external: router, loop: { result: 'unseen', port: 10_999 } },
    ['hint forward', 'hint loopUnseen']
  ],
  [
    'a packet that could not leave',
    { external: router, loop: { result: 'unsent', reason: 'ENETUNREACH' } },
    ['warning loopUnsent', 'hint forward']
  ],
  ['good sound', { sound: heard }, ['hint externalMissingLater', 'ok soundGood']],
  ['a long way', { sound: { ...heard, rttMs: 401 } }, ['warning soundPoor', 'hint externalMissingLater']],
  [
    'an uneven way',
    { sound: { ...heard, jitterMs: 31 } },
    ['warning soundPoor', 'hint externalMissingLater']
  ],
  [
    'a way that loses',
    { sound: { ...heard, loss: 0.031 } },
    ['warning soundPoor', 'hint externalMissingLater']
  ],
  [
    'no telephone server',
    { sound: silent('noServer') },
    ['failed soundNoServer', 'hint externalMissingLater']
  ],
  ['a refusal', { sound: silent('refused') }, ['failed soundRefused', 'hint externalMissingLater']],
  [
    'a page without https',
    { sound: silent('insecure') },
    ['failed soundInsecure', 'hint externalMissingLater']
  ],
  [
    'no microphone',
    { sound: silent('noMicrophone') },
    ['failed soundNoMicrophone', 'hint externalMissingLater']
  ],
  ['no way in the office', { sound: silent('noPath') }, ['failed soundNoPath', 'hint externalMissingLater']],
  [
    'no way from the internet, where only a private address is offered',
    { sound: silent('noPath'), pageHost: 'pbx.example.com' },
    ['failed soundNoPathPrivate', 'hint externalMissingLater']
  ],
  [
    'no way from the internet, although a public address is offered',
    { sound: silent('noPath'), pageHost: 'pbx.example.com', external: router },
    ['failed soundNoPath', 'hint forward']
  ],
  ['nothing back', { sound: silent('nothingBack') }, ['failed soundNothingBack', 'hint externalMissingLater']]
]

describe('The way of sound', () => {
  for (const [what, facts, said] of cases) {
    it(`with ${what}: ${said.join(', ')}`, () => {
      const found = natFindings({ ...behindRouter, ...facts })
      expect(found.map(({ level, code }) => `${level} ${code}`)).to.deep.equal(said)
    })
  }

  it('has a case for everything that can be said', () => {
    const said = new Set(cases.flatMap(([, , each]) => each.map((one) => one.split(' ')[1])))
    expect([...findingCodes].filter((code) => !said.has(code))).to.deep.equal([])
  })

  it('names the ports to open and the figures that were measured', () => {
    const found = natFindings({ ...behindRouter, external: router, sound: { ...heard, loss: 0.0123 } })
    expect(found).to.deep.equal([
      {
        ...{ level: 'hint', code: 'forward' },
        values: { address: '203.0.113.5', sip: 5060, start: 10_000, end: 10_999 }
      },
      {
        ...{ level: 'ok', code: 'soundGood' },
        values: { sent: 500, received: 500, rtt: 20, jitter: 3, loss: 1.2, way: 'UDP 192.168.1.5' }
      }
    ])
  })

  it('knows which addresses no carrier can send to', () => {
    const own = ['10.1.2.3', '127.0.0.1', '192.168.0.1', '172.16.0.1', '172.31.9.9', '169.254.1.1']
    for (const address of [
      ...own,
      '100.64.0.1',
      '100.127.9.9',
      '::1',
      'fd00::1',
      'fe80::1',
      '::ffff:10.0.0.1'
    ])
      expect(isPrivateAddress(address), address).to.equal(true)
    for (const address of [
      '203.0.113.5',
      '172.32.0.1',
      '172.15.0.1',
      '100.63.0.1',
      '100.128.0.1',
      '2001:db8::1'
    ])
      expect(isPrivateAddress(address), address).to.equal(false)
  })
})
