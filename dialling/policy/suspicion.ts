import type { DialRefusal } from './decide.ts'

/** A dial that the policy has refused. */
export interface Refused {
  /** Whose own choice the number was; null: the machine's, such as a forward or a callback. */
  userId: string | null
  reason: string
  number: string
  atMs: number
}

/** What looks like theft: a user whose dialling must be stopped, or (userId null) something to look at. */
export interface Suspected {
  userId: string | null
  reason: string
  /** Refusals that led to it, and their last numbers. */
  tries: number
  numbers: string[]
}

/** Caps that only a thief or a broken program meets: the first refusal stops the user. */
const atOnce: ReadonlySet<string> = new Set<DialRefusal>(['user_minute_cap', 'user_costly_cap'])
/** What people do by mistake now and then, and thieves many times. */
const counted: ReadonlySet<string> = new Set<DialRefusal>([
  'prefix_blocked',
  'country_not_allowed',
  'concurrency_cap'
])
/** Nobody's fault in particular, but somebody must know. */
const ofAll: ReadonlySet<string> = new Set<DialRefusal>(['company_costly_cap', 'company_daily_cap'])

const windowMs = 10 * 60_000
/** One alarm of a kind, as long as it goes on. */
const silenceMs = 60 * 60_000
/** What the machine dials by itself is refused for a list's mistakes too. */
const machineTries = 30
const keptNumbers = 10

/** Watches refusals. Pure: time comes with them. */
export function createSuspicion(stopAfter: () => number | null) {
  const seen = new Map<string | null, { atMs: number; number: string }[]>()
  const told = new Map<string, number>()

  /** @returns what must be done about it now; null: nothing (yet) */
  function note({ userId, reason, number, atMs }: Refused): Suspected | null {
    if (atOnce.has(reason) && userId !== null) return { userId, reason, tries: 1, numbers: [number] }
    if (ofAll.has(reason)) return alarm({ userId: null, reason, tries: 1, numbers: [number] }, atMs)
    if (!counted.has(reason)) return null
    const most = userId === null ? machineTries : stopAfter()
    if (most === null) return null
    const lately = (seen.get(userId) ?? []).filter((one) => atMs - one.atMs < windowMs)
    lately.push({ atMs, number })
    seen.delete(userId)
    seen.set(userId, lately.slice(-1000))
    if (lately.length < most) return null
    seen.delete(userId)
    const numbers = [...new Set(lately.map((one) => one.number))].slice(-keptNumbers)
    const suspected = { userId, reason, tries: lately.length, numbers }
    return userId === null ? alarm(suspected, atMs) : suspected
  }

  function alarm(suspected: Suspected, atMs: number): Suspected | null {
    const last = told.get(suspected.reason)
    if (last !== undefined && atMs - last < silenceMs) return null
    told.set(suspected.reason, atMs)
    return suspected
  }

  return {
    note,
    /** A user begins anew, as after an admin has lifted the stop. */
    forget: (userId: string): void => void seen.delete(userId)
  }
}
