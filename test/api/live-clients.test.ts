import { expect } from 'chai'
import { attachLive, type Live } from '../../api/live.ts'
import { project } from '../../api/live/board.ts'
import { createClients } from '../../api/live/clients.ts'
import { createClientNews } from '../../api/live/news.ts'
import type { LiveClient } from '../../api/contract/live.ts'
import { until } from '../support/until.ts'
import { anna, boris, callId, initiated, insertCall, rung, tapeOf } from './support/calls.ts'
import { idOf, startRig, type Rig } from './support/rig.ts'
import { screensAt, type Screen } from './support/screens.ts'

const phone = '+79161112233'

describe('Who calls, on the screens', function () {
  this.timeout(60_000)
  let rig: Rig
  let live: Live
  const { screen, close } = screensAt(() => rig)
  const begun: ReturnType<typeof tapeOf>[] = []
  let stage: { id: string; pipeline_id: string }
  before(async () => {
    rig = await startRig({ before: (deps) => ({ ...deps, clientNews: createClientNews() }) })
    live = attachLive(rig.server, rig.deps)
    const [pipeline] = await rig.db('pipelines').insert({ name: 'Sales' }).returning<{ id: string }[]>('id')
    const stages = await rig
      .db('pipeline_stages')
      .insert([
        { pipeline_id: pipeline?.id, name: 'Offer sent', kind: 'open', position: 1 },
        { pipeline_id: pipeline?.id, name: 'Won', kind: 'won', position: 2 }
      ])
      .returning<(typeof stage)[]>(['id', 'pipeline_id'])
    if (!stages[0]) throw new Error('No stage')
    stage = stages[0]
  })
  after(async () => {
    close()
    await live.close()
    await rig.close()
  })
  /** Begins a call, by its rows to come; it ends with the test. */
  function begin(id: string, change: Parameters<typeof initiated>[0] = {}): ReturnType<typeof tapeOf> {
    const row = tapeOf(id)
    begun.push(row)
    rig.pbx.say(row('call.initiated', initiated(change), 'inScheme'))
    return row
  }

  function finish(row: ReturnType<typeof tapeOf>): void {
    const end = { outcome: 'missed', reason: 'no_answer', hangupBy: 'client', cause: 16 } as const
    const seconds = { waitSeconds: 2, talkSeconds: 0, heldSeconds: 0, totalSeconds: 4 }
    rig.pbx.say(row('call.ended', { ...end, ...seconds }, 'ended'))
  }

  afterEach(async () => {
    for (const row of begun.splice(0)) finish(row)
    rig.pbx.rows = []
    for (const table of ['deals', 'inquiries', 'contacts', 'calls']) await rig.db(table).delete()
  })

  const clientsOf = ({ events }: Screen, id: string): LiveClient[] =>
    events
      .filter(({ name }) => name === 'client')
      .map(({ data }) => data['client'] as LiveClient)
      .filter((client) => client.callId === id)
  const told = (at: Screen, id: string): Promise<LiveClient> => until(() => clientsOf(at, id).at(-1))

  /** A client with two telephones. */
  async function contact(ownerId: string | null = null): Promise<string> {
    const made = await rig.as.admin.send('POST', '/api/contacts', {
      ...{ name: 'Ivan', company: 'Windows Ltd', note: 'Speaks softly', ownerId },
      phones: [phone, '+74952223344']
    })
    return idOf(made)
  }

  const deal = (change: object): Promise<unknown> =>
    rig.db('deals').insert({
      ...{ title: 'Six windows', pipeline_id: stage.pipeline_id, stage_id: stage.id, amount: 120_000.5 },
      ...change
    })

  it('tells of the client beside the call: owner, note, deal, the last contact over all their telephones', async () => {
    const { operator } = rig.as
    const id = await contact(operator.userId)
    await deal({ contact_id: id, responsible_id: operator.userId })
    await deal({ contact_id: id, title: 'Older', created_at: '2026-01-01' })
    const ended = { outcome: 'answered', operator_name: 'Anna' }
    await insertCall(rig.db, { caller_number: phone, started_at: '2026-11-01T10:00:00Z', ...ended })
    await insertCall(rig.db, {
      ...{ caller_number: '+74952223344', started_at: '2026-11-05T10:00:00Z', outcome: 'missed' },
      direction: 'out'
    })
    await insertCall(rig.db, { caller_number: '+79990000000', started_at: '2026-11-06T10:00:00Z' })
    const at = await screen(operator)
    const call = callId()
    await insertCall(rig.db, { id: call, caller_number: phone, ended_at: null, outcome: null })
    begin(call)
    const mine = { id: operator.userId, name: 'The operator' }
    expect(await told(at, call)).to.deep.equal({
      callId: call,
      contact: { id, name: 'Ivan', company: 'Windows Ltd' },
      owner: mine,
      note: 'Speaks softly',
      calls: 2,
      lastContact: {
        ...{ kind: 'call', at: '2026-11-05T10:00:00.000Z', direction: 'out', outcome: 'missed', with: null }
      },
      deal: {
        responsible: mine,
        known: {
          ...{ title: 'Six windows', stage: 'Offer sent', amount: 120_000.5, currency: 'RUB' },
          id: (await rig.db('deals').where({ title: 'Six windows' }).first<{ id: string }>('id')).id
        }
      }
    })
    // The call itself has not waited.
    expect(at.events[0]?.name).to.equal('call')
  })

  it('follows what is changed of the client while the call goes on', async () => {
    const at = await screen(rig.as.operator)
    const call = callId()
    begin(call)
    expect((await told(at, call)).contact).to.equal(null)
    const id = await contact()
    const named = (name: string) => () =>
      clientsOf(at, call).find((client) => client.contact?.id === id && client.contact.name === name)
    await until(named('Ivan'), { what: 'a contact that was made' })
    expect(
      (await rig.as.operator.send('PATCH', `/api/contacts/${id}`, { name: 'Ivan Petrov' })).status
    ).to.equal(200)
    await until(named('Ivan Petrov'), { what: 'the new name' })
  })

  it('knows of a form that was sent after the last call, and of a stranger that they are one', async () => {
    await insertCall(rig.db, { caller_number: phone, started_at: '2026-11-01T10:00:00Z' })
    const form = { kind: 'form', title: 'Form', phone, created_at: '2026-11-02T10:00:00Z' }
    await rig.db('inquiries').insert(form)
    const at = await screen(rig.as.operator)
    const call = callId()
    begin(call)
    const known = await told(at, call)
    expect(known).to.deep.include({ contact: null, owner: null, note: null, deal: null, calls: 1 })
    expect(known.lastContact).to.include({ kind: 'form', direction: null })
    const stranger = callId()
    const caller = { number: '+79998887766', name: null, region: null, country: null }
    begin(stranger, { caller })
    expect(await told(at, stranger)).to.deep.include({ calls: 0, lastContact: null })
  })

  it('shows the particulars of a deal to whose it is and to leads alone, also to screens that open later', async () => {
    const other = rig.as.supervisor
    await deal({ contact_id: await contact(), responsible_id: rig.as.operator.userId })
    await rig.as.admin.send('POST', '/api/users', {
      ...{ login: 'second', name: 'Second', role: 'operator', password: 'correct horse' }
    })
    const second = await rig.signIn('second')
    const screens = await Promise.all([rig.as.operator, other, second].map((person) => screen(person)))
    const call = callId()
    begin(call)
    const isKnown = async (at: Screen): Promise<boolean> => (await told(at, call)).deal?.known !== null
    const [own, lead, strange] = screens
    if (!own || !lead || !strange) throw new Error('No screens')
    await until(() => clientsOf(own, call).length === 2)
    expect(await isKnown(own)).to.equal(true)
    expect(await isKnown(lead)).to.equal(true)
    expect(await isKnown(strange)).to.equal(false)
    expect((await told(strange, call)).deal?.responsible?.name).to.equal('The operator')
    const marketer = await screen(rig.as.marketer)
    expect(marketer.hello.clients).to.deep.equal([])
    const later = await Promise.all([rig.as.operator, other, second].map((person) => screen(person)))
    expect(later.map(({ hello }) => hello.clients.map(({ deal }) => deal?.known !== null))).to.deep.equal([
      [true],
      [true],
      [false]
    ])
  })

  it('asks again when the call is given on, and forgets the client with the call', async () => {
    const at = await screen(rig.as.operator)
    const call = callId()
    const row = begin(call)
    expect((await told(at, call)).deal).to.equal(null)
    await deal({ contact_id: await contact() })
    rig.pbx.say(
      row('call.transfer', {
        ...{ state: 'started', mode: 'blind', to: null, note: null, reason: null },
        from: { id: anna.userId, name: anna.name },
        target: { kind: 'user', userId: boris.userId }
      })
    )
    await until(async () => (await told(at, call)).deal?.known?.stage === 'Offer sent')
    finish(row)
    expect((await screen(rig.as.operator)).hello.clients).to.deep.equal([])
  })

  it('rings with the tone of the group that is asked, by the step of the scheme or by a transfer to it', async () => {
    const at = await screen(rig.as.operator)
    rig.pbx.tones.set('Sales', 'bright')
    rig.pbx.tones.set('group-2', 'low')
    rig.pbx.tones.set('Odd', 'a tone of tomorrow')
    const tone = (): unknown => {
      const calls = at.events.filter(({ name }) => name === 'call')
      return (calls.at(-1)?.data['call'] as { ringTone?: string } | undefined)?.ringTone
    }
    const step = {
      ...{ step: 1, block: 'ring', blockType: 'ring', label: null, exit: null },
      ...{ state: 'started' as const, pressed: null, targets: [], seconds: null }
    }
    const row = begin(callId(), { caller: { ...initiated().caller, number: null } })
    await until(() => tone() === 'classic')
    rig.pbx.say(row('call.forwarding_step', { ...step, groupName: 'Sales' }, 'inScheme'))
    rig.pbx.say(row('leg.started', rung('1', anna)))
    await until(() => tone() === 'bright')
    rig.pbx.say(
      row('call.transfer', {
        ...{ state: 'started', mode: 'warm', to: null, note: null, reason: null },
        from: { id: anna.userId, name: anna.name },
        target: { kind: 'group', groupId: 'group-2' }
      })
    )
    await until(() => tone() === 'low')
    rig.pbx.say(row('call.forwarding_step', { ...step, groupName: 'Odd' }, 'inScheme'))
    rig.pbx.say(
      row('call.transfer', {
        ...{ state: 'cancelled', mode: 'warm', to: null, note: null, reason: null },
        from: { id: anna.userId, name: anna.name },
        target: { kind: 'group', groupId: 'group-2' }
      })
    )
    await until(() => tone() === 'classic')
  })

  it('goes on without a word of the client when the database fails', async () => {
    const errors: unknown[] = []
    const log = { warn: (fields: unknown) => errors.push(fields) } as unknown as typeof rig.deps.log
    const db = { raw: () => Promise.reject(new Error('broken')) } as unknown as typeof rig.db
    const heard: unknown[] = []
    const clients = createClients({ db, log }, (_audience, client) => heard.push(client))
    const call = project(null, tapeOf(callId())('call.initiated', initiated()))
    if (!call) throw new Error('No call')
    clients.ask(call)
    await until(() => errors.length === 1)
    expect(heard).to.deep.equal([])
    expect(clients.seenBy({ userId: anna.userId, isLead: true })).to.deep.equal([])
  })
})
