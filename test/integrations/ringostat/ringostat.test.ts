import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import type { ServeAnswer } from '../../../integrations/connectors/kind.ts'
import { ringostat } from '../../../integrations/ringostat/index.ts'
import { ringostatSettings } from '../../../integrations/ringostat/settings.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { foundWorld, hookTokenOf, type World } from '../world.ts'

const authKey = 'k3y-of-sixteen-or-more'

describe('Programs made for Ringostat', function () {
  this.timeout(90_000)
  let database: TestDatabase
  let world: World
  let id: string
  let token: string

  before(async function () {
    // The first to ask starts PostgreSQL.
    this.timeout(120_000)
    database = await createTestDatabase()
    world = await foundWorld(database, () => [
      ringostat((recordingId) => `https://pbx.example.com/r/${recordingId}.mp3`)
    ])
    id = await world.add('ringostat', ringostatSettings.parse({ timeZone: 'Europe/Kyiv' }), {
      authKey: 'short'
    })
    expect(await world.connectors.test(id, null)).to.include({ isOk: false, code: 'shortKey' })
    await world.connectors.changeKeys(id, { authKey })
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
    token = await hookTokenOf(world, id)
    await world
      .db('calls')
      .insert([
        call('2026-11-20T22:30:00Z', { rating: 5, recording_id: randomUUID(), recording_state: 'ready' }),
        call('2026-11-21T12:00:00Z', { outcome: 'missed', talk_seconds: 0, operator_name: null }),
        call('2026-11-21T13:00:00Z', { direction: 'out', call_type: 'callback_form' }),
        call('2026-11-21T14:00:00Z', { is_spam: true }),
        call('2026-11-21T22:30:00Z', { caller_number: '+380440000009' })
      ])
  })
  after(async () => {
    await world.close()
    await database.drop()
  })
  beforeEach(() => {
    world.clock.move(60_000)
    world.ports.called.length = 0
    world.ports.callbacks.length = 0
  })

  const call = (startedAt: string, row: object = {}): object => ({
    ...{ id: randomUUID(), pbx_unique_id: randomUUID(), direction: 'in', call_type: 'tracking_static' },
    ...{ started_at: startedAt, ended_at: startedAt, outcome: 'answered', caller_number: '+380501112233' },
    ...{ dialed_number: '+380441234567', talk_seconds: 40, total_seconds: 50, wait_seconds: 10 },
    ...{ operator_name: '=Anna', utm: JSON.stringify({ source: 'google', term: 'windows' }), ...row }
  })
  const ask = async (
    method: 'GET' | 'POST',
    path: string,
    given: { query?: Record<string, string>; body?: unknown; key?: string } = {}
  ): Promise<ServeAnswer> => {
    const { query = {}, body = null, key = authKey } = given
    const headers = { 'auth-key': key }
    const answer = await world.connectors.serve('ringostat', token, { method, path, query, body, headers })
    if (!answer) throw new Error('Nobody answers')
    return answer
  }
  const list = (query: Record<string, string>): Promise<ServeAnswer> => ask('GET', '/calls/list', { query })

  it('get nothing without the key, and nothing that is not there', async () => {
    const query = { from: '2026-11-21', to: '2026-11-21' }
    expect(await ask('GET', '/calls/list', { query, key: 'guessed' })).to.include({ status: 401 })
    expect(await ask('GET', '/calls/list', { query, key: '' })).to.include({ status: 401 })
    expect(await ask('GET', '/numbers')).to.include({ status: 404 })
    expect(await world.connectors.serve('ringostat', 'guessed', request())).to.equal(null)
  })
  const request = () => ({ method: 'GET' as const, path: '', query: {}, body: null, headers: {} })

  it('get the calls of a day in their time zone, by the names that they know', async () => {
    const fields =
      'calldate,caller,dst,disposition,billsec,call_type,employee_fio,recording,utm_source,utm_term'
    const { status, body } = await list({
      ...{ export_type: 'json', from: '2026-11-21 00:00:00', to: '2026-11-21 23:59:59' },
      ...{ fields, order: 'calldate asc' }
    })
    expect(status).to.equal(200)
    const calls = body as Record<string, unknown>[]
    expect(calls.map(({ calldate }) => calldate)).to.deep.equal([
      ...['2026-11-21 00:30:00', '2026-11-21 14:00:00', '2026-11-21 15:00:00']
    ])
    expect(calls[0]).to.include({
      ...{
        caller: '380501112233',
        dst: '380441234567',
        disposition: 'ANSWERED',
        billsec: 40,
        call_type: 'in'
      },
      ...{ utm_source: 'google', utm_term: 'windows' }
    })
    expect(calls[0]?.['recording']).to.match(/^https:\/\/pbx\.example\.com\/r\/[\w-]+\.mp3$/)
    expect(calls[1]).to.include({ disposition: 'NO ANSWER', billsec: 0, recording: '', employee_fio: '' })
    expect(calls[2]).to.include({ call_type: 'callback', dst: '380501112233' })
  })

  it('get the same as CSV, in which nothing is a formula', async () => {
    const query = {
      export_type: 'csv',
      from: '2026-11-21',
      to: '2026-11-21',
      fields: 'uniqueid,employee_fio'
    }
    const { contentType, body } = await list(query)
    expect(contentType).to.include('text/csv')
    const [head, first] = String(body).split('\n')
    expect(head).to.equal('uniqueid,employee_fio')
    expect(first).to.match(/,'=Anna$/)
  })

  it('hear what is wrong with what they ask', async () => {
    const query = { from: '2026-11-21', to: '2026-11-21' }
    for (const wrong of [
      ...[{ from: 'yesterday' }, { fields: 'password' }, { order: 'id; drop table calls' }],
      ...[{ filters: 'x' }, { export_type: 'xml' }, { from: '2026-11-21 00:00:00' + "'" }]
    ])
      expect(await list({ ...query, ...wrong })).to.include({ status: 400 })
  })

  it('order a call by an extension, once for a repeat', async () => {
    const body = { extension: '101', destination: '+380501112233' }
    for (let count = 0; count < 2; count += 1)
      expect(await ask('POST', '/callback/outward_call', { body })).to.include({ status: 200 })
    expect(world.ports.called).to.deep.equal([{ phone: '+380501112233', userId: world.anna, line: null }])
    const nobody = { ...body, extension: '999' }
    expect(await ask('POST', '/callback/outward_call', { body: nobody })).to.include({ status: 404 })
    const strange = { ...body, destination: 'sip:x@evil' }
    expect(await ask('POST', '/callback/outward_call', { body: strange })).to.include({ status: 400 })
    world.clock.move(60_000)
    world.ports.refuses = 'operator_busy'
    expect(await ask('POST', '/callback/outward_call', { body })).to.include({ status: 409 })
    world.ports.refuses = null
  })

  it('order calls and callbacks by JSON-RPC', async () => {
    const rpc = async (params: object, method = 'Api\\V2\\Callback.external'): Promise<unknown> =>
      (await ask('POST', '/a/v2', { body: { jsonrpc: '2.0', id: 7, method, params } })).body
    const wish = { caller: '380501112233', callee: '231146', callee_type: 'scheme', projectId: '1' }
    expect(await rpc(wish)).to.deep.equal({ jsonrpc: '2.0', id: 7, result: true })
    expect(world.ports.callbacks).to.have.length(1)
    expect(await rpc({ caller: '380501112233', callee: '102' }))
      .to.include({ id: 7 })
      .and.have.property('result')
    expect(world.ports.called).to.deep.equal([{ phone: '380501112233', userId: world.boris, line: null }])
    expect(await rpc({ caller: '1', callee: '2' })).to.have.property('error')
    expect(await rpc({}, 'Api\\V2\\Other')).to.have.property('error')
    await world.db('connectors').update({ settings: JSON.stringify({ timeZone: 'UTC', isCalling: false }) })
    expect(await rpc(wish)).to.have.property('error')
  })

  it('are owed nothing, and their key stays out of the log', async () => {
    await world.call().rings(world.anna).ends('missed').done()
    expect(await world.db('connector_jobs')).to.have.length(0)
    expect(JSON.stringify(await world.db('connector_exchanges').select('*'))).to.not.include(authKey)
  })
})
