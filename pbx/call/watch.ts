import type { FoundOperator } from '../../ivr/block.ts'
import { endConsult } from './consult.ts'
import { answerLeg, dropLeg, endedByItself, ringOperator } from './legs.ts'
import { recordingIdOf } from './recording-id.ts'
import { goesOut, handOver, unholdClient } from './talk.ts'
import { changeLeg, clientParty, effect, legOf, moment, ownerOf, partyOf, type Turn } from './turn.ts'
import type { Person } from './events.ts'
import type { Call, Leg, WatchMode } from './types.ts'

type Watcher = Call['watchers'][number]

/** How long a supervisor's telephone rings. */
const ringMs = 20_000

/** The supervisor's telephones ring; with the answer the watching begins. */
export function startWatching(
  turn: Turn,
  by: Person,
  wished: { mode: WatchMode; isSilent: boolean; devices: readonly string[] }
): void {
  const { call } = turn
  const watched = call.talk?.leg
  if (watched === undefined) return
  const supervisor: FoundOperator = { ...by, devices: wished.devices }
  const before = call.legs.length
  ringOperator(turn, supervisor, {
    purpose: 'watch',
    kind: 'supervisor',
    ringMs,
    record: false,
    recordsItself: false
  })
  const { mode, isSilent } = wished
  const added = call.legs.slice(before).map((leg) => ({ leg: leg.id, watched, mode, isSilent }))
  call.watchers = [...call.watchers, ...added]
}

/** The watcher whom this person is, with the leg that was answered before those that only ring. */
export function watcherOf(turn: Turn, userId: string): { watcher: Watcher; leg: Leg } | null {
  const found = turn.call.watchers.flatMap((watcher) => {
    const leg = legOf(turn, watcher.leg)
    return leg && leg.userId === userId && leg.state !== 'ended' ? [{ watcher, leg }] : []
  })
  return found.find(({ leg }) => leg.state === 'answered') ?? found[0] ?? null
}

export function watcherAnswered(turn: Turn, leg: Leg): void {
  const { call } = turn
  for (const other of call.legs) {
    if (
      other.purpose === 'watch' &&
      other.userId === leg.userId &&
      other.state === 'ringing' &&
      other.id !== leg.id
    )
      removeWatcher(turn, other, 'cancelled')
  }
  const watcher = call.watchers.find((one) => one.leg === leg.id)
  answerLeg(turn, leg.id, false)
  moment(turn, 'leg.answered', { leg: leg.id, userId: leg.userId, recordingId: null })
  if (!watcher || !call.talk) {
    removeWatcher(turn, { ...leg, state: 'answered' }, 'answered')
    return
  }
  tell(turn, watcher, leg, true)
  if (watcher.mode === 'join') effect(turn, { do: 'connect', bridge: 'main', parties: [leg.id] })
  else listenIn(turn, leg.id, watcher.watched, watcher.mode)
}

/** From listening to whispering to speaking with both, and back: no new call is needed. */
export function changeMode(turn: Turn, watcher: Watcher, leg: Leg, mode: WatchMode, isSilent: boolean): void {
  const { call } = turn
  const changed = { ...watcher, mode, isSilent }
  call.watchers = call.watchers.map((one) => (one.leg === watcher.leg ? changed : one))
  // Not answered yet: it begins in the new mode.
  if (leg.state !== 'answered' || mode === watcher.mode) return
  if (mode === 'join') {
    effect(
      turn,
      { do: 'unsnoop', watcher: leg.id },
      { do: 'mute', leg: leg.id, on: false },
      { do: 'connect', bridge: 'main', parties: [leg.id] },
      { do: 'closeBridge', bridge: `watch.${leg.id}` }
    )
  } else if (watcher.mode === 'join') listenIn(turn, leg.id, watcher.watched, mode)
  else effect(turn, { do: 'mute', leg: leg.id, on: mode === 'listen' })
  tell(turn, changed, leg, true)
}

function listenIn(turn: Turn, legId: string, watched: string, mode: 'listen' | 'whisper'): void {
  effect(
    turn,
    { do: 'snoop', leg: watched, watcher: legId },
    { do: 'connect', bridge: `watch.${legId}`, parties: [legId] },
    { do: 'mute', leg: legId, on: mode === 'listen' }
  )
}

/** A supervisor's leg has ended by itself, answered or not. */
export function watcherLeft(turn: Turn, leg: Leg, cause: number | null): void {
  forgetWatcher(turn, leg)
  endedByItself(turn, leg, cause)
}

/** Hangs a supervisor's leg up. */
export function removeWatcher(turn: Turn, leg: Leg, result: 'answered' | 'cancelled'): void {
  forgetWatcher(turn, leg)
  dropLeg(turn, leg, result)
}

/** The talk is over: there is nothing to hear any more. */
export function stopWatchers(turn: Turn): void {
  for (const { leg: legId } of turn.call.watchers) {
    const leg = legOf(turn, legId)
    if (leg) removeWatcher(turn, leg, leg.state === 'answered' ? 'answered' : 'cancelled')
  }
}

/** The client went to somebody else: whoever listens goes along. */
export function moveWatchers(turn: Turn, toLegId: string): void {
  const { call } = turn
  for (const watcher of call.watchers) {
    const leg = legOf(turn, watcher.leg)
    if (leg?.state !== 'answered' || watcher.mode === 'join') continue
    effect(turn, { do: 'unsnoop', watcher: leg.id }, { do: 'snoop', leg: toLegId, watcher: leg.id })
  }
  call.watchers = call.watchers.map((watcher) => ({ ...watcher, watched: toLegId }))
}

/** The supervisor takes the client over; the operator's leg is hung up. */
export function takeOver(turn: Turn, watcher: Watcher, leg: Leg): void {
  const owner = ownerOf(turn)
  if (!owner || !turn.call.talk) return
  if (turn.call.talk.consult) endConsult(turn, 'cancelled', 'taken_over')
  if (turn.call.talk.heldBy === 'operator') unholdClient(turn)
  if (watcher.mode === 'listen') effect(turn, { do: 'mute', leg: leg.id, on: false })
  goesOut(turn, owner)
  effect(turn, { do: 'connect', bridge: 'main', parties: [clientParty(turn), leg.id] })
  forgetWatcher(turn, leg)
  if (owner.recordingId !== null)
    changeLeg(turn, leg.id, { recordingId: recordingIdOf(turn.call.id, leg.id) })
  moment(turn, 'call.taken_over', { from: partyOf(owner), by: partyOf(leg) })
  handOver(turn, leg.id)
  dropLeg(turn, owner, 'answered')
}

function forgetWatcher(turn: Turn, leg: Leg): void {
  const { call } = turn
  const watcher = call.watchers.find((one) => one.leg === leg.id)
  if (!watcher) return
  call.watchers = call.watchers.filter((one) => one !== watcher)
  if (leg.state !== 'answered') return
  if (watcher.mode !== 'join')
    effect(turn, { do: 'unsnoop', watcher: leg.id }, { do: 'closeBridge', bridge: `watch.${leg.id}` })
  tell(turn, watcher, leg, false)
}

function tell(turn: Turn, { watched, mode, isSilent }: Watcher, leg: Leg, isOn: boolean): void {
  moment(turn, 'call.watched', { leg: leg.id, watched, by: partyOf(leg), mode, isSilent, isOn })
}
