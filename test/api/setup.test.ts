import { expect } from 'chai'
import { ensureAdmin } from '../../db/first-admin.ts'
import { hashPassword } from '../../db/passwords.ts'
import type { AddressChecked, PublicAddressState, SetupState } from '../../api/contract/setup.ts'
import { openPublicAddress, type PublicAddress } from '../../upkeep/nat-address.ts'
import { idOf, startRig, type Answer, type Person, type Rig } from './support/rig.ts'

const stateOf = ({ body }: Answer): SetupState => body as unknown as SetupState
const company = {
  ...{ name: 'Olga Petrova', login: 'olga', password: 'a-password-of-her-own' },
  ...{ locale: 'en', country: 'KZ', timeZone: 'Asia/Almaty' }
}

describe('The first setup', () => {
  let rig: Rig
  let admin: Person
  let publicAddress: PublicAddress
  const get = async (): Promise<SetupState> => stateOf(await admin.get('/api/setup'))

  before(async () => {
    rig = await startRig({
      before: (deps) => ({
        ...deps,
        sip: { port: 5060, rtp: { start: 16_640, end: 16_680 } }
      })
    })
    publicAddress = await openAddress(undefined)
    admin = rig.as.admin
  })
  after(async () => {
    publicAddress.stop()
    await rig.close()
  })

  /** As at a start of the product. */
  async function openAddress(environment: string | undefined): Promise<PublicAddress> {
    const opened = await openPublicAddress({
      ...{ db: rig.db, environment, log: rig.deps.log },
      resolve: (name) => Promise.resolve(name.startsWith('pbx.') ? '203.0.113.7' : name)
    })
    Object.assign(rig.deps, { publicAddress: opened })
    return opened
  }

  it('is none of an installation that is in use: nobody is led anywhere, and no password is set by it', async () => {
    expect(await get()).to.include({ isNew: false, isFinished: true, mayChoosePassword: false })
    expect(await admin.send('PUT', '/api/setup', { steps: { address: 'done' } })).to.have.property(
      'status',
      200
    )
    expect(await get()).to.include({ isNew: false, isFinished: true, finishedAt: null })
    expect((await admin.send('PUT', '/api/setup/company', company)).status).to.equal(403)
    expect(await rig.db('users').where({ login: 'olga' })).to.have.length(0)
  })

  it('is for admins', async () => {
    for (const person of [rig.as.supervisor, rig.as.operator, rig.as.marketer]) {
      expect((await person.get('/api/setup')).status).to.equal(403)
      expect((await person.get('/api/setup/public-address')).status).to.equal(403)
      expect((await person.send('PUT', '/api/setup/public-address', { name: null })).status).to.equal(403)
    }
    expect((await rig.request('GET', '/api/setup')).status).to.equal(401)
  })

  describe('of an empty installation', () => {
    before(async () => {
      await rig.db('settings').where({ key: 'setup' }).delete()
      await rig.db('users').whereNot({ login: 'admin' }).delete()
    })

    it('is offered until somebody begins, and begun it stays open whatever is made meanwhile', async () => {
      expect(await get()).to.include({ isNew: true, isFinished: false, mayChoosePassword: true })
      await admin.send('PUT', '/api/setup', {})
      const trunk = { name: 'Carrier', kind: 'address', host: '192.0.2.1' }
      const made = await admin.send('POST', '/api/trunks', trunk)
      const state = stateOf(await admin.send('PUT', '/api/setup', {}))
      expect(state).to.include({ isNew: false, isFinished: false, country: 'RU' })
      expect(state.steps).to.include({ company: 'open', trunk: 'open' })
      rig.pbx.trunkStateOf.set(idOf(made), 'configured')
      expect((await get()).steps.trunk).to.equal('done')
      rig.pbx.trunkStateOf.set(idOf(made), 'rejected')
      expect((await get()).steps.trunk).to.equal('open')
    })

    it('takes who the admin is: own name, login and password, language, country and time zone', async () => {
      const other = await rig.signIn('admin')
      const state = stateOf(await admin.send('PUT', '/api/setup/company', company))
      expect(state).to.include({ country: 'KZ', timeZone: 'Asia/Almaty', mayChoosePassword: false })
      expect(state.steps.company).to.equal('done')
      const me = (await admin.get('/api/me')).body
      expect(me).to.include({ name: 'Olga Petrova', login: 'olga', locale: 'en' })
      expect((await other.get('/api/me')).status, 'other sessions end').to.equal(401)
      await rig.signIn('olga', company.password)
      const policy = (await admin.get('/api/dial-policy')).body
      expect(policy).to.deep.include({ homeCountry: 'KZ', countries: ['KZ'], timeZone: 'Asia/Almaty' })
      const asked = await admin.send('POST', '/api/dial-policy/check', { number: '8 (727) 250-00-00' })
      expect(asked.body).to.include({ number: '+77272500000', country: 'KZ' })
    })

    it('takes no second password that way, and keeps the first', async () => {
      const thief = { ...company, password: 'another-password' }
      expect((await admin.send('PUT', '/api/setup/company', thief)).status).to.equal(403)
      const { password: _, ...rest } = { ...company, country: 'RU', timeZone: 'Europe/Moscow' }
      expect((await admin.send('PUT', '/api/setup/company', rest)).status).to.equal(200)
      expect((await admin.get('/api/dial-policy')).body['countries']).to.deep.equal(['RU'])
      await rig.signIn('olga', company.password)
    })

    it('refuses what cannot be, and keeps nothing of it', async () => {
      const { password: _, ...rest } = company
      for (const [field, value] of [
        ['timeZone', 'Mars/Base'],
        ['country', 'Russia'],
        ['login', 'Ольга']
      ] as const) {
        const answer = await admin.send('PUT', '/api/setup/company', { ...rest, name: 'No', [field]: value })
        expect(answer.status, field).to.equal(422)
      }
      const hash = await hashPassword('a-password')
      await rig.db('users').insert({ login: 'anna', name: 'Anna', role: 'operator', password_hash: hash })
      const taken = await admin.send('PUT', '/api/setup/company', { ...rest, name: 'No', login: 'anna' })
      expect(taken.body['code']).to.equal('already_exists')
      expect((await admin.get('/api/me')).body['name']).to.equal('Olga Petrova')
    })

    it('makes no second first admin at the next start, under whatever login the first one is', async () => {
      const kept = {
        read: () => Promise.resolve(null),
        write: () => Promise.reject(new Error('Nobody asked'))
      }
      expect(await ensureAdmin(rig.db, 'unused-password', kept)).to.equal(null)
      expect(await rig.db('users').where({ role: 'admin' })).to.have.length(1)
    })

    it('remembers what was skipped, and what stands there counts as done', async () => {
      const state = stateOf(
        await admin.send('PUT', '/api/setup', { steps: { address: 'skipped', people: 'skipped' } })
      )
      expect(state.steps).to.include({ address: 'skipped', people: 'done', number: 'open', scheme: 'open' })
      await admin.send('POST', '/api/numbers', { e164: '+74951234567' })
      expect((await get()).steps).to.include({ number: 'done', scheme: 'open' })
    })

    it('is finished once, and audited', async () => {
      const state = stateOf(await admin.send('PUT', '/api/setup', { isFinished: true }))
      expect(state.isFinished).to.equal(true)
      await admin.send('PUT', '/api/setup', { isFinished: true })
      expect((await get()).finishedAt).to.equal(state.finishedAt)
      expect(await rig.db('audit').where({ action: 'setup.finish' })).to.have.length(1)
      const changes = await rig.db('audit').where({ action: 'setup.change' }).select<object[]>('data')
      expect(JSON.stringify(changes)).to.include('olga').and.not.include(company.password)
    })
  })

  describe('The public address', () => {
    const put = (name: unknown) => admin.send('PUT', '/api/setup/public-address', { name })
    const address = ({ body }: Answer): PublicAddressState => body as unknown as PublicAddressState
    const none = { name: null, address: null, by: null, isApplied: true }
    let told: (string | null)[]

    beforeEach(async () => {
      await rig.db('settings').where({ key: 'sip.publicAddress' }).delete()
      publicAddress.stop()
      publicAddress = await openAddress(undefined)
      told = []
      publicAddress.onChange((to) => Promise.resolve(void told.push(to)))
    })

    it('is set, told to Asterisk at once, taken away again, and audited', async () => {
      expect(address(await admin.get('/api/setup/public-address'))).to.deep.equal(none)
      const set = { name: '203.0.113.5', address: '203.0.113.5', by: 'setting', isApplied: true }
      expect(address(await put(' 203.0.113.5 '))).to.deep.equal(set)
      expect(address(await put(null))).to.deep.equal(none)
      expect(told).to.deep.equal(['203.0.113.5', null])
      const rows = await rig.db('audit').where({ action: 'setup.address' }).orderBy('id').select('*')
      expect(JSON.stringify(rows)).to.include('"203.0.113.5"')
      expect(rows).to.have.length(2)
    })

    it('is an IPv4 address or a host name to which one belongs, and nothing that would reach nobody', async () => {
      for (const wrong of [
        ...[
          '',
          '203.0.113',
          '203.0.113.256',
          '0.0.0.0',
          '127.0.0.1',
          '224.0.0.1',
          'localhost',
          'a b.example'
        ],
        ...['-pbx.example', 'https://pbx.example', '203.0.113.5;bind=1', '203.0.113.5\nbind = 1', '::1', 5]
      ])
        expect((await put(wrong)).status, String(wrong)).to.equal(422)
      expect((await put('no-such-host.invalid')).body['code']).to.equal('address_unknown')
      expect(told).to.deep.equal([])
      expect((await admin.get('/api/setup/public-address')).body).to.deep.equal(none)
    })

    it('is ruled by the environment, and says so', async () => {
      await put('203.0.113.5')
      publicAddress.stop()
      publicAddress = await openAddress('pbx.example.com')
      expect((await admin.get('/api/setup/public-address')).body).to.deep.equal({
        ...{ name: 'pbx.example.com', address: '203.0.113.7', by: 'environment', isApplied: true }
      })
      expect((await put('203.0.113.6')).body['code']).to.equal('address_from_environment')
    })

    it('is told again when Asterisk could not take it, and is not forgotten while the name server is away', async () => {
      let isAway = true
      let found: string | null = '203.0.113.8'
      await rig.db('settings').insert({ key: 'sip.publicAddress', value: '"moving.example.com"' })
      const moving = await openPublicAddress({
        ...{ db: rig.db, environment: undefined, log: rig.deps.log },
        resolve: () => Promise.resolve(found)
      })
      moving.onChange((to) =>
        isAway ? Promise.reject(new Error('It is down')) : Promise.resolve(void told.push(to))
      )
      found = '203.0.113.9'
      await moving.refresh()
      expect([moving.isApplied(), told]).to.deep.equal([false, []])
      isAway = false
      found = null
      await moving.refresh()
      expect([moving.isApplied(), told]).to.deep.equal([true, ['203.0.113.9']])
      moving.stop()
    })
  })

  describe('Call me now', () => {
    let numberId: string
    const callMe = (phone: string) => admin.send('POST', '/api/setup/call-me', { phone, numberId })

    before(async () => {
      const trunk = idOf(
        await admin.send('POST', '/api/trunks', { name: 'Out', kind: 'address', host: '192.0.2.9' })
      )
      const blocks = { bye: { type: 'hangup', settings: {}, exits: {} } }
      const draft = { locale: 'en', start: 'bye', blocks }
      const scheme = idOf(await admin.send('POST', '/api/schemes', { name: 'Tried', draft }))
      const number = { e164: '+74957654321', trunkId: trunk }
      numberId = idOf(await admin.send('POST', '/api/numbers', number))
      await rig.dialling.policy.reload()
      expect((await callMe('8 916 111-22-33')).body['code']).to.equal('number_without_scheme')
      await admin.send('POST', `/api/schemes/${scheme}/publish`)
      await admin.send('PATCH', `/api/numbers/${numberId}`, { schemeId: scheme })
    })

    it('rings the mobile over the carrier, and what it answers to is the published scheme', async () => {
      const answer = await callMe('8 916 111-22-33')
      expect(answer.status).to.equal(202)
      const order = rig.pbx.placed.at(-1)
      expect(order).to.include({ callType: 'test', numberId, operators: null, phone: null })
      expect(order?.test).to.deep.include({
        isReal: true,
        rings: { kind: 'external', number: '+79161112233' }
      })
      expect(order?.test?.scheme).to.deep.include({ name: 'Tried', version: 0 })
      expect(order?.test?.number?.e164).to.equal('+74957654321')
      const row = await rig
        .db('audit')
        .where({ action: 'setup.call' })
        .first<{ entity_id: string }>('entity_id')
      expect(row.entity_id).to.equal(numberId)
    })

    it('goes nowhere that the dialling policy forbids, and to no emergency number', async () => {
      const count = rig.pbx.placed.length
      expect((await callMe('+1 212 555 01 00')).body['code']).to.equal('country_not_allowed')
      expect((await callMe('112')).body['code']).to.equal('not_a_mobile')
      expect((await callMe('what is this')).body['code']).to.equal('bad_number')
      expect(rig.pbx.placed).to.have.length(count)
      expect(await rig.db('audit').where({ action: 'dial.refused' })).to.have.length(3)
    })
  })

  it('sends a packet to the public address, and judges what a browser measured', async () => {
    publicAddress.stop()
    publicAddress = await openAddress('127.0.0.1')
    const sound = {
      ...{ result: 'heard', sent: 200, received: 198, rttMs: 12, jitterMs: 2, loss: 0.01 },
      pair: { protocol: 'udp', localKind: 'host', remoteAddress: '192.0.2.10', remoteKind: 'host' }
    }
    const answer = await admin.send('POST', '/api/setup/address-check', { sound })
    expect(answer.status).to.equal(200)
    const { externalAddress, findings } = answer.body as unknown as AddressChecked
    expect(externalAddress).to.equal('127.0.0.1')
    const codes = findings.map(({ code }) => code)
    expect(codes).to.include('soundGood').and.include('loopSeen')
  })
})
