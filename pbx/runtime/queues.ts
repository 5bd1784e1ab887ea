import type { FoundOperator, OperatorQuery, QueueRequest } from '../../ivr/block.ts'
import type { CallEvent } from '../call/events.ts'
import {
  averageWaitMs,
  byTurn,
  estimateSeconds,
  withWait,
  type Pace,
  type Waiter
} from '../routing/waiting.ts'
import type { QueueState } from './feed.ts'
import { orderHolder, type Operators } from './operators.ts'

/** Calls that wait for operators. A free operator goes to the first whom they can serve, at once. */
export interface Queues {
  /** Waits from `request.sinceMs` on; a call that waits already changes its request and keeps its place. */
  join(callId: string, request: QueueRequest): void
  /** Safe to repeat. */
  leave(callId: string): void
  /**
   * Keeps a place for somebody who is to be called back. When their turn comes an operator is reserved for the order
   * `callbackId` and told to `onReserved`; the call placed for that order gets them. An operator whom no call takes
   * goes back to the others after a while (`operator-watchdog.ts`).
   * @returns what gives the place up, or the operator who was reserved and is not called for
   */
  waitVirtually(
    wait: { callbackId: string; request: QueueRequest },
    onReserved: (operator: FoundOperator) => void
  ): () => void
  list(): QueueState[]
  /** The wall clock was set: who waits has waited as long as before, and in the same order. */
  clockSet(byMs: number): void
  /** Leaves no timer. */
  close(): void
}

export interface QueuesOptions {
  operators: Operators
  /** Gives an event to a call that waits. */
  deliver(callId: string, event: CallEvent): void
  announce(state: QueueState): void
  /** The name of a queue, if it has one. */
  nameOf(queueId: string): string | null
  now(): number
  onError(error: unknown): void
}

interface Waiting extends Waiter {
  request: QueueRequest
  callId: string | null
  callbackId: string | null
  /** The place that they came to, for the pace of the queue. */
  firstPlace: number
  toldPlace: number
  take(operators: readonly FoundOperator[], atMs: number): void
}

/** A caller hears of their place at most this often, and screens of a queue. */
const tellEveryMs = 1000

