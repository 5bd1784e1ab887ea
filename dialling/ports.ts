import type { FoundOperator, OperatorQuery, QueueRequest } from '../ivr/block.ts'
import type { Order } from '../pbx/call/types.ts'
import type { Feed, OperatorState } from '../pbx/runtime/feed.ts'

/** What dialling needs of the exchange. */
export interface DiallingPorts {
  feed: Pick<Feed, 'onRow' | 'onOperator'>
  operators(): readonly OperatorState[]
  /** Whether somebody whom the query would take is free at this moment. */
  isAnyoneFree(query: OperatorQuery): boolean
  /** Ends an operator's time for notes; false when there is none. */
  endWrapUp(userId: string): boolean
  /** Starts a call; `refused` says why there is none. */
  place(order: Order): Promise<{ callId: string } | { refused: string }>
  /** Keeps a place in a queue; see `pbx/runtime/queues.ts`. @returns what gives it up */
  waitVirtually(
    wait: { callbackId: string; request: QueueRequest },
    onReserved: (operator: FoundOperator) => void
  ): () => void
  trunkState(trunkId: string): string | undefined
  /** Calls in progress that came in through a trunk. */
  callsIn?(trunkId: string): number
  /** Ends a call in progress: of a thief. */
  endCall?(callId: string): void
}
