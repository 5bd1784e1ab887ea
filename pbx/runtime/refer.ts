import type { AriEvent } from '../ari/events.ts'
import type { Call, Leg, TransferTarget } from '../call/types.ts'
import { legChannel } from './effect-ports.ts'

export type Refer = Extract<AriEvent, { type: 'ChannelTransfer' }>

/** A leg of a call in progress. */
export interface Place {
  call: Call
  leg: Leg
}

/**
 * An attended transfer that a telephone asked for: it speaks with a client in one call (`keeper`), with somebody else
 * in another (`giver`), and brings the two together. Which of its two dialogs it sent the REFER in does not matter.
 */
export interface Handing {
  keeper: Place
  giver: Place
  /** The giver's other party, who goes over to the keeper. */
  given: Leg
}

/** @returns null when these two cannot be brought together */
export function handingOf(referring: Place, replaced: Place): Handing | null {
  if (referring.call.id === replaced.call.id) return null
  for (const [keeper, giver] of [
    [referring, replaced],
    [replaced, referring]
  ] as const) {
    const given = giver.call.legs.find((leg) => leg.id === giver.call.clientLeg)
    const isOurs = keeper.leg.userId !== null && keeper.leg.userId === giver.leg.userId
    const isTalking = [keeper, giver].every(
      ({ call, leg }) => call.phase === 'talking' && call.talk?.leg === leg.id
    )
    if (isOurs && isTalking && given?.state === 'answered' && !keeper.call.talk?.consult)
      return { keeper, giver, given }
  }
  return null
}

/** The given party as a leg of the call that takes it in: it keeps its channel. */
export function legToGive(giver: Call, given: Leg): Omit<Leg, 'id'> {
  const { id: _id, ...leg } = given
  return {
    ...leg,
    kind: leg.userId === null ? 'external' : 'operator',
    channelId: legChannel(giver, given.id)
  }
}

/** Whom a blind REFER means: a colleague's short number, SIP name or user, else a number outside. */
export function referTarget(
  destination: string,
  read: (dialled: string) => TransferTarget | null
): TransferTarget | null {
  const dialled = destination.replace(/[;@].*$/, '').trim()
  return /^[+*#0-9A-Za-z_-]{1,64}$/.test(dialled) ? read(dialled) : null
}
