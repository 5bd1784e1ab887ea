import { EventEmitter } from 'node:events'
import type { TapeRow } from '../call/effects.ts'

type Unsubscribe = () => void

/** An operator as screens show them. */
export interface OperatorState {
  userId: string
  name: string
  /** `busy` while a call holds them, or their telephone is in a call that we do not lead. */
  presence: 'available' | 'busy' | 'wrapUp' | 'away' | 'offline'
  /** What they are apart from calls: what `presence` will be once they are not busy. */
  chosen: 'available' | 'wrapUp' | 'away' | 'offline'
  /** Code of the pause reason while `chosen` is away; `auto_missed` when we set it after missed rings. */
  reason: string | null
  /** ISO time of the end of the wrap-up, for a countdown. */
  until: string | null
  /** The talk that the wrap-up is for. */
  wrapUpCallId: string | null
  /** The talk that waits for its wrap-up code, where the company demands one: only then the wrap-up ends. */
  owesCode: string | null
  /** Any of their telephones is registered, or stands at a fixed address. */
  isReachable: boolean
  devices: readonly { id: string; name: string; kind: 'browser' | 'sip'; isReachable: boolean }[]
  /** ISO time of the last change. */
  since: string
  callId: string | null
}

/** A queue as screens show it; one that nobody waits in is told once more, empty. */
export interface QueueState {
  queueId: string
  /** Of the group, where the queue is a group's. */
  name: string | null
  /** In turn. A callback that keeps a place has no call. */
  waiting: readonly {
    position: number
    callId: string | null
    callbackId: string | null
    priority: number
    /** ISO time. */
    since: string
  }[]
  /** ISO time since when the one who has waited longest waits. */
  longestSince: string | null
  /** Of the last waits that ended with an operator; null while there are none. */
  averageWaitSeconds: number | null
}

/** What happens, as it happens. Listeners are told before the database: a screen must not wait for a commit. */
export interface Feed {
  /** Every tape row of every call, in order per call. */
  onRow(listener: (row: TapeRow) => void): Unsubscribe
  /** An operator's presence, reachability, telephones or current call changed. */
  onOperator(listener: (state: OperatorState) => void): Unsubscribe
  /** Somebody came into a queue or left it. */
  onQueue(listener: (state: QueueState) => void): Unsubscribe
  /** The journal row of a call was committed. */
  onJournal(listener: (callId: string) => void): Unsubscribe
}

export interface FeedSource extends Feed {
  row(row: TapeRow): void
  operator(state: OperatorState): void
  queue(state: QueueState): void
  journal(callId: string): void
}

/** A listener that throws is reported through `onError` and cannot harm a call or another listener. */
export function createFeed(onError: (error: unknown) => void): FeedSource {
  const emitter = new EventEmitter()
  emitter.setMaxListeners(100)

  function on<T>(event: string, listener: (value: T) => void): Unsubscribe {
    const guarded = (value: T): void => {
      try {
        listener(value)
      } catch (error) {
        onError(error)
      }
    }
    emitter.on(event, guarded)
    return () => emitter.off(event, guarded)
  }

  return {
    onRow: (listener) => on('row', listener),
    onOperator: (listener) => on('operator', listener),
    onQueue: (listener) => on('queue', listener),
    onJournal: (listener) => on('journal', listener),
    row: (row) => void emitter.emit('row', row),
    operator: (state) => void emitter.emit('operator', state),
    queue: (state) => void emitter.emit('queue', state),
    journal: (callId) => void emitter.emit('journal', callId)
  }
}
