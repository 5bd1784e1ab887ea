import { io } from 'socket.io-client'

/** A panel at the live feed, as a browser keeps it: it asks for what it missed, and knows which calls go on. */
export interface Panel {
  /** Calls that go on, as far as it knows. */
  open(): string[]
  /** Whether it was shown that a call is over, or that its row in the journal is another. */
  knows(callId: string): boolean
  /** When it last got everything anew, instead of what it had missed. */
  anewMs(): number
  isConnected(): boolean
  close(): void
}

interface Hello {
  epoch: string
  seq: number
  resync: boolean
  calls: { id: string }[]
}

export async function openPanel(url: string, cookie: string): Promise<Panel> {
  let [epoch, seq, anewMs] = ['', 0, 0]
  const ended = new Set<string>()
  const told = new Set<string>()
  const going = new Set<string>()
  const socket = io(url, {
    path: '/live',
    transports: ['websocket'],
    extraHeaders: { cookie },
    reconnectionDelay: 300,
    reconnectionDelayMax: 1000,
    forceNew: true,
    auth: (give) => give(epoch === '' ? {} : { epoch, seq })
  })
  const greeted = new Promise<void>((resolve) => {
    socket.on('hello', (hello: Hello) => {
      epoch = hello.epoch
      seq = hello.seq
      if (hello.resync) {
        anewMs = Date.now()
        going.clear()
        for (const { id } of hello.calls) going.add(id)
      }
      resolve()
    })
  })
  socket.onAny(
    (name: string, data: { seq?: number; callId?: string; call?: { id: string; phase: string } }) => {
      if (name === 'hello') return
      if (data.seq !== undefined) seq = data.seq
      // Calls that only Asterisk saw come into the journal at once, with their end.
      if (name === 'journal' && data.callId !== undefined) told.add(data.callId)
      if (name !== 'call' || !data.call) return
      if (data.call.phase === 'ended') {
        ended.add(data.call.id)
        going.delete(data.call.id)
      } else going.add(data.call.id)
    }
  )
  // The library does not come back by itself when the server refused it, as one that is starting may.
  const again = setInterval(() => {
    if (!socket.active) socket.connect()
  }, 1000)
  await greeted
  return {
    open: () => [...going],
    knows: (callId) => ended.has(callId) || told.has(callId),
    anewMs: () => anewMs,
    isConnected: () => socket.connected,
    close() {
      clearInterval(again)
      socket.disconnect()
    }
  }
}
