import type { Server } from 'socket.io'
import type { ClientEvents, ServerEvents } from '../contract/live.ts'
import type { Audience, LiveEvent } from './events.ts'

type Io = Pick<Server<ClientEvents, ServerEvents>, 'to' | 'of' | 'sockets'>

/** Tells events to whoever is connected: one by one, or what comes within moments in one message. */
export interface Teller {
  tell(event: LiveEvent): void
  /** Sends what was gathered now: before somebody new is told how things stand. */
  flush(): void
  /** Forgets what was gathered: it is of an epoch that is over. */
  drop(): void
}

/** Longer would be seen; with a busy exchange and 200 panels each message of its own would take more than a processor. */
export const gatherMs = 25

/** Those who take events together sit in one room by what they may see. */
const kinds: Record<string, readonly Audience[]> = {
  'together:leads': ['everyone', 'panel', 'leads'],
  'together:operators': ['everyone', 'panel', 'operators'],
  'together:others': ['everyone']
}

/** The rooms of somebody who takes events together, of those they would have one by one. */
export function togetherRooms(rooms: readonly string[]): string[] {
  const kind = rooms.includes('leads') ? 'leads' : rooms.includes('operators') ? 'operators' : 'others'
  return [`together:${kind}`, ...rooms.filter((room) => room.startsWith('user:'))]
}

export function createTeller(io: Io): Teller {
  let gathered: LiveEvent[] = []
  let timer: NodeJS.Timeout | undefined
  let flushedMs = 0
  const isAnybodyIn = (room: string): boolean => io.of('/').adapter.rooms.has(room)

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const events = gathered
    gathered = []
    if (events.length === 0) return
    flushedMs = performance.now()
    for (const [room, audiences] of Object.entries(kinds)) {
      if (!isAnybodyIn(room)) continue
      const seen = events.filter(({ audience }) => audiences.includes(audience))
      // Each message is encoded once for its whole room.
      if (seen.length > 0) io.to(room).emit('together', packed(seen))
    }
  }

  return {
    flush,
    drop() {
      clearTimeout(timer)
      timer = undefined
      gathered = []
    },
    tell(event) {
      if (io.sockets.sockets.size === 0) return
      // In its place among the others, so that nobody misses what came before it.
      if (event.audience.startsWith('user:')) flush()
      if (isAnybodyIn(event.audience)) io.to(event.audience).emit(event.name, event.payload as never)
      if (event.audience.startsWith('user:')) return
      gathered.push(event)
      timer ??= setTimeout(flush, Math.max(0, flushedMs + gatherMs - performance.now()))
    }
  }
}

/** Events as one message holds them. */
export const packed = (events: readonly LiveEvent[]): Parameters<ServerEvents['together']>[0] =>
  events.map(({ name, payload }) => [name, payload] as never)
