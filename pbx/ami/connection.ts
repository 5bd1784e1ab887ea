import { randomUUID } from 'node:crypto'
import createManager from 'asterisk-manager'
import type { Packet } from 'asterisk-manager'

export interface AmiConnectionOptions {
  host: string
  port: number
  user: string
  password: string
  /** Logged in: actions work, events come. */
  onOpen: () => void
  onEvent: (event: Packet) => void
  /** Called exactly once, also when the connection never opened. */
  onClose: (reason: string) => void
}

export interface AmiConnection {
  /** Gives the answer; null when it was refused, took too long, or the connection broke. */
  ask(action: Record<string, string>): Promise<Packet | null>
  /** Gives the events of a list action up to its `…Complete`; null as above. */
  list(action: string): Promise<Packet[] | null>
  close(): void
}

const answerTimeoutMs = 5000

/**
 * One life of a manager connection, from connecting to its end, on npm's `asterisk-manager`.
 *
 * Its own `keepConnected` is not used: it waits 10 to 60 s, prints to the console, and carries half-read lines,
 * waiting callbacks and held actions into the next connection. A new manager for each life has none of that.
 */
export function openAmi(options: AmiConnectionOptions): AmiConnection {
  const manager = createManager(null, options.host, options.user, options.password, true)
  const waiting = new Map<string, (packet: Packet | null) => void>()
  const lists = new Map<string, { items: Packet[]; finish: (items: Packet[] | null) => void }>()
  let reason = 'Asterisk closed the connection'
  let isOver = false
  let isConnected = false

  function over(): void {
    if (isOver) return
    isOver = true
    for (const settle of waiting.values()) settle(null)
    for (const { finish } of lists.values()) finish(null)
    manager.removeAllListeners('managerevent')
    options.onClose(reason)
  }

  manager.on('error', (error) => (reason = error.message))
  manager.on('close', over)
  manager.on('managerevent', (event) => {
    const list = lists.get(textOf(event, 'actionid'))
    if (list === undefined) return options.onEvent(event)
    if (textOf(event, 'eventlist').toLowerCase() === 'complete') list.finish(list.items)
    else list.items.push(event)
  })
  manager.connect(options.port, options.host, () => {
    isConnected = true
    if (isOver) return manager.disconnect()
    manager.login((failure) => {
      if (isOver) return
      if (failure === undefined) return options.onOpen()
      reason = `Asterisk refused the manager login: ${textOf(failure, 'message')}`
      manager.disconnect()
    })
  })

  function ask(action: Record<string, string>, actionId: string = randomUUID()): Promise<Packet | null> {
    if (isOver || !isConnected) return Promise.resolve(null)
    return new Promise((resolve) => {
      const settle = (packet: Packet | null): void => {
        clearTimeout(timer)
        waiting.delete(actionId)
        resolve(packet)
      }
      const timer = setTimeout(() => settle(null), answerTimeoutMs)
      waiting.set(actionId, settle)
      const packet: Record<string, string> = { actionid: actionId }
      for (const [key, value] of Object.entries(action)) packet[key] = oneLine(value)
      manager.action(packet, (failure, response) => settle(failure === undefined ? response : null))
    })
  }

  return {
    ask: (action) => ask(action),
    async list(action) {
      const actionId = randomUUID()
      const items = new Promise<Packet[] | null>((resolve) => {
        const timer = setTimeout(() => finish(null), answerTimeoutMs)
        const finish = (found: Packet[] | null): void => {
          clearTimeout(timer)
          lists.delete(actionId)
          resolve(found)
        }
        lists.set(actionId, { items: [], finish })
      })
      // An empty list is answered with an error and without events.
      if ((await ask({ action }, actionId)) === null) lists.get(actionId)?.finish(isOver ? null : [])
      return items
    },
    close() {
      // While it is still connecting there is nothing to end yet; the callback above does it.
      if (isConnected && !isOver) manager.disconnect()
      reason = 'closed'
      over()
    }
  }
}

/** A header's text; the first one when it came several times. */
export function textOf(packet: Packet, key: string): string {
  const value = packet[key]
  if (typeof value === 'string') return value
  return Array.isArray(value) && typeof value[0] === 'string' ? value[0] : ''
}

/** A line break would start a header, or an action, of its own. */
const oneLine = (value: string): string => value.replace(/[\r\n]+/g, ' ')
