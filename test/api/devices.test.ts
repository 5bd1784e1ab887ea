import { expect } from 'chai'
import { decodeQR } from 'qr/decode.js'
import { idOf, itemsOf, startRig, type Rig } from './support/rig.ts'

describe('Telephones of people', function () {
  this.timeout(60_000)
  let rig: Rig
  before(async () => {
    rig = await startRig()
    const set = { name: 'pbx.example', address: null, by: 'setting' }
    Object.assign(rig.deps, { sip: { port: 5080 }, publicAddress: { current: () => set } })
  })
  after(() => rig.close())

  async function phone(userId: string, change: Record<string, unknown> = {}): Promise<string> {
    const answer = await rig.as.admin.send('POST', '/api/devices', { userId, name: 'Desk', ...change })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    return idOf(answer)
  }
  const devicesOf = async (userId: string) =>
    itemsOf(await rig.as.admin.get(`/api/devices?userId=${userId}&sort=createdAt`))
  const secretOf = async (id: string): Promise<string> =>
    String((await rig.db('devices').where({ id }).first<{ sip_secret: string }>()).sip_secret)
  const audited = async (action: string, id: string) =>
    rig
      .db('audit')
      .where({ action, entity_id: id })
      .select<{ user_id: string; data: unknown }[]>('user_id', 'data')

  it('are a browser for everybody, and SIP phones beside it', async () => {
    const { userId } = rig.as.operator
    const [browser] = await devicesOf(userId)
    expect(browser).to.include({ kind: 'browser', isActive: true, isReachable: false })
    const id = await phone(userId)
    const state = { id, name: 'Desk', kind: 'sip' as const, isReachable: true }
    rig.pbx.operatorStates = [
      {
        ...{ userId, name: 'The operator', presence: 'available', chosen: 'available', reason: null },
        ...{
          until: null,
          wrapUpCallId: null,
          owesCode: null,
          isReachable: true,
          devices: [state],
          since: new Date().toISOString(),
          callId: null
        }
      }
    ]
    expect((await devicesOf(userId)).map((one) => [one['kind'], one['isReachable']])).to.deep.equal([
      ['browser', false],
      ['sip', true]
    ])
    expect((await rig.as.admin.get(`/api/users/${userId}`)).body).to.include({ device: 'browser' })
    const kept = await rig.as.admin.send('DELETE', `/api/devices/${String(browser?.['id'])}`)
    expect(kept.body).to.include({ status: 409, code: 'browser_device_stays' })
    const wrong = await rig.as.admin.send('PATCH', `/api/devices/${String(browser?.['id'])}`, {
      sipAddress: 'sip:a@10.0.0.1:5060'
    })
    expect(wrong.status).to.equal(422)
    expect((await rig.as.admin.send('DELETE', `/api/devices/${id}`)).status).to.equal(204)
    expect(await devicesOf(userId)).to.have.length(1)
  })

  it('are seen and set up by their owner and by admins alone; a lead sees them without passwords', async () => {
    const { admin, operator, supervisor } = rig.as
    const [own, other] = [await phone(operator.userId), await phone(supervisor.userId)]
    const seen = itemsOf(await operator.get('/api/devices')).map((one) => one['userId'])
    expect(new Set(seen)).to.deep.equal(new Set([operator.userId]))
    expect((await operator.get(`/api/devices?userId=${supervisor.userId}`)).body['items']).to.deep.equal([])
    expect((await operator.get(`/api/devices/${other}`)).status).to.equal(404)
    expect((await supervisor.get(`/api/devices/${own}`)).status).to.equal(200)
    expect(JSON.stringify((await supervisor.get('/api/devices')).body)).not.to.include(await secretOf(own))
    for (const path of ['provisioning', 'provisioning-page']) {
      expect((await supervisor.get(`/api/devices/${own}/${path}`)).status).to.equal(403)
      expect((await operator.get(`/api/devices/${other}/${path}`)).status).to.equal(403)
      expect((await operator.get(`/api/devices/${own}/${path}`)).status).to.equal(200)
      expect((await admin.get(`/api/devices/${own}/${path}`)).status).to.equal(200)
    }
    expect((await audited('device.provisioning', own)).map((row) => row.user_id)).to.have.members([
      ...[operator.userId, admin.userId, operator.userId, admin.userId]
    ])
  })

  it('are given what they must be told, as text and as a code that a camera reads', async () => {
    const { operator } = rig.as
    await rig.as.admin.send('PATCH', `/api/users/${operator.userId}`, { extension: '101' })
    const id = await phone(operator.userId, { name: '<b>Desk</b>' })
    const { body } = await operator.get(`/api/devices/${id}/provisioning`)
    const [item] = (await devicesOf(operator.userId)).filter((one) => one['id'] === id)
    expect(body).to.include({
      ...{ server: 'pbx.example', port: 5080, transport: 'udp', extension: '101' },
      ...{ user: item?.['sipUser'], secret: await secretOf(id), displayName: 'The operator' }
    })
    expect(readSvg(String(body['qrSvg']))).to.equal(body['uri'])
    expect(body['uri']).to.equal(
      `sip:${String(body['user'])}:${String(body['secret'])}@pbx.example:5080;transport=udp`
    )
    const { text } = (await operator.get(`/api/devices/${id}/provisioning-page`)).body as { text: string }
    expect(text).to.include(String(body['secret'])).and.include('Пароль').and.include('<svg')
    expect(text, 'names are text').not.to.include('<b>Desk</b>')
    const [browser] = (await devicesOf(operator.userId)).filter((one) => one['kind'] === 'browser')
    expect((await operator.get(`/api/devices/${String(browser?.['id'])}/provisioning`)).status).to.equal(404)
  })

  it('get a new password on request, which is audited and shown nowhere else', async () => {
    const { operator, supervisor } = rig.as
    const id = await phone(operator.userId)
    const before = await secretOf(id)
    expect((await supervisor.send('POST', `/api/devices/${id}/rotate-secret`)).status).to.equal(403)
    const answer = await operator.send('POST', `/api/devices/${id}/rotate-secret`)
    expect(answer.status).to.equal(200)
    const after = await secretOf(id)
    expect(after).not.to.equal(before)
    expect(JSON.stringify(answer.body)).not.to.include(after)
    expect(await audited('device.rotate', id)).to.have.length(1)
  })

  it('follow the shorthand of a user with one telephone', async () => {
    const { admin } = rig.as
    const address = 'sip:dina@10.0.0.9:5060'
    const made = await admin.send('POST', '/api/users', {
      ...{ login: 'dina', name: 'Dina', role: 'operator', password: 'long enough' },
      ...{ device: 'sip', sipAddress: address }
    })
    expect(made.body).to.include({ device: 'sip', sipAddress: address })
    const id = idOf(made)
    const shape = async () =>
      (await devicesOf(id)).map(({ kind, isActive, sipAddress }) => [kind, isActive, sipAddress])
    expect(await shape()).to.have.deep.members([
      ['browser', false, null],
      ['sip', true, address]
    ])
    await admin.send('PATCH', `/api/users/${id}`, { sipAddress: null })
    expect((await admin.get(`/api/users/${id}`)).body).to.include({ device: 'sip', sipAddress: null })
    await admin.send('PATCH', `/api/users/${id}`, { device: 'browser', sipAddress: null })
    expect(await shape()).to.have.deep.members([
      ['browser', true, null],
      ['sip', false, null]
    ])
    await phone(id, { sipAddress: address })
    const same = await admin.send('PATCH', `/api/users/${id}`, { device: 'browser', sipAddress: null })
    expect(same.body).to.include({ device: 'browser' })
    expect(await shape(), 'what does not change switches nothing').to.have.deep.members([
      ['browser', true, null],
      ['sip', false, null],
      ['sip', true, address]
    ])
  })

  it('are found in the browser only while the browser device is on', async () => {
    const { admin } = rig.as
    const made = await admin.send('POST', '/api/users', {
      ...{ login: 'egor', name: 'Egor', role: 'operator', password: 'long enough', device: 'sip' }
    })
    const egor = await rig.signIn('egor', 'long enough')
    expect((await egor.get('/api/me/softphone')).status).to.equal(404)
    await admin.send('PATCH', `/api/users/${idOf(made)}`, { device: 'browser' })
    const { body } = await egor.get('/api/me/softphone')
    expect(body['authUser']).to.match(/^op-[0-9a-f]{32}$/)
    expect((await egor.get('/api/me')).body['sipUser']).to.equal(body['authUser'])
  })

  it('have short numbers that only one person has, and stand-ins that are somebody else', async () => {
    const { admin, operator, supervisor } = rig.as
    const patch = (id: string, body: unknown) => admin.send('PATCH', `/api/users/${id}`, body)
    expect((await patch(operator.userId, { extension: '205', skills: ['en'] })).body).to.deep.include({
      extension: '205',
      skills: ['en']
    })
    const taken = await patch(supervisor.userId, { extension: '205' })
    expect(taken.body).to.deep.include({ code: 'already_exists' })
    expect((await patch(operator.userId, { extension: '1' })).status).to.equal(422)
    expect((await patch(operator.userId, { standInId: operator.userId })).status).to.equal(422)
    const good = await patch(operator.userId, { standInId: supervisor.userId })
    expect(good.body).to.include({ standInId: supervisor.userId, extension: '205' })
  })
})

/** What a camera would read of a QR code drawn as an SVG of unit squares. */
function readSvg(svg: string): string {
  const size = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1])
  const scale = 4
  const side = size * scale
  const data = new Uint8ClampedArray(side * side * 4).fill(255)
  const [, path = ''] = / d="([^"]+)"/.exec(svg) ?? []
  let [x, y] = [0, 0]
  for (const [, command, first = 0, second = 0] of path.matchAll(/([Mm])(-?\d+)[ ,]?(-?\d+)?/g)) {
    if (command === 'M') [x, y] = [Number(first), Number(second)]
    else [x, y] = [x + Number(first), y + Number(second)]
    for (let dy = 0; dy < scale; dy += 1) {
      for (let dx = 0; dx < scale; dx += 1) {
        const at = ((y * scale + dy) * side + x * scale + dx) * 4
        data.fill(0, at, at + 3)
      }
    }
  }
  return decodeQR({ width: side, height: side, data })
}
