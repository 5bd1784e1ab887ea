import { queuedCalls, type Board } from '../live/board.ts'

/** A client on the line for whom nobody of the group is free. */
export interface WaitingClient {
  callId: string
  name: string | null
  number: string | null
  source: string | null
  queue: string | null
  since: string
}

/** Who waits in the queues of these groups, longest first. Callbacks that keep a place are on nobody's line. */
export function waitingFor(board: Board, groupIds: ReadonlySet<string>): WaitingClient[] {
  return queuedCalls(board).flatMap(({ id, queue, contact, caller, source }) => {
    if (!queue || !groupIds.has(queue.id)) return []
    return [
      {
        callId: id,
        name: contact?.name ?? caller.name,
        number: caller.number,
        source: source?.name ?? null,
        queue: board.queues[queue.id]?.name ?? null,
        since: queue.since
      }
    ]
  })
}
