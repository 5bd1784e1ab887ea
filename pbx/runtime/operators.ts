import type { FoundOperator, OperatorQuery } from '../../ivr/block.ts'
import type { LegResult } from '../call/types.ts'
import { usualRules, type Directory, type OperatorRules, type OwnPresence } from '../routing/directory.ts'
import { choose, score, type Score } from '../routing/strategies.ts'
import type { OperatorState } from './feed.ts'
import {
  entryOf,
  isAbsent,
  isFree,
  isTheirs,
  isReachable,
  reachableDevices,
  stateOf,
  type Entry,
  setClock,
  type Figures,
  type Hold,
  type PresenceWish
} from './operator-entry.ts'
import type { PresenceChange } from './presence-store.ts'

/** Reason of a pause that nobody chose: too many rings in a row were missed. */
export const autoPauseReason = 'auto_missed'
/** Holds an operator for a callback whose call has not been placed yet. */
export const orderHolder = (orderId: string): string => `order:${orderId}`

/** Who can take a call, and who has one. The only place where an operator is reserved. */
export interface Operators {
  /** Follows the configuration; operators in a call keep it. */
  load(directory: Directory): void
  /**
   * Finds free operators and reserves each for `callId` in the same breath, so that two calls never ring one operator.
   * @param orderId what the call fulfils: an operator who is held for that order counts as free for this call
   */
  reserve(callId: string, query: OperatorQuery, nowMs: number, orderId?: string | null): FoundOperator[]
  /** Whether this operator is free and the query would take them. */
  couldTake(query: OperatorQuery, userId: string): boolean
  /**
   * Takes an operator for a call that already holds them (after a restart), or who came into it by themselves.
   * @param isWatching they only listen in: no wrap-up follows
   */
  hold(callId: string, userId: string, isWatching?: boolean): void
  /**
   * Frees an operator, if `callId` is one of those that hold them. After a talk the wrap-up begins; after too many
   * missed rings in a row a pause does.
   */
  release(callId: string, userId: string, talked: boolean, nowMs: number, result?: LegResult | null): void
  /**
   * Somebody else may set whoever owes a wrap-up code available; they themselves may not.
   * @returns false when nobody knows the operator (yet)
   */
  setPresence(userId: string, wish: PresenceWish, nowMs: number): boolean
  /** The wrap-up code of a call is known: whoever owed it is free to go on. */
  codeGiven(callId: string, nowMs: number): void
  /** Ends the wrap-up now. @returns false when there is none, or its code is still owed */
  endWrapUp(userId: string, nowMs: number): boolean
  /** Lets the wrap-up last longer, up to an hour from now. @returns false when there is none */
  extendWrapUp(userId: string, seconds: number, nowMs: number): boolean
  /** By PJSIP endpoint: one of their telephones came or went. */
  setReachable(sipUser: string, isReachable: boolean, nowMs: number): void
  /** Whether one of their telephones is in a call that we do not lead. */
  setElsewhere(userId: string, isElsewhere: boolean, nowMs: number): void
  /** What the strategies by rating and load go by; kept in memory so that no call waits for it. */
  setFigures(figures: Figures): void
  /** The weighted score of a group's free members, for people to see. */
  scores(query: Extract<OperatorQuery, { kind: 'group' }>): Score[]
  /** SIP users of an operator's telephones that can ring now. */
  devicesOf(userId: string): string[]
  /** Whose telephone it is. */
  ownerOf(sipUser: string): string | null
  /** Who is held, by what, since when; and who is busy elsewhere. */
  holds(): Hold[]
  /** Somebody can take a call now who could not before. */
  onOpening(listener: (userId: string) => void): void
  list(): OperatorState[]
  /** The wall clock was set: what began before has lasted as long as it has. Timers do not look at that clock. */
  clockSet(byMs: number): void
  /** Leaves no timer. */
  close(): void
}

export type { PresenceWish } from './operator-entry.ts'

export interface OperatorsOptions {
  announce(state: OperatorState): void
  /** Keeps a change of presence for the next start and for reports. */
  save(change: PresenceChange): void
}

const longestWrapUpMs = 3_600_000

