import { expect } from 'chai'
import { idOf, itemsOf, startRig, type Rig } from './support/rig.ts'

describe('Collections of the API', function () {
  this.timeout(60_000)
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())

  const create = async (things: string, body: unknown): Promise<string> => {
    const answer = await rig.as.admin.send('POST', `/api/${things}`, body)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    return idOf(answer)
  }

  it('lets an admin create, read, change and delete a source', async () => {
    const { admin } = rig.as
    const made = await admin.send('POST', '/api/sources', { name: 'Radio', inquiryChannel: 'offline' })
    expect(made.status).to.equal(201)
    expect(made.headers.get('Location')).to.equal(`/api/sources/${idOf(made)}`)
    const path = `/api/sources/${idOf(made)}`
    expect((await admin.get(path)).body).to.deep.equal(made.body)
    const changed = await admin.send('PATCH', path, { campaign: 'Spring' })
    expect(changed.body).to.include({ name: 'Radio', campaign: 'Spring', inquiryChannel: 'offline' })
    expect((await admin.send('DELETE', path)).status).to.equal(204)
    expect((await admin.get(path)).body).to.include({ code: 'not_found', status: 404 })
  })

  it('changes only the fields that a PATCH names', async () => {
    const { admin } = rig.as
    const trunk = {
      name: 'Carrier',
      kind: 'registration',
      host: 'sip.carrier.example',
      port: 5080,
      transport: 'tcp',
      username: 'u1',
      secret: 's3cret',
      codecs: ['opus'],
      country: 'DE',
      isActive: false
    }
    const id = await create('trunks', trunk)
    const before = (await admin.get(`/api/trunks/${id}`)).body
    const after = (await admin.send('PATCH', `/api/trunks/${id}`, { name: 'Other' })).body
    expect({ ...after, updatedAt: '' }).to.deep.equal({ ...before, name: 'Other', updatedAt: '' })
    expect(after).to.include({ hasSecret: true, port: 5080, transport: 'tcp', state: 'inactive' })
    expect(JSON.stringify(after)).not.to.include('s3cret')
    const cleared = await admin.send('PATCH', `/api/trunks/${id}`, { secret: null, isActive: true })
    expect(cleared.body).to.include({ hasSecret: false, state: 'unknown' })
    rig.pbx.trunkStateOf.set(id, 'registered')
    expect((await admin.get(`/api/trunks/${id}`)).body['state']).to.equal('registered')
  })

  it('names every field at fault', async () => {
    const answer = await rig.as.admin.send('POST', '/api/numbers', { e164: '8 495', sourceId: 'x' })
    expect(answer.status).to.equal(422)
    expect(answer.headers.get('Content-Type')).to.include('application/problem+json')
    expect(answer.body['code']).to.equal('invalid')
    const paths = (answer.body['errors'] as { path: string }[]).map((error) => error.path)
    expect(paths).to.have.members(['e164', 'sourceId'])
  })

  it('names a reference to something that does not exist', async () => {
    const body = { e164: '+74951112200', sourceId: '00000000-0000-4000-8000-000000000000' }
    const answer = await rig.as.admin.send('POST', '/api/numbers', body)
    expect(answer.body).to.deep.include({
      code: 'unknown_reference',
      errors: [{ path: 'sourceId', message: 'does not exist', code: 'reference' }]
    })
  })

  it('refuses a second thing with the same unique value, naming the field', async () => {
    await create('sites', { name: 'Shop', domain: 'Shop.example' })
    const answer = await rig.as.admin.send('POST', '/api/sites', { name: 'Shop 2', domain: 'shop.example' })
    expect(answer.body).to.deep.include({
      status: 409,
      code: 'already_exists',
      errors: [{ path: 'domain', message: 'exists already', code: 'taken' }]
    })
  })

  it('says who uses a scheme or a group that should be deleted', async () => {
    const { admin } = rig.as
    const groupId = await create('groups', { name: 'Sales', memberIds: [rig.as.operator.userId] })
    const schemeId = await create('schemes', {
      name: 'Office',
      draft: {
        locale: 'ru',
        start: 'ring',
        blocks: { ring: { type: 'ring', settings: { groupId }, exits: {} } }
      }
    })
    await create('numbers', { e164: '+74951112233', schemeId })
    const scheme = await admin.send('DELETE', `/api/schemes/${schemeId}`)
    expect(scheme.body).to.include({ code: 'in_use', detail: 'It is still used by number +74951112233.' })
    const group = await admin.send('DELETE', `/api/groups/${groupId}`)
    expect(group.body).to.include({ code: 'in_use', detail: 'It is still used by scheme “Office”.' })
  })

  it('keeps the members of a group in their order', async () => {
    const { admin, operator, supervisor } = rig.as
    const memberIds = [operator.userId, supervisor.userId, operator.userId]
    const id = await create('groups', { name: 'Support', memberIds })
    expect((await admin.get(`/api/groups/${id}`)).body['memberIds']).to.deep.equal(memberIds.slice(0, 2))
    const turned = [supervisor.userId, operator.userId]
    const answer = await admin.send('PATCH', `/api/groups/${id}`, { memberIds: turned })
    expect(answer.body['memberIds']).to.deep.equal(turned)
    const toned = await admin.send('PATCH', `/api/groups/${id}`, { ringTone: 'low' })
    expect(toned.body['ringTone']).to.equal('low')
    expect((await admin.send('PATCH', `/api/groups/${id}`, { ringTone: 'siren' })).status).to.equal(422)
    const renamed = await admin.send('PATCH', `/api/groups/${id}`, { name: 'Help' })
    expect(renamed.body['ringTone']).to.equal('low')
    expect(renamed.body['memberIds']).to.deep.equal(turned)
  })

  it('gives a telephone number to one contact only', async () => {
    const { operator } = rig.as
    const made = await operator.send('POST', '/api/contacts', { name: 'Ivan', phones: ['+79161112233'] })
    const taken = await operator.send('POST', '/api/contacts', { name: 'Pyotr', phones: ['+79161112233'] })
    expect(taken.body).to.include({ status: 409, code: 'already_exists' })
    expect(itemsOf(await operator.get('/api/contacts?search=Pyotr'))).to.have.length(0)
    const path = `/api/contacts/${idOf(made)}`
    const changed = await operator.send('PATCH', path, { phones: ['+79164445566', '+79161112233'] })
    expect(changed.body['phones']).to.deep.equal(['+79161112233', '+79164445566'])
    expect(itemsOf(await operator.get('/api/contacts?search=4445566'))).to.have.length(1)
  })

  it('pages through a list without gaps or repeats while rows are added', async () => {
    const { marketer } = rig.as
    for (let n = 0; n < 7; n += 1) {
      await marketer.send('POST', '/api/sources', { name: `Banner ${n}`, inquiryChannel: 'display' })
    }
    for (const sort of ['createdAt', '-createdAt', 'name', '-name']) {
      const seen: unknown[] = []
      let cursor: string | null = ''
      do {
        const query: string = cursor === '' ? '' : `&cursor=${cursor}`
        const answer = await marketer.get(
          `/api/sources?limit=2&inquiryChannel=display&search=Banner&sort=${sort}${query}`
        )
        seen.push(...itemsOf(answer).map((item) => item['name']))
        cursor = answer.body['nextCursor'] as string | null
      } while (cursor !== null)
      const names = [0, 1, 2, 3, 4, 5, 6].map((n) => `Banner ${n}`)
      expect(seen).to.deep.equal(sort.startsWith('-') ? names.toReversed() : names)
    }
  })

  it('refuses cursors of another order, and forged ones', async () => {
    const { marketer } = rig.as
    const first = await marketer.get('/api/sources?limit=1&sort=name')
    const cursor = String(first.body['nextCursor'])
    const forged = [
      Buffer.from('["createdAt","yesterday; drop table users","x"]').toString('base64url'),
      Buffer.from('{"a":1}').toString('base64url'),
      '%00',
      'x'
    ]
    expect((await marketer.get(`/api/sources?sort=-name&cursor=${cursor}`)).body['code']).to.equal(
      'bad_cursor'
    )
    for (const bad of forged) {
      const answer = await marketer.get(`/api/sources?sort=createdAt&cursor=${bad}`)
      expect(answer.body).to.include({ status: 400, code: 'bad_cursor' })
    }
  })

  it('sorts by nothing but the named orders', async () => {
    const orders = ['id', 'note', 'name;drop table users', 'name desc', '(select 1)', '--name', '']
    for (const sort of orders) {
      const answer = await rig.as.admin.get(`/api/sources?sort=${encodeURIComponent(sort)}`)
      expect(answer.body, sort).to.include({ status: 422, code: 'invalid' })
    }
  })

  it('shows the secret of a webhook once, and signs with two while one is rotated out', async () => {
    const { admin } = rig.as
    const body = { name: 'CRM', url: 'https://crm.example/hook', events: ['call.ended'] }
    const made = await admin.send('POST', '/api/webhooks', body)
    expect(made.body['secret']).to.match(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const path = `/api/webhooks/${idOf(made)}`
    expect((await admin.get(path)).body).to.not.have.property('secret')
    const rotated = await admin.send('POST', `${path}/rotate-secret`)
    const row = await rig
      .db('webhooks')
      .where({ id: idOf(made) })
      .first<{ secrets: string[] }>()
    expect(row.secrets).to.deep.equal([rotated.body['secret'], made.body['secret']])
    expect((await admin.send('POST', `${path}/test`)).status).to.equal(202)
    expect(rig.sent.tested).to.deep.equal([idOf(made)])
    const files = await admin.send('POST', '/api/webhooks', { ...body, url: 'file:///etc/passwd' })
    expect(files.body['code']).to.equal('invalid')
  })

  it('lists deliveries of a webhook and sends one again', async () => {
    const { admin } = rig.as
    const webhook = await create('webhooks', {
      name: 'BI',
      url: 'https://bi.example/hook',
      events: ['call.ended']
    })
    const inserted: { id: string }[] = await rig
      .db('webhook_deliveries')
      .insert({ webhook_id: webhook, event_type: 'call.ended', payload: '{"type":"call.ended"}' })
      .returning('id')
    const [row] = inserted
    const list = itemsOf(await admin.get(`/api/webhook-deliveries?webhookId=${webhook}&state=pending`))
    expect(list.map((item) => item['id'])).to.deep.equal([row?.id])
    expect((await admin.send('POST', `/api/webhook-deliveries/${row?.id ?? ''}/replay`)).status).to.equal(202)
    expect(rig.sent.replayed).to.deep.equal([row?.id])
  })

  it('tells what is wrong with a scheme and publishes only sound ones, as numbered versions', async () => {
    const { admin } = rig.as
    const sound = {
      locale: 'ru',
      start: 'bye',
      blocks: { bye: { type: 'hangup', settings: {}, exits: {} } }
    }
    const id = await create('schemes', { name: 'Simple', draft: { ...sound, start: 'nowhere' } })
    const path = `/api/schemes/${id}`
    const broken = (await admin.get(path)).body['problems'] as { code: string }[]
    expect(broken.map((problem) => problem.code)).to.include('startMissing')
    const refused = await admin.send('POST', `${path}/publish`)
    expect(refused.body).to.include({ status: 422, code: 'scheme_invalid' })
    expect((refused.body['errors'] as unknown[]).length).to.be.greaterThan(0)
    await admin.send('PATCH', path, { draft: sound })
    expect((await admin.send('POST', `${path}/publish`)).body).to.include({ publishedVersion: 1 })
    expect((await admin.send('POST', `${path}/publish`)).body).to.include({ publishedVersion: 2 })
    const versions = itemsOf(await admin.get(`${path}/versions`))
    expect(versions.map((version) => version['version'])).to.deep.equal([2, 1])
    expect(versions[0]?.['publishedBy']).to.deep.equal({ id: admin.userId, name: 'The admin' })
  })

  it('keeps who changed what in the audit, without secrets', async () => {
    const { admin } = rig.as
    const id = await create('users', {
      login: 'anna',
      name: 'Anna',
      role: 'operator',
      password: 'pass-phrase-1'
    })
    await admin.send('PATCH', `/api/users/${id}`, { password: 'pass-phrase-2' })
    const entries = await admin.get(`/api/audit?entity=user&entityId=${id}`)
    const actions = itemsOf(entries).map((entry) => [entry['action'], entry['userName'], entry['data']])
    expect(actions).to.deep.equal([
      [
        'user.change',
        'The admin',
        { name: 'Anna', fields: ['password'], changes: { password: { isHidden: true } } }
      ],
      [
        'user.create',
        'The admin',
        {
          changes: {
            login: { after: 'anna' },
            name: { after: 'Anna' },
            role: { after: 'operator' },
            locale: { after: 'ru' },
            device: { after: 'browser' },
            skills: { after: [] },
            password: { isHidden: true }
          }
        }
      ]
    ])
    expect(JSON.stringify(entries.body)).not.to.include('pass-phrase')
  })

  it('creates once under one Idempotency-Key, and refuses the key for anything else', async () => {
    const { admin } = rig.as
    const headers = { 'Idempotency-Key': 'order-1' }
    const body = { name: 'Once', inquiryChannel: 'paid' }
    const [first, second] = await Promise.all([
      admin.send('POST', '/api/sources', body, headers),
      admin.send('POST', '/api/sources', body, headers)
    ])
    const statuses = [first.status, second.status].toSorted()
    expect(statuses).to.be.deep.oneOf([
      [201, 201],
      [201, 409]
    ])
    const again = await admin.send('POST', '/api/sources', body, headers)
    expect(again.headers.get('Idempotency-Replayed')).to.equal('true')
    expect(itemsOf(await admin.get('/api/sources?search=Once')).map((item) => item['id'])).to.deep.equal([
      idOf(again)
    ])
    const other = await admin.send('POST', '/api/sources', { ...body, name: 'Twice' }, headers)
    expect(other.body).to.include({ code: 'idempotency_key_reused' })
    const refused = await admin.send('POST', '/api/sources', {}, { 'Idempotency-Key': 'order-2' })
    expect(refused.body['code']).to.equal('invalid')
    const corrected = await admin.send(
      'POST',
      '/api/sources',
      { ...body, name: 'Twice' },
      { 'Idempotency-Key': 'order-2' }
    )
    expect(corrected.status).to.equal(201)
  })
})
