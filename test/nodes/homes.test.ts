import { expect } from 'chai'
import { createHomes, type OpenedCall } from '../../pbx/nodes/homes.ts'
import { withOneRegistrar } from '../../pbx/nodes/shape.ts'
import { behindEdge } from '../../pbx/edge/objects.ts'
import { renderCarriers, renderEdge, renderNodes } from '../../pbx/edge/render.ts'
import { wantedObjects } from '../../pbx/provision/objects.ts'
import type { TrunkLink } from '../../pbx/provision/trunk-objects.ts'

const callId = '01a2052b-2f70-7000-b7ef-5962b80fbc2e'
const incoming = (pbxUniqueId: string): OpenedCall => ({
  ...{ id: callId, direction: 'in', pbxUniqueId, order: null, legs: [] }
})
const nobody = (): string => {
  throw new Error('Nothing is to be chosen')
}

describe('Where a call lives among several nodes', () => {
  const homes = () => createHomes((name) => ['rt', 'b'].includes(name))

  it('is told by the name of the caller’s channel', () => {
    const some = homes()
    expect(some.homeOf('b-1795383046.7')).to.equal('b')
    expect(some.homeOf('x-1795383046.7')).to.equal(undefined)
    some.open(incoming('b-1795383046.7'), nobody)
    for (const id of [callId, `${callId}.op1`, `${callId}.p3`, `${callId}.watch.sup1`])
      expect(some.homeOf(id), id).to.equal('b')
    expect(some.callsOn('b')).to.equal(1)
    expect(some.callIdsOn('b')).to.deep.equal([callId])
  })

  it('is chosen for a call of ours that begins, and never for one that was under way', () => {
    const placed = { ...incoming('whatever'), direction: 'out' } as const
    const fresh = homes()
    fresh.open(placed, () => 'b')
    expect(fresh.homeOf(callId)).to.equal('b')
    const later = homes()
    later.open({ ...placed, legs: [{}] }, nobody)
    expect(later.homeOf(callId)).to.equal(undefined)
    later.learn('rt', [`${callId}.op1`, 'rt-1.2'])
    expect(later.homeOf(callId)).to.equal('rt')
  })

  it('is that of the telephone that dialled', () => {
    const some = homes()
    const phone = { channelId: 'b-5.1', userId: 'u', name: 'Anna', device: 'op-1' }
    const order = { phone } as unknown as OpenedCall['order']
    some.open({ ...incoming('whatever'), direction: 'out', order }, nobody)
    expect(some.homeOf(`${callId}.ext2`)).to.equal('b')
  })

  it('is still known for what is asked late, and counts no more', () => {
    const some = homes()
    some.open(incoming('b-1.1'), nobody)
    some.end(callId)
    expect(some.homeOf(`${callId}.op1`)).to.equal('b')
    expect(some.callsOn('b')).to.equal(0)
  })

  it('is kept for things that are not named after a call', () => {
    const some = homes()
    some.note('dictation-7-play-1', 'rt')
    expect(some.homeOf('dictation-7-play-1')).to.equal('rt')
  })
})

describe('What nodes know of telephones and carriers', () => {
  const trunk: TrunkLink = {
    id: 't',
    endpoint: 'trunk-1',
    name: 'Carrier',
    kind: 'registration',
    host: 'sip.example.com',
    port: 5060,
    transport: 'udp',
    username: 'u',
    secret: 's',
    matchAddresses: [],
    codecs: ['alaw']
  }
  const anna = { name: 'Anna', sipUser: 'op-anna', sipSecret: 'x', device: 'sip', sipAddress: null } as const
  const wanted = wantedObjects({
    operators: [anna, { ...anna, sipUser: 'op-desk', sipAddress: 'sip:desk@192.0.2.7:5060' }],
    trunks: [trunk]
  })

  it('is the same for all, but one alone registers with carriers', () => {
    expect(withOneRegistrar(wanted, { isRegistrar: true })).to.equal(wanted)
    const others = withOneRegistrar(wanted, { isRegistrar: false })
    expect(others).to.have.length(wanted.length - 1)
    expect(others.some(({ type }) => type === 'registration')).to.equal(false)
  })

  it('leads through the edge where there is one', () => {
    const shaped = behindEdge('10.0.0.5:5060')(wanted, { isRegistrar: true })
    const field = (id: string, type: string, name: string): string | undefined =>
      shaped.find((one) => one.id === id && one.type === type)?.fields[name]
    expect(field('op-anna', 'aor', 'contact')).to.equal('sip:op-anna@10.0.0.5:5060')
    expect(field('op-desk', 'aor', 'contact')).to.equal('sip:desk@192.0.2.7:5060')
    expect(field('trunk-1', 'endpoint', 'outbound_proxy')).to.equal('sip:10.0.0.5:5060;lr')
    expect(field('trunk-1', 'registration', 'outbound_proxy')).to.equal('sip:10.0.0.5:5060;lr')
    expect(field('trunk-1', 'identify', 'match')).to.equal(undefined)
    expect(field('trunk-1', 'identify', 'match_header')).to.equal('X-Ringtrace-Trunk: trunk-1')
  })
})

describe('The configuration of the edge', () => {
  const settings = {
    ...{ sipHost: '10.0.0.5', sipPort: 5060, webHost: '127.0.0.1', webPort: 5062, controlPort: 5063 },
    ...{ databaseUrl: 'postgres://u:p@db/ringtrace', modulesDir: '/m', dir: '/d' }
  }

  it('removes what only the edge may say before it is said', () => {
    const text = renderEdge(settings)
    expect(text.indexOf('remove_hf("X-Ringtrace-Trunk")')).to.be.lessThan(
      text.indexOf('append_hf("X-Ringtrace-Trunk')
    )
    expect(text).to.contain('listen=udp:10.0.0.5:5060').and.to.contain('listen=tcp:127.0.0.1:5063')
  })

  it('cannot be broken out of', () => {
    expect(() => renderEdge({ ...settings, dir: '/d")\nloadmodule "exec' })).to.throw('cannot be configured')
  })

  it('lists nodes and carriers', () => {
    expect(
      renderNodes([
        { sipAddress: '10.0.0.11:5060', isDraining: false },
        { sipAddress: '10.0.0.12:5060', isDraining: true }
      ])
    ).to.equal('1 sip:10.0.0.11:5060 0 0\n1 sip:10.0.0.12:5060 4 0\n')
    expect(
      renderCarriers([
        { endpoint: 'trunk-1', address: '192.0.2.0/24' },
        { endpoint: 'trunk-2', address: '2001:db8::7' }
      ])
    ).to.equal('1 192.0.2.0 24 0 trunk-1\n1 2001:db8::7 128 0 trunk-2\n')
  })
})
