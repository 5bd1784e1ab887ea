import type { Attempt } from './attempt.ts'

/** How often and when a client is tried again. */
export interface RetryRules {
  /** Attempts in which the client was called. */
  maxAttempts: number
  /** After the first, second … such attempt; the last pause repeats. */
  pausesMinutes: readonly number[]
  /** After an attempt that never came to the client. */
  shortPauseSeconds: number
  /** How many of those in a row of attempts. */
  maxShort: number
}

/** What is owed to a client: a callback, or an entry of a list. */
export interface Owed {
  /** Attempts in which the client was called. */
  attempts: number
  /** Attempts that never came to the client. */
  shortTries: number
}

export type Next = Owed &
  (
    | { state: 'done'; nextAtMs: null }
    /** Nothing more will be tried: a person must look after it. */
    | { state: 'failed'; nextAtMs: null }
    | { state: 'retry'; nextAtMs: number }
  )

/** A number that the policy refuses for good: trying again cannot help. */
const finalRefusals = new Set(['bad_number', 'do_not_call', 'prefix_blocked', 'country_not_allowed'])
/** What is over in a moment: a call that ends makes room. */
const waitingReasons = new Set([
  'concurrency_cap',
  'no_trunk',
  'trunk_full',
  'user_minute_cap',
  'user_stopped'
])
/** Caps and closed hours end by themselves, but not within a minute. */
const capPauseMs = 30 * 60_000

/** What follows an attempt. */
export function afterAttempt(owed: Owed, attempt: Attempt, rules: RetryRules, nowMs: number): Next {
  const short = (pauseMs: number): Next => {
    const shortTries = owed.shortTries + 1
    return shortTries >= rules.maxShort
      ? { ...owed, shortTries, state: 'failed', nextAtMs: null }
      : { ...owed, shortTries, state: 'retry', nextAtMs: nowMs + pauseMs }
  }
  switch (attempt.result) {
    case 'talked':
      return { ...owed, attempts: owed.attempts + 1, state: 'done', nextAtMs: null }
    case 'lost':
      // A restart is nobody's fault: the attempt does not count.
      return { ...owed, state: 'retry', nextAtMs: nowMs + rules.shortPauseSeconds * 1000 }
    case 'noOperator':
      return short(rules.shortPauseSeconds * 1000)
    case 'refused': {
      if (finalRefusals.has(attempt.reason ?? '')) return { ...owed, state: 'failed', nextAtMs: null }
      const isShort = waitingReasons.has(attempt.reason ?? '')
      return short(isShort ? rules.shortPauseSeconds * 1000 : capPauseMs)
    }
    case 'operatorLeft':
    case 'clientBusy':
    case 'clientNoAnswer':
    case 'failed': {
      const attempts = owed.attempts + 1
      if (attempts >= rules.maxAttempts) return { ...owed, attempts, state: 'failed', nextAtMs: null }
      const minutes = rules.pausesMinutes[Math.min(attempts, rules.pausesMinutes.length) - 1] ?? 5
      return { ...owed, attempts, state: 'retry', nextAtMs: nowMs + minutes * 60_000 }
    }
  }
}
