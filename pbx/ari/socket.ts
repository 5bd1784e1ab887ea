import { WebSocket } from 'ws'

export interface EventSocketOptions {
  url: string
  authorization: string
  /** Told of each message's text. */
  onMessage: (text: string) => void
  /** The socket is open; it is called lively until the first `onClose`. */
  onOpen: () => void
  onClose: (reason: string) => void
}

const handshakeTimeoutMs = 3000
/**
 * A dead peer is found within (unansweredPings + 1) × pingEveryMs, 4 s. Pings are counted instead of time: after a
 * stall of our own process the answers are still to be read, and Asterisk is not to blame.
 */
const pingEveryMs = 1000
const unansweredPings = 3

/**
 * One connection of the event socket, for one life: open, messages, closed exactly once.
 * A ping/pong watchdog ends it when the other side has gone silent, as a stopped Asterisk does.
 */
export function openEventSocket(options: EventSocketOptions): { close(): void } {
  const socket = new WebSocket(options.url, {
    headers: { authorization: options.authorization },
    handshakeTimeout: handshakeTimeoutMs,
    perMessageDeflate: false,
    maxPayload: 4 * 1024 * 1024
  })
  let reason = 'Asterisk closed the connection'
  let isOver = false
  let unanswered = 0
  let watchdog: NodeJS.Timeout | undefined

  const over = (): void => {
    if (isOver) return
    isOver = true
    clearInterval(watchdog)
    options.onClose(reason)
  }
  socket.on('open', () => {
    watchdog = setInterval(() => {
      if (unanswered++ < unansweredPings) return socket.ping()
      reason = `Asterisk has left ${unansweredPings} pings unanswered`
      socket.terminate()
      over()
    }, pingEveryMs)
    options.onOpen()
  })
  socket.on('pong', () => (unanswered = 0))
  socket.on('message', (data) => {
    unanswered = 0
    if (!isOver) options.onMessage(textOf(data))
  })
  socket.on('error', (error) => (reason = error.message))
  socket.on('close', over)

  return {
    close() {
      // Nobody waits for the closing handshake; what Asterisk still sends is of no interest.
      isOver = true
      clearInterval(watchdog)
      socket.terminate()
    }
  }
}

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8')
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)).toString('utf8')
}
