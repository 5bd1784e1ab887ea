import { tellBlock } from './blocks.ts'
import { endConsult, joinConsulted, startConsult, swap } from './consult.ts'
import { sendTo } from './detour.ts'
import { park, takeParked } from './park.ts'
import { playOther } from './test-call.ts'
import { giveToConsulted, holdClient, leaveTalk, unholdClient } from './talk.ts'
import { clientParty, effect, legOf, moment, ownerOf, type Turn } from './turn.ts'
import type { CallEvent, Person, Refusal, Wish } from './events.ts'
import type { Call, Consult, Leg, Talk, TransferTarget } from './types.ts'
import { changeMode, removeWatcher, startWatching, takeOver, watcherOf } from './watch.ts'

type WishOf<K extends Wish['type']> = Extract<Wish, { type: K }>
/** Grants a wish, or says why not. */
type Grant<K extends Wish['type']> = (turn: Turn, wish: WishOf<K>, by: Person) => Refusal | null
/** The owner of a talk in progress. */
type Owning = { owner: Leg; talk: Talk }

/** What people may wish of a call in progress. Who may wish it of whose call at all is for the API to know. */
const grants: { readonly [K in Wish['type']]: Grant<K> } = {
  hold: (turn, wish, by) => asOwner(turn, by, (own) => hold(turn, own, wish.on)),
  transfer: (turn, wish, by) => asOwner(turn, by, (own) => transfer(turn, own, wish)),
  completeTransfer: (turn, _wish, by) =>
    consulting(turn, by, ({ owner }, consult) => complete(turn, owner, consult)),
  cancelTransfer: (turn, _wish, by) => consulting(turn, by, () => done(endConsult(turn, 'cancelled', null))),
  swap: (turn, _wish, by) => speaking(turn, by, ({ owner }, consult) => done(swap(turn, owner, consult))),
  join: (turn, _wish, by) =>
    speaking(turn, by, ({ owner }, consult) => done(joinConsulted(turn, owner, consult))),
  park: (turn, wish, by) => asOwner(turn, by, (own) => parkCall(turn, own, wish)),
  takeParked: (turn, wish, by) => (turn.call.parked ? done(takeParked(turn, by, wish.phone)) : 'not_parked'),
  prioritise: (turn, { priority }) =>
    turn.call.isQueued ? done(tellBlock(turn, { type: 'prioritised', priority })) : 'not_queued',
  pauseRecording: (turn, wish, by) => asOwner(turn, by, ({ owner }) => pauseRecording(turn, owner, wish.on)),
  watch: (turn, wish, by) => watch(turn, wish, by),
  stopWatching: (turn, _wish, by) => watching(turn, by, (_watcher, leg) => stopWatching(turn, leg)),
  takeOver: (turn, _wish, by) => watching(turn, by, (watcher, leg) => takeOverCall(turn, watcher, leg)),
  playOther: (turn, { does }) => playOther(turn, does)
}

/** A person's wish: granted, or refused with a code and nothing changed. */
export function wished(turn: Turn, { by, wish, referLeg }: Extract<CallEvent, { type: 'wished' }>): void {
  const grant = grants[wish.type] as (turn: Turn, wish: Wish, by: Person) => Refusal | null
  turn.refused = turn.call.phase === 'ended' ? 'call_ended' : grant(turn, wish, by)
  if (referLeg !== undefined)
    effect(turn, { do: 'referAnswer', leg: referLeg, isDone: turn.refused === null })
}

const done = (_: void): null => null

function asOwner(turn: Turn, by: Person, grant: (own: Owning) => Refusal | null): Refusal | null {
  const owner = ownerOf(turn)
  const { talk } = turn.call
  if (turn.call.phase !== 'talking' || !owner || !talk) return 'not_in_talk'
  return owner.userId === by.userId ? grant({ owner, talk }) : 'not_yours'
}

function consulting(
  turn: Turn,
  by: Person,
  grant: (own: Owning, consult: Consult) => Refusal | null
): Refusal | null {
  return asOwner(turn, by, (own) => (own.talk.consult ? grant(own, own.talk.consult) : 'no_consult'))
}

