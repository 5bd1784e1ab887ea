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
/** A dead peer is found within `pingEveryMs` × 2 plus what is left of `silentMs`: under 5 s. */
const pingEveryMs = 1500
const silentMs = 3200

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
  let heardAtMs = Date.now()
  let watchdog: NodeJS.Timeout | undefined

  const over = (): void => {
    if (isOver) return
    isOver = true
    clearInterval(watchdog)
    options.onClose(reason)
  }
  socket.on('open', () => {
    heardAtMs = Date.now()
    watchdog = setInterval(() => {
      if (Date.now() - heardAtMs > silentMs) {
        reason = `Asterisk has been silent for ${silentMs} ms`
        socket.terminate()
        over()
      } else {
        socket.ping()
      }
    }, pingEveryMs)
    options.onOpen()
  })
  socket.on('pong', () => (heardAtMs = Date.now()))
  socket.on('message', (data) => {
    heardAtMs = Date.now()
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
