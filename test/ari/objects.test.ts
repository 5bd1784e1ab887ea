import { expect } from 'chai'
import type { Ari } from '../../pbx/ari/client.ts'
import { createAmi } from '../../pbx/ami/client.ts'
import type { Ami, AmiSignals } from '../../pbx/ami/client.ts'
import { wantedObjects } from '../../pbx/provision/objects.ts'
import type { OperatorDevice } from '../../pbx/provision/objects.ts'
import type { TrunkLink } from '../../pbx/provision/trunk-objects.ts'
import { createObjects } from '../../pbx/provision/reconcile.ts'
import type { Objects } from '../../pbx/provision/reconcile.ts'
import { until } from '../support/until.ts'
import { createParty } from './party.ts'
import type { Party } from './party.ts'
import { listen, log, startRig, up } from './rig.ts'
import type { Rig } from './rig.ts'

const anna: OperatorDevice = {
  name: 'Anna',
  sipUser: 'op-anna',
  sipSecret: 's3;cret',
  device: 'sip',
  sipAddress: null
}
const boris: OperatorDevice = { ...anna, name: 'Boris', sipUser: 'op-boris', device: 'browser' }
const fixed: TrunkLink = {
  id: '0191d5a0-0000-7000-8000-000000000001',
  endpoint: 'trunk-1f6f',
  name: 'Fixed carrier',
  kind: 'address',
  host: '127.0.0.2',
  port: 22_291,
  transport: 'udp',
  username: null,
  secret: null,
  matchAddresses: [],
  codecs: ['alaw', 'ulaw']
}
const registering: TrunkLink = {
  ...fixed,
  id: '0191d5a0-0000-7000-8000-000000000002',
  endpoint: 'trunk-2c9d',
  name: 'Registering carrier',
  kind: 'registration',
  host: '127.0.0.3',
  port: 22_292,
  username: 'client7',
  secret: 'pw'
}

