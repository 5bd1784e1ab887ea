import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { callersOf, readCallers } from '../../pbx/runtime/caller-rows.ts'
import { standingOf } from '../../pbx/routing/caller-lists.ts'
import { idOf, itemsOf, startRig, type Rig } from './support/rig.ts'

const client = '+79161112233'

describe('Lists of callers, over the API', function () {
  this.timeout(60_000)
  let rig: Rig
  let spam: string
  let vip: string

  before(async () => {
    rig = await startRig()
    const lists = itemsOf(await rig.as.operator.get('/api/caller-lists'))
    spam = String(lists.find(({ kind }) => kind === 'spam')?.['id'])
    vip = String(lists.find(({ kind }) => kind === 'vip')?.['id'])
  })
  after(() => rig.close())
  beforeEach(async () => {
    for (const table of ['caller_list_entries', 'caller_suggestions_hidden', 'calls'])
      await rig.db(table).delete()
  })

  const standing = async (phone: string) => {
    const value = await rig.db('settings').where({ key: 'callers' }).first<{ value: unknown } | undefined>()
    return standingOf(callersOf(await readCallers(rig.db), value?.value), phone, Date.now())
  }

  it('puts a caller on a list in one click, tells calls of it, and takes it back', async () => {
    const { operator, supervisor, marketer } = rig.as
    const added = await operator.send('POST', '/api/caller-entries', {
      listId: spam,
      phone: '8 916 111-22-33'
    })
    expect(added.status).to.equal(201)
    expect(added.body).to.deep.include({ phone: client, isPrefix: false })
    expect((added.body['createdBy'] as { id: string }).id).to.equal(operator.userId)
    expect((await standing(client)).mark).to.equal('spam')
    const again = await operator.send('POST', '/api/caller-entries', { listId: spam, phone: client })
    expect(again.body['code']).to.equal('already_exists')
    expect(
      (await marketer.send('POST', '/api/caller-entries', { listId: spam, phone: client })).status
    ).to.equal(403)

    const seen = (await operator.get(`/api/caller-standing?phone=${encodeURIComponent(client)}`)).body
    expect(seen['mark']).to.equal('spam')
    expect((seen['entries'] as object[])[0]).to.include({ kind: 'spam', phone: client })

    // What somebody else has put there is not an operator's to take back.
    const other = await supervisor.send('POST', '/api/caller-entries', { listId: vip, phone: '+7495*' })
    expect(other.body).to.deep.include({ phone: '+7495', isPrefix: true })
    expect((await operator.send('DELETE', `/api/caller-entries/${idOf(other)}`)).status).to.equal(403)
    expect((await operator.send('DELETE', `/api/caller-entries/${idOf(added)}`)).status).to.equal(204)
    expect((await standing(client)).mark).to.equal(null)
    expect((await standing('+74951112233')).mark).to.equal('vip')

    const audited = itemsOf(await rig.as.admin.get('/api/audit?entity=caller%20entry'))
    expect(audited.map(({ action }) => action)).to.include.members([
      'caller entry.create',
      'caller entry.delete'
    ])
  })

  it('lets an entry run out, and come again', async () => {
    const { supervisor } = rig.as
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
    const body = { listId: spam, phone: client, expiresAt }
    const id = idOf(await supervisor.send('POST', '/api/caller-entries', body))
    expect((await standing(client)).mark).to.equal('spam')
    await rig
      .db('caller_list_entries')
      .where({ id })
      .update({ expires_at: new Date(Date.now() - 1000) })
    expect((await standing(client)).mark).to.equal(null)
    expect(
      (await supervisor.send('POST', '/api/caller-entries', { ...body, expiresAt: null })).status
    ).to.equal(201)
    expect((await standing(client)).mark).to.equal('spam')
  })

  it('reads a pasted list, and says which lines are no numbers', async () => {
    const { supervisor } = rig.as
    const text =
      '8 (916) 111-22-33; again and again\n+7 495 000-00-01\n8800*\tfree numbers\nno number\n\n+79161112233'
    const { body } = await supervisor.send('POST', `/api/caller-lists/${spam}/import`, { text })
    expect(body).to.deep.equal({ added: 3, known: 1, refused: [{ line: 4, text: 'no number' }] })
    const found = itemsOf(await supervisor.get(`/api/caller-entries?listId=${spam}&search=free`))
    expect(found.map(({ phone, note }) => [phone, note])).to.deep.equal([['+7800', 'free numbers']])
    expect(itemsOf(await supervisor.get('/api/caller-entries?search=916%20111')).length).to.equal(1)
    const list = itemsOf(await supervisor.get('/api/caller-lists')).find(({ id }) => id === spam)
    expect(list?.['size']).to.equal(3)
  })

  it('keeps the two lists that are always there, and those that schemes ask for', async () => {
    const { supervisor, admin } = rig.as
    for (const [method, body] of [['DELETE'], ['PATCH', { name: 'x' }]] as const) {
      const answer = await supervisor.send(method, `/api/caller-lists/${spam}`, body)
      expect(answer.body['code']).to.equal('builtin_list')
    }
    const own = idOf(await supervisor.send('POST', '/api/caller-lists', { name: 'Press' }))
    const scheme = await admin.send('POST', '/api/schemes', {
      name: 'Asks',
      draft: {
        locale: 'ru',
        start: 'who',
        blocks: {
          who: {
            type: 'condition',
            settings: { rules: [{ name: 'press', conditions: [{ fact: 'callerList', values: [own] }] }] },
            exits: { press: null, otherwise: null }
          }
        }
      }
    })
    expect(scheme.status).to.equal(201)
    expect((await supervisor.send('DELETE', `/api/caller-lists/${own}`)).body['code']).to.equal('in_use')
    await admin.send('DELETE', `/api/schemes/${idOf(scheme)}`)
    expect((await supervisor.send('DELETE', `/api/caller-lists/${own}`)).status).to.equal(204)
  })

  it('sets what becomes of spam, with before and after in the audit', async () => {
    const { admin, supervisor } = rig.as
    expect((await supervisor.get('/api/caller-rules')).body).to.deep.include({
      spam: 'busy',
      vipPriority: 50
    })
    const wished = { spam: 'voicemail', vipPriority: 80 }
    expect((await supervisor.send('PUT', '/api/caller-rules', wished)).status).to.equal(403)
    expect((await admin.send('PUT', '/api/caller-rules', wished)).body).to.deep.include(wished)
    const missing = { spamSound: `prompts/${randomUUID()}` }
    expect((await admin.send('PUT', '/api/caller-rules', missing)).body['code']).to.equal('unknown_reference')
    const value = await rig.db('settings').where({ key: 'callers' }).first<{ value: unknown }>()
    expect(callersOf({ lists: [], entries: [] }, value?.value).rules).to.deep.include(wished)
    const [last] = itemsOf(await admin.get('/api/audit?action=caller_rules.change'))
    const { changes } = last?.['data'] as { changes: Record<string, unknown> }
    expect(changes).to.deep.equal({
      spam: { before: 'busy', after: 'voicemail' },
      vipPriority: { before: 50, after: 80 }
    })
  })

  it('suggests whom nobody ever talked with for longer, and blocks nobody by itself', async () => {
    const { supervisor } = rig.as
    const call = (phone: string, seconds: number, more: object = {}) => {
      const startedMs = Date.now() - 3_600_000
      return {
        id: randomUUID(),
        ...{ pbx_unique_id: randomUUID(), direction: 'in', call_type: 'tracking_static' },
        ...{ started_at: new Date(startedMs), ended_at: new Date(startedMs + seconds * 1000) },
        ...{ caller_number: phone, outcome: 'answered', talk_seconds: seconds, total_seconds: seconds + 3 },
        ...more
      }
    }
    const robot = '+79990000001'
    const person = '+79990000002'
    await rig.db('calls').insert([
      ...[1, 2, 1].map((seconds) => call(robot, seconds)),
      // One real talk is enough.
      ...[1, 2, 90].map((seconds) => call(person, seconds)),
      // Twice is no habit.
      ...[1, 2].map((seconds) => call('+79990000003', seconds)),
      ...[1, 1, 1].map((seconds) => call('+79990000004', seconds, { is_spam: true }))
    ])
    const suggested = async () => {
      const { body } = await supervisor.get('/api/caller-suggestions')
      return (body['items'] as { phone: string; calls: number; longestSeconds: number }[]).map(
        ({ phone, calls, longestSeconds }) => ({ phone, calls, longestSeconds })
      )
    }
    expect(await suggested()).to.deep.equal([{ phone: robot, calls: 3, longestSeconds: 2 }])
    expect((await standing(robot)).mark).to.equal(null)
    await supervisor.send('POST', '/api/caller-suggestions/hide', { phone: robot })
    expect(await suggested()).to.deep.equal([])
    await rig.db('caller_suggestions_hidden').delete()
    await supervisor.send('POST', '/api/caller-entries', { listId: spam, phone: robot })
    expect(await suggested()).to.deep.equal([])
    const list = itemsOf(await supervisor.get('/api/caller-lists')).find(({ id }) => id === spam)
    expect(list?.['calls30']).to.equal(3)
  })
})
