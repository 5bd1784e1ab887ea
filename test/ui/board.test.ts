import { expect } from 'chai'
import type { LiveCall, LiveLeg } from '../../api/contract/live.ts'
import {
  callOf,
  emptyBoard,
  openCalls,
  parkedCalls,
  queuedCalls,
  reduceBoard,
  type Board,
  type BoardEvent
} from '../../ui/src/live/board.ts'
import { legOf, othersIn, partOf } from '../../ui/src/live/part.ts'

const aCall = (id: string, changes: Partial<LiveCall> = {}): LiveCall => ({
  id,
  phase: 'inScheme',
  direction: 'in',
  callType: 'pbx',
  startedAt: '2026-11-21T10:00:00.000Z',
  answeredAt: null,
  endedAt: null,
  caller: { number: '+79161234567', name: null, region: null, country: null },
  dialed: '+74951112233',
  contact: null,
  number: null,
  source: null,
  site: null,
  visit: null,
  scheme: null,
  step: null,
  pressed: null,
  tags: [],
  order: null,
  ringing: [],
  ringTone: 'classic',
  standby: [],
  operator: null,
  members: [],
  held: null,
  consult: null,
  transfer: null,
  watchers: [],
  parked: null,
  queue: null,
  recording: 'off',
  refusal: null,
  outcome: null,
  ...changes
})
const leg = (id: string, userId: string, purpose: LiveLeg['purpose'] = 'scheme'): LiveLeg => ({
  leg: id,
  kind: 'operator',
  userId,
  name: userId,
  purpose,
  handover: null
})
const member = (id: string, userId: string | null): LiveCall['members'][number] => ({
  leg: id,
  kind: userId === null ? 'external' : 'operator',
  userId,
  name: userId ?? '+79990000000',
  since: '2026-11-21T10:00:05.000Z'
})
const hello = (seq: number, calls: LiveCall[], resync = true): BoardEvent => ({
  type: 'hello',
  hello: { epoch: 'e', seq, resync, calls, clients: [], operators: [], queues: [] }
})
const changed = (seq: number, call: LiveCall, epoch = 'e'): BoardEvent => ({
  type: 'call',
  event: { epoch, seq, call }
})
const play = (...events: BoardEvent[]): Board => events.reduce(reduceBoard, emptyBoard)

