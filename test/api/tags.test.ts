import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { TagUses } from '../../api/contract/tags.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import { foldJournal } from '../../pbx/call/journal.ts'
import { webhookEvents } from '../../pbx/call/moments.ts'
import { readTape } from '../../pbx/runtime/tape-writer.ts'
import { initiated, tapeOf } from './support/calls.ts'
import { idOf, itemsOf, startRig, type Answer, type Rig } from './support/rig.ts'

describe('Tags of all calls', function () {
  this.timeout(60_000)
  let rig: Rig
  beforeEach(async () => {
    rig = await startRig()
  })
  afterEach(() => rig.close())

  /** A call as the exchange leaves it: its tape, and the journal made of it. */
  async function call(tags: string[], isOver = true): Promise<string> {
    const id = randomUUID()
    const row = tapeOf(id)
    const end = { hangupBy: 'client', cause: 16, outcome: 'missed', reason: 'x' } as const
    const seconds = { waitSeconds: 6, talkSeconds: 0, heldSeconds: 0, totalSeconds: 6 }
    const rows: TapeRow[] = [
      row('call.initiated', initiated({ pbxUniqueId: id }), 'arriving'),
      row('call.tagged', { add: tags, remove: [] }),
      ...(isOver ? [row('call.ended', { ...end, ...seconds }, 'ended')] : [])
    ]
    for (const { seq, type, to, data, atMs } of rows)
      await rig.db('call_events').insert({
        ...{ call_id: id, seq, type, to_phase: to, effects: '[]', data: JSON.stringify(data) },
        at: new Date(atMs)
      })
    const journal = foldJournal(rows)
    await rig.db('calls').insert({
      ...{ id, pbx_unique_id: id, call_type: 'tracking_static', direction: 'in', tags },
      ...{ started_at: journal?.call['started_at'], ended_at: journal?.call['ended_at'] }
    })
    return id
  }
  const tagsOf = async (id: string): Promise<unknown> =>
    (await rig.db('calls').where({ id }).pluck<string[][]>('tags'))[0]
  /** What the journal would be, were it made of the tape again. */
  const taped = async (id: string): Promise<unknown> => foldJournal(await readTape(rig.db, id))?.call['tags']
  const uses = async (): Promise<TagUses> =>
    (await rig.as.admin.get('/api/tags/all')).body as unknown as TagUses
  const rename = (from: string, to: string): Promise<Answer> =>
    rig.as.admin.send('POST', '/api/tags/rename', { from, to })
  const undo = (answer: Answer): Promise<Answer> =>
    rig.as.admin.send('POST', `/api/tags/changes/${idOf(answer)}/undo`)

  it('are counted, with the schemes that set them', async () => {
    await call(['kitchen', 'urgent'])
    await call(['kitchen'])
    const block = (type: string, add: string[]) => ({
      ...{ type, settings: { add, remove: [] }, exits: { next: null } }
    })
    const scheme = (blocks: object) => ({ locale: 'en', start: 'a', blocks })
    const draft = scheme({ a: block('tag', ['kitchen', 'planned']), b: block('other', ['no tag']) })
    const [made] = await rig
      .db('schemes')
      .insert({ name: 'Shop', draft: JSON.stringify(draft), published_version: 1 })
      .returning<{ id: string }[]>('id')
    const id = made?.id ?? ''
    const body = JSON.stringify(scheme({ a: block('tag', ['kitchen']) }))
    await rig.db('scheme_versions').insert({ scheme_id: id, version: 1, body })
    const { items, last } = await uses()
    expect(last).to.equal(null)
    expect(items.map(({ lastAt, ...rest }) => ({ ...rest, isUsed: lastAt !== null }))).to.deep.equal([
      { name: 'kitchen', calls: 2, schemes: [{ id, name: 'Shop', isPublished: true }], isUsed: true },
      { name: 'planned', calls: 0, schemes: [{ id, name: 'Shop', isPublished: false }], isUsed: false },
      { name: 'urgent', calls: 1, schemes: [], isUsed: true }
    ])
    expect((await rename('planned', 'done')).status, 'no call has it').to.equal(404)
  })

  it('are renamed on the tape too, merge, and come apart again', async () => {
    const one = await call(['a', 'kitchen'])
    const both = await call(['Kitchens', 'kitchen'])
    const live = await call(['kitchen'], false)
    const bare = await call(['kitchen'])
    await rig.db('call_events').where({ call_id: bare }).delete()
    const other = await call(['Kitchens'])
    const answer = await rename('kitchen', 'Kitchens')
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    expect(answer.body).to.deep.include({ from: 'kitchen', to: 'Kitchens', calls: 4, undoneAt: null })
    const states: [string, string[]][] = [
      [one, ['a', 'Kitchens']],
      [both, ['Kitchens']],
      [live, ['Kitchens']]
    ]
    for (const [id, tags] of states) {
      expect(await tagsOf(id)).to.deep.equal(tags)
      expect(await taped(id), 'its tape').to.deep.equal(tags)
    }
    expect(await tagsOf(bare)).to.deep.equal(['Kitchens'])
    const found = await rig.as.admin.get('/api/calls?tag=Kitchens')
    expect(itemsOf(found)).to.have.length(5)
    const told = await rig.db('call_events').orderBy('seq', 'desc').first<{ type: string }>('type')
    expect(told.type).to.equal('call.tagged')
    expect(webhookEvents, 'of this no webhook hears').not.to.include(told.type)
    const rows = await rig.db('audit').where({ action: 'tag.change' }).select<{ data: object }[]>('data')
    expect(rows.map(({ data }) => data)).to.deep.equal([
      { name: 'kitchen', count: 4, changes: { name: { before: 'kitchen', after: 'Kitchens' } } }
    ])

    expect((await uses()).last).to.include({ id: idOf(answer), from: 'kitchen' })
    // Somebody has changed one of them since.
    await rig
      .db('calls')
      .where({ id: bare })
      .update({ tags: ['mine'] })
    expect((await undo(answer)).body).to.deep.equal({ calls: 3 })
    expect(await tagsOf(one)).to.deep.equal(['a', 'kitchen'])
    expect(await tagsOf(both)).to.have.members(['Kitchens', 'kitchen'])
    expect(await taped(both)).to.deep.equal(await tagsOf(both))
    expect(await tagsOf(live)).to.deep.equal(['kitchen'])
    expect(await tagsOf(bare)).to.deep.equal(['mine'])
    expect(await tagsOf(other)).to.deep.equal(['Kitchens'])
    expect((await undo(answer)).body).to.include({ code: 'not_undoable' })
    expect((await uses()).last).to.equal(null)
  })

  it('are taken off all calls, and put back', async () => {
    const id = await call(['kitchen', 'urgent'])
    const answer = await rig.as.admin.send('POST', '/api/tags/remove', { name: 'kitchen' })
    expect(answer.body).to.deep.include({ from: 'kitchen', to: null, calls: 1 })
    expect(await tagsOf(id)).to.deep.equal(['urgent'])
    const wrongWay = await rig.as.admin.send('POST', `/api/bulk-changes/${idOf(answer)}/undo`)
    expect(wrongWay.status).to.equal(404)
    expect((await undo(answer)).body).to.deep.equal({ calls: 1 })
    expect(await tagsOf(id)).to.have.members(['kitchen', 'urgent'])
    expect(await taped(id)).to.deep.equal(await tagsOf(id))
  })

  it('are not for others to change, nor to a name that is none', async () => {
    for (const who of ['supervisor', 'operator', 'marketer'] as const) {
      const { status } = await rig.as[who].send('POST', '/api/tags/rename', { from: 'a', to: 'b' })
      expect(status).to.equal(403)
    }
    for (const to of ['', 'a', 'x'.repeat(51)]) expect((await rename('a', to)).status).to.equal(422)
  })
})

describe('The order of codes', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())

  for (const things of ['pause-reasons', 'wrap-up-codes']) {
    it(`is changed at once: ${things}`, async () => {
      const { admin } = rig.as
      const list = async (): Promise<unknown[]> =>
        itemsOf(await admin.get(`/api/${things}`)).map(({ id }) => id)
      for (const code of ['first', 'second', 'third'])
        await admin.send('POST', `/api/${things}`, { code, nameRu: code, nameEn: code })
      const before = await list()
      const after = [...before.slice(-1), ...before.slice(0, -1)]
      const order = (ids: unknown, fromIds: unknown): Promise<Answer> =>
        admin.send('PUT', `/api/${things}/order`, { ids, fromIds })
      expect((await order(after, before)).body).to.deep.equal({ ids: after })
      expect(await list()).to.deep.equal(after)
      const late = await order(before, before)
      expect(late.body).to.deep.include({ code: 'changed_meanwhile', current: { item: { ids: after } } })
      expect(await list()).to.deep.equal(after)
      expect((await order([randomUUID()], after)).status).to.equal(422)
      const { status } = await rig.as.supervisor.send('PUT', `/api/${things}/order`, { ids: before })
      expect(status).to.equal(403)
    })
  }
})
