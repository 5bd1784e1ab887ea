import type { Hello, LiveCall, OperatorState, Stamped } from '../../../api/contract/live.ts'

/** What the screens know of the calls in progress and of the operators, and how fresh that is. */
export interface Board {
  epoch: string | null
  seq: number
  calls: Readonly<Record<string, LiveCall>>
  operators: Readonly<Record<string, OperatorState>>
  connection: 'connecting' | 'online' | 'stale'
  /** Since when nothing new has come, ms since the epoch of this computer's clock. */
  staleSinceMs: number | null
  health: { status: 'ok' | 'degraded'; checks: Record<string, string> } | null
}

export type BoardEvent =
  | { type: 'hello'; hello: Hello }
  | { type: 'call'; event: Stamped & { call: LiveCall } }
  | { type: 'operator'; event: Stamped & { operator: OperatorState } }
  | { type: 'health'; event: Stamped & { status: 'ok' | 'degraded'; checks: Record<string, string> } }
  | { type: 'other'; event: Stamped }
  | { type: 'lost'; atMs: number }

export const emptyBoard: Board = {
  epoch: null,
  seq: 0,
  calls: {},
  operators: {},
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
      operators: byId(hello.operators, (operator) => operator.userId)
    }
  }
  const { epoch, seq } = event.event
  if (board.epoch === epoch && seq <= board.seq) return board
  const seen: Board = { ...board, epoch, seq }
  switch (event.type) {
    case 'call':
      return { ...seen, calls: withCall(board.calls, event.event.call) }
    case 'operator':
      return {
        ...seen,
        operators: { ...board.operators, [event.event.operator.userId]: event.event.operator }
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

/** The call that rings at this user's phone, or in which they talk. */
export function callOf(board: Board, userId: string): LiveCall | null {
  const calls = openCalls(board)
  return (
    calls.find((call) => call.phase === 'talking' && call.operator?.id === userId) ??
    calls.find((call) => call.ringing.some((each) => each.userId === userId)) ??
    null
  )
}
