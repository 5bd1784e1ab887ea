import { expect } from 'chai'
import { wakeRunner } from '../../dialling/callbacks.ts'
import { addDoNotCall } from '../../dialling/do-not-call.ts'
import { addEntries } from '../../dialling/lists.ts'
import { until } from '../support/until.ts'
import { allDay, newId, openOffice, type Office } from './support/office.ts'

/** Of Moscow, of Vladivostok, and mobile. */
const moscow = '+74951234567'
const vladivostok = '+74232123456'
const mobile = '+79161112233'
/** A Friday noon in Moscow: seven in the evening in Vladivostok. */
const noon = Date.parse('2026-11-20T09:00:00Z')

type Change = Record<string, unknown> & { state?: string }

describe('Dialling lists', function () {
  this.timeout(60_000)
  let office: Office
  before(async () => {
    office = await openOffice()
  })
  after(() => office.close())
  afterEach(() => office.clear())

  async function list(phones: string[], { state = 'running', ...change }: Change = {}): Promise<string> {
    const [row] = await office
      .db('dial_lists')
      .insert({ name: newId(), group_id: office.groupId, max_attempts: 2, ...change })
      .returning<{ id: string }[]>('id')
    const id = row?.id ?? ''
    const entries = phones.map((phone) => ({ phone, name: null, note: null }))
    await office.db.transaction(async (trx) => addEntries(trx, id, entries))
    await office
      .db('dial_list_entries')
      .where({ list_id: id })
      .update({ next_attempt_at: new Date(0) })
    await office.db('dial_lists').where({ id }).update({ state })
    await wakeRunner(office.db)
    return id
  }
  const states = async (id: string): Promise<unknown[]> =>
    (await office.db('dial_list_entries').where({ list_id: id }).orderBy('position').select('state')).map(
      (row: { state: string }) => row.state
    )
  const stateOf = async (id: string): Promise<unknown> =>
    (await office.db('dial_lists').where({ id }).first<{ state: string }>('state')).state
  const isDone = (id: string): Promise<unknown> =>
    until(async () => (await stateOf(id)) === 'done', { what: `list ${id} is done` })

  it('call one client after the other, and are done when all were reached', async () => {
    const { exchange } = await office.controller({ now: () => noon })
    const id = await list([moscow, mobile])
    await isDone(id)
    expect(await states(id)).to.deep.equal(['done', 'done'])
    expect(exchange.placed.map(({ order }) => order.target)).to.deep.equal(
      [moscow, mobile].map((number) => ({ kind: 'external', number }))
    )
    expect(exchange.placed[0]?.order).to.include({ callType: 'dialer', byUserId: null })
  })

  it('never call ahead of an operator', async () => {
    const { exchange, runner } = await office.controller({ now: () => noon })
    exchange.free.clear()
    const id = await list([moscow, mobile])
    // Each call takes the operator; the next client is called when they are free again.
    exchange.fateOf = () => {
      exchange.free.clear()
      return 'open'
    }
    exchange.becomesFree(office.annaId)
    await until(() => exchange.placed.length === 1)
    runner.wake()
    await until(async () => (await states(id))[0] === 'calling')
    await office.workedOut()
    expect(exchange.placed).to.have.length(1)
    exchange.becomesFree(office.annaId)
    await until(() => exchange.placed.length === 2)
  })

  it('try a client again after a pause, at most as often as they may', async () => {
    let nowMs = noon
    const { exchange, runner } = await office.controller({ now: () => nowMs })
    exchange.fateOf = () => 'clientNoAnswer'
    const id = await list([mobile], { pause_minutes: 60 })
    await until(async () => (await states(id))[0] === 'retry')
    const entry = await office.db('dial_list_entries').where({ list_id: id }).first<Record<string, unknown>>()
    expect(Number(entry?.['next_attempt_at'])).to.be.greaterThan(noon + 59 * 60_000)
    expect(exchange.placed).to.have.length(1)
    nowMs = Number(entry?.['next_attempt_at'])
    runner.wake()
    await isDone(id)
    expect(await states(id)).to.deep.equal(['failed'])
    // Nobody asked for the call, so nobody owes one.
    expect(await office.tasks()).to.deep.equal([])
  })

  it('call nobody before nine or after eight where the client lives', async () => {
    let nowMs = noon + 2 * 3_600_000
    const { exchange, runner } = await office.controller({ now: () => nowMs })
    const id = await list([vladivostok, moscow])
    await until(async () => (await states(id))[1] === 'done')
    expect((await states(id))[0]).to.equal('waiting')
    const entry = await office
      .db('dial_list_entries')
      .where({ phone: vladivostok })
      .first<Record<string, unknown>>()
    expect((entry?.['next_attempt_at'] as Date).toISOString()).to.equal('2026-11-20T23:00:00.000Z')
    nowMs = Number(entry?.['next_attempt_at'])
    runner.wake()
    await isDone(id)
    expect(exchange.placed).to.have.length(2)
  })

  it('keep to hours of their own, and to those of the company', async () => {
    const closed = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] }
    office.settings = { ...office.settings, hours: { ...allDay, hours: closed } }
    const { exchange } = await office.controller({ now: () => noon })
    const shut = await list([moscow])
    const open = await list([mobile], { hours: JSON.stringify(allDay) })
    await isDone(open)
    expect(await states(shut)).to.deep.equal(['waiting'])
    expect(exchange.placed).to.have.length(1)
  })

  it('leave clients alone who wish no calls, also when the wish comes late', async () => {
    office.policy = { ...office.policy, doNotCall: new Set([moscow]) }
    const { exchange } = await office.controller({ now: () => noon })
    const id = await list([moscow, mobile])
    await isDone(id)
    expect(await states(id)).to.deep.equal(['stopped', 'done'])
    expect(exchange.placed).to.have.length(1)
    const later = await list(['+78121234567'], { state: 'paused' })
    await office.db.transaction((trx) =>
      addDoNotCall(trx, { phone: '+78121234567', reason: null, callId: null, createdBy: null })
    )
    expect(await states(later)).to.deep.equal(['stopped'])
  })

  it('place nothing while they are paused', async () => {
    const { exchange } = await office.controller({ now: () => noon })
    const paused = await list([moscow], { state: 'paused' })
    await isDone(await list([mobile]))
    expect(await states(paused)).to.deep.equal(['waiting'])
    expect(exchange.placed).to.have.length(1)
  })

  it('go on after a controller that died, calling nobody twice', async () => {
    const first = await office.controller({ now: () => noon })
    first.exchange.fateOf = () => (first.exchange.placed.length === 0 ? 'talk' : 'unwritten')
    const id = await list([moscow, mobile])
    await until(() => first.exchange.placed.length === 2)
    await first.runner.stop()
    const begunMs = Date.now()
    const second = await office.controller({ now: () => noon + 120_000 + Date.now() - begunMs })
    await isDone(id)
    expect(second.exchange.placed.map(({ order }) => order.target)).to.deep.equal([
      { kind: 'external', number: mobile }
    ])
  })
})
