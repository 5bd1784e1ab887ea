import { expect } from 'chai'
import { changedSince, changeOf } from '../../api/bulk.ts'
import { idOf, itemsOf, startRig, type Answer, type Person, type Rig } from './support/rig.ts'

describe('A change of many', function () {
  this.timeout(60_000)
  let rig: Rig
  let admin: Person
  before(async () => {
    rig = await startRig()
    admin = rig.as.admin
  })
  after(() => rig.close())

  async function make(things: string, body: object): Promise<string> {
    const answer = await admin.send('POST', `/api/${things}`, body)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    return idOf(answer)
  }
  const change = (things: string, ids: string[], wanted: object, by = admin): Promise<Answer> =>
    by.send('POST', '/api/bulk-changes', { things, ids, change: wanted })
  const undo = (answer: Answer) => admin.send('POST', `/api/bulk-changes/${idOf(answer)}/undo`)
  const field = async (things: string, id: string, name: string) =>
    (await admin.get(`/api/${things}/${id}`)).body[name]

  it('tells of each thing only what differs', () => {
    const state = { id: '1', name: 'Anna', fields: { role: 'operator', skills: ['a', 'b'], groupIds: [] } }
    expect(changeOf(state, { role: 'operator' })).to.equal(null)
    expect(changeOf(state, { addSkills: ['b'] }), 'it has it').to.equal(null)
    expect(changeOf(state, { role: 'supervisor', addSkills: ['c'], removeSkills: ['a'] })).to.deep.equal({
      ...{ id: '1', name: 'Anna' },
      before: { role: 'operator', skills: ['a', 'b'] },
      after: { role: 'supervisor', skills: ['b', 'c'] }
    })
    expect(changeOf(state, { unheardOf: 1 })).to.equal(null)
  })

  it('notices what was changed or is gone since', () => {
    const items = ['1', '2', '3'].map((id) => ({ id, name: id, before: { role: 'a' }, after: { role: 'b' } }))
    const states = [
      { id: '1', name: '1', fields: { role: 'b', other: 1 } },
      { id: '2', name: '2', fields: { role: 'c' } }
    ]
    expect(changedSince(items, states).map(({ id }) => id)).to.deep.equal(['2', '3'])
  })

  it('is shown first, done as one with an audit row for each, and undone as one', async () => {
    const sourceId = await make('sources', { name: 'Radio', inquiryChannel: 'offline' })
    const ids = [
      await make('numbers', { e164: '+74951110001' }),
      await make('numbers', { e164: '+74951110002', isActive: false }),
      await make('numbers', { e164: '+74951110003', sourceId, isActive: false })
    ]
    const wanted = { sourceId, isActive: false }
    const nobody = '00000000-0000-4000-8000-000000000000'
    const seen = await admin.send('POST', '/api/bulk-changes/preview', {
      ...{ things: 'numbers', ids: [...ids, nobody], change: wanted }
    })
    expect(seen.body).to.include({ same: 1, missing: 1 })
    expect(itemsOf(seen)).to.deep.equal([
      {
        ...{ id: ids[0], name: '+74951110001' },
        ...{ before: { sourceId: null, isActive: true }, after: { sourceId, isActive: false } }
      },
      { id: ids[1], name: '+74951110002', before: { sourceId: null }, after: { sourceId } }
    ])
    expect(await field('numbers', ids[0] ?? '', 'isActive'), 'a look changes nothing').to.equal(true)

    const done = await change('numbers', ids, wanted)
    expect(done.body).to.include({ things: 'numbers', count: 2, undoneAt: null })
    for (const id of ids) expect(await field('numbers', id, 'sourceId')).to.equal(sourceId)
    const rows = await rig
      .db('audit')
      .whereIn('entity_id', ids)
      .where({ action: 'number.change' })
      .orderBy('id')
      .select<{ entity_id: string; data: { changes: object; bulkChangeId: string } }[]>('entity_id', 'data')
    expect(rows.map((row) => row.entity_id)).to.deep.equal([ids[0], ids[1]])
    expect(rows[1]?.data.changes).to.deep.equal({ sourceId: { before: null, after: sourceId } })
    expect(rows[1]?.data.bulkChangeId).to.equal(idOf(done))

    expect((await undo(done)).body['undoneAt']).to.be.a('string')
    expect(await field('numbers', ids[0] ?? '', 'isActive')).to.equal(true)
    expect(await field('numbers', ids[1] ?? '', 'sourceId')).to.equal(null)
    expect(await field('numbers', ids[2] ?? '', 'sourceId'), 'was so before').to.equal(sourceId)
    expect((await undo(done)).body).to.include({ status: 409, code: 'not_undoable' })
  })

  it('is not undone over later work, which is named', async () => {
    const first = await make('sources', { name: 'North', inquiryChannel: 'paid' })
    const second = await make('sources', { name: 'South', inquiryChannel: 'paid' })
    const done = await change('sources', [first, second], { medium: 'cpc' })
    await admin.send('PATCH', `/api/sources/${second}`, { medium: 'banner' })
    const refused = await undo(done)
    expect(refused.body).to.include({ status: 409, code: 'changed_since', detail: 'South' })
    expect(await field('sources', first, 'medium'), 'nothing was undone').to.equal('cpc')
    await admin.send('PATCH', `/api/sources/${second}`, { medium: 'cpc', note: 'Of no matter' })
    expect((await undo(done)).status).to.equal(200)
  })

  it('moves people between groups and gives skills, and takes both back', async () => {
    const [vera, igor] = [
      await make('users', { login: 'vera', name: 'Vera', role: 'operator', skills: ['english'] }),
      await make('users', { login: 'igor', name: 'Igor', role: 'operator' })
    ]
    const day = await make('groups', { name: 'Day', memberIds: [vera] })
    const night = await make('groups', { name: 'Night', memberIds: [rig.as.operator.userId] })
    const done = await change('users', [vera, igor], {
      ...{ addGroupIds: [night], removeGroupIds: [day], addSkills: ['vip'], removeSkills: ['english'] }
    })
    expect(await field('groups', day, 'memberIds')).to.deep.equal([])
    const { userId } = rig.as.operator
    // In the order of their names, after those who were there.
    expect(await field('groups', night, 'memberIds')).to.deep.equal([userId, igor, vera])
    expect(await field('users', vera, 'skills')).to.deep.equal(['vip'])
    expect((await undo(done)).status).to.equal(200)
    expect(await field('groups', day, 'memberIds')).to.deep.equal([vera])
    expect(await field('users', vera, 'skills')).to.deep.equal(['english'])
  })

  it('is all or nothing, keeps an admin, and signs out whoever is switched off', async () => {
    const everybody = Object.values(rig.as).map(({ userId }) => userId)
    expect((await change('users', everybody, { role: 'operator' })).body).to.include({ code: 'last_admin' })
    expect(await field('users', rig.as.supervisor.userId, 'role')).to.equal('supervisor')
    const person = await make('users', {
      login: 'oleg',
      name: 'Oleg',
      role: 'operator',
      password: 'correct horse'
    })
    const oleg = await rig.signIn('oleg')
    await change('users', [person], { isActive: false })
    expect((await oleg.get('/api/me')).status).to.equal(401)
    const missing = '00000000-0000-4000-8000-000000000000'
    const id = await make('numbers', { e164: '+74951110009' })
    const refused = await change('numbers', [id], { sourceId: missing, isActive: false })
    expect(refused.body).to.include({ status: 422, code: 'unknown_reference' })
    expect(await field('numbers', id, 'isActive')).to.equal(true)
  })

  it('is refused when it is none, or of fields that are no such', async () => {
    const ids = [rig.as.operator.userId]
    for (const wanted of [{}, { login: 'other' }, { password: 'x' }, { role: 'owner' }]) {
      expect((await change('users', ids, wanted)).status, JSON.stringify(wanted)).to.equal(422)
    }
    expect((await change('numbers', [], { isActive: true })).status).to.equal(422)
  })

  it('asks for the rights of a change of one', async () => {
    const { marketer } = rig.as
    const id = await make('sources', { name: 'Fair', inquiryChannel: 'offline' })
    expect((await change('sources', [id], { campaign: 'Autumn' }, marketer)).status).to.equal(201)
    expect((await change('users', [marketer.userId], { role: 'admin' }, marketer)).body).to.include({
      code: 'forbidden'
    })
    const seen = itemsOf(await marketer.get('/api/bulk-changes'))
    expect(new Set(seen.map((each) => each['things']))).to.deep.equal(new Set(['sources']))
  })
})
