import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { pino } from 'pino'
import type { Ari } from '../../pbx/ari/client.ts'
import { watchOperators } from '../../pbx/runtime/operator-watchdog.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { anyone, person, sitDown, type Desk } from '../pure/operators/given.ts'

describe('An operator who is stuck', function () {
  this.timeout(60_000)
  const anna = randomUUID()
  let database: TestDatabase
  let desk: Desk
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.drop())
  beforeEach(() => {
    desk = sitDown([person(anna)])
  })
  afterEach(() => desk.close())

  /** Asterisk has these channels, and we these calls. */
  function watch(truth: {
    channels: { id: string; name: string; application: string; createdMs: number }[] | null
    calls: string[]
  }) {
    const corrected: string[] = []
    const channels = () =>
      Promise.resolve(
        truth.channels ? { ok: true, value: truth.channels } : { ok: false, code: 'unreachable' }
      )
    const watchdog = watchOperators({
      ari: { isUp: true, listChannels: channels } as unknown as Ari,
      operators: desk.operators,
      isCallOpen: (callId) => truth.calls.includes(callId),
      metrics: { operatorCorrection: (kind) => corrected.push(kind) },
      db: database.db,
      log: pino({ level: 'silent' })
    })
    return { watchdog, corrected }
  }
  const heldLongAgo = (call: string): void => {
    desk.operators.reserve(call, anyone(), Date.now() - 60_000)
  }

  it('by a call that is over is freed, counted, audited, and given to whoever waits', async () => {
    heldLongAgo('lost')
    desk.queues.join('waits', { queueId: 'sales', query: anyone(), priority: 0, sinceMs: 1 })
    const { watchdog, corrected } = watch({ channels: [], calls: ['waits'] })
    await watchdog.look()
    expect(desk.state(anna)?.callId, 'one look may have come at a bad moment').to.equal('lost')
    await watchdog.look()
    expect(desk.state(anna)?.callId).to.equal('waits')
    expect(corrected).to.deep.equal(['call_gone'])
    const row = await database
      .db('audit')
      .where({ action: 'operator.correct' })
      .first<Record<string, unknown>>()
    expect(row).to.deep.include({ entity_id: anna, data: { kind: 'call_gone', callId: 'lost' } })
  })

  it('in an open call whose telephone is idle is freed, but not while the telephone is in use', async () => {
    heldLongAgo('open')
    const channel = { id: 'open.op1', name: `PJSIP/op-${anna}-00000001`, application: 'Stasis', createdMs: 1 }
    const truth = { channels: [channel], calls: ['open'] }
    const { watchdog, corrected } = watch(truth)
    await watchdog.look()
    await watchdog.look()
    expect(corrected).to.deep.equal([])
    truth.channels = []
    await watchdog.look()
    await watchdog.look()
    expect(corrected).to.deep.equal(['phone_idle'])
    expect(desk.state(anna)).to.include({ presence: 'available', callId: null })
  })

  it('is left alone while Asterisk cannot be asked', async () => {
    heldLongAgo('lost')
    const { watchdog, corrected } = watch({ channels: null, calls: [] })
    await watchdog.look()
    await watchdog.look()
    expect(corrected).to.deep.equal([])
    expect(desk.state(anna)?.callId).to.equal('lost')
  })
})
