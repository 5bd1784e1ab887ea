import { io, type Socket } from 'socket.io-client'
import type { ClientEvents, ServerEvents, ToldEvent, ToldName } from '../../../api/contract/live.ts'
import { emptyBoard, reduceBoard, type Board, type BoardEvent } from './board.ts'

/** The live feed of one signed-in user: a store for `useSyncExternalStore`. */
export interface LiveFeed {
  get: () => Board
  subscribe: (listener: () => void) => () => void
  /** A journal row was written or changed. */
  onJournal: (listener: (callId: string) => void) => () => void
  /** The signed-in user was told of something. */
  onNotice: (listener: () => void) => () => void
  /** Something was said in a conversation with a client. */
  onMessages: (listener: () => void) => () => void
  /** The server could not say what was missed while we were away: whatever was asked for before may be old. */
  onGap: (listener: () => void) => () => void
  close: () => void
}

const refusedMs = 2000

/**
 * Connects to `/live` and keeps the board; after a break it asks for what it missed.
 * `onRefused` comes when the server does not let us in: most often the session has ended.
 */
export function openFeed(onRefused: (error: Error) => void): LiveFeed {
  let board = emptyBoard
  const listeners = new Set<() => void>()
  const journalListeners = new Set<(callId: string) => void>()
  const noticeListeners = new Set<() => void>()
  const messageListeners = new Set<() => void>()
  const gapListeners = new Set<() => void>()
  /** Screens are drawn once for all that came together. */
  const dispatch = (...events: BoardEvent[]): void => {
    const next = events.reduce(reduceBoard, board)
    if (next === board) return
    board = next
    for (const each of listeners) each()
  }
  const heard = (events: readonly ToldEvent[]): void => {
    dispatch(...events.map(boardEvent))
    for (const [name, event] of events) {
      if (name === 'journal') for (const each of journalListeners) each(event.callId)
      if (name === 'notice') for (const each of noticeListeners) each()
      if (name === 'messages') for (const each of messageListeners) each()
    }
  }

  const socket: Socket<ServerEvents, ClientEvents> = io({
    path: '/live',
    transports: ['websocket'],
    reconnectionDelay: 300,
    reconnectionDelayMax: 3000,
    auth: (give) =>
      give({ together: true, ...(board.epoch !== null && { epoch: board.epoch, seq: board.seq }) })
  })
  socket.on('hello', (hello) => {
    const isGap = hello.resync && board.epoch !== null
    dispatch({ type: 'hello', hello })
    if (isGap) for (const each of gapListeners) each()
  })
  socket.on('together', heard)
  // What is for one user alone comes by itself, whatever it is.
  for (const name of names) socket.on(name, (event: ToldEvent[1]) => heard([[name, event] as ToldEvent]))
  // The library does not come back by itself when the server closed the connection or refused it.
  let again: ReturnType<typeof setTimeout> | null = null
  const lost = (): void => {
    dispatch({ type: 'lost', atMs: Date.now() })
    if (socket.active) return
    again ??= setTimeout(() => {
      again = null
      socket.connect()
    }, refusedMs)
  }
  socket.on('disconnect', lost)
  socket.on('connect_error', (error) => {
    lost()
    if (!socket.active) onRefused(error)
  })

  return {
    get: () => board,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onJournal: (listener) => {
      journalListeners.add(listener)
      return () => journalListeners.delete(listener)
    },
    onNotice: (listener) => {
      noticeListeners.add(listener)
      return () => noticeListeners.delete(listener)
    },
    onMessages: (listener) => {
      messageListeners.add(listener)
      return () => messageListeners.delete(listener)
    },
    onGap: (listener) => {
      gapListeners.add(listener)
      return () => gapListeners.delete(listener)
    },
    close: () => {
      if (again) clearTimeout(again)
      socket.off('disconnect', lost)
      socket.disconnect()
      listeners.clear()
      journalListeners.clear()
      messageListeners.clear()
      noticeListeners.clear()
      gapListeners.clear()
    }
  }
}

/** Every event there is, so that a new one cannot be left out. */
const names = Object.keys({
  ...{ call: true, client: true, operator: true, queue: true },
  ...{ health: true, journal: true, notice: true, messages: true }
} satisfies Record<ToldName, true>) as ToldName[]

/** What the board makes of an event; the others only tell how far it has come. */
function boardEvent([name, event]: ToldEvent): BoardEvent {
  switch (name) {
    case 'call':
      return { type: name, event }
    case 'client':
      return { type: name, event }
    case 'operator':
      return { type: name, event }
    case 'queue':
      return { type: name, event }
    case 'health':
      return { type: name, event }
    default:
      return { type: 'other', event }
  }
}
