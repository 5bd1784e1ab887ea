import { expect } from 'chai'
import { hashPassword } from '../../db/passwords.ts'
import { password, startRig, type Json, type Person, type Rig } from '../api/support/rig.ts'

describe('Handing over all in one step', function () {
  this.timeout(60_000)
  let rig: Rig
  let boss: Person
  const ids: Record<string, string> = {}
  const idOf = (name: string): string => ids[name] ?? ''

  const add = async (table: string, name: string, values: object): Promise<string> => {
    const [row] = await rig.db(table).insert(values).returning<{ id: string }[]>('id')
    return (ids[name] = row?.id ?? '')
  }
  const addUser = async (login: string, more: object = {}) =>
    add('users', login, {
      ...{ login, name: login, role: 'operator', password_hash: await hashPassword(password) },
      ...more
    })
  before(async () => {
    rig = await startRig()
    boss = rig.as.supervisor
    ids['boss'] = boss.userId
    for (const login of ['lea', 'max', 'eva']) await addUser(login)
    await addUser('gone', { is_active: false })
    await addUser('second', { role: 'admin' })
    const lea = idOf('lea')
    await add('companies', 'shop', { name: 'Shop', owner_id: lea })
    await add('contacts', 'ann', { name: 'Ann', owner_id: lea, company_id: idOf('shop') })
    await add('contacts', 'bob', { name: 'Bob', owner_id: lea })
    const stages = await rig
      .db('pipeline_stages')
      .select<{ id: string; kind: string; pipeline_id: string }[]>('id', 'kind', 'pipeline_id')
    const deal = (name: string, kind: string) => {
      const stage = stages.find((each) => each.kind === kind)
      const values = {
        title: name,
        pipeline_id: stage?.pipeline_id,
        stage_id: stage?.id,
        responsible_id: lea
      }
      return add('deals', name, { ...values, contact_id: idOf('ann') })
    }
    await deal('open', 'open')
    await deal('won', 'won')
    const inquiry = { kind: 'manual', title: 'Asks', responsible_id: lea }
    await add('inquiries', 'ask', { ...inquiry, state: 'inWork', contact_id: idOf('bob') })
    await add('inquiries', 'lost', { ...inquiry, state: 'closed', contact_id: idOf('bob') })
    const task = { kind: 'follow_up', assignee_id: lea }
    await add('tasks', 'todo', { ...task, title: 'Call', contact_id: idOf('ann') })
    await add('tasks', 'did', { ...task, title: 'Called', state: 'done' })
    await add('projects', 'works', { name: 'Works', owner_id: lea, deal_id: idOf('open') })
    await add('projects', 'other', { name: 'Other', owner_id: boss.userId })
    await rig.db('project_members').insert([
      { project_id: idOf('other'), user_id: lea },
      { project_id: idOf('other'), user_id: idOf('max') }
    ])
    await add('callbacks', 'back', { phone: '+79161110001', kind: 'manual', user_id: lea })
    await add('groups', 'sales', { name: 'Sales' })
    await rig.db('group_members').insert({ group_id: idOf('sales'), user_id: lea, position: 3 })
    await add('automation_rules', 'rule', {
      ...{ name: 'Give to Lea', trigger: 'form', actions: JSON.stringify([{ type: 'task', userId: lea }]) }
    })
    await rig
      .db('users')
      .where({ id: idOf('eva') })
      .update({ stand_in_id: lea })
  })
  after(() => rig.close())

  const handOver = (body: object, who = boss, name = 'lea') =>
    who.send('POST', `/api/users/${idOf(name)}/hand-over`, body)
  /** Whose each thing is, by name. */
  async function owners(): Promise<Record<string, string>> {
    const rows = await rig.db.select('*').from(
      rig.db.raw(`(select id, owner_id as who from contacts union all select id, owner_id from companies
          union all select id, responsible_id from deals union all select id, responsible_id from inquiries
          union all select id, assignee_id from tasks union all select id, owner_id from projects
          union all select id, user_id from callbacks) x`)
    )
    const nameOf = new Map(Object.entries(ids).map(([name, id]) => [id, name]))
    return Object.fromEntries(
      (rows as { id: string; who: string }[])
        .filter(({ id }) => nameOf.has(id))
        .map(({ id, who }) => [nameOf.get(id) ?? '', nameOf.get(who) ?? ''])
    )
  }
  const inGroup = async (): Promise<string[]> =>
    rig
      .db('group_members')
      .where({ group_id: idOf('sales') })
      .pluck('user_id')
  const inProject = async (): Promise<string[]> =>
    rig
      .db('project_members')
      .where({ project_id: idOf('other') })
      .pluck('user_id')

  it('tells first what there is, how it would be shared, and what else names the person', async () => {
    const path = `/api/users/${idOf('lea')}/hand-over`
    const { body, status } = await boss.get(`${path}?toIds=${idOf('max')},${idOf('eva')}`)
    expect(status, JSON.stringify(body)).to.equal(200)
    expect(body['counts']).to.deep.equal({
      ...{ contact: 2, company: 1, inquiry: 1, deal: 1, task: 1 },
      ...{ project: 1, callback: 1, membership: 1, group: 1 }
    })
    const shares = body['shares'] as { things: number }[]
    expect(shares.map(({ things }) => things)).to.deep.equal([5, 4])
    expect((body['rules'] as Json[]).map(({ name }) => name)).to.deep.equal(['Give to Lea'])
    const named = body['named'] as { kind: string; items: Json[] }[]
    expect(named.map(({ kind, items }) => [kind, items[0]?.['name']])).to.deep.equal([['user', 'eva']])
    expect((await boss.get(path)).body['shares']).to.deep.equal([])
    expect((await rig.as.operator.get(path)).status).to.equal(403)
  })

  it('refuses who cannot take over, blocking oneself, and an admin blocked by a supervisor; nothing has changed', async () => {
    const before = await owners()
    for (const name of ['gone', 'lea', 'nobody']) {
      const refused = await handOver({ toIds: [ids[name] ?? '00000000-0000-4000-8000-000000000001'] })
      expect(refused.status, name).to.equal(422)
    }
    expect((await handOver({ toIds: [] })).status).to.equal(422)
    expect((await handOver({ toIds: [idOf('max')] }, boss, 'boss')).status).to.equal(422)
    expect((await handOver({ toIds: [idOf('max')] }, boss, 'second')).status).to.equal(403)
    expect((await handOver({ toIds: [idOf('max')] }, rig.as.operator)).status).to.equal(403)
    expect(await owners()).to.deep.equal(before)
    expect(await rig.db('hand_overs')).to.deep.equal([])
  })

  it('hands all over, blocks and signs out, and gives back what is still there', async () => {
    const lea = await rig.signIn('lea')
    const answer = await handOver({ toIds: [idOf('max'), idOf('eva')] })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    expect(answer.body).to.deep.include({ hasBlocked: true, undoneAt: null })
    expect((answer.body['to'] as Json[]).map(({ name }) => name)).to.deep.equal(['eva', 'max'])
    const now = await owners()
    const first = now['shop']
    const second = first === 'max' ? 'eva' : 'max'
    // What is closed stays with who did it.
    const closed = { won: 'lea', lost: 'lea', did: 'lea' }
    const theirs = { shop: first, ann: first, open: first, todo: first, works: first }
    expect(now).to.deep.include({ ...closed, ...theirs, bob: second, ask: second })
    expect(['max', 'eva']).to.include(now['back'])
    expect(await inGroup()).to.have.members([idOf('max'), idOf('eva')])
    expect(await inProject()).not.to.include(idOf('lea'))
    expect((await lea.get('/api/me')).status).to.equal(401)
    const written = await rig.db('audit').where({ action: 'user.hand_over' }).first<object>()
    expect(written).to.include({ entity_id: idOf('lea'), user_id: boss.userId })

    await rig
      .db('contacts')
      .where({ id: idOf('bob') })
      .update({ owner_id: boss.userId })
    const undo = `/api/hand-overs/${String(answer.body['id'])}/undo`
    expect((await rig.as.operator.send('POST', undo)).status).to.equal(403)
    const undone = await boss.send('POST', undo)
    expect(undone.body).to.deep.equal({ back: 7, kept: 1, isActive: true })
    const after = await owners()
    expect(Object.entries(after).filter(([, who]) => who !== 'lea')).to.have.deep.members([
      ['bob', 'boss'],
      ['other', 'boss']
    ])
    const groups = await rig
      .db('group_members')
      .where({ group_id: idOf('sales') })
      .select('*')
    expect(groups).to.deep.equal([{ group_id: idOf('sales'), user_id: idOf('lea'), position: 3 }])
    // Max was in the project before, and stays there.
    expect(await inProject()).to.have.members([idOf('lea'), idOf('max')])
    await rig.signIn('lea')
    expect((await boss.send('POST', undo)).status).to.equal(409)
    const list = (await boss.get('/api/hand-overs')).body['items'] as Json[]
    expect(list).to.have.length(1)
    expect(list[0]?.['undoneAt']).to.be.a('string')
  })

  it('leaves groups and sign-in alone where that is wished', async () => {
    const answer = await handOver({ toIds: [idOf('eva')], withGroups: false, block: false })
    expect(answer.body).to.deep.include({ hasBlocked: false })
    expect(await inGroup()).to.deep.equal([idOf('lea')])
    expect(await owners()).to.include({ ann: 'eva', back: 'eva', won: 'lea' })
    await rig.signIn('lea')
  })
})
