import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { idOf, itemsOf, startRig, type Answer, type Person, type Rig } from './support/rig.ts'

describe('Clients as people keep them', function () {
  this.timeout(60_000)
  let rig: Rig
  let operator: Person
  let supervisor: Person
  before(async () => {
    rig = await startRig()
    operator = rig.as.operator
    supervisor = rig.as.supervisor
  })
  after(() => rig.close())

  const make = async (body: object, by = operator): Promise<string> => {
    const answer = await by.send('POST', '/api/contacts', body)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    return idOf(answer)
  }
  const contact = async (id: string, by = operator): Promise<Answer['body']> =>
    (await by.get(`/api/contacts/${id}`)).body
  const found = async (search: string, by = operator): Promise<unknown[]> =>
    itemsOf(await by.get(`/api/contacts?search=${encodeURIComponent(search)}`)).map(({ name }) => name)
  const timeline = async (id: string, query = '', by = operator) =>
    itemsOf(await by.get(`/api/contacts/${id}/timeline${query}`))

  it('have several mails in small letters, tags, and a company made of its name', async () => {
    const id = await make({
      name: 'Ольга Ёлкина',
      company: 'Ёлки',
      emails: ['Olga@Elki.example', 'olga@elki.example', 'o2@elki.example'],
      tags: ['vip', 'опт', 'vip']
    })
    const olga = await contact(id)
    expect(olga).to.deep.include({
      company: 'Ёлки',
      emails: ['o2@elki.example', 'olga@elki.example'],
      tags: ['vip', 'опт'],
      lastCallAt: null
    })
    const second = await make({ name: 'Пётр', company: 'ёлки ' })
    expect((await contact(second))['companyId']).to.equal(olga['companyId'])
    const renamed = await operator.send('PATCH', `/api/companies/${String(olga['companyId'])}`, {
      name: 'Ёлки и сосны',
      phones: ['8 495 000-11-22']
    })
    expect(renamed.body).to.deep.include({ contacts: 2, phones: ['+74950001122'] })
    expect((await contact(second))['company']).to.equal('Ёлки и сосны')
    expect((await operator.send('PATCH', `/api/contacts/${id}`, { emails: ['none'] })).status).to.equal(422)
  })

  it('lose their company when it is deleted, and get it back with it', async () => {
    const id = await make({ name: 'Left Alone', company: 'Gone Ltd' })
    const other = await make({ name: 'Moved On', company: 'Gone Ltd' })
    const companyId = String((await contact(id))['companyId'])
    expect((await operator.send('DELETE', `/api/companies/${companyId}`)).status).to.equal(403)
    expect((await supervisor.send('DELETE', `/api/companies/${companyId}`)).status).to.equal(204)
    expect(await contact(id)).to.deep.include({ company: null, companyId: null })
    await operator.send('PATCH', `/api/contacts/${other}`, { company: 'New Ltd' })
    expect((await operator.send('POST', `/api/deleted/${companyId}/restore`)).status).to.equal(403)
    expect((await supervisor.send('POST', `/api/deleted/${companyId}/restore`)).body['things']).to.equal(
      'companies'
    )
    expect(await contact(id)).to.deep.include({ company: 'Gone Ltd', companyId })
    expect((await contact(other))['company']).to.equal('New Ltd')
  })

  it('are found by part of anything that is known of them', async () => {
    await make({
      name: 'Иван Синицын',
      company: 'Птицы 24',
      phones: ['+7 916 555-44-33'],
      emails: ['ivan@sin.example']
    })
    for (const search of [
      'синиц',
      'Птиц',
      '555-44',
      '8916555',
      '89165554433',
      'van@sin',
      'иван 24',
      'ив',
      'СИ'
    ])
      expect(await found(search), search).to.deep.equal(['Иван Синицын'])
    expect(await found('елкина')).to.deep.equal(['Ольга Ёлкина'])
    for (const search of ['100%', '_иван', 'ван син птах', '+7999'])
      expect(await found(search), search).to.deep.equal([])
  })

  it('have fields of the company’s own, each with its type', async () => {
    const { admin } = rig.as
    const field = async (body: object): Promise<string> =>
      idOf(await admin.send('POST', '/api/custom-fields', body))
    const level = await field({ name: 'Level', kind: 'choice', choices: ['Gold', 'Silver'] })
    const size = await field({ name: 'Size', kind: 'number' })
    const born = await field({ name: 'Birthday', kind: 'date' })
    const text = await field({ name: 'Contract', kind: 'text' })
    const flag = await field({ name: 'Partner', kind: 'flag' })
    expect((await operator.send('POST', '/api/custom-fields', { name: 'X', kind: 'text' })).status).to.equal(
      403
    )
    expect((await admin.send('POST', '/api/custom-fields', { name: 'X', kind: 'choice' })).status).to.equal(
      422
    )
    expect((await admin.send('POST', '/api/custom-fields', { name: 'level', kind: 'text' })).status).to.equal(
      409
    )
    const id = await make({ name: 'Custom One' })
    const change = (custom: object) => operator.send('PATCH', `/api/contacts/${id}`, { custom })
    const good = { [level]: 'Gold', [size]: 12.5, [born]: '1980-02-29', [text]: 'Д-77/1', [flag]: true }
    expect((await change(good)).body['custom']).to.deep.equal(good)
    const bad: [string, unknown][] = [
      [level, 'Bronze'],
      [size, '12'],
      [born, '1981-02-29'],
      [text, 5],
      [flag, 'yes'],
      [randomUUID(), 'x']
    ]
    for (const [key, value] of bad)
      expect((await change({ [key]: value })).status, String(value)).to.equal(422)
    expect((await change({ [size]: null })).body['custom']).to.deep.equal({
      [level]: 'Gold',
      [born]: '1980-02-29',
      [text]: 'Д-77/1',
      [flag]: true
    })
    expect(await found('Д-77')).to.deep.equal(['Custom One'])
    const narrowed = async (value: string) =>
      itemsOf(await operator.get(`/api/contacts?custom=${encodeURIComponent(`${level}:"${value}"`)}`)).length
    expect([await narrowed('Gold'), await narrowed('Silver')]).to.deep.equal([1, 0])
    await admin.send('DELETE', `/api/custom-fields/${text}`)
    expect((await contact(id))['custom']).not.to.have.property(text)
    expect(await found('Д-77')).to.deep.equal([])
  })

  it('have notes with an author, whose earlier words are kept', async () => {
    const id = await make({ name: 'Noted' })
    const note = await operator.send('POST', `/api/contacts/${id}/notes`, { text: 'Wants oak' })
    expect(note.body).to.deep.include({ text: 'Wants oak', editedAt: null })
    const path = `/api/notes/${idOf(note)}`
    expect((await supervisor.send('PATCH', path, { text: 'Other' })).body).to.include({ code: 'not_yours' })
    expect((await operator.send('PATCH', path, { text: 'Wants pine' })).body['editedAt']).to.be.a('string')
    expect(itemsOf(await supervisor.get(`${path}/versions`)).map(({ text }) => text)).to.deep.equal([
      'Wants oak'
    ])
    expect((await timeline(id)).map(({ kind }) => kind)).to.deep.equal(['note'])
    expect((await supervisor.send('DELETE', path)).status).to.equal(204)
    expect(await timeline(id)).to.deep.equal([])
  })

  it('agree and take it back: what, when, where from', async () => {
    const id = await make({ name: 'Agreed' })
    const say = (isGiven: boolean) =>
      operator.send('POST', `/api/contacts/${id}/consents`, {
        kind: 'marketing',
        isGiven,
        origin: 'By telephone'
      })
    await say(true)
    await say(false)
    const items = itemsOf(await operator.get(`/api/contacts/${id}/consents`))
    expect(items.map(({ isGiven }) => isGiven)).to.deep.equal([false, true])
    expect(items[0]).to.deep.include({ origin: 'By telephone', kind: 'marketing' })
  })

  it('show mails and messages to those who see their conversations', async () => {
    const id = await make({ name: 'Writes', ownerId: operator.userId })
    const [talk] = await rig
      .db('conversations')
      .insert({ kind: 'mail', contact_id: id, peer: 'writes@client.example' })
      .returning<{ id: string }[]>('id')
    const conversationId = talk?.id ?? ''
    const say = (text: string, more: object): Promise<unknown> =>
      rig.db('messages').insert({ conversation_id: conversationId, direction: 'in', text, ...more })
    await say('Price?', { at: new Date(1_000_000), subject: 'Roof' })
    await say('A'.repeat(1000), {
      ...{ at: new Date(2_000_000), direction: 'out', state: 'failed', author_id: operator.userId }
    })
    await say('On holiday', { is_auto: true })
    const [inquiry] = await rig
      .db('inquiries')
      .insert({ kind: 'mail', title: 'Writes', contact_id: id })
      .returning<{ id: string }[]>('id')
    const [said] = await rig.db('messages').where({ text: 'Price?' }).select<{ id: string }[]>('id')
    await rig.db('activities').insert({
      ...{ subject: 'message', subject_id: said?.id, at: new Date(1_000_000) },
      ...{ contact_id: id, inquiry_id: inquiry?.id }
    })
    const items = await timeline(id)
    // The inquiry is the message that it came by.
    expect(items.map(({ kind }) => kind)).to.deep.equal(['message', 'message'])
    const words = { conversationId, channelKind: 'mail', files: 0 }
    expect(items.map(({ message }) => message)).to.deep.equal([
      {
        ...{ ...words, direction: 'out', state: 'failed', subject: null, text: 'A'.repeat(300) },
        author: { id: operator.userId, name: 'The operator' }
      },
      { ...words, direction: 'in', state: 'received', subject: 'Roof', text: 'Price?', author: null }
    ])
    expect(await timeline(id, '', rig.as.marketer)).to.deep.equal([])
    expect(await timeline(id, '?kinds=message', rig.as.marketer)).to.deep.equal([])
    await rig.db('contacts').where({ id }).update({ owner_id: supervisor.userId })
    expect(await timeline(id, '?kinds=message'), 'somebody else’s').to.deep.equal([])
    expect(await timeline(id, '?kinds=message', supervisor)).to.have.length(2)
    await rig.db('conversations').where({ id: conversationId }).update({ inquiry_id: inquiry?.id })
    await rig.db('inquiries').where({ id: inquiry?.id }).update({ responsible_id: operator.userId })
    expect(await timeline(id, '?kinds=message'), 'their inquiry').to.have.length(2)
  })

  it('show everything that happened, paged and narrowed', async () => {
    const phone = '+79167770001'
    const id = await make({ name: 'Timeline', phones: [phone] })
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString()
    for (const minute of [1, 2, 3, 4, 5])
      await rig.db('calls').insert({
        ...{ id: randomUUID(), pbx_unique_id: randomUUID(), direction: 'in', call_type: 'tracking_static' },
        // As the line found it: before there was a contact.
        ...{ started_at: at(minute), ended_at: at(minute), outcome: 'missed', caller_number: phone }
      })
    await supervisor.send('POST', '/api/deals', {
      title: 'Stairs',
      contactId: id,
      responsibleId: supervisor.userId
    })
    await operator.send('POST', '/api/tasks', {
      title: 'Send a price',
      contactId: id,
      assigneeId: operator.userId
    })
    const seen: unknown[] = []
    let cursor = ''
    do {
      const { body } = await supervisor.get(`/api/contacts/${id}/timeline?limit=2${cursor}`)
      seen.push(...(body['items'] as { kind: string }[]).map(({ kind }) => kind))
      cursor = typeof body['nextCursor'] === 'string' ? `&cursor=${body['nextCursor']}` : ''
    } while (cursor !== '')
    expect(seen).to.have.members(['task', 'deal', 'call', 'call', 'call', 'call', 'call'])
    expect(seen.slice(2)).to.deep.equal(['call', 'call', 'call', 'call', 'call'])
    expect((await timeline(id, '?kinds=deal', supervisor)).map((each) => each['deal'])).to.have.length(1)
    expect(await timeline(id, '?kinds=deal'), 'somebody else’s').to.deep.equal([])
    expect((await operator.get(`/api/contacts/${id}/timeline?kinds=dreams`)).status).to.equal(422)
    expect((await operator.get(`/api/contacts/${id}/timeline?cursor=x`)).body['code']).to.equal('bad_cursor')
    expect((await contact(id))['lastCallAt']).to.equal(at(5))
  })

  it('get tags and an owner in one go, which is taken back in one', async () => {
    const ids = [await make({ name: 'Many A', tags: ['old'] }), await make({ name: 'Many B' })]
    const body = {
      things: 'contacts',
      ids,
      change: { ownerId: operator.userId, addTags: ['new'], removeTags: ['old'] }
    }
    expect((await operator.send('POST', '/api/bulk-changes', body)).status).to.equal(403)
    const done = await supervisor.send('POST', '/api/bulk-changes', body)
    expect(done.body).to.include({ count: 2 })
    expect(await contact(ids[0] ?? '')).to.deep.include({ tags: ['new'], ownerId: operator.userId })
    await supervisor.send('POST', `/api/bulk-changes/${idOf(done)}/undo`)
    expect(await contact(ids[0] ?? '')).to.deep.include({ tags: ['old'], ownerId: null })
    expect(await contact(ids[1] ?? '')).to.deep.include({ tags: [], ownerId: null })
  })

  it('are seen by operators as the company says', async () => {
    const phone = '+79167770002'
    const id = await make(
      { name: 'Secret Client', company: 'Hidden Ltd', ownerId: supervisor.userId, phones: [phone] },
      supervisor
    )
    expect(await found('secret')).to.deep.equal(['Secret Client'])
    expect(
      (await supervisor.send('PUT', '/api/contact-settings', { operatorsSeeOwn: true })).status
    ).to.equal(403)
    await rig.as.admin.send('PUT', '/api/contact-settings', { operatorsSeeOwn: true })
    expect(await found('secret')).to.deep.equal([])
    expect(itemsOf(await operator.get('/api/dial-search?search=secret'))).to.deep.equal([])
    const companyId = String((await contact(id, supervisor))['companyId'])
    expect((await contact(id, supervisor))['company']).to.equal('Hidden Ltd')
    expect((await operator.get(`/api/companies/${companyId}`)).status).to.equal(404)
    expect(itemsOf(await operator.get('/api/companies?search=hidden'))).to.deep.equal([])
    for (const change of [{ note: 'mine' }, { ownerId: operator.userId }])
      expect((await operator.send('PATCH', `/api/companies/${companyId}`, change)).status).to.equal(404)
    expect(itemsOf(await supervisor.get('/api/companies?search=hidden'))[0]).to.include({ contacts: 1 })
    for (const path of ['', '/timeline', '/consents', '/duplicates'])
      expect((await operator.get(`/api/contacts/${id}${path}`)).status, path).to.equal(404)
    expect((await operator.send('PATCH', `/api/contacts/${id}`, { note: 'mine' })).status).to.equal(404)
    expect(
      (await operator.send('PATCH', `/api/contacts/${id}`, { ownerId: operator.userId })).status
    ).to.equal(404)
    expect(await found('secret', supervisor)).to.deep.equal(['Secret Client'])
    await rig.db('calls').insert({
      ...{ id: randomUUID(), pbx_unique_id: randomUUID(), direction: 'in', call_type: 'tracking_static' },
      ...{ started_at: new Date(), ended_at: new Date(), outcome: 'answered', caller_number: phone },
      operator_id: operator.userId
    })
    expect((await operator.get(`/api/contacts/${id}`)).status, 'they have talked').to.equal(200)
    expect((await operator.send('PATCH', `/api/contacts/${id}`, { note: 'Talked' })).status).to.equal(200)
    await rig.as.admin.send('PUT', '/api/contact-settings', { operatorsSeeOwn: false })
  })

  it('are found twice, asked about where they differ, merged, and taken apart again', async () => {
    const one = await make({
      name: 'Мария Котова',
      emails: ['m@cats.example'],
      phones: ['+79168880001'],
      note: 'Old'
    })
    const two = await make({
      ...{ name: 'Maria', company: 'Cats', emails: ['m@cats.example'], phones: ['+79168880002'] },
      ...{ note: 'New', tags: ['vip'], ownerId: supervisor.userId }
    })
    const [other] = itemsOf(await operator.get(`/api/contacts/${one}/duplicates`))
    expect(other).to.deep.include({ id: two, reasons: ['email'] })
    const before = [await contact(one), await contact(two)]
    const preview = await operator.get(`/api/contacts/${one}/merge-preview?otherId=${two}`)
    expect(preview.body['conflicts']).to.deep.equal([
      { field: 'name', mine: 'Мария Котова', theirs: 'Maria' },
      { field: 'note', mine: 'Old', theirs: 'New' }
    ])
    const merge = (choices: object) =>
      operator.send('POST', `/api/contacts/${one}/merge`, { otherId: two, choices })
    const refused = await merge({ name: 'mine' })
    expect(refused.body['errors']).to.deep.equal([
      { path: 'choices.note', message: 'is needed', code: 'required' }
    ])
    const done = await merge({ name: 'mine', note: 'both' })
    expect(done.status).to.equal(201)
    const both = await contact(one)
    expect(both).to.deep.include({
      ...{ name: 'Мария Котова', company: 'Cats', note: 'Old\n\nNew', ownerId: supervisor.userId },
      ...{ phones: ['+79168880001', '+79168880002'], emails: ['m@cats.example'], tags: ['vip'] }
    })
    expect((await contact(two))['id'], 'an old address leads on').to.equal(one)
    const [event] = await timeline(one, '?kinds=merge')
    expect(event?.['merge']).to.deep.include({ name: 'Maria', canUndo: true })
    const undo = () => operator.send('POST', `/api/contact-merges/${idOf(done)}/undo`)
    expect((await undo()).status).to.equal(200)
    const after = [await contact(one), await contact(two)]
    const still = (body: Answer['body'] | undefined) => ({ ...body, updatedAt: null })
    expect(after.map(still)).to.deep.equal(before.map(still))
    expect((await undo()).body).to.include({ code: 'not_undoable' })
    await operator.send('POST', '/api/contact-duplicates/dismiss', { a: two, b: one })
    expect(itemsOf(await operator.get(`/api/contacts/${one}/duplicates`))).to.deep.equal([])
  })
})
