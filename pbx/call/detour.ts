import { closeBlock, enterBlock, tellBlock } from './blocks.ts'
import { endCall } from './ending.ts'
import { moment, partyOf, type Turn } from './turn.ts'
import type { Leg, RunningScheme, TransferTarget } from './types.ts'

/** Schemes made for one transfer have no version in the database: their body stays with the call. */
export const madeVersion = 0

/**
 * Sends the client on to somebody else: a detour through a scheme of one block, from which the call comes back to
 * the block it left, as if that talk had been the block's own. Nobody there → back to whoever sent it.
 */
export function sendTo(turn: Turn, from: Leg, target: TransferTarget, note: string | null): void {
  const { call } = turn
  moment(turn, 'call.transfer', {
    state: 'started',
    mode: 'blind',
    from: partyOf(from),
    target,
    to: null,
    note,
    reason: null
  })
  call.handover = { fromUserId: from.userId, fromName: from.name, note }
  detour(turn, { target, returnTo: from.userId, record: from.recordingId !== null })
}

/** Gives a parked call that nobody took back to whoever parked it. */
export function ringBack(turn: Turn, userId: string): void {
  detour(turn, { target: { kind: 'user', userId }, returnTo: null, isReturn: true, record: true })
}

function detour(
  turn: Turn,
  settings: { target: TransferTarget; returnTo: string | null; isReturn?: true; record: boolean }
): void {
  const { call } = turn
  // A draft that is tried out has no version either, but an id.
  const isInDetour = call.scheme?.version === madeVersion && call.scheme.id === ''
  if (!isInDetour) call.detours = [...call.detours, { scheme: call.scheme, block: call.block }]
  const locale = (call.scheme ?? call.route?.scheme)?.body.locale ?? 'ru'
  call.scheme = {
    id: '',
    name: '',
    version: madeVersion,
    body: {
      locale,
      start: 'transfer',
      blocks: { transfer: { type: 'transfer', settings, exits: { talked: null, noAnswer: null } } }
    }
  }
  call.phase = 'inScheme'
  enterBlock(turn, 'transfer')
}

/** The detour is over: the call stands where it left, or ends when nobody talked in it. */
export function goBack(turn: Turn, hasTalked: boolean): void {
  const { call } = turn
  const left = call.detours.at(-1)
  if (!hasTalked || !left) {
    endCall(turn, turn.because ?? { by: 'system', reason: 'transfer_no_answer', cause: null })
    return
  }
  call.detours = call.detours.slice(0, -1)
  call.scheme = left.scheme
  call.block = left.block
  if (left.block) tellBlock(turn, { type: 'talkEnded' })
  else endCall(turn, turn.because ?? { by: 'operator', reason: 'operator_hung_up', cause: 16 })
}

/** How often a call may go on from scheme to scheme: past this it goes round in a circle. */
const maxJumps = 20

/** Goes on in a scheme that was asked for; there is no way back from it. */
export function jumpTo(turn: Turn, scheme: RunningScheme | null, groupNames: Record<string, string>): void {
  const { call } = turn
  if (scheme === null || call.jumps >= maxJumps) {
    tellBlock(turn, { type: 'schemeMissing' })
    return
  }
  call.jumps += 1
  closeBlock(turn, 'goto')
  call.scheme = scheme
  call.detours = []
  call.groupNames = { ...call.groupNames, ...groupNames }
  moment(turn, 'call.scheme_changed', {
    scheme: { id: scheme.id, name: scheme.name, version: scheme.version },
    isReturn: false
  })
  enterBlock(turn, scheme.body.start)
}
