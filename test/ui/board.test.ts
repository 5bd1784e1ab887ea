import { expect } from 'chai'
import type { LiveCall } from '../../api/contract/live.ts'
import {
  callOf,
  emptyBoard,
  openCalls,
  reduceBoard,
  type Board,
  type BoardEvent
} from '../../ui/src/live/board.ts'

const aCall = (id: string, changes: Partial<LiveCall> = {}): LiveCall => ({
  id,
  phase: 'inScheme',
  direction: 'in',
  startedAt: '2026-11-21T10:00:00.000Z',
  answeredAt: null,
  endedAt: null,
  caller: { number: '+79161234567', name: null, region: null, country: null },
  contact: null,
  number: null,
  source: null,
  site: null,
  scheme: null,
  step: null,
  pressed: null,
  ringing: [],
  operator: null,
  outcome: null,
  ...changes
})
const hello = (seq: number, calls: LiveCall[], resync = true): BoardEvent => ({
  type: 'hello',
  hello: { epoch: 'e', seq, resync, calls, operators: [] }
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

  it('says since when it is stale, however often the connection fails', () => {
    const board = play(hello(1, []), { type: 'lost', atMs: 100 }, { type: 'lost', atMs: 900 })
    expect(board).to.include({ connection: 'stale', staleSinceMs: 100 })
  })

  it('finds the call that rings at an operator, and before it the one they talk in', () => {
    const rings = aCall('a', { ringing: [{ userId: 'anna', name: 'Anna', leg: 'l1' }] })
    const talks = aCall('b', { phase: 'talking', operator: { id: 'anna', name: 'Anna' } })
    expect(callOf(play(hello(1, [rings])), 'anna')?.id).to.equal('a')
    expect(callOf(play(hello(1, [rings, talks])), 'anna')?.id).to.equal('b')
    expect(callOf(play(hello(1, [rings])), 'boris')).to.equal(null)
  })

  it('lets the card of everybody else go when one operator answers', () => {
    const ringing = ['anna', 'boris'].map((userId) => ({ userId, name: userId, leg: userId }))
    const board = play(
      hello(1, [aCall('a', { ringing })]),
      changed(2, aCall('a', { phase: 'talking', operator: { id: 'boris', name: 'boris' } }))
    )
    expect(callOf(board, 'anna')).to.equal(null)
  })
})
