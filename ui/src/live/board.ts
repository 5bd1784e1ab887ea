import type { Hello, LiveCall, LiveClient, OperatorState, Stamped } from '../../../api/contract/live.ts'
import type { QueueState } from '../../../api/contract/operators.ts'
import { partOf } from './part.ts'

/** What the screens know of the calls in progress and of the operators, and how fresh that is. */
export interface Board {
  epoch: string | null
  seq: number
  calls: Readonly<Record<string, LiveCall>>
  /** What is known of the clients of calls, by call. */
  clients: Readonly<Record<string, LiveClient>>
  operators: Readonly<Record<string, OperatorState>>
  /** Queues in which somebody waits, by id. */
  queues: Readonly<Record<string, QueueState>>
  connection: 'connecting' | 'online' | 'stale'
  /** Since when nothing new has come, ms since the epoch of this computer's clock. */
  staleSinceMs: number | null
  health: { status: 'ok' | 'degraded'; checks: Record<string, string> } | null
}

export type BoardEvent =
  | { type: 'hello'; hello: Hello }
  | { type: 'call'; event: Stamped & { call: LiveCall } }
  | { type: 'client'; event: Stamped & { client: LiveClient } }
  | { type: 'operator'; event: Stamped & { operator: OperatorState } }
  | { type: 'queue'; event: Stamped & { queue: QueueState } }
  | { type: 'health'; event: Stamped & { status: 'ok' | 'degraded'; checks: Record<string, string> } }
  | { type: 'other'; event: Stamped }
  | { type: 'lost'; atMs: number }

export const emptyBoard: Board = {
  epoch: null,
  seq: 0,
  calls: {},
  clients: {},
  operators: {},
  queues: {},
  connection: 'connecting',
  staleSinceMs: null,
  health: null
}

/** Ended calls stay for a moment, so that whoever looks at one sees how it ended. */
const endedKept = 20

function withCall(calls: Board['calls'], call: LiveCall): Board['calls'] {
  const next = { ...calls, [call.id]: call }
  if (call.phase !== 'ended') return next
  const ended = Object.values(next)
    .filter((each) => each.phase === 'ended')
    .sort((a, b) => Date.parse(b.endedAt ?? b.startedAt) - Date.parse(a.endedAt ?? a.startedAt))
  for (const old of ended.slice(endedKept)) delete next[old.id]
  return next
}

function byId<T>(items: readonly T[], id: (item: T) => string): Record<string, T> {
  return Object.fromEntries(items.map((item) => [id(item), item]))
}

/** Clients go with their calls. The same object when all stay. */
function ofCalls(clients: Board['clients'], calls: Board['calls']): Board['clients'] {
  const ids = Object.keys(clients)
  if (ids.every((id) => id in calls)) return clients
  return Object.fromEntries(Object.entries(clients).filter(([id]) => id in calls))
}

/**
 * One event of the feed. Events already seen change nothing; `hello` either says that what was missed will follow,
 * or brings a snapshot that replaces everything.
 */
export function reduceBoard(board: Board, event: BoardEvent): Board {
  if (event.type === 'lost') {
    return { ...board, connection: 'stale', staleSinceMs: board.staleSinceMs ?? event.atMs }
  }
  if (event.type === 'hello') {
    const { hello } = event
    const online: Board = { ...board, connection: 'online', staleSinceMs: null }
    if (!hello.resync) return online
    return {
      ...online,
      epoch: hello.epoch,
      seq: hello.seq,
      calls: byId(hello.calls, (call) => call.id),
      clients: byId(hello.clients, (client) => client.callId),
      operators: byId(hello.operators, (operator) => operator.userId),
      queues: byId(hello.queues, (queue) => queue.queueId)
    }
  }
  const { epoch, seq } = event.event
  if (board.epoch === epoch && seq <= board.seq) return board
  const seen: Board = { ...board, epoch, seq }
  switch (event.type) {
    case 'call': {
      const calls = withCall(board.calls, event.event.call)
      return { ...seen, calls, clients: ofCalls(board.clients, calls) }
    }
    case 'client': {
      const { client } = event.event
      return { ...seen, clients: { ...board.clients, [client.callId]: client } }
    }
    case 'operator':
      return {
        ...seen,
        operators: { ...board.operators, [event.event.operator.userId]: event.event.operator }
      }
    case 'queue': {
      const { queue } = event.event
      const queues = { ...board.queues, [queue.queueId]: queue }
      if (queue.waiting.length === 0) delete queues[queue.queueId]
      return { ...seen, queues }
    }
    case 'health':
      return { ...seen, health: { status: event.event.status, checks: event.event.checks } }
    case 'other':
      return seen
  }
}

/** Calls in progress, those that wait longest first. */
export function openCalls(board: Board): LiveCall[] {
  return Object.values(board.calls)
    .filter((call) => call.phase !== 'ended')
    .sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))
}

/** Where a user stands in several calls at once: the nearest to the client counts. */
const nearest = ['owner', 'member', 'consulted', 'ordering', 'watching', 'ringing'] as const

/** The call that rings at this user's phone, or in which they are in any part. */
export function callOf(board: Board, userId: string): LiveCall | null {
  const calls = openCalls(board)
  for (const part of nearest) {
    const found = calls.find((call) => partOf(call, userId) === part)
    if (found) return found
  }
  return null
}

/** Calls that wait on a parking place, in the order of the places. */
export function parkedCalls(board: Board): LiveCall[] {
  return openCalls(board)
    .filter((call) => call.parked)
    .sort((a, b) => (a.parked?.slot ?? 0) - (b.parked?.slot ?? 0))
}

/** Calls that wait for an operator: who has waited longest first. */
export function queuedCalls(board: Board): LiveCall[] {
  const since = (call: LiveCall): number => Date.parse(call.queue?.since ?? call.startedAt)
  return openCalls(board)
    .filter((call) => call.queue)
    .sort((a, b) => since(a) - since(b))
}
