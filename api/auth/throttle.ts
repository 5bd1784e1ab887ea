import { ApiError } from '../problems.ts'

/** An entry is forgotten when its last attempt is this old. */
export const windowMs = 15 * 60_000
const maxEntries = 20_000

interface Attempts {
  count: number
  blockedUntilMs: number
  lastMs: number
}

export interface Limit {
  free: number
  firstWaitMs: number
  longestWaitMs: number
}
const perPair: Limit = { free: 5, firstWaitMs: 2_000, longestWaitMs: 10 * 60_000 }
const perAddress: Limit = { free: 50, firstWaitMs: 2_000, longestWaitMs: 10 * 60_000 }
/** From everywhere together: against guesses at one login from thousands of addresses. */
const perLogin: Limit = { free: 100, firstWaitMs: 2_000, longestWaitMs: 5 * 60_000 }

/** What an attempt is counted by, and how much of it is let pass. */
export function countersOf(login: string, address: string, device: string | null): [string, Limit][] {
  return device !== null
    ? [[deviceKey(login, device), perPair]]
    : [
        [pair(login, address), perPair],
        [address, perAddress],
        [loginKey(login), perLogin]
      ]
}

/** How long nobody may try again after so many attempts. */
export function waitAfter(count: number, limit: Limit): number {
  const over = count - limit.free
  return over < 0 ? 0 : Math.min(limit.firstWaitMs * 2 ** over, limit.longestWaitMs)
}

/** @throws ApiError when there is something to wait for */
export function refuseFor(waitMs: number): void {
  if (waitMs > 0) throw new ApiError('too_many_attempts', { retryAfterSeconds: Math.ceil(waitMs / 1000) })
}

/**
 * Slows guessing of passwords. Counted by login together with address; by address alone, against one guess at each of
 * many logins; and by login alone, against one guess from each of many addresses. A browser from which the owner has
 * signed in before is counted for itself only, so that no stranger ever locks the owner out of it.
 * An attempt counts before its password is checked: many at once gain nothing. This one knows of its own process only.
 */
export class LoginThrottle {
  readonly #attempts = new Map<string, Attempts>()
  readonly #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /**
   * Counts an attempt.
   * @param device of a known browser of this login; null: a stranger so far
   * @throws ApiError too_many_attempts with the seconds to wait
   */
  begin(login: string, address: string, device: string | null = null): void {
    const entries = countersOf(login, address, device)
    const nowMs = this.#now()
    const waitMs = Math.max(...entries.map(([key]) => (this.#attempts.get(key)?.blockedUntilMs ?? 0) - nowMs))
    refuseFor(waitMs)
    for (const [key, limit] of entries) this.#count(key, limit, nowMs)
  }

  /** The password was right: the owner starts afresh, and what is shared with others gets its attempt back. */
  succeeded(login: string, address: string, device: string | null = null): void {
    if (device !== null) {
      this.#attempts.delete(deviceKey(login, device))
      return
    }
    this.#attempts.delete(pair(login, address))
    for (const key of [address, loginKey(login)]) {
      const shared = this.#attempts.get(key)
      if (shared) shared.count = Math.max(0, shared.count - 1)
    }
  }

  #count(key: string, limit: Limit, nowMs: number): void {
    const old = this.#attempts.get(key)
    const count = (old && nowMs - old.lastMs < windowMs ? old.count : 0) + 1
    const waitMs = waitAfter(count, limit)
    // Deleted first: a Map keeps the order of insertion, so the eldest stands in front.
    this.#attempts.delete(key)
    this.#attempts.set(key, { count, blockedUntilMs: waitMs > 0 ? nowMs + waitMs : 0, lastMs: nowMs })
    if (this.#attempts.size > maxEntries) {
      const eldest = this.#attempts.keys().next()
      if (!eldest.done) this.#attempts.delete(eldest.value)
    }
  }
}

const loginKey = (login: string): string => `login\n${login}`
const deviceKey = (login: string, device: string): string => `device\n${login}\n${device}`
const pair = (login: string, address: string): string => `${login}\n${address}`
