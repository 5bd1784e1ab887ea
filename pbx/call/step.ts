import { callFlow } from './flow.ts'
import { startTurn } from './turn.ts'
import type { Step, TapeRow } from './effects.ts'
import type { CallEvent } from './events.ts'
import type { Call, Caller, Leg, Order } from './types.ts'

const blank = {
  seq: 0,
  route: null,
  order: null,
  scheme: null,
  detours: [],
  groupNames: {},
  jumps: 0,
  block: null,
  handover: null,
  isAnswered: false,
  ringbackOn: false,
  musicOn: false,
  isQueued: false,
  legs: [],
  nextLeg: 1,
  talk: null,
  watchers: [],
  parked: null,
  declined: [],
  ownerId: null,
  lastOperatorId: null,
  lastOperatorName: null,
  tags: [],
  isRecorded: null,
  deadlineMs: null,
  playing: null,
  nextPlay: 1,
  voicemail: null,
  stepNo: 0,
  pressed: '',
  pressedInBlock: null,
  isRated: false,
  hasPromise: false,
  firstTalkMs: null,
  talkedMs: 0,
  heldMs: 0,
  reachedOperators: false,
  rungSomebody: false
} as const satisfies Partial<Call>

/** A call at the moment of its arrival, before its first event. `startedMs` is when the caller's channel was made. */
export function newCall(arrival: {
  id: string
  pbxUniqueId: string
  startedMs: number
  caller: Caller
  dialed: string
  trunkId: string | null
}): Call {
  return {
    ...mutable(),
    ...arrival,
    direction: 'in',
    callType: 'tracking_static',
    clientChannel: arrival.pbxUniqueId,
    clientLeg: null,
    phase: 'arriving'
  }
}

/**
 * A call that we place, before its event `placed`. `client` is the other party as far as it is known: for a call
 * inside the company, the colleague.
 */
export function newPlacedCall(wanted: {
  id: string
  startedMs: number
  order: Order
  client: Caller
  dialed: string
}): Call {
  const { id, startedMs, order, client, dialed } = wanted
  return {
    ...mutable(),
    ...{ id, startedMs, order, dialed },
    caller: client,
    trunkId: null,
    direction: order.target.kind === 'user' ? 'internal' : 'out',
    callType: order.callType,
    pbxUniqueId: order.phone?.channelId ?? `${id}.${order.test?.rings ? 'cl1' : 'op1'}`,
    clientChannel: null,
    clientLeg: null,
    phase: 'dialling'
  }
}

/** Arrays are replaced, never pushed to, so calls may share the empty ones. */
const mutable = () => ({ ...blank, legs: [] as Leg[], declined: [] as string[] })

/**
 * One step of a call: its next state, what must be done, and the rows for its tape. Pure: the same call and event
 * always give the same step; `call` itself is not changed. Never throws for an event that came at a wrong moment.
 */
export function step(call: Call, event: CallEvent): Step {
  const turn = startTurn(call, event)
  // Each cell takes just its own event; the table's type has already paired them.
  const cell = (callFlow[call.phase][event.type] ?? callFlow.always[event.type]) as
    ((turn: unknown, event: CallEvent) => void) | undefined
  if (cell) cell(turn, event)
  else turn.ignored = true

  const next = turn.call
  const isQuiet = call.phase === 'ended' && turn.effects.length === 0
  const records = isQuiet ? [] : rowsOf(call, next, event, turn)
  next.seq = call.seq + records.length
  return { call: next, effects: turn.effects, records, ignored: turn.ignored, refused: turn.refused }
}

/**
 * The rows of a step: its moments, or the bare event when it yields none. The first row carries the change of phase
 * and the effects, so that the tape tells what was done and why.
 */
function rowsOf(before: Call, after: Call, event: CallEvent, turn: ReturnType<typeof startTurn>): TapeRow[] {
  const entries: { type: string; data: Record<string, unknown> }[] =
    turn.moments.length > 0
      ? turn.moments.map(({ type, data }) => ({ type, data: { ...data } }))
      : [{ type: event.type, data: dataOf(event, turn) }]
  return entries.map((entry, index) => ({
    callId: before.id,
    seq: before.seq + 1 + index,
    atMs: event.atMs,
    type: entry.type,
    from: before.phase,
    to: after.phase,
    data: entry.data,
    effects: index === 0 ? turn.effects : []
  }))
}

function dataOf(
  event: CallEvent,
  { ignored, refused }: ReturnType<typeof startTurn>
): Record<string, unknown> {
  const { type: _type, atMs: _atMs, ...data } = event
  return { ...data, ...(ignored ? { ignored } : {}), ...(refused ? { refused } : {}) }
}
