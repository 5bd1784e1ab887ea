import type { FoundOperator, OperatorQuery } from '../../ivr/block.ts'
import type { Directory } from '../routing/directory.ts'
import { choose } from '../routing/strategies.ts'
import type { OperatorState } from './feed.ts'

interface Entry {
  userId: string
  name: string
  sipUser: string
  presence: 'available' | 'away' | 'offline'
  isReachable: boolean
  /** The one call that holds this operator, ringing or talking. */
  callId: string | null
  idleSinceMs: number
  lastOfferedMs: number
  sinceMs: number
}

/** Who can take a call, and who has one. The only place where an operator is reserved. */
export interface Operators {
  /** Follows the configuration; operators in a call keep it. */
  load(directory: Directory): void
  /** Finds free operators and reserves each for `callId` in the same breath, so that two calls never ring one operator. */
  reserve(callId: string, query: OperatorQuery, nowMs: number): FoundOperator[]
  /** Takes an operator for a call that already holds them (after a restart). */
  hold(callId: string, userId: string): void
  /** Frees an operator, if `callId` is what holds them. */
  release(callId: string, userId: string, talked: boolean, nowMs: number): void
  setPresence(userId: string, presence: Entry['presence'], nowMs: number): void
  /** By PJSIP endpoint: their phone came or went. */
  setReachable(sipUser: string, isReachable: boolean, nowMs: number): void
  endpointOf(userId: string): string | null
  list(): OperatorState[]
}

export function createOperators(announce: (state: OperatorState) => void): Operators {
  const entries = new Map<string, Entry>()
  /** Phones that registered before their user was known here. */
  const reachable = new Set<string>()
  /** Members by group, found once: every call goes through all of its group. */
  let members = new Map<string, Entry[]>()

  const isFree = (entry: Entry): boolean =>
    entry.presence === 'available' && entry.isReachable && entry.callId === null

  const stateOf = (entry: Entry): OperatorState => ({
    userId: entry.userId,
    name: entry.name,
    presence: entry.callId === null ? entry.presence : 'busy',
    isReachable: entry.isReachable,
    since: new Date(entry.sinceMs).toISOString(),
    callId: entry.callId
  })

  function change(entry: Entry, nowMs: number, fields: Partial<Entry>): void {
    Object.assign(entry, fields, { sinceMs: nowMs })
    announce(stateOf(entry))
  }

  const entriesOf = (userIds: readonly string[]): Entry[] =>
    userIds.flatMap((userId) => entries.get(userId) ?? [])

  function candidates(query: OperatorQuery): Entry[] {
    const { except } = query
    const asked = query.kind === 'user' ? entriesOf([query.userId]) : (members.get(query.groupId) ?? [])
    return asked.filter((entry) => isFree(entry) && !except.includes(entry.userId))
  }

  return {
    load(directory) {
      for (const user of directory.users.values()) {
        const known = entries.get(user.id)
        const isReachable = user.isFixed || reachable.has(user.sipUser)
        if (!known) {
          const nowMs = Date.now()
          const entry: Entry = {
            userId: user.id,
            name: user.name,
            sipUser: user.sipUser,
            presence: user.presence,
            isReachable,
            callId: null,
            idleSinceMs: nowMs,
            lastOfferedMs: 0,
            sinceMs: nowMs
          }
          entries.set(user.id, entry)
          announce(stateOf(entry))
        } else if (
          known.name !== user.name ||
          known.presence !== user.presence ||
          known.isReachable !== isReachable ||
          known.sipUser !== user.sipUser
        ) {
          change(known, Date.now(), {
            name: user.name,
            presence: user.presence,
            isReachable,
            sipUser: user.sipUser
          })
        }
      }
      for (const [userId, entry] of entries) {
        if (directory.users.has(userId)) continue
        entries.delete(userId)
        announce(stateOf({ ...entry, presence: 'offline', isReachable: false, callId: null }))
      }
      members = new Map([...directory.groups].map(([id, group]) => [id, entriesOf(group.memberIds)]))
    },
    reserve(callId, query, nowMs) {
      const free = candidates(query)
      const strategy = query.kind === 'user' ? 'longestIdle' : query.strategy
      const chosen = choose(strategy, free)
      for (const { userId } of chosen) {
        const entry = entries.get(userId)
        if (entry) change(entry, nowMs, { callId, lastOfferedMs: nowMs })
      }
      return chosen.map(({ userId }) => ({ userId, name: entries.get(userId)?.name ?? '' }))
    },
    hold(callId, userId) {
      const entry = entries.get(userId)
      if (entry) change(entry, Date.now(), { callId })
    },
    release(callId, userId, talked, nowMs) {
      const entry = entries.get(userId)
      if (entry?.callId !== callId) return
      change(entry, nowMs, { callId: null, ...(talked ? { idleSinceMs: nowMs } : {}) })
    },
    setPresence(userId, presence, nowMs) {
      const entry = entries.get(userId)
      if (entry && entry.presence !== presence) change(entry, nowMs, { presence, idleSinceMs: nowMs })
    },
    setReachable(sipUser, isReachable, nowMs) {
      if (isReachable) reachable.add(sipUser)
      else reachable.delete(sipUser)
      for (const entry of entries.values()) {
        if (entry.sipUser === sipUser && entry.isReachable !== isReachable)
          change(entry, nowMs, { isReachable })
      }
    },
    endpointOf: (userId) => entries.get(userId)?.sipUser ?? null,
    list: () => [...entries.values()].map(stateOf)
  }
}
