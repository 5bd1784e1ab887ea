import { expect } from 'chai'
import { blocksNaming, inWords, names, sortedReferences } from '../../api/usage.ts'
import { isAuthor, ownParts, tableWords } from '../../api/usage-tables.ts'
import { idOf, startRig, type Json, type Person, type Rig } from './support/rig.ts'

const hangup = { hang: { type: 'hangup', settings: {}, exits: {} } }
const ringing = (groupId: string) => ({
  locale: 'en',
  start: 'ring',
  blocks: {
    ring: {
      type: 'ring',
      label: 'Sales first',
      settings: { groupId },
      exits: { answered: null, notAnswered: 'hang', failed: 'hang' }
    },
    ...hangup
  }
})
const plain = { locale: 'en', start: 'hang', blocks: hangup }

interface Reference {
  kind: string
  effect: string
  count: number
  items: { id: string | null; name: string; blocks?: Json[]; isPublished?: boolean }[]
}

describe('What uses a thing', function () {
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
  const usage = async (things: string, id: string) => {
    const { body } = await admin.get(`/api/${things}/${id}/usage`)
    return body as { name: string; references: Reference[]; canDelete: boolean; canRestore: boolean }
  }
  const remove = (things: string, id: string) => admin.send('DELETE', `/api/${things}/${id}`)
  const restore = (id: string) => admin.send('POST', `/api/deleted/${id}/restore`)

  it('is found by words however deep, and block by block', () => {
    expect(names({ a: [{ b: 'x' }] }, new Set(['x']))).to.equal(true)
    expect(names({ x: 'y' }, new Set(['x'])), 'names of fields do not count').to.equal(false)
    expect(blocksNaming(ringing('g'), new Set(['g']))).to.deep.equal([{ id: 'ring', label: 'Sales first' }])
    expect(blocksNaming({ blocks: null }, new Set(['g']))).to.deep.equal([])
  })

  it('is told the gravest first, each thing once', () => {
    const user = { kind: 'user', effect: 'empties', count: 1, items: [{ id: '1', name: 'Anna' }] } as const
    const scheme = { kind: 'scheme', effect: 'breaks', count: 7, items: [{ id: '2', name: 'Shop' }] } as const
    const sorted = sortedReferences([
      { ...user, items: [...user.items] },
      null,
      { ...user, items: [...user.items] },
      { ...scheme, items: [...scheme.items] }
    ])
    expect(sorted.map(({ kind, count }) => [kind, count])).to.deep.equal([
      ['scheme', 7],
      ['user', 1]
    ])
    expect(inWords(sorted)).to.equal('scheme “Shop”, user “Anna” and 6 more')
  })

  it('knows in words every table that holds a reference to a thing', async () => {
    const { rows } = await rig.db.raw<{ rows: { table: string; column: string }[] }>(
      `select con.conrelid::regclass::text as "table", att.attname as "column"
       from pg_constraint con join pg_attribute att on att.attrelid = con.conrelid and att.attnum = con.conkey[1]
       where con.contype = 'f' and con.conparentid = 0 and con.confrelid::regclass::text in
         ('numbers','number_pools','sources','sites','groups','trunks','schemes','prompts','music_classes')`
    )
    const unknown = rows.filter(
      ({ table, column }) => !ownParts.has(table) && !isAuthor(column) && !(table in tableWords)
    )
    expect(unknown).to.deep.equal([])
  })

  it('refuses to delete a group that a scheme rings, and names the blocks, drawn or published', async () => {
    const groupId = await make('groups', { name: 'Sales', memberIds: [rig.as.operator.userId] })
    const schemeId = await make('schemes', { name: 'Shop', draft: ringing(groupId) })
    const drawn = await usage('groups', groupId)
    expect(drawn.canDelete).to.equal(false)
    expect(drawn.references[0]).to.deep.equal({
      ...{ kind: 'scheme', effect: 'breaks', count: 1 },
      items: [
        {
          ...{ id: schemeId, name: 'Shop', isPublished: false },
          blocks: [{ id: 'ring', label: 'Sales first' }]
        }
      ]
    })
    await rig.db('scheme_versions').insert({ scheme_id: schemeId, version: 1, body: ringing(groupId) })
    await rig.db('schemes').where({ id: schemeId }).update({ draft: plain, published_version: 1 })
    expect((await usage('groups', groupId)).references[0]?.items[0]?.isPublished).to.equal(true)

    const refused = await remove('groups', groupId)
    expect(refused.body).to.include({ status: 409, code: 'in_use' })
    expect(refused.body['detail']).to.contain('scheme “Shop”')
    expect((refused.body['usage'] as Reference[])[0]?.items[0]?.id).to.equal(schemeId)
    expect((await admin.get(`/api/groups/${groupId}`)).status, 'nothing was deleted').to.equal(200)
  })

  it('refuses to delete a scheme that answers a number', async () => {
    const schemeId = await make('schemes', { name: 'Clinic', draft: plain })
    const numberId = await make('numbers', { e164: '+74950000001', schemeId })
    expect((await remove('schemes', schemeId)).body['detail']).to.contain('number +74950000001')
    await admin.send('PATCH', `/api/numbers/${numberId}`, { schemeId: null })
    expect((await remove('schemes', schemeId)).status).to.equal(204)
  })

  it('finds a number by its digits in conditions', async () => {
    const id = await make('numbers', { e164: '+74950000002' })
    const conditions = [{ fact: 'number', test: 'in', values: ['+74950000002'] }]
    const blocks = {
      ask: {
        type: 'condition',
        settings: { rules: [{ name: 'here', conditions }] },
        exits: { here: 'hang', otherwise: 'hang' }
      },
      ...hangup
    }
    await make('schemes', { name: 'By number', draft: { ...plain, start: 'ask', blocks } })
    expect((await remove('numbers', id)).body).to.include({ code: 'in_use' })
  })

  it('tells what is emptied, lets it go, and does not promise to bring it back', async () => {
    const sourceId = await make('sources', { name: 'Radio', inquiryChannel: 'offline' })
    const numberId = await make('numbers', { e164: '+74950000003', sourceId })
    const used = await usage('sources', sourceId)
    expect(used).to.deep.include({ name: 'Radio', canDelete: true, canRestore: false })
    expect(used.references).to.deep.equal([
      { kind: 'number', effect: 'empties', count: 1, items: [{ id: numberId, name: '+74950000003' }] }
    ])
    expect((await remove('sources', sourceId)).status).to.equal(204)
    expect((await restore(sourceId)).body).to.include({ status: 409, code: 'not_undoable' })
  })

  it('brings back what nothing used, whole and under its id; a group with its members in their order', async () => {
    const { operator, marketer, supervisor } = rig.as
    const memberIds = [supervisor.userId, operator.userId, marketer.userId]
    const groupId = await make('groups', { name: 'Night', memberIds, wrapUpSeconds: 12 })
    const before = (await admin.get(`/api/groups/${groupId}`)).body
    expect(await usage('groups', groupId)).to.deep.include({ canDelete: true, canRestore: true })
    expect((await remove('groups', groupId)).status).to.equal(204)
    const back = await restore(groupId)
    expect(back.body).to.deep.equal({ things: 'groups', id: groupId })
    expect((await admin.get(`/api/groups/${groupId}`)).body).to.deep.equal(before)
    expect((await restore(groupId)).status, 'only once').to.equal(409)
    const log = await rig.db('audit').where({ action: 'group.undo', entity_id: groupId })
    expect(log).to.have.length(1)
  })

  it('brings nothing back after ten minutes, over something new, or for somebody who may not', async () => {
    const old = await make('numbers', { e164: '+74950000004' })
    await remove('numbers', old)
    await rig
      .db('deleted_things')
      .where({ id: old })
      .update({ deleted_at: new Date(Date.now() - 601_000) })
    expect((await restore(old)).body).to.include({ code: 'not_undoable' })
    const taken = await make('numbers', { e164: '+74950000005' })
    await remove('numbers', taken)
    await make('numbers', { e164: '+74950000005' })
    expect((await restore(taken)).body).to.include({ status: 409, code: 'already_exists' })
    const foreign = await make('numbers', { e164: '+74950000006' })
    await remove('numbers', foreign)
    const path = `/api/deleted/${foreign}/restore`
    expect((await rig.as.marketer.send('POST', path)).body).to.include({ code: 'forbidden' })
    expect((await restore(foreign)).status, 'the refusal took nothing away').to.equal(200)
  })

  it('sees what belongs to a person', async () => {
    const id = await make('users', { login: 'vera', name: 'Vera', role: 'operator' })
    await make('contacts', { name: 'Ivan', ownerId: id })
    const { references, canDelete, canRestore } = await usage('users', id)
    expect(references.map(({ kind, effect }) => `${kind} ${effect}`)).to.deep.equal([
      'device goes',
      'contact empties'
    ])
    expect({ canDelete, canRestore }).to.deep.equal({ canDelete: true, canRestore: false })
  })
})
