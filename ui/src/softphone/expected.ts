import { serverNowMs } from '../lib/api.ts'

/** How long a telephone may take to ring after a person asked for it here, ms. */
const patienceMs = 30_000

interface Expected {
  /** Null while only the server knows: any call that this user has ordered. */
  callId: string | null
  untilMs: number
}

let expected: Expected | null = null

/**
 * Says that this very tab has asked for a call which now rings its own telephone: it is answered by itself, for its
 * user has pressed a button already. Without an id, any call that the user ordered is meant.
 */
export function expectCall(callId: string | null): void {
  expected = { callId, untilMs: serverNowMs() + patienceMs }
}

/** Nothing is expected any more: it was refused, or it is answered. */
export function expectNoCall(): void {
  expected = null
}

/** Whether a call that rings here was asked for in this tab. `isOwnOrder`: the feed says that this user ordered it. */
export function isExpected(callId: string | null, isOwnOrder: boolean): boolean {
  if (!expected || serverNowMs() > expected.untilMs) return false
  return expected.callId === null ? isOwnOrder : expected.callId === callId
}
