import type { Moments } from '../../pbx/call/moments.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import type { Risk, Spent, Usage } from './decide.ts'

interface Dial {
  callId: string
  leg: string
  userId: string | null
  endpoint: string
  startedMs: number
  answeredMs: number | null
  isCostly: boolean
}

/** A costly call under way. */
export interface CostlyCall {
  callId: string
  userId: string | null
}

/** What was dialled, by user and day, told from the tape: the live rows, or those of today after a start. */
export interface UsageBook {
  /** A dial was allowed just now: it counts before its row is on the tape. */
  begin(dial: {
    callId: string
    leg: string
    userId: string | null
    endpoint: string
    atMs: number
    number?: string
  }): void
  onRow(row: TapeRow): void
  /** As it stands for a user (null: the company alone). */
  read(userId: string | null, nowMs: number): Usage
  /** What a thief would do much of. */
  risk(userId: string | null, nowMs: number): Risk
  costlyCalls(): CostlyCall[]
}

interface Day {
  company: { calls: number; seconds: number }
  users: Map<string, { calls: number; seconds: number }>
  /** Seconds of costly calls that have ended, by user; null: of all. */
  costly: Map<string | null, number>
}

const minuteMs = 60_000

/**
 * @param dayOf the calendar day of a moment; days are those of the policy's time zone
 * @param isCostly of a number as it was asked for
 */
export function createUsage(
  dayOf: (atMs: number) => string,
  isCostly: (number: string) => boolean = () => false
): UsageBook {
  const days = new Map<string, Day>()
  const open = new Map<string, Dial>()
  /** On whose account a leg was asked for, until it is dialled. */
  const asked = new Map<string, { userId: string | null; number: string }>()
  /** When a user's latest dials began. */
  const latest = new Map<string, number[]>()
  const keyOf = (callId: string, leg: string): string => `${callId} ${leg}`

  function dayAt(atMs: number): Day {
    const name = dayOf(atMs)
    let day = days.get(name)
    if (!day) {
      day = { company: { calls: 0, seconds: 0 }, users: new Map(), costly: new Map() }
      days.set(name, day)
      // Yesterday is kept for the calls that began in it; older days have nobody who asks.
      for (const old of [...days.keys()].toSorted().slice(0, -3)) days.delete(old)
    }
    return day
  }

  function accountsOf(dial: Pick<Dial, 'userId' | 'startedMs'>): { calls: number; seconds: number }[] {
    const day = dayAt(dial.startedMs)
    if (dial.userId === null) return [day.company]
    const own = day.users.get(dial.userId) ?? { calls: 0, seconds: 0 }
    day.users.set(dial.userId, own)
    return [day.company, own]
  }

  function begin({ callId, leg, userId, endpoint, atMs, number }: Parameters<UsageBook['begin']>[0]): void {
    const key = keyOf(callId, leg)
    if (open.has(key)) return
    const dial: Dial = {
      ...{ callId, leg, userId, endpoint, startedMs: atMs, answeredMs: null },
      isCostly: number !== undefined && isCostly(number)
    }
    open.set(key, dial)
    if (userId !== null) latest.set(userId, [...lately(userId, atMs), atMs])
    for (const account of accountsOf(dial)) account.calls += 1
  }

  function finish(dial: Dial, seconds: number): void {
    open.delete(keyOf(dial.callId, dial.leg))
    for (const account of accountsOf(dial)) account.seconds += seconds
    if (!dial.isCostly) return
    const { costly } = dayAt(dial.startedMs)
    for (const key of dial.userId === null ? [null] : [null, dial.userId])
      costly.set(key, (costly.get(key) ?? 0) + seconds)
  }

  const lately = (userId: string, nowMs: number): number[] =>
    (latest.get(userId) ?? []).filter((atMs) => nowMs - atMs < minuteMs)

  /** Of a user, or of all. */
  function costlySeconds(userId: string | null, nowMs: number): number {
    let seconds = dayAt(nowMs).costly.get(userId) ?? 0
    for (const dial of open.values())
      if (dial.isCostly && (userId === null || dial.userId === userId)) seconds += secondsOf(dial, nowMs)
    return seconds
  }

  const secondsOf = (dial: Dial, nowMs: number): number =>
    dial.answeredMs === null ? 0 : Math.max(0, (nowMs - dial.answeredMs) / 1000)

  const ofCall = (callId: string): Dial[] => [...open.values()].filter((dial) => dial.callId === callId)

  return {
    begin,
    onRow(row) {
      const { callId, atMs } = row
      for (const effect of row.effects) {
        if (effect.do === 'ask' && effect.what === 'dial')
          asked.set(keyOf(callId, effect.leg), { userId: effect.byUserId, number: effect.target.number })
        if (effect.do === 'dialOut') {
          const { userId, number } = asked.get(keyOf(callId, effect.leg)) ?? {
            userId: null,
            number: effect.number
          }
          asked.delete(keyOf(callId, effect.leg))
          begin({ callId, leg: effect.leg, userId, endpoint: effect.endpoint, atMs, number })
        }
      }
      switch (row.type) {
        case 'leg.answered':
        case 'call.answered': {
          const { leg } = row.data as unknown as Moments['call.answered']
          for (const dial of ofCall(callId)) {
            // The talk of a call that we placed begins with the client's answer, and is the operator's.
            const isClient = row.type === 'call.answered' && dial.leg.startsWith('cl')
            if (dial.leg === leg || isClient) dial.answeredMs ??= atMs
          }
          return
        }
        case 'leg.ended': {
          const { leg } = row.data as unknown as Moments['leg.ended']
          const dial = open.get(keyOf(callId, leg))
          if (dial) finish(dial, secondsOf(dial, atMs))
          return
        }
        case 'call.dial_refused': {
          const { leg } = row.data as unknown as Moments['call.dial_refused']
          asked.delete(keyOf(callId, leg))
          return
        }
        case 'call.ended':
          for (const dial of ofCall(callId)) finish(dial, secondsOf(dial, atMs))
          for (const key of asked.keys()) if (key.startsWith(`${callId} `)) asked.delete(key)
      }
    },
    read(userId, nowMs) {
      const day = dayAt(nowMs)
      const company: Spent = { ...day.company, concurrent: 0 }
      const user: Spent = { calls: 0, seconds: 0, ...(userId && day.users.get(userId)), concurrent: 0 }
      const trunks = new Map<string, number>()
      for (const dial of open.values()) {
        company.concurrent += 1
        company.seconds += secondsOf(dial, nowMs)
        trunks.set(dial.endpoint, (trunks.get(dial.endpoint) ?? 0) + 1)
        if (userId === null || dial.userId !== userId) continue
        user.concurrent += 1
        user.seconds += secondsOf(dial, nowMs)
      }
      return { user, company, trunks }
    },
    risk: (userId, nowMs) => ({
      userLastMinute: userId === null ? 0 : lately(userId, nowMs).length,
      userCostlySeconds: userId === null ? 0 : costlySeconds(userId, nowMs),
      companyCostlySeconds: costlySeconds(null, nowMs)
    }),
    costlyCalls: () =>
      [...open.values()].filter((dial) => dial.isCostly).map(({ callId, userId }) => ({ callId, userId }))
  }
}