describe('the live board', () => {
  it('starts from the snapshot of the server', () => {
    const board = play(hello(7, [aCall('a'), aCall('b')]))
    expect(openCalls(board).map((call) => call.id)).to.have.members(['a', 'b'])
    expect(board.connection).to.equal('online')
  })

  it('keeps what it knows when the missed events will follow', () => {
    const board = play(
      hello(7, [aCall('a')]),
      { type: 'lost', atMs: 5 },
      hello(9, [], false),
      changed(8, aCall('b'))
    )
    expect(openCalls(board)).to.have.length(2)
    expect(board.staleSinceMs).to.equal(null)
  })

  it('ignores an event that it has seen already', () => {
    const before = play(hello(7, []), changed(8, aCall('a', { phase: 'talking' })))
    expect(reduceBoard(before, changed(8, aCall('a')))).to.equal(before)
    expect(reduceBoard(before, changed(5, aCall('x')))).to.equal(before)
  })

  it('follows a server that has started anew', () => {
    const board = play(hello(900, []), changed(1, aCall('a'), 'another'))
    expect(openCalls(board)).to.have.length(1)
    expect(board.seq).to.equal(1)
  })

  it('takes a call off the list when it ends', () => {
    const board = play(
      hello(1, [aCall('a')]),
      changed(2, aCall('a', { phase: 'ended', endedAt: '2026-11-21T10:01:00.000Z' }))
    )
    expect(openCalls(board)).to.deep.equal([])
  })

  it('does not collect ended calls for ever', () => {
    let board = play(hello(0, []))
    for (let n = 1; n <= 100; n += 1) {
      const endedAt = new Date(Date.UTC(2026, 10, 21, 10, 0, n)).toISOString()
      board = reduceBoard(board, changed(n, aCall(`c${n}`, { phase: 'ended', endedAt })))
    }
    expect(Object.keys(board.calls)).to.have.length(20)
    expect(board.calls['c100']).not.to.equal(undefined)
  })

  it('keeps what is known of a client as long as the call, and takes it from a snapshot', () => {
    const client = {
      ...{ callId: 'a', contact: null, owner: null, note: null, calls: 3, lastContact: null, deal: null }
    }
    const known: BoardEvent = { type: 'client', event: { epoch: 'e', seq: 2, client } }
    const board = play(hello(1, [aCall('a')]), known)
    expect(board.clients['a']?.calls).to.equal(3)
    const later: BoardEvent = {
      type: 'client',
      event: { epoch: 'e', seq: 3, client: { ...client, calls: 4 } }
    }
    expect(reduceBoard(reduceBoard(board, later), known).clients['a']?.calls).to.equal(4)
    const ended = Array.from({ length: 21 }, (_, place) =>
      changed(10 + place, {
        ...aCall(place === 0 ? 'a' : `b${place}`, { phase: 'ended' }),
        endedAt: new Date(Date.parse('2026-11-21T10:00:00Z') + place * 1000).toISOString()
      })
    )
    expect(ended.slice(0, 1).reduce(reduceBoard, board).clients).to.have.keys('a')
    expect(ended.reduce(reduceBoard, board).clients).to.deep.equal({})
    const snapshot = hello(7, [aCall('a')])
    if (snapshot.type === 'hello') snapshot.hello.clients = [client]
    expect(play(snapshot).clients['a']?.calls).to.equal(3)
  })

  it('says since when it is stale, however often the connection fails', () => {
    const board = play(hello(1, []), { type: 'lost', atMs: 100 }, { type: 'lost', atMs: 900 })
    expect(board).to.include({ connection: 'stale', staleSinceMs: 100 })
  })

  it('finds the call that rings at an operator, and before it the one they talk in', () => {
    const rings = aCall('a', { ringing: [leg('l1', 'anna')] })
    const talks = aCall('b', { phase: 'talking', operator: { id: 'anna', name: 'Anna' } })
    expect(callOf(play(hello(1, [rings])), 'anna')?.id).to.equal('a')
    expect(callOf(play(hello(1, [rings, talks])), 'anna')?.id).to.equal('b')
    expect(callOf(play(hello(1, [rings])), 'boris')).to.equal(null)
  })

  it('lets the card of everybody else go when one operator answers', () => {
    const ringing = ['anna', 'boris'].map((userId) => leg(userId, userId))
    const board = play(
      hello(1, [aCall('a', { ringing })]),
      changed(2, aCall('a', { phase: 'talking', operator: { id: 'boris', name: 'boris' } }))
    )
    expect(callOf(board, 'anna')).to.equal(null)
  })

  it('lists parked calls by their place, and queued ones by their wait', () => {
    const parked = (slot: number) => ({ slot, by: 'Anna', since: '2026-11-21T10:00:09.000Z' })
    const queue = (since: string) => ({ id: 'q', priority: 0, since })
    const board = play(
      hello(1, [
        aCall('a', { phase: 'parked', parked: parked(12) }),
        aCall('b', { phase: 'parked', parked: parked(11) }),
        aCall('c', { queue: queue('2026-11-21T10:00:20.000Z') }),
        aCall('d', { queue: queue('2026-11-21T10:00:10.000Z') })
      ])
    )
    expect(parkedCalls(board).map((call) => call.id)).to.deep.equal(['b', 'a'])
    expect(queuedCalls(board).map((call) => call.id)).to.deep.equal(['d', 'c'])
  })

  it('forgets a queue in which nobody waits any more', () => {
    const queue = { queueId: 'q', name: 'Sales', longestSince: null, averageWaitSeconds: null }
    const waiting = [
      { position: 1, callId: 'a', callbackId: null, priority: 0, since: '2026-11-21T10:00:00.000Z' }
    ]
    const full = play(hello(1, []), {
      type: 'queue',
      event: { epoch: 'e', seq: 2, queue: { ...queue, waiting } }
    })
    expect(Object.keys(full.queues)).to.deep.equal(['q'])
    const empty = reduceBoard(full, {
      type: 'queue',
      event: { epoch: 'e', seq: 3, queue: { ...queue, waiting: [] } }
    })
    expect(empty.queues).to.deep.equal({})
  })
})

describe('the part of somebody in a call', () => {
  const talk = aCall('a', {
    phase: 'talking',
    members: [member('op1', 'anna'), member('ext2', null), member('op3', 'boris')],
    standby: [leg('op4', 'vera', 'consult'), leg('op5', 'gleb', 'order')],
    watchers: [
      { leg: 'sup6', userId: 'dina', name: 'Dina', watched: 'op1', mode: 'listen', isSilent: false }
    ],
    ringing: [leg('op7', 'egor')]
  })

  it('is told apart by where they are', () => {
    const parts = ['anna', 'boris', 'vera', 'gleb', 'dina', 'egor', 'nobody'].map((who) => partOf(talk, who))
    expect(parts).to.deep.equal(['owner', 'member', 'consulted', 'ordering', 'watching', 'ringing', null])
  })

  it('gives the leg that waits or rings, and the others in the talk', () => {
    expect(legOf(talk, 'vera')?.leg).to.equal('op4')
    expect(legOf(talk, 'anna')).to.equal(null)
    expect(othersIn(talk, 'anna').map((each) => each.leg)).to.deep.equal(['ext2', 'op3'])
  })

  it('prefers the call in which somebody has the client', () => {
    const rings = aCall('b', { ringing: [leg('op1', 'anna')], startedAt: '2026-11-21T09:00:00.000Z' })
    expect(callOf(play(hello(1, [rings, talk])), 'anna')?.id).to.equal('a')
    expect(callOf(play(hello(1, [rings, talk])), 'dina')?.id).to.equal('a')
  })
})
