import { io, type Socket } from 'socket.io-client'
import type { Hello } from '../../../api/contract/live.ts'
import type { Person, Rig } from './rig.ts'

/** What a page hears of the live feed. */
export interface Screen {
  socket: Socket
  hello: Hello
  /** Names and payloads in the order of arrival. */
  events: { name: string; data: Payload }[]
  /** How many events each message held. */
  messages: number[]
}
type Payload = Record<string, unknown>

/** Pages at the live feed of a rig, and what closes them all. */
export function screensAt(rig: () => Rig) {
  const sockets: Socket[] = []

  function open(headers: Record<string, string>, auth: object = {}): Socket {
    const socket = io(rig().url, {
      path: '/live',
      transports: ['websocket'],
      extraHeaders: headers,
      auth,
      reconnection: false,
      forceNew: true
    })
    sockets.push(socket)
    return socket
  }

  async function screen(person: Person, auth: object = {}): Promise<Screen> {
    const socket = open({ cookie: person.cookie }, auth)
    const events: Screen['events'] = []
    const greeted = new Promise<Hello>((resolve, reject) => {
      socket.once('hello', resolve)
      socket.once('connect_error', reject)
    })
    const messages: Screen['messages'] = []
    socket.onAny((name: string, data: unknown) => {
      if (name === 'hello') return
      const own = name === 'together' ? (data as [string, Payload][]) : [[name, data as Payload] as const]
      messages.push(own.length)
      for (const [each, payload] of own) events.push({ name: each, data: payload })
    })
    return { socket, hello: await greeted, events, messages }
  }

  const close = (): void => {
    for (const socket of sockets) socket.disconnect()
  }
  return { open, screen, close }
}
