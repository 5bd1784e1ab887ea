import { EventEmitter } from 'node:events'
import type { TapeRow } from '../call/types.ts'

type Unsubscribe = () => void

/** An operator as screens show them. */
export interface OperatorState {
  userId: string
  name: string
  presence: 'available' | 'busy' | 'wrapUp' | 'away' | 'offline'
  /** Their phone is registered, or stands at a fixed address. */
  isReachable: boolean
  /** ISO time of the last change. */
  since: string
  callId: string | null
}

/** What happens, as it happens. Listeners are told before the database: a screen must not wait for a commit. */
export interface Feed {
  /** Every tape row of every call, in order per call. */
  onRow(listener: (row: TapeRow) => void): Unsubscribe
  /** An operator's presence, reachability or current call changed. */
  onOperator(listener: (state: OperatorState) => void): Unsubscribe
  /** The journal row of a call was committed. */
  onJournal(listener: (callId: string) => void): Unsubscribe
}

export interface FeedSource extends Feed {
  row(row: TapeRow): void
  operator(state: OperatorState): void
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
    onJournal: (listener) => on('journal', listener),
    row: (row) => void emitter.emit('row', row),
    operator: (state) => void emitter.emit('operator', state),
    journal: (callId) => void emitter.emit('journal', callId)
  }
}
