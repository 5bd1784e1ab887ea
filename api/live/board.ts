import type { LiveCall } from '../contract/live.ts'
import type { Moments, MomentType } from '../../pbx/call/moments.ts'
import type { TapeRow } from '../../pbx/call/types.ts'

type Fold = { [T in MomentType]?: (call: LiveCall, data: Moments[T], at: string) => LiveCall }

/**
 * A call as screens show it, after one more row of its tape. Pure; the same object back means that nothing which
 * screens show has changed.
 * @param call as it was; null before its first row
 * @returns null while the tape has not begun with `call.initiated`
 */
export function project(call: LiveCall | null, row: TapeRow): LiveCall | null {
  const at = new Date(row.atMs).toISOString()
  if (row.type === 'call.initiated') return call ?? begin(row, at)
  if (call === null || call.phase === 'ended') return call
  const apply = folds[row.type as MomentType] as Apply | undefined
  const next = apply?.(call, row.data, at) ?? call
  return withPhase(next, row)
}

// The tape's rows carry the data that `Moments` gives to their type.
type Apply = (call: LiveCall, data: unknown, at: string) => LiveCall

/** All calls in progress, from their rows in order. */
export function projectAll(rows: readonly TapeRow[]): Map<string, LiveCall> {
  const board = new Map<string, LiveCall>()
  for (const row of rows) {
    const call = project(board.get(row.callId) ?? null, row)
    if (call) board.set(row.callId, call)
  }
  for (const [id, call] of board) if (call.phase === 'ended') board.delete(id)
  return board
}

function begin(row: TapeRow, at: string): LiveCall {
  const data = row.data as unknown as Moments['call.initiated']
  return {
    id: row.callId,
    phase: row.to === 'inScheme' ? 'inScheme' : 'arriving',
    direction: data.direction,
    startedAt: data.startedAtMs === undefined ? at : new Date(data.startedAtMs).toISOString(),
    answeredAt: null,
    endedAt: null,
    caller: {
      number: data.caller.number,
      name: data.caller.name,
      region: data.caller.region,
      country: data.caller.country
    },
    contact: data.contact,
    number: data.number,
    source: data.source as LiveCall['source'],
    site: data.site,
    scheme: data.scheme,
    step: null,
    pressed: null,
    ringing: [],
    operator: null,
    outcome: null
  }
}

/** What the phase is for a person: the machine's `inScheme` is `ringing` while somebody's phone rings. */
function withPhase(call: LiveCall, row: TapeRow): LiveCall {
  if (call.phase === 'ended') return call
  const machine = row.to ?? (call.phase === 'ringing' ? 'inScheme' : call.phase)
  const phase = machine === 'inScheme' && call.ringing.length > 0 ? 'ringing' : machine
  // Only `call.ended` ends it here, for that row says how.
  if (phase === call.phase || phase === 'ended') return call
  return { ...call, phase }
}

const folds: Fold = {
  'call.forwarding_step': (call, data, at) => {
    const pressed = data.pressed ?? call.pressed
    if (data.state === 'ended') return pressed === call.pressed ? call : { ...call, pressed }
    const step = { block: data.block, blockType: data.blockType, label: data.label, startedAt: at }
    return { ...call, pressed, step }
  },
  'leg.started': (call, { leg, userId, name }) => ({
    ...call,
    ringing: [...call.ringing.filter((other) => other.leg !== leg), { userId, name, leg }]
  }),
  'leg.ended': (call, { leg }) =>
    call.ringing.some((ringing) => ringing.leg === leg)
      ? { ...call, ringing: call.ringing.filter((ringing) => ringing.leg !== leg) }
      : call,
  'call.answered': (call, { operator, leg }, at) => ({
    ...call,
    phase: 'talking',
    answeredAt: call.answeredAt ?? at,
    operator,
    ringing: call.ringing.filter((ringing) => ringing.leg !== leg)
  }),
  'call.talk_ended': (call) => ({
    ...call,
    phase: call.ringing.length > 0 ? 'ringing' : 'inScheme',
    operator: null
  }),
  'call.ended': (call, { outcome }, at) => ({
    ...call,
    phase: 'ended',
    endedAt: at,
    outcome,
    step: null,
    ringing: [],
    operator: null
  })
}
