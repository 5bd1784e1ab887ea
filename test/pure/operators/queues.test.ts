import { expect } from 'chai'
import type { OperatorQuery, QueueRequest } from '../../../ivr/block.ts'
import { until } from '../../support/until.ts'
import { anyone, person, sitDown, type Desk } from './given.ts'

describe('A queue', () => {
  let desk: Desk
  afterEach(() => desk.close())

  const request = (sinceMs: number, change: Partial<QueueRequest> = {}): QueueRequest => ({
    queueId: 'sales',
    query: anyone(),
    priority: 0,
    sinceMs,
    ...change
  })
  const given = (): string[] =>
    desk.delivered.flatMap(({ callId, event }) =>
      event.type === 'operatorsFound' ? [`${callId}←${event.operators.map((one) => one.userId).join()}`] : []
    )
  const places = (callId: string): number[] =>
    desk.delivered.flatMap((one) =>
      one.callId === callId && one.event.type === 'queuePlace' ? [one.event.position] : []
    )
  const busy = (...userIds: string[]): void => {
    for (const userId of userIds) desk.operators.hold('before', userId)
  }
  const free = (userId: string): void => desk.operators.release('before', userId, false, Date.now())

  it('gives whoever is free to a call that joins', () => {
    desk = sitDown([person('anna')])
    desk.queues.join('c1', request(1))
    expect(given()).to.deep.equal(['c1←anna'])
    expect(desk.queues.list()).to.deep.equal([])
  })

  it('gives a freed operator to the first in turn: by priority, then by waiting time', () => {
    desk = sitDown([person('anna'), person('boris'), person('vera')])
    busy('anna', 'boris', 'vera')
    desk.queues.join('late', request(30))
    desk.queues.join('early', request(10))
    desk.queues.join('important', request(40, { priority: 5 }))
    for (const userId of ['anna', 'boris', 'vera']) free(userId)
    expect(given()).to.deep.equal(['important←anna', 'early←boris', 'late←vera'])
  })

  it('lets an operator who does not fit the first serve a later one', () => {
    desk = sitDown([person('anna', { skills: ['ru'] }), person('boris', { skills: ['ru', 'en'] })])
    busy('anna', 'boris')
    desk.queues.join('english', request(1, { query: anyone({ skills: ['en'] }) }))
    desk.queues.join('russian', request(2, { query: anyone({ skills: ['ru'] }) }))
    desk.queues.join('refused', request(0, { query: anyone({ except: ['anna', 'boris'] }) }))
    free('anna')
    expect(given()).to.deep.equal(['russian←anna'])
    free('boris')
    expect(given()).to.deep.equal(['russian←anna', 'english←boris'])
  })

  it('has whoever becomes available, reachable or a member', () => {
    desk = sitDown([person('anna', { presence: 'away' }), person('boris', { devices: [] })])
    desk.queues.join('c1', request(1))
    desk.queues.join('c2', request(2))
    expect(given()).to.deep.equal([])
    desk.operators.setPresence('anna', { presence: 'available' }, Date.now())
    expect(given()).to.deep.equal(['c1←anna'])
    desk.load({ users: new Map([['boris', person('boris')]]) })
    expect(given()).to.deep.equal(['c1←anna', 'c2←boris'])
  })

  it('has the stand-in when the owner goes away', () => {
    desk = sitDown([person('anna'), person('boris')], { standIns: new Map([['anna', 'boris']]) })
    busy('anna')
    const query: OperatorQuery = { kind: 'owner', userId: 'anna', except: [] }
    desk.queues.join('c1', request(1, { query }))
    expect(given()).to.deep.equal([])
    desk.operators.setPresence('anna', { presence: 'offline' }, Date.now())
    expect(given()).to.deep.equal(['c1←boris'])
  })

  it('comes before calls that ring the group directly', () => {
    desk = sitDown([person('anna')])
    busy('anna')
    desk.queues.join('waits', request(1))
    free('anna')
    expect(desk.operators.reserve('rings', anyone(), Date.now())).to.deep.equal([])
    expect(given()).to.deep.equal(['waits←anna'])
  })

  it('tells each call its place once, and again when it has changed', async () => {
    desk = sitDown([person('anna')])
    busy('anna')
    desk.queues.join('c1', request(1))
    desk.queues.join('c2', request(2))
    desk.queues.join('c3', request(3))
    await until(() => places('c3').length === 1)
    expect([places('c1'), places('c2'), places('c3')]).to.deep.equal([[1], [2], [3]])
    const told = desk.delivered.find(({ callId }) => callId === 'c3')
    expect(told?.event).to.include({ type: 'queuePlace', position: 3, waiting: 3, estimateSeconds: null })
    const at = Date.now()
    desk.queues.leave('c1')
    desk.queues.leave('c2')
    await until(() => places('c3').length === 2)
    expect(places('c3'), 'two changes in one second are one').to.deep.equal([3, 1])
    expect(Date.now() - at).to.be.within(300, 2000)
    expect(places('c2')).to.deep.equal([2])
  })

  it('keeps the place of a call that was rung for in vain, or that came back after a restart', () => {
    desk = sitDown([person('anna')])
    desk.queues.join('first', request(1))
    desk.queues.join('second', request(2))
    desk.queues.join('first', request(1))
    expect(desk.queues.list()[0]?.waiting.map(({ callId }) => callId)).to.deep.equal(['first', 'second'])
    desk.operators.release('first', 'anna', false, Date.now(), 'noAnswer')
    expect(given()).to.deep.equal(['first←anna', 'first←anna'])
  })

  it('shows who waits, since when, and how long others did', async () => {
    desk = sitDown([person('anna')])
    desk.queues.join('served', request(Date.now() - 60_000))
    desk.queues.join('c1', request(5000))
    desk.queues.waitVirtually({ callbackId: 'b1', request: request(4000) }, () => undefined)
    await until(() => desk.queueStates.length > 0)
    expect(desk.queues.list()).to.deep.equal([
      {
        queueId: 'sales',
        name: 'Sales',
        waiting: [
          { position: 1, callId: null, callbackId: 'b1', priority: 0, since: '1970-01-01T00:00:04.000Z' },
          { position: 2, callId: 'c1', callbackId: null, priority: 0, since: '1970-01-01T00:00:05.000Z' }
        ],
        longestSince: '1970-01-01T00:00:04.000Z',
        averageWaitSeconds: 60
      }
    ])
    desk.queues.leave('c1')
    await until(() => desk.queueStates.at(-1)?.waiting.length === 1)
  })

  it('takes an operator back whom no callback calls for', () => {
    desk = sitDown([person('anna')])
    const giveUp = desk.queues.waitVirtually({ callbackId: 'b1', request: request(1) }, () => undefined)
    expect(desk.state('anna')?.presence).to.equal('busy')
    desk.queues.join('c1', request(2))
    giveUp()
    expect(given()).to.deep.equal(['c1←anna'])
    giveUp()
    expect(desk.state('anna')?.callId, 'it is not theirs any more').to.equal('c1')
  })

  it('keeps a place for a callback, and its operator for the call that is placed for it', () => {
    desk = sitDown([person('anna')])
    busy('anna')
    const reserved: string[] = []
    desk.queues.waitVirtually({ callbackId: 'b1', request: request(1) }, (operator) =>
      reserved.push(operator.userId)
    )
    const giveUp = desk.queues.waitVirtually({ callbackId: 'b2', request: request(0) }, () => {
      throw new Error('It was given up')
    })
    desk.queues.join('c1', request(2))
    giveUp()
    free('anna')
    expect(reserved).to.deep.equal(['anna'])
    expect(desk.state('anna'), 'no call yet').to.include({ presence: 'busy', callId: null })
    const query: OperatorQuery = { kind: 'user', userId: 'anna', except: [] }
    expect(desk.operators.reserve('other', query, Date.now())).to.deep.equal([])
    expect(desk.operators.reserve('other', query, Date.now(), 'b2')).to.deep.equal([])
    expect(desk.operators.reserve('placed', query, Date.now(), 'b1')).to.have.length(1)
    expect(desk.state('anna')?.callId).to.equal('placed')
    desk.operators.release('placed', 'anna', true, Date.now(), 'answered')
    expect(given()).to.deep.equal(['c1←anna'])
  })
})
