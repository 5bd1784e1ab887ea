import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { idOf } from '../api/support/rig.ts'
import { until } from '../support/until.ts'
import { startTrackedRig, type TrackedRig } from './tracked-rig.ts'

describe('The settings of tracking', function () {
  this.timeout(90_000)
  let world: TrackedRig
  before(async () => {
    world = await startTrackedRig()
  })
  after(() => world.close())

  it('let a marketer make a pool, and a number be in one only', async () => {
    const { rig, site } = world
    const { marketer, operator, admin } = rig.as
    const shop = await site(0)
    const number = async (e164: string): Promise<string> =>
      idOf(await admin.send('POST', '/api/numbers', { e164 }))
    const [a, b, c] = [
      await number('+78120000001'),
      await number('+78120000002'),
      await number('+78120000003')
    ]
    const made = await marketer.send('POST', '/api/number-pools', {
      name: 'North',
      siteId: shop.siteId,
      numberIds: [a, b],
      overflowNumberId: c,
      rule: { channels: ['paid'] }
    })
    expect(made.status, JSON.stringify(made.body)).to.equal(201)
    expect(made.body['numberIds']).to.deep.equal([a, b])
    expect(made.body['rule']).to.deep.include({ channels: ['paid'], pages: [] })
    expect(
      (await operator.send('POST', '/api/number-pools', { name: 'x', siteId: shop.siteId })).status
    ).to.equal(403)
    const other = { name: 'South', siteId: shop.siteId }
    const twice = await marketer.send('POST', '/api/number-pools', { ...other, numberIds: [b] })
    expect(twice.body).to.include({ code: 'number_in_pool', status: 409 })
    expect(String(twice.body['detail'])).to.include('+78120000002').and.include('North')
    const lentOverflow = await marketer.send('POST', '/api/number-pools', { ...other, numberIds: [c] })
    expect(lentOverflow.body).to.include({ code: 'number_in_pool' })
    const unknown = await marketer.send('POST', '/api/number-pools', {
      ...other,
      numberIds: [randomUUID()]
    })
    expect(unknown.body).to.include({ code: 'unknown_reference' })
    const path = `/api/number-pools/${idOf(made)}`
    await marketer.send('PATCH', path, { numberIds: [a] })
    expect((await admin.get(`/api/numbers/${b}`)).body['poolId']).to.equal(null)
    expect((await marketer.send('POST', '/api/number-pools', { ...other, numberIds: [b] })).status).to.equal(
      201
    )
    expect((await marketer.send('DELETE', path)).status).to.equal(204)
    expect(await rig.db('number_slots').where({ number_id: a })).to.deep.equal([])
    expect((await marketer.get(`${path}/advice`)).status).to.equal(404)
  })

  it('show a site with its key, and follow its settings without a restart', async () => {
    const { rig, tracking } = world
    const made = await rig.as.marketer.send('POST', '/api/sites', { name: 'Live', domain: 'live.example' })
    expect(made.body).to.deep.include({
      lingerSeconds: 180,
      consent: 'notNeeded',
      numberGroups: [],
      attributionModel: 'lastNonDirect'
    })
    const key = String(made.body['key'])
    expect(key).to.match(/^[0-9a-f]{32}$/)
    await until(() => tracking.config.sites.has(key), { what: 'the new site is tracked' })
    const numberGroups = [{ name: 'main', replaces: ['+74950000000'] }]
    await rig.as.marketer.send('PATCH', `/api/sites/${idOf(made)}`, { numberGroups, lingerSeconds: 60 })
    await until(() => tracking.config.sites.get(key)?.lingerSeconds === 60, {
      what: 'its settings are followed'
    })
    expect(tracking.config.sites.get(key)?.groups).to.deep.equal(numberGroups)
  })
})
