import type { LiveCall } from '../contract/live.ts'
import { ringTones } from '../contract/words.ts'
import type { Moments, MomentType } from '../../pbx/call/moments.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import { endings } from './fold-endings.ts'
import { moves } from './fold-moves.ts'
import { parties } from './fold-parties.ts'
import type { Fold } from './fold.ts'

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
  return withPhase(withSide(next, row), row)
}

// The tape's rows carry the data that `Moments` gives to their type.
type Apply = (call: LiveCall, data: unknown, at: string) => LiveCall

const folds: Fold = { ...parties, ...moves, ...endings }

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

/**
 * The call with the tone of the group that is asked: in a warm transfer the one meant by it, else that of the scheme's step.
 * @param toneOf of a group, by its id or name
 */
export function withTone(call: LiveCall, toneOf: (group: string) => string | null): LiveCall {
  const asked = call.consult ? call.consult.target['groupId'] : call.step?.group
  const wanted = typeof asked === 'string' ? toneOf(asked) : null
  const ringTone = ringTones.find((tone) => tone === wanted) ?? ringTones[0]
  return ringTone === call.ringTone ? call : { ...call, ringTone }
}

/** The call without what only supervisors may see: who listens in silence. The same object when there is nothing. */
export function forOperators(call: LiveCall): LiveCall {
  const watchers = call.watchers.filter((watcher) => !watcher.isSilent)
  return watchers.length === call.watchers.length ? call : { ...call, watchers }
}

/** Whether operators see any difference between two states of a call. */
export function differsForOperators(before: LiveCall | null, after: LiveCall): boolean {
  if (before === null) return true
  const changed = (Object.keys(after) as (keyof LiveCall)[]).filter((key) => before[key] !== after[key])
  if (changed.some((key) => key !== 'watchers')) return true
  return JSON.stringify(forOperators(before).watchers) !== JSON.stringify(forOperators(after).watchers)
}

function begin(row: TapeRow, at: string): LiveCall {
  const data = row.data as unknown as Moments['call.initiated']
  const { visit } = data
  return {
    id: row.callId,
    phase: row.to === 'inScheme' || row.to === 'dialling' ? row.to : 'arriving',
    direction: data.direction,
    callType: data.callType,
    startedAt: data.startedAtMs === undefined ? at : new Date(data.startedAtMs).toISOString(),
    answeredAt: null,
    endedAt: null,
    caller: {
      number: data.caller.number,
      name: data.caller.name,
      region: data.caller.region,
      country: data.caller.country
    },
    dialed: data.dialed,
    contact: data.contact,
    number: data.number,
    source: data.source as LiveCall['source'],
    site: data.site,
    visit: visit
      ? {
          landingUrl: visit.landingUrl,
          pageUrl: visit.pageUrl,
          referrer: visit.referrer,
          confidence: visit.confidence
        }
      : null,
    scheme: data.scheme,
    step: null,
    pressed: null,
    ...(data.lists && { lists: [...data.lists] }),
    tags: [],
    order: data.order ?? null,
    ringing: [],
    ringTone: ringTones[0],
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
    outcome: null
  }
}

/** With whom the owner speaks in a warm transfer: the tape tells it by the bridge that they are brought into. */
function withSide(call: LiveCall, row: TapeRow): LiveCall {
  const owner = call.members[0]?.leg
  if (call.consult?.stage !== 'talking' || owner === undefined) return call
  let { side } = call.consult
  for (const effect of row.effects) {
    if (effect.do !== 'connect' || !effect.parties.includes(owner)) continue
    side = effect.bridge === 'consult' ? 'consulted' : 'client'
  }
  return side === call.consult.side ? call : { ...call, consult: { ...call.consult, side } }
}

/** What the phase is for a person: the machine's `inScheme` is `ringing` while somebody's phone rings. */
function withPhase(call: LiveCall, row: TapeRow): LiveCall {
  if (call.phase === 'ended') return call
  const machine = row.to ?? (call.phase === 'ringing' ? 'inScheme' : call.phase)
  const rings = call.ringing.some((leg) => leg.purpose === 'scheme' || leg.purpose === 'return')
  const phase = machine === 'inScheme' && rings ? 'ringing' : machine
  // Only `call.ended` ends it here, for that row says how.
  if (phase === call.phase || phase === 'ended') return call
  return { ...call, phase }
}
