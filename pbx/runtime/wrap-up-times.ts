import type { Logger } from 'pino'
import type { Moments } from '../call/moments.ts'
import type { OperatorState } from './feed.ts'
import { UnknownCall } from './unknown-call.ts'

type WrappedUp = Moments['call.wrapped_up']

/** How long operators work on a call after its talk. Pure: states of operators in, stretches of time out. */
export interface WrapUpTimes {
  /** The state of an operator has changed. */
  look(state: Pick<OperatorState, 'userId' | 'presence' | 'wrapUpCallId' | 'since'>): void
  /** The wall clock was set, and with it all that was told of moments. */
  clockSet(byMs: number): void
}

/**
 * A stretch begins with the wrap-up and ends with it, or with a call that came between: who is called away and comes
 * back has two stretches, and the call has their sum. After a restart nobody knows which talk a wrap-up belongs to.
 * @param ended hears of each stretch, once
 */
export function createWrapUpTimes(ended: (callId: string, data: WrappedUp) => void): WrapUpTimes {
  const running = new Map<string, { callId: string; sinceMs: number }>()
  return {
    look({ userId, presence, wrapUpCallId, since }) {
      const callId = presence === 'wrapUp' ? wrapUpCallId : null
      const before = running.get(userId)
      if ((before?.callId ?? null) === callId) return
      const atMs = Date.parse(since)
      if (callId === null) running.delete(userId)
      else running.set(userId, { callId, sinceMs: atMs })
      if (!before) return
      const seconds = Math.max(0, Math.round((atMs - before.sinceMs) / 1000))
      ended(before.callId, { operatorId: userId, seconds })
    },
    clockSet: (byMs) => running.forEach((one) => (one.sinceMs += byMs))
  }
}

export interface WrapUpKeeper {
  keep(callId: string, data: WrappedUp): void
  /** Tries for the last time what could not be written. */
  close(): Promise<void>
}

const retryMs = 5000
/** While the database is away the oldest go first. */
const mostKept = 10_000

/** Writes each stretch onto the tape of its call, one after the other, and again when the database was away. */
export function keepWrapUps(options: {
  append(callId: string, type: 'call.wrapped_up', data: WrappedUp): Promise<void>
  log: Logger
}): WrapUpKeeper {
  const { append, log } = options
  let waiting: { callId: string; data: WrappedUp }[] = []
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let isClosed = false

  async function write(): Promise<void> {
    const batch = waiting
    waiting = []
    for (const [index, { callId, data }] of batch.entries()) {
      try {
        await append(callId, 'call.wrapped_up', data)
      } catch (error) {
        // Removed meanwhile, as with the demo: the others must not wait for it for ever.
        if (error instanceof UnknownCall) continue
        log.warn({ err: error, callId }, 'The time after a call could not be written; trying again')
        waiting = [...batch.slice(index), ...waiting].slice(-mostKept)
        if (!isClosed) timer ??= setTimeout(run, retryMs)
        return
      }
    }
    if (waiting.length > 0) await write()
  }

  function run(): void {
    clearTimeout(timer)
    timer = undefined
    // Not at once: an operator's state changes in the midst of a call's step, which owns the tape.
    running ??= Promise.resolve()
      .then(write)
      .finally(() => (running = undefined))
  }

  return {
    keep(callId, data) {
      waiting.push({ callId, data })
      // While the database is away, the timer says when to try again.
      if (!timer) run()
    },
    async close() {
      await running
      isClosed = true
      run()
      await running
    }
  }
}