describe('operators and trunks in Asterisk', () => {
  let rig: Rig
  let ari: Ari
  let ami: Ami
  let objects: Objects
  const parties: Party[] = []
  const heard: unknown[][] = []

  before(async function () {
    this.timeout(180_000)
    rig = await startRig(22_200)
    ari = rig.ari()
    const { amiPort: port, amiUser: user, amiPassword: password } = rig.settings
    ami = createAmi({ host: '127.0.0.1', port, user, password, log })
    const keep = (name: keyof AmiSignals): void =>
      void ami.on(name, (...args: unknown[]) => heard.push([name, ...args]))
    for (const name of ['up', 'down', 'contact', 'registrations', 'attack'] as const) keep(name)
    ami.connect()
    await until(() => ami.isUp)
    objects = createObjects({ ari, log })
  })
  after(async () => {
    ami.close()
    await ari.close()
    await Promise.all(parties.map((party) => party.close()))
    await rig.close()
  })
  const party = async (host: string, port: number, user: string): Promise<Party> => {
    const one = await createParty({ host, port, server: rig.server, user })
    parties.push(one)
    return one
  }
  const listed = async (): Promise<string[]> => {
    const endpoints = await ari.listEndpoints()
    return endpoints.ok ? endpoints.value.map(({ id }) => id).toSorted() : []
  }
  const field = async (type: string, id: string, name: string): Promise<string | undefined> => {
    const object = await ari.getObject(type, id)
    return object.ok ? object.value.find(({ attribute }) => attribute === name)?.value : undefined
  }

  it('are pushed once, and cost nothing while they stay the same', async () => {
    const wanted = wantedObjects({ operators: [anna, boris], trunks: [fixed] })
    const first = await objects.reconcile(wanted)
    expect(first).to.deep.include({ isComplete: true, deleted: [], unchanged: 0, failures: [] })
    expect(first.pushed.toSorted()).to.deep.equal(['op-anna', 'op-boris', fixed.endpoint])
    let asked = 0
    const counting = rig.ari({ observe: () => asked++ })
    const fresh = createObjects({ ari: counting, log })
    expect(await fresh.reconcile(wanted)).to.deep.include({ pushed: [], deleted: [], unchanged: 3 })
    // One list and one note per id; nothing is written.
    expect(asked).to.equal(4)
    expect(await fresh.reconcile(wanted)).to.deep.include({ unchanged: 3 })
    expect(asked).to.equal(4)
    await counting.close()
  })

  it('carry what a browser needs', async () => {
    expect(await field('endpoint', 'op-boris', 'webrtc')).to.match(/yes|true/)
    expect(await field('endpoint', 'op-boris', 'allow')).to.equal('(opus|alaw|ulaw)')
    expect(await field('endpoint', 'op-anna', 'webrtc')).to.match(/no|false/)
    expect(await field('endpoint', 'op-anna', 'allow')).to.equal('(alaw|ulaw|g722)')
  })

  it('take a new password at once, and refuse the old one', async () => {
    const phone = await party('127.0.0.1', 22_290, 'op-anna')
    expect(await phone.register('s3;cret')).to.equal(200)
    const changed = { ...anna, sipSecret: 'new one' }
    const report = await objects.reconcile(wantedObjects({ operators: [changed, boris], trunks: [fixed] }))
    expect(report).to.deep.include({ pushed: ['op-anna'], unchanged: 2 })
    expect(await phone.register('s3;cret')).to.equal(401)
    expect(await phone.register('new one')).to.equal(200)
    await until(() =>
      heard.find(([name, about]) => name === 'attack' && (about as { account: string }).account === 'op-anna')
    )
    expect((await ami.contacts())?.get('op-anna')).to.deep.include({ state: 'reachable' })
    await objects.reconcile(wantedObjects({ operators: [anna, boris], trunks: [fixed] }))
  })

  it('are replaced where Asterisk would merge: another address, another kind of phone', async () => {
    const moved = { ...fixed, host: '127.0.0.4', codecs: ['ulaw'] }
    const nowSip: OperatorDevice = { ...boris, device: 'sip', sipAddress: 'sip:boris@127.0.0.1:22299' }
    await objects.reconcile(wantedObjects({ operators: [anna, nowSip], trunks: [moved] }))
    const id = fixed.endpoint
    expect(await field('aor', id, 'contact')).to.equal('sip:127.0.0.4:22291')
    expect(await field('endpoint', id, 'allow')).to.match(/^\(ulaw\b/)
    expect(await field('identify', id, 'match')).to.match(/^127\.0\.0\.4/)
    expect(await field('endpoint', 'op-boris', 'media_encryption')).to.equal('no')
    expect(await field('aor', 'op-boris', 'contact')).to.equal('sip:boris@127.0.0.1:22299')
    await objects.reconcile(wantedObjects({ operators: [anna, boris], trunks: [fixed] }))
  })

  it('that Asterisk refuses are named, and the rest goes on', async () => {
    const bad = {
      ...fixed,
      id: '0191d5a0-0000-7000-8000-000000000009',
      endpoint: 'trunk-9bad',
      name: 'Bad carrier',
      codecs: ['tin-can']
    }
    const report = await objects.reconcile(wantedObjects({ operators: [anna], trunks: [bad, fixed] }))
    expect(report.failures).to.have.length(1)
    expect(report.failures[0]).to.deep.include({ owner: 'Trunk "Bad carrier"', type: 'endpoint' })
    expect(report.deleted).to.deep.equal(['op-boris'])
    expect(await listed()).to.deep.equal(['op-anna', fixed.endpoint])
    // Tried again, and no half-made endpoint comes of it.
    const again = await objects.reconcile(wantedObjects({ operators: [anna], trunks: [bad, fixed] }))
    expect(again.failures).to.have.length(1)
    expect(await listed()).to.deep.equal(['op-anna', fixed.endpoint])
    const strange = { ...anna, name: 'Eve', sipUser: 'root' }
    const second = await objects.reconcile(wantedObjects({ operators: [anna, strange], trunks: [fixed] }))
    expect(second.failures.map(({ owner }) => owner)).to.deep.equal(['Operator "Eve"'])
  })

  it('work as far as they can while a name is not known to DNS, and say so', async () => {
    const nameless = { ...registering, name: 'Nameless', host: 'no-such-host.invalid' }
    const wanted = wantedObjects({ operators: [anna], trunks: [nameless, fixed] })
    for (const attempt of ['first', 'second']) {
      const report = await objects.reconcile(wanted)
      expect(
        report.failures.map(({ owner, type }) => `${owner} ${type}`),
        attempt
      ).to.deep.equal(['Trunk "Nameless" identify'])
    }
    const server = await field('registration', registering.endpoint, 'server_uri')
    expect(server).to.equal('sip:no-such-host.invalid:22292')
    await objects.reconcile(wantedObjects({ operators: [anna], trunks: [fixed] }))
  })

  it('register at a carrier, and leave when they are deleted', async () => {
    const carrier = await party('127.0.0.3', 22_292, 'carrier')
    const id = registering.endpoint
    await objects.reconcile(wantedObjects({ operators: [anna], trunks: [fixed, registering] }))
    await until(async () => (await ami.registrations())?.get(id)?.state === 'registered', {
      what: 'the trunk is registered'
    })
    await until(() =>
      heard.some(
        ([name, states]) =>
          name === 'registrations' &&
          (states as Map<string, { state: string }>).get(id)?.state === 'registered'
      )
    )
    // A call to the address we registered is this trunk's, from wherever the carrier sends it.
    const elsewhere = await party('127.0.0.5', 22_294, 'elsewhere')
    await up(ari)
    const calls = listen(ari)
    elsewhere.call(carrier.contacts.at(-1) ?? '').catch((error: unknown) => log.error({ err: error }))
    const { channel } = await calls.wait('StasisStart')
    expect(channel.name).to.match(new RegExp(`^PJSIP/${id}-`))
    await ari.hangup(channel.id, 16)
    await calls.wait('ChannelDestroyed', channel.id)
    ari.disconnect()
    const before = carrier.heard.length
    await objects.reconcile(wantedObjects({ operators: [anna], trunks: [fixed] }))
    await until(() => carrier.heard.length > before)
    expect([...((await ami.registrations())?.keys() ?? [])]).to.deep.equal([])
  })

  it('outlive a restart of Asterisk without us', async function () {
    this.timeout(30_000)
    await ami.putDb('ringtrace', 'fallback', 'PJSIP/op-anna')
    await rig.stopAsterisk()
    await until(() => !ami.isUp)
    objects.forget()
    expect(await objects.reconcile([])).to.deep.include({ isComplete: false, pushed: [], deleted: [] })
    await rig.startAsterisk()
    await until(() => ami.isUp)
    const phone = await party('127.0.0.1', 22_293, 'op-anna')
    expect(await phone.register('s3;cret')).to.equal(200)
    expect(await rig.cli('database get ringtrace fallback')).to.contain('PJSIP/op-anna')
    expect(await objects.reconcile(wantedObjects({ operators: [anna], trunks: [fixed] }))).to.deep.include({
      unchanged: 2
    })
  })

  it('are pushed again when Asterisk has lost them, and removed when an earlier database left them', async () => {
    // Behind the backs of its caches, as a restart on an empty folder would.
    for (const type of ['endpoint', 'aor']) {
      await rig.cli(`database deltree dyn_${type}`)
      await rig.cli(`sorcery memory cache expire res_pjsip/${type}`)
    }
    await ari.deleteObject('endpoint', 'op-anna')
    objects.forget()
    const report = await objects.reconcile(wantedObjects({ operators: [anna], trunks: [fixed] }))
    expect(report.pushed).to.include('op-anna')
    const another = createObjects({ ari, log })
    const next = await another.reconcile(wantedObjects({ operators: [boris], trunks: [] }))
    expect(next.deleted.toSorted()).to.deep.equal(['op-anna', fixed.endpoint])
    expect(await listed()).to.deep.equal(['op-boris'])
    expect(await ari.getObject('identify', fixed.endpoint)).to.deep.include({ code: 'gone' })
  })
})
