import type { OperatorQuery } from '../../ivr/block.ts'
import type { DeviceEntry, OwnPresence, UserEntry } from '../routing/directory.ts'
import type { Candidate } from '../routing/strategies.ts'
import type { OperatorState } from './feed.ts'

export interface PresenceWish {
  presence: 'available' | 'away' | 'offline'
  reason?: string | null
  /** Whoever sets it for somebody else. */
  byUserId?: string | null
}

/** An operator in memory. */
export interface Entry extends Candidate {
  name: string
  skills: readonly string[]
  devices: readonly (DeviceEntry & { isReachable: boolean })[]
  /** What they are apart from calls. */
  presence: OwnPresence
  reason: string | null
  untilMs: number | null
  presenceAtMs: number
  /** What holds this operator, ringing or talking, by call id, in the order in which it came. */
  calls: Map<string, { sinceMs: number; groupId: string | null; isWatching: boolean; isCoded: boolean }>
  /** The talk that the wrap-up is for; null after a restart. */
  wrapUpCallId: string | null
  /** The talk that waits for its wrap-up code, where the company demands one. */
  owesCode: string | null
  /** One of their telephones is in a call that we do not lead. */
  isElsewhere: boolean
  /** Rings that nobody answered since the last talk or change of presence. */
  missedInRow: number
  sinceMs: number
}

/** A new operator, as the configuration has them; their telephones follow. */
export function entryOf(user: UserEntry, nowMs: number): Entry {
  return {
    userId: user.id,
    name: user.name,
    skills: user.skills,
    devices: [],
    presence: user.presence,
    reason: user.presenceReason,
    untilMs: user.presenceUntilMs,
    presenceAtMs: user.presenceAtMs,
    calls: new Map(),
    wrapUpCallId: null,
    owesCode: null,
    isElsewhere: false,
    missedInRow: 0,
    idleSinceMs: nowMs,
    lastOfferedMs: 0,
    rating: null,
    talkSeconds: 0,
    sinceMs: nowMs
  }
}

/** The wall clock was set: moments in the past and in the future are as far away as before. */
export function setClock(entry: Entry, byMs: number): void {
  entry.sinceMs += byMs
  entry.idleSinceMs += byMs
  if (entry.lastOfferedMs > 0) entry.lastOfferedMs += byMs
  if (entry.untilMs !== null) entry.untilMs += byMs
  for (const hold of entry.calls.values()) hold.sinceMs += byMs
}

export const isReachable = (entry: Entry): boolean => entry.devices.some((device) => device.isReachable)

/** Nothing but their own wish keeps them from a call. */
const couldRing = (entry: Entry): boolean =>
  entry.calls.size === 0 && !entry.isElsewhere && isReachable(entry)

export const isFree = (entry: Entry): boolean => entry.presence === 'available' && couldRing(entry)

/** What they asked for themselves, or a client who comes back to them: no wrap-up keeps it from them. */
export const isTheirs = (entry: Entry, query: OperatorQuery): boolean =>
  query.kind === 'user' &&
  (query.isOwnWish === true || (query.isReturn === true && entry.presence === 'wrapUp')) &&
  couldRing(entry)

/** Not there for their clients; being busy is not being absent. */
export const isAbsent = (entry: Entry): boolean =>
  entry.presence === 'away' || entry.presence === 'offline' || !isReachable(entry)

/** SIP users of the telephones that can ring now. */
export const reachableDevices = (entry: Entry | undefined): string[] =>
  (entry?.devices ?? []).filter((device) => device.isReachable).map((device) => device.sipUser)

export function stateOf(entry: Entry): OperatorState {
  const isBusy = entry.calls.size > 0 || entry.isElsewhere
  // A callback that was promised this operator is no call yet.
  const callId = [...entry.calls.keys()].findLast((id) => !id.startsWith('order:')) ?? null
  return {
    userId: entry.userId,
    name: entry.name,
    presence: isBusy ? 'busy' : entry.presence,
    chosen: entry.presence,
    reason: entry.reason,
    until: entry.untilMs === null ? null : new Date(entry.untilMs).toISOString(),
    wrapUpCallId: entry.presence === 'wrapUp' ? entry.wrapUpCallId : null,
    owesCode: entry.owesCode,
    isReachable: isReachable(entry),
    devices: entry.devices.map(({ id, name, kind, isReachable }) => ({ id, name, kind, isReachable })),
    since: new Date(entry.sinceMs).toISOString(),
    callId
  }
}

export interface Figures {
  /** Average mark of everybody, 30 days; null when nobody was rated. */
  companyRating: number | null
  ratings: ReadonlyMap<string, number>
  talkSeconds: ReadonlyMap<string, number>
}

export interface Hold {
  userId: string
  /** All telephones. */
  devices: readonly { sipUser: string; kind: 'browser' | 'sip' }[]
  /** What holds them, with since when, ms. */
  calls: readonly { callId: string; sinceMs: number }[]
  isElsewhere: boolean
}
