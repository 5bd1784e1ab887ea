import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import type { DialPolicySettings } from '../../dialling/policy/settings.ts'
import { idOf, itemsOf, startRig, type Answer, type Person, type Rig } from './support/rig.ts'

describe('Trunks, over the API', () => {
  let rig: Rig
  let admin: Person
  before(async () => {
    rig = await startRig()
    admin = rig.as.admin
  })
  after(() => rig.close())
  beforeEach(async () => {
    await rig.db('settings').where({ key: 'dialPolicy' }).delete()
    await rig.db('calls').delete()
    await rig.db('trunks').delete()
  })

  const make = (name: string, more: object = {}): Promise<Answer> =>
    admin.send('POST', '/api/trunks', { name, kind: 'address', host: 'sip.carrier.example', ...more })
  const made = async (name: string, more: object = {}): Promise<string> => {
    const answer = await make(name, more)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    return idOf(answer)
  }
  const outgoing = (change: object = {}): object => ({
    ...{ isUsed: true, countries: [], prefixes: [], maxConcurrent: null, callerNumberId: null },
    ...{ callerNumberIds: null, format: 'e164', rewrites: [] },
    ...change
  })
  const rules = async (): Promise<DialPolicySettings['trunks']> =>
    ((await admin.get('/api/dial-policy')).body as unknown as DialPolicySettings).trunks
  const faults = (answer: Answer): Record<string, string> =>
    Object.fromEntries(
      (answer.body['errors'] as { path: string; code: string }[]).map(({ path, code }) => [path, code])
    )

  it('keep all that a carrier asks for, and never tell the password', async () => {
    const fields = {
      ...{ preset: 'mtt', kind: 'registration', host: 'login.carrier.example', port: 5070, transport: 'tcp' },
      ...{ mediaEncryption: 'optional', username: '7495', authUsername: 'auth7', fromUser: 'from7' },
      ...{ fromDomain: 'carrier.example', contactUser: 'contact7', outboundProxy: 'proxy.example:5080' },
      ...{ expirySeconds: 120, isChecked: true, matchAddresses: ['192.0.2.0/24'], codecs: ['g722', 'alaw'] },
      ...{ country: 'KZ', maxIn: 5, maxCalls: 8, numberHeaders: ['diversion', 'to'], numberStrip: '9977' }
    }
    const answer = await make('Full', { ...fields, secret: 's3cret-of-the-carrier' })
    expect(answer.status).to.equal(201)
    expect(answer.body).to.deep.include({ ...fields, hasSecret: true })
    expect(JSON.stringify(answer.body)).not.to.include('s3cret')
    const audit = await admin.get('/api/audit?limit=5')
    expect(JSON.stringify(audit.body)).not.to.include('s3cret')
  })

  it('say which field is wrong', async () => {
    const wrong = await make('Wrong', {
      ...{ host: 'sip:carrier', port: 0, numberHeaders: [], numberStrip: 'abc', expirySeconds: 1 },
      outboundProxy: 'a b'
    })
    expect(wrong.status).to.equal(422)
    expect(Object.keys(faults(wrong))).to.have.members([
      ...['host', 'port', 'numberHeaders', 'numberStrip', 'expirySeconds', 'outboundProxy']
    ])
    expect(faults(await make('No name', { kind: 'registration' }))).to.deep.equal({ username: 'required' })
    // A change that leaves half a trunk is none.
    const id = await made('By address')
    expect(faults(await admin.send('PATCH', `/api/trunks/${id}`, { kind: 'registration' }))).to.have.keys(
      'username'
    )
    expect((await admin.get(`/api/trunks/${id}`)).body['kind']).to.equal('address')
  })

  it('take TLS only where there is a certificate for it, and stay changeable when it goes', async () => {
    expect(faults(await make('Secure', { transport: 'tls' }))).to.deep.equal({ transport: 'tls' })
    expect(itemsOf(await admin.get('/api/trunks'))).to.have.length(0)
    rig.pbx.isTlsThere = true
    const id = await made('Secure', { transport: 'tls' })
    rig.pbx.isTlsThere = false
    const renamed = await admin.send('PATCH', `/api/trunks/${id}`, { transport: 'tls', name: 'Renamed' })
    expect(renamed.status).to.equal(200)
  })

  it('carry everything while no rule is written, and what the others carry never changes unsaid', async () => {
    const [one, two] = [await made('One'), await made('Two')]
    expect(await rules()).to.deep.equal([])
    expect((await admin.get(`/api/trunks/${one}`)).body['outgoing']).to.deep.equal(outgoing())
    const changed = await admin.send('PATCH', `/api/trunks/${two}`, {
      outgoing: outgoing({ prefixes: ['+7812'], maxConcurrent: 3 })
    })
    expect(changed.body).to.deep.include({ outgoing: outgoing({ prefixes: ['+7812'], maxConcurrent: 3 }) })
    expect((await rules()).map(({ trunkId, isUsed, prefixes }) => [trunkId, isUsed, prefixes])).to.deep.equal(
      [
        [one, true, []],
        [two, true, ['+7812']]
      ]
    )
    // A trunk that the rules do not name carries nothing out, and says so.
    const three = await made('Three')
    expect((await admin.get(`/api/trunks/${three}`)).body['outgoing']).to.include({ isUsed: false })
    const four = await made('Four', { outgoing: outgoing() })
    expect((await rules()).find(({ trunkId }) => trunkId === three)?.isUsed).to.equal(false)
    expect((await rules()).find(({ trunkId }) => trunkId === four)?.isUsed).to.equal(true)
    // The policy as a whole can still be saved: nothing in it names what is gone.
    expect((await admin.send('DELETE', `/api/trunks/${two}`)).status).to.equal(204)
    const policy = (await admin.get('/api/dial-policy')).body
    expect((await admin.send('PUT', '/api/dial-policy', policy)).status).to.equal(200)
    expect((await rules()).map(({ trunkId }) => trunkId)).to.deep.equal([one, four, three])
  })

  it('tell whoever saves second what stands there now, and overwrite nothing', async () => {
    const id = await made('Shared')
    const seen = (await admin.get(`/api/trunks/${id}`)).body
    const second = (body: object, updatedAt: unknown): Promise<Answer> =>
      admin.send('PATCH', `/api/trunks/${id}`, body, { 'If-Match': `"${String(updatedAt)}"` })
    const first = await second({ host: 'first.example' }, seen['updatedAt'])
    expect(first.status).to.equal(200)
    const late = await second({ host: 'second.example' }, seen['updatedAt'])
    expect([late.status, late.body['code']]).to.deep.equal([409, 'changed_meanwhile'])
    const current = late.body['current'] as {
      item: Record<string, unknown>
      savedBy: string
      savedAt: string
    }
    expect(current.item).to.deep.equal(first.body)
    expect(current.savedBy).to.equal((await admin.get('/api/me')).body['name'])
    expect(current.savedAt).to.equal(first.body['updatedAt'])
    expect((await admin.get(`/api/trunks/${id}`)).body['host']).to.equal('first.example')
    expect((await second({ host: 'second.example' }, current.item['updatedAt'])).status).to.equal(200)
  })

  it('keep a rule that was changed while somebody had the whole policy open', async () => {
    const id = await made('Ruled')
    const policy = (await admin.get('/api/dial-policy')).body
    const trunk = (await admin.get(`/api/trunks/${id}`)).body
    await admin.send('PATCH', `/api/trunks/${id}`, { outgoing: outgoing({ prefixes: ['+7812'] }) })
    const late = await admin.send('PUT', '/api/dial-policy', { ...policy, countries: ['RU', 'KZ'] })
    expect([late.status, late.body['code']]).to.deep.equal([409, 'changed_meanwhile'])
    const { item } = late.body['current'] as { item: Record<string, unknown> }
    expect(item).to.deep.equal((await admin.get('/api/dial-policy')).body)
    expect(item).to.deep.include({ countries: ['RU'] })
    const merged = await admin.send('PUT', '/api/dial-policy', { ...item, countries: ['RU', 'KZ'] })
    expect(merged.status).to.equal(200)
    expect((await rules()).map(({ prefixes }) => prefixes)).to.deep.equal([['+7812']])
    // And the other way round: a rule that the policy changes is one of the trunk that somebody has open.
    const now = (await admin.get(`/api/trunks/${id}`)).body
    expect(now['updatedAt']).not.to.equal(trunk['updatedAt'])
    const { revision: _, ...body } = merged.body
    await admin.send('PUT', '/api/dial-policy', { ...body, trunks: [{ trunkId: id, prefixes: ['+7999'] }] })
    const stale = await admin.send(
      'PATCH',
      `/api/trunks/${id}`,
      { name: 'Renamed' },
      { 'If-Match': `"${String(now['updatedAt'])}"` }
    )
    expect(stale.status).to.equal(409)
  })

  it('are tried in the order that is set', async () => {
    const [one, two, three] = [await made('1'), await made('2'), await made('3')]
    const set = await admin.send('PUT', '/api/trunk-order', { trunkIds: [three, one] })
    expect(set.body).to.deep.equal({ trunkIds: [three, one, two] })
    const late = { trunkIds: [two, one, three], fromTrunkIds: [one, two, three] }
    expect((await admin.send('PUT', '/api/trunk-order', late)).body['code']).to.equal('changed_meanwhile')
    const next = { trunkIds: [three, one, two], fromTrunkIds: [three, one, two] }
    expect((await admin.send('PUT', '/api/trunk-order', next)).status).to.equal(200)
    const items = itemsOf(await admin.get('/api/trunks'))
    expect(items.map(({ name, place }) => `${String(name)}:${String(place)}`)).to.have.members([
      '3:0',
      '1:1',
      '2:2'
    ])
    const check = await admin.send('POST', '/api/dial-policy/check', { number: '+74951112233' })
    expect(check.body).to.deep.include({ allowed: true, trunk: { id: three, name: '3' } })
    expect((await admin.send('PUT', '/api/trunk-order', { trunkIds: [randomUUID()] })).body).to.include({
      code: 'unknown_reference'
    })
    expect((await rig.as.supervisor.send('PUT', '/api/trunk-order', { trunkIds: [one] })).status).to.equal(
      403
    )
  })

  it('show only numbers of ours, and forget those that are gone', async () => {
    const number = idOf(await admin.send('POST', '/api/numbers', { e164: '+74951112299' }))
    const id = await made('Showing', {
      outgoing: outgoing({ callerNumberId: number, callerNumberIds: [number] })
    })
    const unknown = await make('Other', { outgoing: outgoing({ callerNumberIds: [randomUUID()] }) })
    expect(unknown.body).to.include({ code: 'unknown_reference' })
    expect(itemsOf(await admin.get('/api/trunks')), 'nothing half made').to.have.length(1)
    await rig.db('numbers').where({ id: number }).delete()
    expect((await admin.get(`/api/trunks/${id}`)).body['outgoing']).to.deep.equal(
      outgoing({ callerNumberIds: [] })
    )
  })

  it('tell how they stand, with the calls of the company’s day', async () => {
    const id = await made('Live')
    const event = { state: 'rejected', about: 'registration', code: 403, text: null } as const
    const history = [{ ...event, at: new Date().toISOString() }]
    rig.pbx.factsOfTrunks = [
      {
        ...{ trunkId: id, state: 'rejected', since: null, lastError: history[0] ?? null },
        ...{ nextAttemptAt: null, answer: { isThere: true, milliseconds: 12.3 }, callsIn: 2, callsOut: 1 },
        history
      }
    ]
    const call = (outcome: string, reason: string | null, startedAt = new Date()): object => ({
      ...{ id: randomUUID(), pbx_unique_id: randomUUID(), direction: 'in', call_type: 'pbx' },
      ...{ started_at: startedAt, outcome, reason, trunk_id: id }
    })
    await rig
      .db('calls')
      .insert([
        call('answered', null),
        call('failed', 'client_unreachable'),
        call('missed', 'trunk_full'),
        call('failed', null, new Date(Date.now() - 48 * 3_600_000))
      ])
    const [live] = (await admin.get('/api/trunk-states')).body['items'] as Record<string, unknown>[]
    expect(live).to.deep.include({ trunkId: id, callsIn: 2, callsOut: 1, callsToday: 3, failedToday: 2 })
    expect(live).not.to.have.property('history')
    expect((await admin.get(`/api/trunks/${id}/history`)).body['items']).to.deep.equal(history)
    expect((await admin.get(`/api/trunks/${randomUUID()}/history`)).status).to.equal(404)
    expect((await rig.as.operator.get('/api/trunk-states')).status).to.equal(403)
  })
})