export function createQueues(options: QueuesOptions): Queues {
  const { operators, now } = options
  const waiting = new Map<string, Waiting>()
  const paces = new Map<string, Pace>()
  const tellers = new Map<string, NodeJS.Timeout>()
  const toldAtMs = new Map<string, number>()
  /** Operators who have become free and were not yet offered to those who wait. */
  const openings = new Set<string>()
  let isServing = false

  const inTurn = (): Waiting[] => [...waiting.values()].toSorted(byTurn)
  const inQueue = (queueId: string): Waiting[] => inTurn().filter((one) => one.queueId === queueId)

  operators.onOpening((userId) => {
    openings.add(userId)
    serve()
  })

  /**
   * Offers each free operator to everyone who waits, in turn. Giving one may free another, or bring the same call
   * back: that is done by the round that runs, never inside it.
   */
  function serve(): void {
    if (isServing) return
    isServing = true
    try {
      for (const userId of openings) {
        openings.delete(userId)
        if (waiting.size === 0) continue
        for (const one of inTurn()) {
          if (waiting.get(one.id) === one && operators.couldTake(one.request.query, userId)) offer(one)
        }
      }
    } finally {
      isServing = false
    }
  }

  /** Tries to find operators for one who waits; whoever is found goes to them, and they leave the line. */
  function offer(one: Waiting): boolean {
    const atMs = now()
    const holder = one.callbackId === null ? one.id : orderHolder(one.callbackId)
    const found = operators.reserve(holder, queryOf(one), atMs)
    if (found.length === 0) return false
    const wait = { id: one.id, waitMs: Math.max(0, atMs - one.sinceMs), place: one.firstPlace }
    paces.set(one.queueId, withWait(paces.get(one.queueId) ?? [], wait))
    remove(one)
    try {
      one.take(found, atMs)
    } catch (error) {
      options.onError(error)
    }
    return true
  }

  function add(one: Waiting): void {
    waiting.set(one.id, one)
    one.firstPlace = inQueue(one.queueId).indexOf(one) + 1
    // Whoever is free now fits nobody who waited before, or would have been given away.
    if (offer(one)) return
    tellSoon(one.queueId)
  }

  function remove(one: Waiting): void {
    if (waiting.get(one.id) !== one) return
    waiting.delete(one.id)
    tellSoon(one.queueId)
  }

  /** Tells places now, or as soon as the last telling is a second ago. */
  function tellSoon(queueId: string): void {
    if (tellers.has(queueId)) return
    const pauseMs = Math.min(tellEveryMs, Math.max(0, (toldAtMs.get(queueId) ?? 0) + tellEveryMs - now()))
    tellers.set(
      queueId,
      setTimeout(() => {
        tellers.delete(queueId)
        toldAtMs.set(queueId, now())
        options.announce(stateOf(queueId))
        tellPlaces(queueId)
        if (!inQueue(queueId).length) toldAtMs.delete(queueId)
      }, pauseMs)
    )
  }

  function tellPlaces(queueId: string): void {
    const line = inQueue(queueId)
    const atMs = now()
    for (const [index, one] of line.entries()) {
      const position = index + 1
      if (one.callId === null || one.toldPlace === position) continue
      one.toldPlace = position
      options.deliver(one.callId, {
        type: 'queuePlace',
        atMs,
        position,
        waiting: line.length,
        estimateSeconds: estimateSeconds(paces.get(queueId) ?? [], position)
      })
    }
  }

  function stateOf(queueId: string): QueueState {
    const line = inQueue(queueId)
    const averageMs = averageWaitMs(paces.get(queueId) ?? [])
    const longestMs = line.length === 0 ? null : Math.min(...line.map((one) => one.sinceMs))
    return {
      queueId,
      name: options.nameOf(queueId),
      waiting: line.map(({ callId, callbackId, priority, sinceMs }, index) => ({
        position: index + 1,
        callId,
        callbackId,
        priority,
        since: new Date(sinceMs).toISOString()
      })),
      longestSince: longestMs === null ? null : new Date(longestMs).toISOString(),
      averageWaitSeconds: averageMs === null ? null : Math.round(averageMs / 1000)
    }
  }

  const entry = (
    id: string,
    request: QueueRequest,
    who: Pick<Waiting, 'callId' | 'callbackId' | 'take'>
  ): Waiting => ({
    id,
    queueId: request.queueId,
    priority: request.priority,
    sinceMs: request.sinceMs,
    request,
    firstPlace: 1,
    toldPlace: 0,
    ...who
  })

  return {
    join(callId, request) {
      const before = waiting.get(callId)
      const one = entry(callId, request, {
        callId,
        callbackId: null,
        take: (found, atMs) => options.deliver(callId, { type: 'operatorsFound', atMs, operators: found })
      })
      if (before) one.toldPlace = before.toldPlace
      if (before && before.queueId !== one.queueId) remove(before)
      add(one)
    },
    leave(callId) {
      const one = waiting.get(callId)
      if (one) remove(one)
    },
    waitVirtually({ callbackId, request }, onReserved) {
      const holder = orderHolder(callbackId)
      let reserved: string | undefined
      const one = entry(holder, request, {
        callId: null,
        callbackId,
        take: ([operator]) => {
          reserved = operator?.userId
          if (operator) onReserved(operator)
        }
      })
      add(one)
      return () => {
        remove(one)
        if (reserved !== undefined) operators.release(holder, reserved, false, now())
      }
    },
    list: () => [...new Set([...waiting.values()].map((one) => one.queueId))].map(stateOf),
    clockSet(byMs) {
      for (const one of waiting.values()) one.sinceMs += byMs
      for (const [queueId, atMs] of toldAtMs) toldAtMs.set(queueId, atMs + byMs)
    },
    close() {
      for (const timer of tellers.values()) clearTimeout(timer)
      tellers.clear()
    }
  }
}

/** Somebody who is called back needs one operator, however many would ring for a caller. */
function queryOf({ request: { query }, callbackId }: Waiting): OperatorQuery {
  const isForAll = callbackId !== null && query.kind === 'group' && query.strategy === 'ringAll'
  return isForAll ? { ...query, strategy: 'longestIdle' } : query
}