function speaking(
  turn: Turn,
  by: Person,
  grant: (own: Owning, consult: Consult) => Refusal | null
): Refusal | null {
  return consulting(turn, by, (own, consult) =>
    consult.stage === 'talking' ? grant(own, consult) : 'not_answered_yet'
  )
}

function watching(
  turn: Turn,
  by: Person,
  grant: (watcher: Call['watchers'][number], leg: Leg) => Refusal | null
): Refusal | null {
  const found = watcherOf(turn, by.userId)
  return found ? grant(found.watcher, found.leg) : 'not_watching'
}

function hold(turn: Turn, { owner, talk }: Owning, on: boolean): Refusal | null {
  if (talk.consult) return 'consult_under_way'
  if (on === (talk.heldSinceMs !== null)) return null
  if (talk.heldBy === 'telephone') return 'not_yours'
  if (on) holdClient(turn)
  else {
    unholdClient(turn)
    effect(turn, { do: 'connect', bridge: 'main', parties: [clientParty(turn)] })
  }
  moment(turn, 'call.held', { leg: owner.id, on, by: 'operator' })
  return null
}

function transfer(turn: Turn, { owner, talk }: Owning, wish: WishOf<'transfer'>): Refusal | null {
  const { target, note, mode } = wish
  if (talk.consult) return 'consult_under_way'
  if (isParty(turn, target)) return 'same_party'
  // Nobody can be asked in a scheme.
  if (mode === 'warm' && target.kind !== 'scheme') startConsult(turn, owner, target, note)
  else {
    leaveTalk(turn, owner, 'hangUp')
    sendTo(turn, owner, target, note)
  }
  return null
}

/** Somebody who is in the talk already cannot be brought to it. */
function isParty(turn: Turn, target: TransferTarget): boolean {
  if (target.kind !== 'user') return false
  return turn.call.legs.some((leg) => leg.userId === target.userId && leg.state === 'answered')
}

/** Completed before the other one answers, it becomes a blind transfer: the client is rung through. */
function complete(turn: Turn, owner: Leg, consult: Consult): Refusal | null {
  if (consult.stage === 'talking') giveToConsulted(turn, owner, 'hangUp')
  else {
    leaveTalk(turn, owner, 'hangUp')
    sendTo(turn, owner, consult.target, consult.note)
  }
  return null
}

function parkCall(turn: Turn, { owner, talk }: Owning, { slot, seconds }: WishOf<'park'>): Refusal | null {
  if (talk.consult) return 'consult_under_way'
  park(turn, owner, slot, seconds)
  return null
}

function pauseRecording(turn: Turn, owner: Leg, on: boolean): Refusal | null {
  effect(turn, { do: 'pauseRecording', leg: owner.id, on })
  moment(turn, 'call.recording_paused', { leg: owner.id, on })
  return null
}

function watch(turn: Turn, { mode, isSilent, devices }: WishOf<'watch'>, by: Person): Refusal | null {
  const { call } = turn
  if (call.phase !== 'talking' || !call.talk) return 'not_in_talk'
  const found = watcherOf(turn, by.userId)
  if (found) {
    changeMode(turn, found.watcher, found.leg, mode, isSilent)
    return null
  }
  if (call.legs.some((leg) => leg.userId === by.userId && leg.state !== 'ended')) return 'same_party'
  startWatching(turn, by, { mode, isSilent, devices })
  return null
}

function stopWatching(turn: Turn, leg: Leg): null {
  removeWatcher(turn, leg, leg.state === 'answered' ? 'answered' : 'cancelled')
  return null
}

function takeOverCall(turn: Turn, watcher: Call['watchers'][number], leg: Leg): Refusal | null {
  if (leg.state !== 'answered') return 'not_answered_yet'
  if (!legOf(turn, turn.call.talk?.leg ?? null)) return 'not_in_talk'
  takeOver(turn, watcher, leg)
  return null
}