export function createOperators({ announce, save }: OperatorsOptions): Operators {
  const entries = new Map<string, Entry>()
  /** By SIP user; telephones that registered before their user was known here stand in `reachable` alone. */
  const owners = new Map<string, Entry>()
  const reachable = new Set<string>()
  const timers = new Map<string, NodeJS.Timeout>()
  const listeners: ((userId: string) => void)[] = []
  /** Members by group, found once: every call goes through all of its group. */
  let members = new Map<string, Entry[]>()
  let wrapUps = new Map<string, number | null>()
  let standIns: ReadonlyMap<string, string> = new Map()
  let rules: OperatorRules = usualRules
  let companyRating: number | null = null

  /** The one way in which an entry changes: screens hear of it, and so does whoever waits for an operator. */
  function change(entry: Entry, nowMs: number, fields: Partial<Entry>): void {
    const was = { isFree: isFree(entry), isAbsent: isAbsent(entry) }
    Object.assign(entry, fields, { sinceMs: nowMs })
    announce(stateOf(entry))
    if (!was.isFree && isFree(entry)) open(entry)
    // Whoever is not there leaves their clients to the stand-in, who may have been free all the while.
    const standIn = !was.isAbsent && isAbsent(entry) ? standInOf(entry.userId) : undefined
    if (standIn && isFree(standIn)) open(standIn)
  }

  const open = (entry: Entry): void => listeners.forEach((listener) => listener(entry.userId))

  function changePresence(
    entry: Entry,
    nowMs: number,
    to: { presence: OwnPresence; reason?: string | null; untilMs?: number | null; byUserId?: string | null },
    fields: Partial<Entry> = {}
  ): void {
    const { presence, reason = null, untilMs = null, byUserId = null } = to
    // Two changes in one millisecond still have an order.
    const presenceAtMs = Math.max(nowMs, entry.presenceAtMs + 1)
    watchWrapUp(entry.userId, presence === 'wrapUp' ? untilMs : null)
    save({ userId: entry.userId, presence, reason, untilMs, atMs: presenceAtMs, byUserId })
    change(entry, nowMs, { ...fields, presence, reason, untilMs, presenceAtMs })
  }

  function watchWrapUp(userId: string, untilMs: number | null): void {
    clearTimeout(timers.get(userId))
    timers.delete(userId)
    if (untilMs === null) return
    timers.set(
      userId,
      setTimeout(() => wrapUpIsOver(userId, Date.now()), Math.max(0, untilMs - Date.now()))
    )
  }

  function endWrapUp(userId: string, nowMs: number): boolean {
    const entry = entries.get(userId)
    if (entry?.presence !== 'wrapUp' || entry.owesCode !== null) return false
    changePresence(entry, nowMs, { presence: 'available' })
    return true
  }

  /** Its time has passed; without the code it goes on, and no longer by the clock. */
  function wrapUpIsOver(userId: string, nowMs: number): void {
    const entry = entries.get(userId)
    if (!endWrapUp(userId, nowMs) && entry?.presence === 'wrapUp')
      changePresence(entry, nowMs, { presence: 'wrapUp' })
  }

  /** Who is there for an absent operator; stand-ins of stand-ins too, but not in a circle. */
  function standInOf(userId: string): Entry | undefined {
    const passed = new Set([userId])
    for (let id = standIns.get(userId); id !== undefined && !passed.has(id); id = standIns.get(id)) {
      passed.add(id)
      const entry = entries.get(id)
      if (entry && !isAbsent(entry)) return entry
    }
    return undefined
  }

  /** Those whom a query means, free or not. */
  function meant(query: OperatorQuery): readonly Entry[] {
    if (query.kind === 'group') return members.get(query.groupId) ?? []
    const own = entries.get(query.userId)
    if (query.kind === 'user') return own ? [own] : []
    const one = own && !isAbsent(own) ? own : standInOf(query.userId)
    return one ? [one] : []
  }

  function fits(entry: Entry, query: OperatorQuery, holder: string | null): boolean {
    if (!isFree(entry) && !isTheirs(entry, query) && !(holder !== null && isHeldOnlyBy(entry, holder)))
      return false
    if (query.except.includes(entry.userId)) return false
    const skills = query.kind === 'group' ? query.skills : undefined
    return skills === undefined || skills.every((skill) => entry.skills.includes(skill))
  }

  const isHeldOnlyBy = (entry: Entry, holder: string): boolean =>
    entry.calls.size === 1 && entry.calls.has(holder) && isReachable(entry) && entry.presence === 'available'

  function wrapUpMs(groupId: string | null, entry: Entry): number {
    const groups = groupId === null ? [...members].filter(([, all]) => all.includes(entry)) : []
    const ids = groupId === null ? groups.map(([id]) => id) : [groupId]
    const own = ids.map((id) => wrapUps.get(id) ?? null).find((seconds) => seconds !== null)
    return (own ?? rules.wrapUpSeconds) * 1000
  }

  return {
    load(directory) {
      const nowMs = Date.now()
      rules = directory.rules
      standIns = directory.standIns
      owners.clear()
      for (const user of directory.users.values()) {
        const before = entries.get(user.id)
        const entry = before ?? entryOf(user, nowMs)
        const isNewer = before !== undefined && user.presenceAtMs > before.presenceAtMs
        const wasShown = before && JSON.stringify(stateOf(before))
        const fields: Partial<Entry> = {
          name: user.name,
          skills: user.skills,
          devices: user.devices.map((device) => ({
            ...device,
            isReachable: device.isFixed || reachable.has(device.sipUser)
          })),
          ...(isNewer
            ? {
                presence: user.presence,
                reason: user.presenceReason,
                untilMs: user.presenceUntilMs,
                presenceAtMs: user.presenceAtMs
              }
            : {})
        }
        entries.set(user.id, entry)
        for (const device of user.devices) owners.set(device.sipUser, entry)
        if (before === undefined || isNewer)
          watchWrapUp(user.id, user.presence === 'wrapUp' ? (user.presenceUntilMs ?? nowMs) : null)
        const isChanged = wasShown !== JSON.stringify(stateOf({ ...entry, ...fields }))
        if (isChanged) change(entry, before === undefined ? entry.sinceMs : nowMs, fields)
        else Object.assign(entry, fields)
      }
      for (const [userId, entry] of entries) {
        if (directory.users.has(userId)) continue
        entries.delete(userId)
        watchWrapUp(userId, null)
        entry.calls.clear()
        const gone = {
          presence: 'offline',
          reason: null,
          untilMs: null,
          devices: [],
          sinceMs: nowMs
        } as const
        announce(stateOf({ ...entry, ...gone }))
      }
      members = new Map(
        [...directory.groups].map(([id, group]) => [
          id,
          group.memberIds.flatMap((userId) => entries.get(userId) ?? [])
        ])
      )
      wrapUps = new Map([...directory.groups].map(([id, group]) => [id, group.wrapUpSeconds]))
      // Groups, skills and stand-ins may have changed: whoever waits is looked through again.
      for (const entry of entries.values()) if (isFree(entry)) open(entry)
    },
    reserve(callId, query, nowMs, orderId = null) {
      const holder = orderId === null ? null : orderHolder(orderId)
      const free = meant(query).filter((entry) => fits(entry, query, holder))
      const isGroup = query.kind === 'group'
      const chosen = choose(isGroup ? query.strategy : 'longestIdle', free, {
        weights: isGroup ? query.weights : undefined,
        companyRating
      })
      for (const entry of chosen) {
        if (holder !== null) entry.calls.delete(holder)
        entry.calls.set(callId, {
          sinceMs: nowMs,
          groupId: isGroup ? query.groupId : null,
          isWatching: false,
          isCoded: false
        })
        change(entry, nowMs, { lastOfferedMs: nowMs })
      }
      return chosen.map((entry) => ({
        userId: entry.userId,
        name: entry.name,
        devices: reachableDevices(entry)
      }))
    },
    couldTake(query, userId) {
      const entry = entries.get(userId)
      return entry !== undefined && fits(entry, query, null) && meant(query).includes(entry)
    },
    hold(callId, userId, isWatching = false) {
      const entry = entries.get(userId)
      if (!entry || entry.calls.has(callId)) return
      entry.calls.set(callId, { sinceMs: Date.now(), groupId: null, isWatching, isCoded: false })
      change(entry, Date.now(), {})
    },
    release(callId, userId, talked, nowMs, result = null) {
      const entry = entries.get(userId)
      const held = entry?.calls.get(callId)
      if (!entry || !held) return
      entry.calls.delete(callId)
      const missed = talked ? 0 : result === 'noAnswer' ? entry.missedInRow + 1 : entry.missedInRow
      const fields = { missedInRow: missed, ...(talked ? { idleSinceMs: nowMs } : {}) }
      const isOnDuty = entry.presence === 'available' || entry.presence === 'wrapUp'
      const needsNotes = talked && !held.isWatching
      const canWrapUp = needsNotes && isOnDuty && entry.calls.size === 0
      const wrapUp = canWrapUp ? wrapUpMs(held.groupId, entry) : 0
      const owesCode = canWrapUp && rules.requireWrapUpCode && !held.isCoded ? callId : null
      const isPaused =
        rules.autoPauseAfter > 0 && missed >= rules.autoPauseAfter && result === 'noAnswer' && isOnDuty
      if (isPaused) {
        changePresence(
          entry,
          nowMs,
          { presence: 'away', reason: autoPauseReason },
          { ...fields, missedInRow: 0 }
        )
      } else if (wrapUp > 0 || owesCode !== null) {
        const untilMs = wrapUp > 0 ? nowMs + wrapUp : null
        changePresence(
          entry,
          nowMs,
          { presence: 'wrapUp', untilMs },
          { ...fields, owesCode, wrapUpCallId: callId }
        )
      } else {
        Object.assign(entry, fields, { sinceMs: nowMs })
        announce(stateOf(entry))
        if (isFree(entry)) open(entry)
      }
    },
    setPresence(userId, wish, nowMs) {
      const entry = entries.get(userId)
      if (!entry) return false
      const reason = wish.presence === 'away' ? (wish.reason ?? null) : null
      if (entry.presence === wish.presence && entry.reason === reason) return true
      const isByOther = (wish.byUserId ?? userId) !== userId
      // Going away and coming back is no way around it.
      if (wish.presence === 'available' && entry.owesCode !== null && !isByOther) return true
      changePresence(
        entry,
        nowMs,
        { presence: wish.presence, reason, byUserId: wish.byUserId ?? null },
        { idleSinceMs: nowMs, missedInRow: 0, ...(isByOther && { owesCode: null }) }
      )
      return true
    },
    codeGiven(callId, nowMs) {
      for (const entry of entries.values()) {
        const held = entry.calls.get(callId)
        if (held) held.isCoded = true
        if (entry.owesCode !== callId) continue
        change(entry, entry.sinceMs, { owesCode: null })
        if (entry.presence === 'wrapUp' && entry.untilMs === null) endWrapUp(entry.userId, nowMs)
      }
    },
    endWrapUp,
    extendWrapUp(userId, seconds, nowMs) {
      const entry = entries.get(userId)
      if (entry?.presence !== 'wrapUp') return false
      const untilMs = Math.min((entry.untilMs ?? nowMs) + seconds * 1000, nowMs + longestWrapUpMs)
      changePresence(entry, nowMs, { presence: 'wrapUp', untilMs })
      return true
    },
    setReachable(sipUser, isNow, nowMs) {
      if (isNow) reachable.add(sipUser)
      else reachable.delete(sipUser)
      const entry = owners.get(sipUser)
      const device = entry?.devices.find((one) => one.sipUser === sipUser)
      if (!entry || !device || device.isFixed || device.isReachable === isNow) return
      const devices = entry.devices.map((one) =>
        one.sipUser === sipUser ? { ...one, isReachable: isNow } : one
      )
      change(entry, nowMs, { devices })
    },
    setElsewhere(userId, isElsewhere, nowMs) {
      const entry = entries.get(userId)
      if (entry && entry.isElsewhere !== isElsewhere) change(entry, nowMs, { isElsewhere })
    },
    setFigures(figures) {
      companyRating = figures.companyRating
      for (const entry of entries.values()) {
        entry.rating = figures.ratings.get(entry.userId) ?? null
        entry.talkSeconds = figures.talkSeconds.get(entry.userId) ?? 0
      }
    },
    scores(query) {
      const free = meant(query).filter((entry) => fits(entry, query, null))
      return score(free, query.weights ?? { rating: 1, idle: 1, load: 1 }, companyRating)
    },
    devicesOf: (userId) => reachableDevices(entries.get(userId)),
    ownerOf: (sipUser) => owners.get(sipUser)?.userId ?? null,
    holds: () =>
      [...entries.values()].map((entry) => ({
        userId: entry.userId,
        devices: entry.devices.map(({ sipUser, kind }) => ({ sipUser, kind })),
        calls: [...entry.calls].map(([callId, { sinceMs }]) => ({ callId, sinceMs })),
        isElsewhere: entry.isElsewhere
      })),
    onOpening: (listener) => void listeners.push(listener),
    list: () => [...entries.values()].map(stateOf),
    clockSet: (byMs) => entries.forEach((entry) => setClock(entry, byMs)),
    close() {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    }
  }
}
