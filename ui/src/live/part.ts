import type { LiveCall, LiveLeg } from '../../../api/contract/live.ts'

/**
 * What somebody is in a call: `owner` has the client, `member` speaks with them too, `consulted` is asked about them,
 * `ordering` has answered and waits while the client is dialled, `watching` supervises, `ringing` is being rung.
 */
export type Part = 'owner' | 'member' | 'consulted' | 'ordering' | 'watching' | 'ringing'

/** The part of a user in a call; null when they have none. */
export function partOf(call: LiveCall, userId: string): Part | null {
  const place = call.members.findIndex((each) => each.userId === userId)
  if (place === 0) return 'owner'
  if (place > 0) return 'member'
  const waiting = call.standby.find((each) => each.userId === userId)
  if (waiting) return waiting.purpose === 'consult' ? 'consulted' : 'ordering'
  if (call.watchers.some((each) => each.userId === userId)) return 'watching'
  if (call.ringing.some((each) => each.userId === userId)) return 'ringing'
  // Before every party was listed, only the operator's name came.
  return call.phase === 'talking' && call.members.length === 0 && call.operator?.id === userId
    ? 'owner'
    : null
}

/** The leg of a user that rings, or waits outside the talk. */
export function legOf(call: LiveCall, userId: string): LiveLeg | null {
  return [...call.standby, ...call.ringing].find((each) => each.userId === userId) ?? null
}

/** Who else is in the talk, apart from a user. */
export function othersIn(call: LiveCall, userId: string): LiveCall['members'] {
  return call.members.filter((each) => each.userId !== userId)
}
