import { expect } from 'chai'
import { idOf, itemsOf, startRig, type Rig } from './support/rig.ts'

describe('Clients', () => {
  let rig: Rig
  let anna = ''
  before(async () => {
    rig = await startRig()
    const made = await rig.as.operator.send('POST', '/api/contacts', {
      name: 'Anna Sokolova',
      phones: ['8 (916) 111-22-33']
    })
    expect(made.body['phones']).to.deep.equal(['+79161112233'])
    anna = idOf(made)
  })
  after(() => rig.close())
  const change = (body: unknown, who: 'operator' | 'marketer' = 'operator') =>
    rig.as[who].send('PATCH', `/api/contacts/${anna}`, body)

  it('are changed a field at a time, and each change is in the audit', async () => {
    expect((await change({ company: 'Dom' })).body).to.include({ company: 'Dom', name: 'Anna Sokolova' })
    expect((await change({ note: 'Likes oak' })).body).to.include({ company: 'Dom', note: 'Likes oak' })
    expect((await change({ ownerId: rig.as.supervisor.userId })).status).to.equal(200)
    const rows = (await rig
      .db('audit')
      .where({ entity: 'contact', entity_id: anna })
      .orderBy('id')) as Record<string, unknown>[]
    expect(rows.map((row) => [row['action'], (row['data'] as { fields?: string[] }).fields])).to.deep.equal([
      ['contact.create', undefined],
      ['contact.change', ['company']],
      ['contact.change', ['note']],
      ['contact.change', ['ownerId']]
    ])
  })

  it('are found by a number as people write it', async () => {
    for (const phone of ['89161112233', '+7 916 111-22-33']) {
      const found = await rig.as.operator.get(`/api/contacts?phone=${encodeURIComponent(phone)}`)
      expect(itemsOf(found).map(({ id }) => id)).to.deep.equal([anna])
    }
    for (const phone of ['9161112', 'nobody'])
      expect(itemsOf(await rig.as.operator.get(`/api/contacts?phone=${phone}`))).to.deep.equal([])
  })

  it('may have several numbers; what is none is named', async () => {
    const two = await change({ phones: ['+79161112233', '8 495 123-45-67', '84951234567'] })
    expect(two.body['phones']).to.deep.equal(['+74951234567', '+79161112233'])
    const wrong = await change({ phones: ['+79161112233', 'twelve', '112'] })
    expect(wrong.status).to.equal(422)
    expect(wrong.body['errors']).to.deep.equal([
      { path: 'phones.1', message: 'is not a telephone number', code: 'phone' },
      { path: 'phones.2', message: 'is not a telephone number', code: 'phone' }
    ])
    const kept = (await rig.as.operator.get(`/api/contacts/${anna}`)).body
    expect(kept['phones'], 'never half a write').to.deep.equal(['+74951234567', '+79161112233'])
  })

  it('share no number: whose it is, is said, and nothing is changed', async () => {
    await rig.as.operator.send('POST', '/api/contacts', { name: 'Boris', phones: ['+79165550000'] })
    const { status, body } = await change({ name: 'Changed', phones: ['+79161112233', '8 916 555 00 00'] })
    expect(status).to.equal(409)
    expect(body).to.deep.include({
      code: 'already_exists',
      detail: '8 916 555 00 00: Boris',
      errors: [{ path: 'phones.1', message: 'exists already', code: 'taken' }]
    })
    expect((await rig.as.operator.get(`/api/contacts/${anna}`)).body).to.deep.include({
      name: 'Anna Sokolova',
      phones: ['+74951234567', '+79161112233']
    })
  })

  it('are only looked at by marketers', async () => {
    expect((await rig.as.marketer.get(`/api/contacts/${anna}`)).status).to.equal(200)
    expect((await change({ name: 'X' }, 'marketer')).status).to.equal(403)
  })
})
